"""The life of one generated flight: everything that is stated of it, from plan to landing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.generated import DAY, HOUR, MINUTE, day, instant, minute, month, second
from benchmarks.generated_life import Life

if TYPE_CHECKING:
    import random

    from benchmarks.generated import Fact
    from benchmarks.generated_life import Course

LEAD = 90 * DAY
"""How long before lift-off a flight is first heard of."""

ROLES = ("commander", "pilot", "flight engineer", "mission specialist")


def life(course: Course, chance: random.Random) -> list[Fact]:
    """Return everything that is stated of a flight, in the order in which it is recorded."""
    story = Life(course, chance)
    _planned(story)
    _going_up(story)
    if course.fate != "aborted":
        _at_the_station(story)
        _coming_home(story)
    _disputed(story)
    facts = sorted(story.facts, key=lambda fact: fact.recorded)
    for version, fact in enumerate(facts, 1):
        fact.version = version
    return facts


def _planned(story: Life) -> None:
    course, launch = story.course, story.course.launch
    first = launch - LEAD
    story.state("flight.planned", "planned", first, name=course.name.title(),
               spacecraft=f"{course.line.title()} craft", operator=f"{course.line.title()} office",
               destination=course.station)  # fmt: skip
    chosen = [*course.crew[:-1], course.first_choice] if course.first_choice else course.crew
    if chosen:
        seats = [{"person": one, "role": ROLES[number]} for number, one in enumerate(chosen)]
        story.state("flight.crew_assigned", "crew-assigned", first + DAY, crew=seats)
    if course.first_choice:
        story.state("flight.crew_replaced", "crew-replaced", first + story.between(5, 60) * DAY,
                   off=[course.first_choice], on=[{"person": course.crew[-1]}])  # fmt: skip
    slips = story.times(1.7)
    for number in range(slips):
        at = first + 2 * DAY + number * 25 * DAY
        target = launch - (slips - 1 - number) * story.between(2, 20) * DAY
        said = (month, day, minute)[min(number, 2)](target)
        withdrawn = number and story.often(0.15)
        if withdrawn:
            story.state("flight.plan_withdrawn", f"launch-withdrawn-{number}", at - DAY,
                       item="launch", reason="The vehicle is not ready.")  # fmt: skip
        story.state("flight.launch_planned", f"launch-planned-{number + 1}", at, target=said)
    if story.often(0.45):
        story.state("flight.docking_planned", "docking-planned", launch - 5 * DAY,
                   target=minute(course.docking + 7 * MINUTE), station=course.station,
                   port=course.port)  # fmt: skip
    for number in range(story.times(0.65)):
        if story.often(0.05):
            story.state("flight.rolled_out", "rolled-out-at-first", launch - 8 * DAY)
            story.state("flight.rolled_back", "rolled-back", launch - 6 * DAY, reason="Weather.")
        story.state("flight.rolled_out", f"rolled-out-{number + 1}", launch - 4 * DAY,
                   site="Pad 1")  # fmt: skip
    if story.often(0.15):
        attempt = launch - 2 * DAY
        story.state(
            "flight.launch_scrubbed", "scrubbed", attempt, minute(attempt), reason="A valve."
        )
        story.state("flight.launch_planned", "launch-planned-after-scrub", attempt + HOUR,
                   minute(attempt + HOUR), target=minute(launch))  # fmt: skip


def _going_up(story: Life) -> None:
    course = story.course
    story.state("flight.launched", "launched", course.launch, second(course.launch),
               crew=list(course.crew), rocket=f"{course.line.title()} rocket",
               site="Pad 1")  # fmt: skip
    if course.fate == "aborted":
        aborted = course.launch + 123
        story.state("flight.launch_aborted", "aborted", aborted, second(aborted),
                   height="above 80 km", reason="A booster.")  # fmt: skip
        landed = course.launch + 20 * MINUTE
        story.state("flight.landed", "landed", landed, second(landed), crew=list(course.crew))
        return
    if story.often(0.02):
        tried = course.docking - HOUR
        story.state("flight.docking_failed", "docking-failed", tried, minute(tried),
                   station=course.station, port=course.port)  # fmt: skip
    exactly = second if story.often(0.6) else minute
    story.state("flight.docked", "docked", course.docking, exactly(course.docking),
               station=course.station, port=course.port)  # fmt: skip
    if story.often(0.95):
        opened = course.docking + 2 * HOUR
        story.state("flight.hatch_opened", "hatch-opened", opened, minute(opened))


def _at_the_station(story: Life) -> None:
    course = story.course
    stay = course.undocking - course.docking
    if story.often(0.3):
        at = course.docking + stay // 5
        story.state("flight.anomaly", "anomaly", at, minute(at), what="A thruster leaks.")
    if course.away:
        if story.often(0.2):
            story.state("flight.relocation_planned", "relocation-planned", course.away - 12 * DAY,
                       target=day(course.away), from_port=course.port,
                       to_port=course.port_after)  # fmt: skip
        story.state("flight.relocated", "relocated", course.away, minute(course.away),
                   undocked_at=minute(course.away - 40 * MINUTE), from_port=course.port,
                   to_port=course.port_after, crew=list(course.crew))  # fmt: skip
    for person in course.moved:
        at = course.docking + DAY
        story.state("flight.homeward_vehicle_assigned", f"homeward-{person}",
                   course.launch - 9 * DAY, people=[person])  # fmt: skip
        story.state("flight.seat_move_planned", f"seat-move-planned-{person}",
                   course.launch - 3 * DAY, target=day(at), person=person,
                   from_flight=course.before)  # fmt: skip
        story.state("flight.seat_moved", f"seat-moved-{person}", at, day(at), person=person,
                   from_flight=course.before)  # fmt: skip


def _coming_home(story: Life) -> None:
    course, landing = story.course, story.course.landing
    stay = course.undocking - course.docking
    if course.crew or course.home:
        plans = story.times(2.2)
        for number in range(plans):
            at = course.docking + number * stay // 3
            slip = (plans - 1 - number) * story.between(1, 9) * DAY
            said = (month, day, minute)[min(number, 2)](landing - slip)
            story.state("flight.return_planned", f"return-planned-{number + 1}", at, target=said)
        for number in range(story.times(1.1)):
            story.state("flight.undocking_planned", f"undocking-planned-{number + 1}",
                       course.undocking - (3 - number) * DAY,
                       target=(day, minute)[number](course.undocking))  # fmt: skip
    if story.often(0.35):
        closed = course.undocking - 3 * HOUR
        story.state("flight.hatch_closed", "hatch-closed", closed, minute(closed))
    exactly = second if story.often(0.6) else minute
    story.state("flight.undocked", "undocked", course.undocking, exactly(course.undocking),
               crew=list(course.home))  # fmt: skip
    home = list(course.home)
    if course.fate == "lost":
        story.state("flight.lost", "lost", landing, exactly(landing), crew=home, reason="It broke.")
    else:
        story.state("flight.landed", "landed", landing, exactly(landing), crew=home, place="Steppe")


def _disputed(story: Life) -> None:
    """What later turns out to be wrong: corrections, retractions, claims, rulings and gaps."""
    course, chance = story.course, story.chance
    exact = [fact for fact in story.facts if len(fact.happened) > 15]
    for number in range(story.times(0.3)):
        wrong = chance.choice(exact)
        at = wrong.recorded + story.between(HOUR, 20 * DAY)
        moved = minute(instant(wrong.happened) - MINUTE)
        fixed = story.state("fact.corrected", f"correction-{number + 1}", at, target=wrong.id,
                           reason="To the minute, by the operator.",
                           changes={"happened": moved})  # fmt: skip
        if story.often(0.1):
            story.state("fact.corrected", f"correction-again-{number + 1}",
                       fixed.recorded + DAY, target=fixed.id, reason="It was right at first.",
                       changes={"changes": {"happened": wrong.happened}})  # fmt: skip
    plans = [fact for fact in story.facts if fact.topic in RETRACTED]
    if plans and story.often(0.05):
        wrong = chance.choice(plans)
        story.state("fact.retracted", "retraction", wrong.recorded + story.between(HOUR, 9 * DAY),
                   target=wrong.id, reason="A report of another flight.")  # fmt: skip
    if story.often(0.3):
        about = chance.choice(exact)
        at = about.recorded + story.between(HOUR, 30 * DAY)
        claim = story.state("fact.claimed", "claim", at, says="It was an hour later.",
                           about=about.id)  # fmt: skip
        if story.often(0.6):
            story.stamp("fact.ruled", "ruling", claim.recorded + DAY, holds=about.id,
                       against=[claim.id], reason="The operator was there.")  # fmt: skip
    if course.crew and story.often(0.06):
        story.stamp("fact.gap_stated", "gap", course.landing + 40 * DAY,
                   what="Who sat where.", people=list(course.crew[:2]),
                   since=day(course.docking), until=minute(course.landing))  # fmt: skip


RETRACTED = ("flight.return_planned", "flight.undocking_planned", "flight.anomaly")
"""Of what kinds facts are taken back."""
