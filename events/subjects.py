"""Which people and which flights an event names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.events.agreement import SeatExchanged
from aboard.events.fact import Corrected, GapStated
from aboard.events.flight import (
    Docked,
    DockingFailed,
    Landed,
    Launched,
    Lost,
    Relocated,
    SeatMoved,
    Transferred,
    Undocked,
)
from aboard.events.flight_plan import (
    CrewAssigned,
    CrewReplaced,
    HomewardVehicleAssigned,
    PlanWithdrawn,
    ReturnPlanned,
    SeatMovePlanned,
)
from aboard.events.person import Died
from aboard.events.spacewalk import SpacewalkBegan
from aboard.events.station import CommandHandedOver, CommandHandoverPlanned, ExpeditionBegan

if TYPE_CHECKING:
    from pydantic import JsonValue

    from aboard.events.envelope import Event


def people_named(event: Event) -> tuple[str, ...]:
    """Return the ids of the people that an event names."""
    match event:
        case Launched() | Undocked() | Landed() | Lost():
            return event.crew
        case Relocated() | ReturnPlanned():
            return event.crew or ()
        case CrewAssigned():
            return tuple(seat.person for seat in event.crew)
        case CrewReplaced():
            return (*event.off, *(seat.person for seat in event.on))
        case HomewardVehicleAssigned() | Transferred() | SpacewalkBegan() | GapStated():
            return event.people
        case SeatMoved() | SeatMovePlanned() | SeatExchanged():
            return (event.person,)
        case PlanWithdrawn() if event.person:
            return (event.person,)
        case Died():
            return (event.subject,)
        case CommandHandedOver() | CommandHandoverPlanned():
            return tuple(filter(None, (event.from_person, event.to_person)))
        case ExpeditionBegan() if event.commander:
            return (event.commander,)
        case Corrected():
            return _in_changes(event.changes)
        case _:
            return ()


def _in_changes(changes: dict[str, JsonValue]) -> tuple[str, ...]:
    """Return the people that the new values of a correction name, whatever it corrects."""
    found: list[str] = []
    for name in ("crew", "people", "person", "off", "on"):
        value = changes.get(name)
        for one in value if isinstance(value, list) else [value]:
            person = one.get("person") if isinstance(one, dict) else one
            if isinstance(person, str):
                found.append(person)
    return tuple(found)


def flights_named(event: Event) -> tuple[str, ...]:
    """Return the ids of the flights that an event is about: its own, and another it mentions."""
    if isinstance(event, Died) and event.flight:
        return (event.flight,)
    if not event.originator_id.startswith("flight/"):
        return ()
    match event:
        case SeatMoved() | SeatMovePlanned():
            other = event.from_flight
        case Docked() | DockingFailed():
            other = event.to_craft
        case Transferred():
            other = event.from_craft
        case _:
            other = None
    return (event.subject, other) if other else (event.subject,)


def craft_of(event: Event) -> str:
    """Return the craft that an event of a flight is about: the flight's first, or a further one."""
    return getattr(event, "craft", None) or event.subject
