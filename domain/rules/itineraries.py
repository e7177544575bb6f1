"""People: one person is in one place at a time, and nobody lands who has not launched.

Each person's way is played through the facts that bear on it. Where times are coarse, and
the facts may have happened in more than one order, the orders are tried: it is a contradiction only
if none of them works.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.domain.problem import Problem
from aboard.events.envelope import Event  # noqa: TC001 - a table below needs it
from aboard.events.flight import (
    Docked,
    Landed,
    Launched,
    Lost,
    Relocated,
    Transferred,
    Undocked,
)
from aboard.events.mentions import craft_of, people_named
from aboard.events.order import alike, surely_before
from aboard.events.person import Died
from aboard.events.spacewalk import SpacewalkBegan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TypeGuard

Leg = Launched | Docked | Transferred | SpacewalkBegan | Relocated | Undocked | Landed | Lost | Died
Boarding = Relocated | Undocked
End = Landed | Lost

Step = tuple[list[Problem], "Situation"]
"""The problems of a leg, and the situation after it."""

MOST_STEPS = 5_000
"""How many steps a search takes before coarse times are assumed to be compatible."""

SOMEWHERE = ""
"""A station that no fact names."""


class Place(NamedTuple):
    """Where a person is: on a craft in flight, or at a station; since which event.

    `may_have_docked` is set on the way up, as long as no fact says when that ended.
    """

    since: Event
    craft: str | None = None
    station: str | None = None
    may_have_docked: bool = False

    @property
    def name(self) -> str:
        """The craft or the station."""
        return self.craft or self.station or "a station"


NOTHING: Mapping[str, str] = MappingProxyType({})


class Situation(NamedTuple):
    """One person's place, and where each craft is docked, or which have left.

    `paired` has the other of two craft that are docked with each other.
    """

    place: Place | None = None
    docked: Mapping[str, str] = NOTHING
    left: frozenset[str] = frozenset()
    paired: Mapping[str, str] = NOTHING
    died: Died | None = None

    def at(self, place: Place | None) -> Situation:
        """Return the situation with the person elsewhere."""
        # Not by `_replace`, which takes twice as long: this is done for every leg.
        return Situation(place, self.docked, self.left, self.paired, self.died)


def people_problems(ordered: Sequence[Event]) -> Iterator[Problem]:
    """Yield what is wrong with the itineraries of people, given facts in order."""
    streams: dict[str, list[Leg]] = defaultdict(list)
    travels: dict[str, dict[str, None]] = defaultdict(dict)
    for event in ordered:
        if is_leg(event):
            streams[event.originator_id].append(event)
            for person in people_named(event):
                travels[person][event.originator_id] = None
    places = {id(event): number for number, event in enumerate(ordered)}
    for person, names in travels.items():
        legs = sorted((leg for name in names for leg in streams[name]), key=lambda e: places[id(e)])
        yield from way_problems(person, legs)


def way_problems(person: str, legs: list[Leg]) -> list[Problem]:
    """Return what is wrong with the itinerary of a person, given all legs of their flights.

    The legs are in order. The problems are those of the best order: one without any, or else one
    without a contradiction. If there is neither, they are those of the given order.
    """
    if _as_given(person, legs):
        return []
    for missing in (False, True):
        found = _Search(person, missing=missing).way(Situation(), legs)
        if found is not None:
            return found
    problems, situation = [], Situation()
    for number, leg in enumerate(legs):
        more, situation = _step(person, situation, leg, legs[number + 1 :])
        problems += [problem for problem in more if not problem.missing]
    return problems


def _as_given(person: str, legs: list[Leg]) -> bool:
    """Whether the given order has no problem. It nearly always has none, so it is tried first.

    No fact surely precedes an earlier one, so each may come next. The legs that are the same as
    when this person was last checked are not played through again: whether a leg has a problem does
    not depend on later ones.
    """
    played = _played(person)
    before, skies = played.last
    same = alike(before, legs)
    skies = skies[: same + 1]
    for number in range(same, len(legs)):
        problems, situation = _step(person, skies[-1], legs[number], islice(legs, number + 1, None))
        if problems:
            break
        skies.append(situation)
    played.last = legs[: len(skies) - 1], skies
    return len(skies) > len(legs)


class _Played:
    """Legs of a person that were played through without a problem, and the situation after each."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last: tuple[list[Leg], list[Situation]] = [], [Situation()]
        """Both in one attribute, as another thread may check the same person."""


@lru_cache(maxsize=1_000)
def _played(_person: str) -> _Played:
    """Return the legs of a person that were played through last."""
    return _Played()


class _Search:
    """A search for an order of legs without problems, or only with problems of missing facts."""

    def __init__(self, person: str, *, missing: bool) -> None:
        self.person = person
        self.missing = missing
        self.tried = 0

    def way(self, situation: Situation, remaining: list[Leg]) -> list[Problem] | None:
        """Return the problems of an acceptable order, or None if there is none."""
        if not remaining:
            return []
        for leg in _next(remaining):
            self.tried += 1
            if self.tried > MOST_STEPS:
                return []
            rest = [other for other in remaining if other is not leg]
            problems, after = _step(self.person, situation, leg, rest)
            if all(self.missing and problem.missing for problem in problems):
                found = self.way(after, rest)
                if found is not None:
                    return [*problems, *found]
        return None


def _next(remaining: list[Leg]) -> Iterator[Leg]:
    """Yield each leg that may come next: one that no other surely precedes.

    Legs of one flight keep their order, which their ranks decide.
    """
    seen: set[str] = set()
    first_end = min(leg.happened.latest for leg in remaining)
    for leg in remaining:
        stream = leg.originator_id
        if stream not in seen and leg.happened.earliest <= first_end:
            yield leg
        seen.add(stream)


def _step(person: str, situation: Situation, leg: Leg, rest: Iterable[Leg]) -> Step:
    """Return the problems of one leg and the situation after it."""
    return _STEPS[type(leg)](person, situation, leg, rest)


def _launched(person: str, situation: Situation, leg: Launched, _rest: Iterable[Leg]) -> Step:
    if person not in leg.crew:
        return [], situation
    problems = []
    if situation.died and surely_before(situation.died, leg):
        problems.append(_is_dead(person, leg, situation.died))
    if situation.place and situation.place.since.happened.earliest >= leg.happened.latest:
        problems.append(_elsewhere(person, leg, situation.place))
    elif situation.place:
        problems.append(
            Problem(
                "landing-missing",
                leg.id,
                f"{person} lifts off on {leg.happened}, but no landing ended the flight of "
                f"{situation.place.since.happened} ({situation.place.since.id})",
                "add the landing, or remove them from the crew",
                missing=True,
            )
        )
    return problems, situation.at(Place(leg, craft=leg.subject, may_have_docked=True))


def _docked(_person: str, situation: Situation, leg: Docked, _rest: Iterable[Leg]) -> Step:
    craft = craft_of(leg)
    if leg.to_craft:
        return [], situation._replace(
            paired={**situation.paired, craft: leg.to_craft, leg.to_craft: craft}
        )
    if leg.station is None or not leg.puts_aboard:
        return [], situation
    place = situation.place
    if place and place.craft == craft:
        place = Place(leg, station=leg.station)
    docked = {**situation.docked, craft: leg.station}
    return [], Situation(place, docked, situation.left - {craft}, situation.paired, situation.died)


def _transferred(person: str, situation: Situation, leg: Transferred, _rest: Iterable[Leg]) -> Step:
    if person not in leg.people:
        return [], situation
    place, craft = situation.place, craft_of(leg)
    after = situation.at(Place(leg, craft=craft))
    if place is None:
        return [_never_went_up(person, leg)], after
    if not place.craft or (leg.from_craft and place.craft != leg.from_craft):
        return [_elsewhere(person, leg, place)], after
    return [], after


def _went_outside(
    person: str, situation: Situation, leg: SpacewalkBegan, _rest: Iterable[Leg]
) -> Step:
    place = situation.place
    if place is None:
        return [_never_went_up(person, leg)], situation
    if SOMEWHERE in (place.station, leg.station):
        return [], situation
    there = place.station == leg.station if leg.station else place.craft == leg.craft
    # They use the airlock of a craft that is docked where they are.
    by_craft = place.station and leg.craft and situation.docked.get(leg.craft) == place.station
    if there or by_craft or (leg.station and place.may_have_docked):
        return [], situation
    return [_elsewhere(person, leg, place)], situation


def _relocated(person: str, situation: Situation, leg: Relocated, rest: Iterable[Leg]) -> Step:
    rides = person in (leg.crew or ())
    return _boards(person, situation, leg, rest) if rides else [], situation


def _died(_person: str, situation: Situation, leg: Died, _rest: Iterable[Leg]) -> Step:
    return [], situation._replace(died=leg)


def _undocked(person: str, situation: Situation, leg: Undocked, rest: Iterable[Leg]) -> Step:
    on_board, craft = person in leg.crew, craft_of(leg)
    problems = _boards(person, situation, leg, rest) if on_board else []
    station, other = situation.docked.get(craft, SOMEWHERE), situation.paired.get(craft)
    docked, paired = situation.docked, situation.paired
    if craft in docked:
        docked = {flight: at for flight, at in docked.items() if flight != craft}
    if paired:
        paired = {one: two for one, two in paired.items() if craft not in (one, two)}
    after = Situation(situation.place, docked, situation.left | {craft}, paired, situation.died)
    if on_board:
        return problems, after.at(Place(leg, craft=craft))
    if situation.place and situation.place.craft == craft:
        if other:
            return [_not_transferred(person, leg, situation.place)], after.at(
                Place(leg, craft=other)
            )
        # Its docking is not recorded, and they are not on it as it leaves.
        return problems, after.at(Place(leg, station=station))
    return problems, after


def _boards(person: str, situation: Situation, leg: Boarding, rest: Iterable[Leg]) -> list[Problem]:
    """Return the problems of a person being on a craft as it leaves its port."""
    place, craft = situation.place, craft_of(leg)
    if place is None:
        return [_never_went_up(person, leg)]
    station = situation.docked.get(craft)
    if place.craft == craft:
        return []
    if place.craft and situation.paired.get(craft) == place.craft:
        return [_not_transferred(person, leg, place)]
    if place.craft:
        return [_between_craft(person, leg, place, rest)]
    if station is None or place.station in (station, SOMEWHERE):
        return []
    return [_elsewhere(person, leg, place)]


def _landed(person: str, situation: Situation, leg: End, rest: Iterable[Leg]) -> Step:
    place = situation.place
    if person not in leg.crew:
        if place is None or place.craft != leg.subject:
            return [], situation
        problem = Problem(
            "left-behind",
            leg.id,
            f"{person} was on {leg.subject}, but is not among those who landed",
            "name everyone who came down in the landing's crew",
        )
        return [problem], situation.at(None)
    if place is None:
        return [_never_went_up(person, leg)], situation
    if place.craft and place.craft != leg.subject:
        return [_between_craft(person, leg, place, rest)], situation.at(None)
    station = situation.docked.get(leg.subject)
    elsewhere = station is not None and place.station not in (None, SOMEWHERE, station)
    if not place.craft and (leg.subject in situation.left or elsewhere):
        return [_elsewhere(person, leg, place)], situation.at(None)
    return [], situation.at(None)  # an undocking that is missing is the flight's own loose end


_STEPS: dict[type[Event], Callable[[str, Situation, Any, Iterable[Leg]], Step]] = {
    Launched: _launched,
    Docked: _docked,
    Transferred: _transferred,
    SpacewalkBegan: _went_outside,
    Relocated: _relocated,
    Undocked: _undocked,
    Died: _died,
    Landed: _landed,
    Lost: _landed,
}

LEGS: frozenset[type[Event]] = frozenset(_STEPS)
"""The types of event that may say where people are."""


def is_leg(event: Event) -> TypeGuard[Leg]:
    """Whether an event may say where people are."""
    return type(event) in LEGS


def _between_craft(person: str, leg: Leg, place: Place, rest: Iterable[Leg]) -> Problem:
    """Return the problem of being on one craft, then on another, with no station in between.

    A docking is missing, unless the facts leave no room for one.
    """
    docks_later = any(isinstance(other, Docked) and other.subject == place.craft for other in rest)
    if not place.may_have_docked or docks_later:
        return _elsewhere(person, leg, place)
    return Problem(
        "docking-missing",
        leg.id,
        f"{person} is on {leg.subject} on {leg.happened}, but no docking ended the flight of "
        f"{place.since.happened} ({place.since.id})",
        "add the docking, or remove them from the crew",
        missing=True,
    )


def _not_transferred(person: str, leg: Leg, place: Place) -> Problem:
    return Problem(
        "transfer-missing",
        leg.id,
        f"{person} had been on {place.name} since {place.since.happened} ({place.since.id}), but "
        f"no transfer is recorded before {leg.happened}",
        "add the transferred event, or correct the crew",
        missing=True,
    )


def _is_dead(person: str, leg: Leg, died: Died) -> Problem:
    return Problem(
        "died-before",
        leg.id,
        f"{person} lifts off on {leg.happened}, but died on {died.happened} ({died.id})",
        "check the crew and the death",
    )


def _elsewhere(person: str, leg: Leg, place: Place) -> Problem:
    return Problem(
        "two-places",
        leg.id,
        f"{person} is on {_where(leg)} on {leg.happened}, but has been on {place.name} since "
        f"{place.since.happened} ({place.since.id})",
        "nobody can be in two places at once; check both crews and both times",
    )


def _where(leg: Leg) -> str:
    """Return the craft or the station at which a leg puts a person."""
    return (leg.station if isinstance(leg, SpacewalkBegan) else None) or craft_of(leg)


def _never_went_up(person: str, leg: Leg) -> Problem:
    return Problem(
        "never-went-up",
        leg.id,
        f"{person} is on {_where(leg)} on {leg.happened}, but no launch took them there",
        "add the launch, or remove them from the crew",
        missing=True,
    )
