"""References: every id that an event names is registered."""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aboard.events.agreement import SeatExchanged
from aboard.events.envelope import UNSOURCED
from aboard.events.fact import Claimed, GapStated, Ruled
from aboard.events.flight import CraftAdded, Docked, DockingFailed, Relocated, SeatMoved
from aboard.events.flight_plan import (
    DockingPlanned,
    FlightPlanned,
    RelocationPlanned,
    SeatMovePlanned,
)
from aboard.events.person import Died
from aboard.events.spacewalk import SpacewalkBegan
from aboard.events.station import ExpeditionBegan, PortAdded, StationRegistered
from aboard.events.subjects import people_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event

WHERE = {
    "person": "people.toml",
    "source": "sources.toml",
    "station": "stations/",
    "port": "the station's file, as port_added",
    "flight": "flights/, as planned",
    "craft": "the flight's file, as craft_added",
    "event": "the file of its stream",
}


@dataclass(slots=True)
class Registry:
    """The ids that are registered, by kind; ports as ``station/port``."""

    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, event: Event) -> None:
        """Take note of what an event registers."""
        kind = event.originator_id.partition("/")[0]
        self.ids["event"].add(event.id)
        match event:
            case PortAdded():
                self.ids["port"].add(f"{event.subject}/{event.port}")
            case StationRegistered() | FlightPlanned():
                self.ids[kind].add(event.subject)
                self.ids["craft"].add(event.subject)
            case CraftAdded():
                self.ids["craft"].add(event.craft)
            case _ if kind in ("person", "source"):
                self.ids[kind].add(event.subject)
            case _:
                pass

    def unknown(self, event: Event, station: str | None) -> Iterator[tuple[str, str, str, str]]:
        """Yield `(field, rule, message, hint)` for each id in an event that is not registered.

        `station` is where the flight is docked, for events that name ports alone.
        """
        for key, kind, name in named(event, station):
            if name in self.ids[kind] or (kind == "source" and name == UNSOURCED):
                continue
            near = difflib.get_close_matches(name, self.ids[kind], n=2)
            short = (lambda one: one.rpartition("/")[2]) if kind == "port" else str
            meant = " or ".join(short(one) for one in near)
            offer = f"did you mean {meant}?" if near else f"add it to {WHERE[kind]}"
            message = f"no {kind} is called {short(name)!r}"
            yield key, f"unknown-{kind}", message, offer


def named(event: Event, station: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield `(field, kind, id)` for each id that an event names."""
    for key in event.source:
        yield "source", "source", key
    for field_name, person in people_fields(event):
        yield field_name, "person", person
    for field_name in ("craft", "from_craft", "to_craft"):
        if (craft := getattr(event, field_name, None)) and not isinstance(event, CraftAdded):
            yield field_name, "craft", craft
    match event:
        case FlightPlanned() if event.destination:
            yield "destination", "station", event.destination
        case Docked() | DockingPlanned() | DockingFailed() if event.station:
            yield "station", "station", event.station
            if event.port:
                yield "port", "port", f"{event.station}/{event.port}"
        case Relocated() | RelocationPlanned() if station:
            for name in ("from_port", "to_port"):
                if port := getattr(event, name):
                    yield name, "port", f"{station}/{port}"
        case SpacewalkBegan() if event.station:
            yield "station", "station", event.station
        case SeatMoved() | SeatMovePlanned() if event.from_flight:
            yield "from_flight", "flight", event.from_flight
        case SeatExchanged():
            yield "flight", "flight", event.flight
        case ExpeditionBegan() | Died() if event.flight:
            yield "flight", "flight", event.flight
        case Claimed() | GapStated() if event.about:
            yield "about", "event", event.about
        case Ruled():
            yield "holds", "event", event.holds
            for claim in event.against:
                yield "against", "event", claim
        case _:
            pass


def people_fields(event: Event) -> Iterable[tuple[str, str]]:
    """Yield the people an event names, each with the field that names them."""
    names = ("crew", "people", "person", "off", "on", "from_person", "to_person", "commander")
    fields = [name for name in names if hasattr(event, name)]
    for person in people_named(event):
        holding = next((name for name in fields if person in str(getattr(event, name))), "crew")
        yield holding, person
