"""A flight's plan next to what happened to it. Subject: a flight, which is also the place.

Each *item* (launch, docking, undocking, return, crew, ...) has a series of plans: the latest
holds until the next is made, it is withdrawn, or the launch is scrubbed, and the
actuals, which hold from when they happened. A plan whose target has passed with nothing known to
have happened is marked lapsed. A conditional plan supersedes nothing: it is listed until its
condition is met, which makes it a plan like another, or until the next firm one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from aboard.events import flight_plan as plans
from aboard.events.envelope import Event, Plan
from aboard.events.flight import Docked, Undocked
from aboard.events.mentions import craft_of, flights_named
from aboard.events.time import FOREVER
from aboard.events.vocabulary import class_of
from aboard.projections.fold import Interval
from aboard.projections.folds.craft_state import CONDITIONAL, PlannedSeat, is_conditional, next_crew
from aboard.projections.folds.pairs import (
    Pair,
    advanced,
    crafts_met,
    other_craft,
    parted,
    streams_of_pairs,
)
from aboard.projections.folds.segments import Value, merged
from aboard.projections.tables.fold_versions import VERSIONS
from aboard.projections.tables.milestones import ACTUAL_ITEMS, PLAN_ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

name = "flight_plan"
version = VERSIONS[name]

PLANS: dict[type[Event], str] = {class_of(topic): item for topic, item in PLAN_ITEMS.items()}
ACTUALS: dict[type[Event], str] = {class_of(topic): item for topic, item in ACTUAL_ITEMS.items()}
ENVELOPE = frozenset(Plan.model_fields) - {"condition"}


class PlanEntry(Struct, frozen=True, eq=False):
    """A plan from when it was made, or an actual from when it happened, to its end."""

    item: str
    start: int
    value: Value
    why: tuple[str, ...]
    end: int = FOREVER
    target_end: int | None = None
    person: str | None = None
    """The person, where an item has a series for each person."""
    cut: dict[bool, Interval] = {}
    """Its interval, by whether it has lapsed, once it has been worked out."""

    @property
    def series(self) -> tuple[str, str | None]:
        """The series it is in."""
        return self.item, self.person


class FlightPlan(Struct, frozen=True, eq=False):
    """The entries so far; the open one of each series of plans; the plans with a condition."""

    flight: str
    done: tuple[PlanEntry, ...] = ()
    plans: tuple[PlanEntry, ...] = ()
    crew: tuple[PlannedSeat, ...] = ()
    fulfilled: dict[tuple[str, str | None], int] = {}
    """The series that came true, each with the last instant at which that can have been."""
    conditional: tuple[Event, ...] = ()
    pairs: tuple[Pair, ...] = ()
    """The craft that its first craft is docked with."""

    def planned(self, entry: PlanEntry) -> FlightPlan:
        """Return the state with a newer plan in its series."""
        state = self.dropped(entry.item, entry.start, entry.person)
        return replace(state, plans=(*state.plans, entry))

    def dropped(self, item: str, at: int, person: str | None = None) -> FlightPlan:
        """Return the state with the plans of an item, or one person's alone, ended."""
        old = [p for p in self.plans if p.item == item and person in (None, p.person)]
        if not old:
            return self
        kept = tuple(plan for plan in self.plans if plan not in old)
        ended = tuple(replace(plan, end=at, cut={}) for plan in old)
        return replace(self, done=self.done + ended, plans=kept)


def subjects(event: Event) -> Iterable[str]:
    """Return the flight whose stream it is, and the craft that it is about as well."""
    return (*flights_named(event)[:1], *crafts_met(event))


def streams(event: Event) -> Iterable[tuple[str, str]]:
    """Return what else a flight has to read whose craft is docked with another one."""
    return streams_of_pairs(event)


def start(subject: str) -> FlightPlan:
    """Return a flight without facts."""
    return FlightPlan(subject)


def step(state: FlightPlan, fact: Event) -> FlightPlan:
    """Return the state after one more fact of the flight, or of a craft it is docked with."""
    pairs = advanced(state.pairs, state.flight, fact)
    if pairs is not state.pairs:
        ends = bool(parted(state.pairs, state.flight, fact))
        state = replace(state, pairs=pairs)
        if ends and type(fact) is not Docked and fact.subject != state.flight:
            return _by_other(state, fact, ACTUALS[Undocked])
    if fact.subject != state.flight:
        if other_craft(fact) == state.flight:
            return _by_other(state, fact, ACTUALS[type(fact)])
        return state
    if is_conditional(fact):
        return _conditional(state, fact)
    kind = type(fact)
    if item := ACTUALS.get(kind):
        return _actual(state, fact, item)
    if planned := _PLANNED.get(kind):
        return planned(state, fact)
    return state


def _actual(state: FlightPlan, fact: Event, item: str) -> FlightPlan:
    """Return the state with something that happened, from then on."""
    at = fact.happened.earliest
    value = merged(_says(fact, "actual"), {"time": str(fact.happened)})
    series = item, _person(fact)
    state = replace(
        state,
        done=(*state.done, PlanEntry(item, at, value, (fact.id,))),
        fulfilled={**state.fulfilled, series: fact.happened.latest},
    )
    return state.dropped("launch", at) if item in ("scrub", "abort") else state


def _by_other(state: FlightPlan, fact: Event, item: str) -> FlightPlan:
    """Return the state with something in which another craft was the active one.

    The people on that craft are not the crew of this flight.
    """
    says = tuple(pair for pair in _says(fact, "actual") if pair[0] != "crew")
    value = merged(says, {"time": str(fact.happened), "with_craft": craft_of(fact)})
    entry = PlanEntry(item, fact.happened.earliest, value, (fact.id,))
    return replace(state, done=(*state.done, entry))


def _planned(state: FlightPlan, fact: Plan) -> FlightPlan:
    """Return the state with a plan that holds from an instant on."""
    at = fact.happened.earliest
    value = merged(_says(fact, "plan"), {"time": str(fact.target)})
    item, person = PLANS[type(fact)], _person(fact)
    entry = PlanEntry(item, at, value, (fact.id,), target_end=fact.target.end, person=person)
    state = state.planned(entry).dropped(f"conditional {item}", at, person)
    # What happened at a coarse time may have happened after a plan that stands behind it here.
    fulfilled = {
        series: latest
        for series, latest in state.fulfilled.items()
        if series != entry.series or latest >= at
    }
    return replace(state, fulfilled=fulfilled)


def _conditional(state: FlightPlan, fact: Event) -> FlightPlan:
    """Return the state with one more plan that supersedes nothing yet."""
    item = PLANS.get(type(fact), "crew")
    value = _says(fact, "conditional")
    if isinstance(fact, Plan):
        value = merged(value, {"time": str(fact.target)})
    entry = PlanEntry(
        f"conditional {item}",
        fact.happened.earliest,
        value,
        (fact.id,),
        person=_person(fact),
    )
    return replace(state, plans=(*state.plans, entry), conditional=(*state.conditional, fact))


def _met(state: FlightPlan, fact: plans.ConditionMet) -> FlightPlan:
    """Return the state with a conditional plan made a plan like another, from this fact on."""
    plan = next((one for one in state.conditional if one.id == fact.plan), None)
    if plan is None:
        return state
    firm = plan.model_copy(update={"condition": None, "happened": fact.happened})
    waiting = tuple(one for one in state.conditional if one is not plan)
    at = fact.happened.earliest
    ended = tuple(replace(one, end=at, cut={}) for one in state.plans if one.why == (plan.id,))
    kept = tuple(one for one in state.plans if one.why != (plan.id,))
    return step(replace(state, plans=kept, done=state.done + ended, conditional=waiting), firm)


def _withdrawn(state: FlightPlan, fact: plans.PlanWithdrawn) -> FlightPlan:
    at = fact.happened.earliest
    item = "homeward crew" if fact.item == "homeward vehicle" else fact.item
    if item == "homeward crew" and fact.person:
        return _homeward_without(state, fact.person, at)
    state = state.dropped(item, at, fact.person)
    return replace(state, crew=()) if item == "crew" else state


def aims(state: FlightPlan) -> list[int]:
    """Return the ends of the targets of the plans that stand."""
    return [plan.target_end for plan in state.plans if plan.target_end is not None]


def finish(state: FlightPlan, now: int) -> list[Interval]:
    """Return every entry as an interval."""
    found = []
    for entry in (*state.done, *state.plans):
        if entry.start >= entry.end:
            continue
        lapsed = (
            entry.target_end is not None
            and entry.target_end <= now
            and entry.end == FOREVER
            and entry.series not in state.fulfilled
        )
        cut = entry.cut.get(lapsed)
        if cut is None:
            more = {"item": entry.item, **({"lapsed": True} if lapsed else {})}
            value = merged(entry.value, more)
            cut = Interval(entry.start, entry.end, state.flight, value, entry.why)
            entry.cut[lapsed] = cut
        found.append(cut)
    return found


def _homeward_crew(state: FlightPlan, fact: plans.HomewardVehicleAssigned) -> FlightPlan:
    before = [plan for plan in state.plans if plan.item == "homeward crew"]
    people = dict.fromkeys(
        (*(one for plan in before for one in dict(plan.value)["people"]), *fact.people)
    )
    value = (("basis", "plan"), ("people", tuple(people)))
    why = (*(one for plan in before for one in plan.why), fact.id)
    return state.planned(PlanEntry("homeward crew", fact.happened.earliest, value, why))


def _homeward_without(state: FlightPlan, person: str, at: int) -> FlightPlan:
    """Return the state with one person no longer to come home on the flight."""
    before = next((plan for plan in state.plans if plan.item == "homeward crew"), None)
    if before is None:
        return state
    people = tuple(one for one in dict(before.value)["people"] if one != person)
    if not people:
        return state.dropped("homeward crew", at)
    value = (("basis", "plan"), ("people", people))
    return state.planned(PlanEntry("homeward crew", at, value, before.why))


def _crew(state: FlightPlan, fact: plans.CrewAssigned | plans.CrewReplaced) -> FlightPlan:
    at = fact.happened.earliest
    crew = next_crew(state.crew, fact)
    seats = tuple(
        (seat.person, seat.role, planned.by, seat.agency, seat.nationality)
        for planned in crew
        for seat in [planned.seat]
    )
    why = tuple(dict.fromkeys((*(planned.by for planned in crew), fact.id)))
    entry = PlanEntry("crew", at, (("basis", "plan"), ("seats", seats)), why)
    return replace(state.planned(entry).dropped("conditional crew", at), crew=crew)


def _says(fact: Event, basis: str) -> Value:
    """Return what a fact says other than its envelope, as hashable pairs."""
    said: list[tuple[str, Any]] = [("basis", basis)]
    for key in _own_fields(type(fact)):
        value = getattr(fact, key)
        if value is not None:
            said.append((key, value if type(value) in (str, int, bool) else _plain(value)))
    said.sort()
    return tuple(said)


@cache
def _own_fields(cls: type[Event]) -> tuple[str, ...]:
    """Return the names of a type's fields that not every plan has."""
    return tuple(key for key in cls.model_fields if key not in ENVELOPE)


def _person(fact: Event) -> str | None:
    """Return whom alone a fact is about, where its type has such a field."""
    return getattr(fact, "person", None) if "person" in _own_fields(type(fact)) else None


def _plain(value: Any) -> Any:
    if isinstance(value, plans.Seat):
        return value.person, value.role, value.agency, value.nationality
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    return value if isinstance(value, bool | int | str) else str(value)


_PLANNED: dict[type[Event], Callable[[FlightPlan, Any], FlightPlan]] = {
    **dict.fromkeys(PLANS, _planned),
    plans.ConditionMet: _met,
    plans.PlanWithdrawn: _withdrawn,
    plans.CrewAssigned: _crew,
    plans.CrewReplaced: _crew,
    plans.HomewardVehicleAssigned: _homeward_crew,
}
"""What each type of a flight's plans changes."""

heeds = CONDITIONAL | {*ACTUALS, *_PLANNED}
"""The types of facts that it is about."""
