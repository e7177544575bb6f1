"""Which people and which flights an event names."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from aboard.events.agreement import SeatExchanged
from aboard.events.envelope import Event  # noqa: TC001 - a table below needs it
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
    from collections.abc import Callable, Iterable

    from pydantic import JsonValue

    from aboard.events.flight_plan import Seat


def people_named(event: Event) -> tuple[str, ...]:
    """Return the ids of the people that an event names."""
    found = _PEOPLE.get(type(event))
    return found(event) if found else ()


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


def _seated(seats: Iterable[Seat]) -> tuple[str, ...]:
    return tuple(seat.person for seat in seats)


# By the type itself: an event is asked of its people far too often to be held against each class.
_PEOPLE: dict[type[Event], Callable[[Any], tuple[str, ...]]] = {
    **dict.fromkeys((Launched, Undocked, Landed, Lost), lambda event: event.crew),
    **dict.fromkeys((Relocated, ReturnPlanned), lambda event: event.crew or ()),
    CrewAssigned: lambda event: _seated(event.crew),
    CrewReplaced: lambda event: (*event.off, *_seated(event.on)),
    **dict.fromkeys(
        (HomewardVehicleAssigned, Transferred, SpacewalkBegan, GapStated),
        lambda event: event.people,
    ),
    **dict.fromkeys((SeatMoved, SeatMovePlanned, SeatExchanged), lambda event: (event.person,)),
    PlanWithdrawn: lambda event: (event.person,) if event.person else (),
    Died: lambda event: (event.subject,),
    **dict.fromkeys(
        (CommandHandedOver, CommandHandoverPlanned),
        lambda event: tuple(filter(None, (event.from_person, event.to_person))),
    ),
    ExpeditionBegan: lambda event: (event.commander,) if event.commander else (),
    Corrected: lambda event: _in_changes(event.changes),
}


def flights_named(event: Event) -> tuple[str, ...]:
    """Return the ids of the flights that an event is about: its own, and another it mentions."""
    if not event.originator_id.startswith("flight/"):
        return (event.flight,) if type(event) is Died and event.flight else ()
    asked = _OTHERS.get(type(event))
    other = asked(event) if asked else None
    return (event.subject, other) if other else (event.subject,)


# By the type itself, too.
_OTHERS: dict[type[Event], Callable[[Any], str | None]] = {
    **dict.fromkeys((SeatMoved, SeatMovePlanned), attrgetter("from_flight")),
    **dict.fromkeys((Docked, DockingFailed), attrgetter("to_craft")),
    Transferred: attrgetter("from_craft"),
}
"""What tells the other flight that an event mentions, by the types of those that may."""


def craft_of(event: Event) -> str:
    """Return the craft that an event of a flight is about: the flight's first, or a further one."""
    named = event.craft if _may_name_craft(type(event)) else None  # type: ignore[attr-defined]
    return named or event.subject


@cache
def _may_name_craft(cls: type[Event]) -> bool:
    """Whether events of a type have a field for a further craft."""
    return "craft" in cls.model_fields
