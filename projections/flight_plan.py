"""A flight's plan beside what happened to it. Subject: a flight, which is also the place.

Each *item* (launch, docking, undocking, return, crew, ...) has a series of plans, of which the
latest made holds until the next is made or the launch is scrubbed, and the actuals, which hold
from when they happened. A plan whose target has passed with nothing known to have happened is
marked lapsed. A conditional plan supersedes nothing, and is listed until the next firm one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aboard.events import flight as facts
from aboard.events.envelope import Plan
from aboard.events.subjects import flights_named
from aboard.projections.craft import PlannedSeat, next_crew
from aboard.projections.fold import FOREVER, Interval
from aboard.projections.pieces import Value, merged
from aboard.projections.versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event

name = "flight_plan"
version = VERSIONS[name]

PLANS: dict[type[Event], str] = {
    facts.LaunchPlanned: "launch",
    facts.DockingPlanned: "docking",
    facts.UndockingPlanned: "undocking",
    facts.ReturnPlanned: "return",
}
ACTUALS: dict[type[Event], str] = {
    facts.RolledOut: "roll-out",
    facts.LaunchScrubbed: "scrub",
    facts.Launched: "launch",
    facts.Docked: "docking",
    facts.HatchOpened: "hatch opening",
    facts.Anomaly: "anomaly",
    facts.SeatMoved: "seat move",
    facts.Relocated: "relocation",
    facts.HatchClosed: "hatch closing",
    facts.Undocked: "undocking",
    facts.Landed: "return",
}
ENVELOPE = frozenset(Plan.model_fields)


@dataclass(frozen=True, slots=True)
class Entry:
    """A plan from when it was made, or an actual from when it happened, to its end."""

    item: str
    start: int
    value: Value
    why: tuple[str, ...]
    end: int = FOREVER
    target_end: int | None = None


@dataclass(frozen=True, slots=True)
class FlightPlan:
    """The entries so far; the open one of each series of plans by its item."""

    flight: str
    done: tuple[Entry, ...] = ()
    plans: tuple[Entry, ...] = ()
    crew: tuple[PlannedSeat, ...] = ()
    fulfilled: frozenset[str] = frozenset()

    def planned(self, entry: Entry) -> FlightPlan:
        """Return the state with a newer plan in its series."""
        state = self.dropped(entry.item, entry.start)
        return replace(state, plans=(*state.plans, entry))

    def dropped(self, item: str, at: int) -> FlightPlan:
        """Return the state with the plan of a series, if there is one, ended."""
        old = tuple(replace(plan, end=at) for plan in self.plans if plan.item == item)
        kept = tuple(plan for plan in self.plans if plan.item != item)
        return replace(self, done=self.done + old, plans=kept)


def subjects(event: Event) -> Iterable[str]:
    """Return the flights an event is about."""
    return flights_named(event)[:1]


def start(subject: str) -> FlightPlan:
    """Return a flight without facts."""
    return FlightPlan(subject)


def step(state: FlightPlan, fact: Event) -> FlightPlan:
    """Return the state after one more fact of the flight."""
    kind, at = type(fact), fact.happened.earliest
    if isinstance(fact, facts.CrewAssigned | facts.CrewReplaced):
        return _crew(state, fact)
    if isinstance(fact, facts.HomewardVehicleAssigned):
        return _homeward_crew(state, fact)
    if isinstance(fact, Plan) and kind in PLANS:
        value = merged(_says(fact, "plan"), {"time": str(fact.target)})
        entry = Entry(PLANS[kind], at, value, (fact.id,), target_end=fact.target.end)
        fulfilled = state.fulfilled - {entry.item}
        return replace(state.planned(entry), fulfilled=fulfilled)
    if item := ACTUALS.get(kind):
        value = merged(_says(fact, "actual"), {"time": str(fact.happened)})
        state = replace(
            state,
            done=(*state.done, Entry(item, at, value, (fact.id,))),
            fulfilled=state.fulfilled | {item},
        )
        return state.dropped("launch", at) if item == "scrub" else state
    return state


def finish(state: FlightPlan, now: int) -> Iterator[Interval]:
    """Yield every entry as an interval."""
    for entry in (*state.done, *state.plans):
        value = merged(entry.value, {"item": entry.item})
        lapsed = entry.target_end is not None and entry.target_end <= now
        if lapsed and entry.end == FOREVER and entry.item not in state.fulfilled:
            value = merged(value, {"lapsed": True})
        if entry.start < entry.end:
            yield Interval(entry.start, entry.end, state.flight, value, entry.why)


def _homeward_crew(state: FlightPlan, fact: facts.HomewardVehicleAssigned) -> FlightPlan:
    before = [plan for plan in state.plans if plan.item == "homeward crew"]
    people = dict.fromkeys(
        (*(one for plan in before for one in dict(plan.value)["people"]), *fact.people)
    )
    value = (("basis", "plan"), ("people", tuple(people)))
    why = (*(one for plan in before for one in plan.why), fact.id)
    return state.planned(Entry("homeward crew", fact.happened.earliest, value, why))


def _crew(state: FlightPlan, fact: facts.CrewAssigned | facts.CrewReplaced) -> FlightPlan:
    at = fact.happened.earliest
    if fact.condition is not None:
        entry = Entry("conditional crew", at, _says(fact, "conditional"), (fact.id,))
        return replace(state, plans=(*state.plans, entry))
    crew = next_crew(state.crew, fact)
    seats = tuple((planned.seat.person, planned.seat.role, planned.by) for planned in crew)
    why = tuple(dict.fromkeys((*(planned.by for planned in crew), fact.id)))
    entry = Entry("crew", at, (("basis", "plan"), ("seats", seats)), why)
    return replace(state.planned(entry).dropped("conditional crew", at), crew=crew)


def _says(fact: Event, basis: str) -> Value:
    """Return what a fact says beside its envelope, as hashable pairs."""
    said: dict[str, Any] = {"basis": basis}
    for field in type(fact).model_fields:
        value = getattr(fact, field)
        if field not in ENVELOPE and value is not None:
            said[field] = _plain(value)
    return tuple(sorted(said.items()))


def _plain(value: Any) -> Any:
    if isinstance(value, facts.Seat):
        return (value.person, value.role)
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    return value if isinstance(value, bool | int | str) else str(value)
