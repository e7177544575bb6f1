"""What is known of one flight: its plans that still hold, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboard.events.flight import (
    CrewAssigned,
    CrewReplaced,
    Docked,
    DockingPlanned,
    FlightPlanned,
    Landed,
    Launched,
    LaunchPlanned,
    LaunchScrubbed,
    Relocated,
    ReturnPlanned,
    Seat,
    Undocked,
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


@dataclass(frozen=True, slots=True)
class Craft:
    """A flight as its facts so far leave it. A plan is dropped when it is fulfilled."""

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


def advance(craft: Craft, fact: Event) -> Craft:
    """Return the craft after one more fact of its stream, in the order of happening."""
    match fact:
        case FlightPlanned():
            return replace(craft, destination=fact.destination)
        case CrewAssigned() | CrewReplaced() if fact.condition is None:
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
        case Launched():
            return replace(craft, launch=None, launched=fact)
        case Docked():
            berth = Berth(fact.station, fact.port, fact.happened, (fact.id,))
            return replace(craft, docking=None, berth=berth)
        case Relocated() if craft.berth:
            why = (craft.berth.why[0], fact.id)
            berth = Berth(craft.berth.station, fact.to_port, fact.happened, why)
            return replace(craft, berth=berth)
        case Undocked():
            return replace(craft, undocking=None, berth=None)
        case Landed():
            return replace(craft, returning=None, landed=True, berth=None)
        case _:
            return craft


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
