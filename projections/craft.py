"""What is known of one flight: its plans that still hold, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboard.events.flight import (
    Docked,
    Landed,
    LaunchAborted,
    Launched,
    LaunchScrubbed,
    Lost,
    Relocated,
    Undocked,
)
from aboard.events.flight_plan import (
    ConditionMet,
    CrewAssigned,
    CrewReplaced,
    DockingPlanned,
    FlightPlanned,
    LaunchPlanned,
    PlanWithdrawn,
    ReturnPlanned,
    Seat,
    UndockingPlanned,
)

if TYPE_CHECKING:
    from aboard.events.envelope import Event, Plan
    from aboard.events.time import Time


@dataclass(frozen=True, slots=True)
class PlannedSeat:
    """A seat of the planned crew, and the event that gave it."""

    seat: Seat
    by: str


@dataclass(frozen=True, slots=True)
class Berth:
    """Where a flight is docked, since when, and the events that say so."""

    station: str
    port: str | None
    since: Time
    why: tuple[str, ...]
    mate: str = "hard"


@dataclass(frozen=True, slots=True)
class Craft:
    """A craft as the facts so far leave it. A plan is dropped when it is fulfilled.

    A flight's first craft has the flight's id, and its plans; a further one has an id of its own.
    """

    flight: str
    destination: str | None = None
    crew: tuple[PlannedSeat, ...] = ()
    launch: LaunchPlanned | None = None
    docking: DockingPlanned | None = None
    undocking: UndockingPlanned | None = None
    returning: ReturnPlanned | None = None
    launched: Launched | None = None
    berth: Berth | None = None
    landed: bool = False
    height: str = "orbit"
    conditional: tuple[Event, ...] = ()
    """The plans that wait for their condition."""


def advance(craft: Craft, fact: Event) -> Craft:
    """Return the craft after one more fact of its stream, in the order of happening."""
    if getattr(fact, "condition", None) is not None:
        return replace(craft, conditional=(*craft.conditional, fact))
    match fact:
        case FlightPlanned():
            return replace(craft, destination=fact.destination, height=fact.height)
        case CrewAssigned() | CrewReplaced():
            return replace(craft, crew=next_crew(craft.crew, fact))
        case LaunchPlanned():
            return replace(craft, launch=fact)
        case LaunchScrubbed():
            return replace(craft, launch=None)
        case DockingPlanned():
            return replace(craft, docking=fact)
        case UndockingPlanned():
            return replace(craft, undocking=fact)
        case ReturnPlanned():
            return replace(craft, returning=fact)
        case PlanWithdrawn():
            return _withdrawn(craft, fact)
        case ConditionMet():
            plan = met(craft, fact)
            return advance(craft, plan) if plan else craft
        case Launched():
            height = fact.height or craft.height
            return replace(craft, launch=None, launched=fact, height=height)
        case LaunchAborted():
            plans = {"launch": None, "docking": None, "undocking": None, "returning": None}
            return replace(craft, **plans, height=fact.height)  # type: ignore[arg-type]
        case Docked() if fact.station:
            why = _why_docked(craft.berth, fact, fact.station)
            berth = Berth(fact.station, fact.port, fact.happened, why, fact.mate)
            return replace(craft, docking=None, berth=berth)
        case Relocated() if craft.berth:
            why = (craft.berth.why[0], fact.id)
            berth = Berth(craft.berth.station, fact.to_port, fact.happened, why)
            return replace(craft, berth=berth)
        case Undocked():
            return replace(craft, undocking=None, berth=None)
        case Landed():
            return replace(craft, returning=None, landed=True, berth=None)
        case Lost():
            height = fact.height or craft.height
            return replace(craft, returning=None, landed=True, berth=None, height=height)
        case _:
            return craft


def _why_docked(before: Berth | None, fact: Docked, station: str) -> tuple[str, ...]:
    """Return what a berth rests on: a hard mate on the soft one before it, too."""
    if before and (before.station, before.mate) == (station, "soft"):
        return before.why[0], fact.id
    return (fact.id,)


def _withdrawn(craft: Craft, fact: PlanWithdrawn) -> Craft:
    match fact.item:
        case "launch":
            return replace(craft, launch=None)
        case "docking":
            return replace(craft, docking=None)
        case "undocking":
            return replace(craft, undocking=None)
        case "return":
            return replace(craft, returning=None)
        case "crew":
            return replace(craft, crew=())
        case _:
            return craft


def met(craft: Craft, fact: ConditionMet) -> Event | None:
    """Return the plan whose condition has come true, as a plan like another; None without one."""
    for plan in craft.conditional:
        if plan.id == fact.plan:
            return plan.model_copy(update={"condition": None})
    return None


def next_crew(
    crew: tuple[PlannedSeat, ...], fact: CrewAssigned | CrewReplaced
) -> tuple[PlannedSeat, ...]:
    """Return the planned crew after people were assigned or replaced.

    A newcomer takes the seat of the person they replace; who is already seated keeps the seat.
    """
    seats = list(crew)
    if isinstance(fact, CrewReplaced):
        off, newcomers = fact.off, fact.on
    else:
        off, newcomers = (), fact.crew
    taken = dict(zip(off, newcomers, strict=False))
    kept: list[PlannedSeat] = []
    for planned in seats:
        if planned.seat.person not in off:
            kept.append(planned)
        elif newcomer := taken.pop(planned.seat.person, None):
            kept.append(PlannedSeat(newcomer, fact.id))
    seated = {planned.seat.person: place for place, planned in enumerate(kept)}
    for newcomer in newcomers:
        place = seated.get(newcomer.person)
        if place is None:
            kept.append(PlannedSeat(newcomer, fact.id))
        elif newcomer.role and newcomer.role != kept[place].seat.role:
            kept[place] = PlannedSeat(newcomer, fact.id)
    return tuple(kept)


def holds(plan: Plan | None, now: int) -> bool:
    """Whether there is a plan and its target has not passed."""
    return plan is not None and plan.target.end > now
