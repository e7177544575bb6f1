"""Facts that can supersede one another, of every kind: what a random pair of them is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.build import fact, seats

if TYPE_CHECKING:
    from random import Random

    from aboard.events.envelope import Event

PEOPLE = ("ann", "bob", "cat", "dan")
FLIGHTS = ("apple", "fig")
TIMES = {"2022-09-10T10:00:00Z": "2022-09-10T10:00:01Z", "2022-09-10T10:00Z": "2022-09-10T10:01Z",
         "2022-09-10": "2022-09-11", "2022-09": "2022-10"}  # fmt: skip
"""Times of every precision, each with the next, which is surely later."""

Stated = tuple[str, str, dict[str, Any]]
"""The type of a fact, its stream, and what it says."""


def background() -> list[Event]:
    """Return a history before the facts: two flights at a station, and one with only plans."""
    found = [
        fact("station.registered", "2000", stream="station/iss", name="ISS", operators=["NASA"]),
        fact("agreement.signed", "2001", stream="agreement/pact", name="Pact",
             parties=["NASA", "Roscosmos"], scope="seats"),
    ]  # fmt: skip
    for number, flight in enumerate((*FLIGHTS, "kiwi")):
        stream = f"flight/{flight}"
        planned: dict[str, Any] = {
            "name": flight,
            "spacecraft": "Soyuz",
            "operator": "x",
            "destination": "iss",
        }
        found.append(fact("planned", "2020-01-01", stream=stream, **planned))
        if flight == "kiwi":
            continue
        crew = list(PEOPLE[2 * number : 2 * number + 2])
        found += [
            fact("launched", f"2022-01-0{number + 1}T00:00:00Z", stream=stream, crew=crew,
                 id=f"{flight}/launched"),
            fact("docked", f"2022-01-0{number + 1}T09:00:00Z", stream=stream, station="iss",
                 port="aft"),
        ]  # fmt: skip
    for name in ("launch", "crew"):
        said = {"crew": seats("eve")} if name == "crew" else {"target": "2025-06-01"}
        found.append(
            fact("crew_assigned" if name == "crew" else "launch_planned", "2020-01-02",
                 stream="flight/kiwi", id=f"kiwi/if-{name}", condition="if it is built", **said)
        )  # fmt: skip
    return found


def _target(random: Random) -> str:
    return random.choice(("2025-01-10", "2025-02", "2025-03-04T05:06:07Z", "NET 2025-05"))


def _people(random: Random) -> list[str]:
    return sorted(random.sample(PEOPLE, random.randint(1, 2)))


def _flight(random: Random) -> str:
    return f"flight/{random.choice(FLIGHTS)}"


def launch(random: Random) -> Stated:
    """Return a plan of a launch, or what ends one or makes one hold."""
    said: list[tuple[str, dict[str, Any]]] = [
        ("launch_planned", {"target": _target(random)}),
        ("launch_planned", {"target": _target(random)}),
        ("launch_planned", {"target": _target(random), "condition": "if it is paid"}),
        ("plan_withdrawn", {"item": "launch"}),
        ("launch_scrubbed", {}),
        ("condition_met", {"plan": "kiwi/if-launch"}),
    ]
    kind, more = random.choice(said)
    return kind, "flight/kiwi", more


def crew(random: Random) -> Stated:
    """Return what is said of a planned crew."""
    some, other = random.sample(PEOPLE, 2)
    said: list[tuple[str, dict[str, Any]]] = [
        ("crew_assigned", {"crew": seats(some, other)}),
        ("crew_replaced", {"off": [some], "on": seats(other)}),
        ("plan_withdrawn", {"item": "crew"}),
        ("condition_met", {"plan": "kiwi/if-crew"}),
    ]
    kind, more = random.choice(said)
    return kind, "flight/kiwi", more


def in_flight(random: Random) -> Stated:
    """Return a plan of a flight that has begun, or its end."""
    said: list[tuple[str, str, dict[str, Any]]] = [
        ("docking", "docking_planned", {"station": "iss", "port": random.choice("ab")}),
        ("undocking", "undocking_planned", {}),
        ("relocation", "relocation_planned", {"to_port": random.choice("ab")}),
        ("return", "return_planned", {}),
        ("return", "return_planned", {"crew": _people(random)}),
        ("seat move", "seat_move_planned", {"person": random.choice(PEOPLE)}),
    ]
    item, kind, more = random.choice(said)
    if not random.randrange(4):
        return "plan_withdrawn", "flight/apple", {"item": item}
    return kind, "flight/apple", {"target": _target(random), **more}


def homeward(random: Random) -> Stated:
    """Return what is said of the way home of people, on any flight."""
    kind = random.choice(("homeward_vehicle_assigned", "return_planned", "plan_withdrawn"))
    more: dict[str, Any] = {"people": _people(random)}
    if kind == "return_planned":
        more = {"target": _target(random), "crew": _people(random)}
    if kind == "plan_withdrawn":
        more = {"item": "homeward vehicle"}
    return kind, _flight(random), more


def seat(random: Random) -> Stated:
    """Return the move of a person's seat."""
    return "seat_moved", _flight(random), {"person": random.choice(PEOPLE)}


def port(random: Random) -> Stated:
    """Return a move of a craft from port to port."""
    return "relocated", "flight/apple", {"undocked_at": "2022-02", "to_port": random.choice("abc")}


def command(random: Random) -> Stated:
    """Return who commands the station from then on, or which expedition it is."""
    if random.randrange(3):
        return "command_handed_over", "station/iss", {"to_person": random.choice(PEOPLE)}
    more = {"number": random.choice((68, 69)), "commander": random.choice(PEOPLE)}
    return "expedition_began", "station/iss", more


def text(random: Random) -> Stated:
    """Return a term of an agreement."""
    what = random.choice(("one", "two", "three"))
    said: list[tuple[str, dict[str, Any]]] = [
        ("amended", {"what": what, "status": "announced"}),
        ("amended", {"what": what, "status": "signed", "supplement": 1}),
        ("extended", {"until": random.choice(("2025", "2026", "2027-05"))}),
    ]
    kind, more = random.choice(said)
    return kind, "agreement/pact", more


def correction(random: Random) -> Stated:
    """Return a correction of one fact."""
    changes = random.choice((
        {"happened": "2022-01-01T00:00:30Z"}, {"happened": "2022-01-01T00:00:50Z"},
        {"crew": ["ann"]}, {"crew": ["bob"]}, {"crew": ["bob", "ann"], "site": "31"},
    ))  # fmt: skip
    said = {"target": "apple/launched", "changes": changes, "reason": "it was so"}
    return "fact.corrected", "flight/apple", said


KINDS = (launch, crew, in_flight, homeward, seat, port, command, text, correction)
"""What facts can be about; of two about the same thing, one may supersede the other."""


def pair(random: Random) -> tuple[Stated, Stated]:
    """Return two facts about the same thing, at random."""
    kind = random.choice(KINDS)
    return kind(random), kind(random)


def event(stated: Stated, happened: str, name: str, *supersedes: str) -> Event:
    """Return a fact that happened at a time, under an id of a name."""
    kind, stream, said = stated
    key = f"{stream.partition('/')[2]}/{name}"
    return fact(kind, happened, stream=stream, id=key, supersedes=list(supersedes), **said)
