"""References: every id that an event names is registered."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from aboard.domain.eventlog.name_index import REGISTERING, registered
from aboard.events.agreement import SeatExchanged
from aboard.events.amendments import corrected
from aboard.events.envelope import UNSOURCED, Event
from aboard.events.fact import Amendment, Claimed, Corrected, GapStated, Ruled
from aboard.events.flight import CraftAdded, Docked, DockingFailed, Relocated, SeatMoved
from aboard.events.flight_plan import (
    DockingPlanned,
    FlightPlanned,
    RelocationPlanned,
    SeatMovePlanned,
)
from aboard.events.mentions import people_named
from aboard.events.person import Died
from aboard.events.spacewalk import SpacewalkBegan
from aboard.events.station import ExpeditionBegan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboard.loader.baseline import Base, LogBase

WHERE = {
    "person": "people.toml",
    "source": "sources.toml",
    "station": "stations/",
    "port": "the station's file, as port_added",
    "flight": "flights/, as planned",
    "craft": "the flight's file, as craft_added",
    "event": "the file of its stream",
}


class Wrong(NamedTuple):
    """A field of an event, the rule it breaks, what is wrong, and a hint."""

    field: str
    rule: str
    message: str
    hint: str


class Registry:
    """The ids that are registered, in a base and by facts that are to come to it."""

    def __init__(self, base: Base | LogBase, facts: Iterable[Event]) -> None:
        self._base = base
        self._facts = {fact.id: fact for fact in facts}
        self._by_stream: dict[str, list[Event]] = defaultdict(list)
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._amended: dict[str, set[str]] = defaultdict(set)
        self._ids["event"] = set(self._facts)
        for fact in self._facts.values():
            self._by_stream[fact.originator_id].append(fact)
            if type(fact) in REGISTERING:
                for kind, key in registered(fact):
                    self._ids[kind].add(key)
            elif isinstance(fact, Amendment):
                self._amended[fact.target].add(fact.originator_id)

    def problems(self, fact: Event) -> Iterator[Wrong]:
        """Yield what is wrong with the ids that a fact names."""
        yield from self._unknown(fact)
        amendments = self._base.naming("event", [fact.id])
        if fact.id in self._amended:
            amendments |= self._amended[fact.id]
        for stream in sorted(amendments - {fact.originator_id}) if amendments else ():
            yield Wrong(
                "id",
                "wrong-stream",
                f"{fact.id} is amended on the stream {stream}, and stands on {fact.originator_id}",
                "an amendment stands on the stream of its event; take another id",
            )
        if isinstance(fact, Amendment):
            yield from self._amending(fact)

    def _amending(self, amendment: Amendment) -> Iterator[Wrong]:
        target = self._facts.get(amendment.target) or self._base.event(amendment.target)
        if target is None:
            return
        if target.originator_id != amendment.originator_id:
            yield Wrong(
                "target",
                "wrong-stream",
                f"{target.id} stands on the stream {target.originator_id}",
                "state the amendment on the same stream",
            )
        elif isinstance(amendment, Corrected):
            try:
                version = corrected(target, amendment)
            except ValidationError:
                return  # the decision on it says why
            for wrong in self._unknown(version):
                if wrong.field in amendment.changes:
                    yield wrong._replace(field="changes")

    def _unknown(self, event: Event) -> Iterator[Wrong]:
        """Yield what is wrong for each id in an event that is not registered."""
        for key, kind, name in named(event, self._station(event)):
            if name in self._ids[kind] or self._base.is_registered(kind, name):
                continue
            if kind == "source" and name == UNSOURCED:
                continue
            known = {*self._ids[kind], *self._base.registered(kind)}
            near = difflib.get_close_matches(name, sorted(known), n=2)
            short = (lambda one: one.rpartition("/")[2]) if kind == "port" else str
            meant = " or ".join(short(one) for one in near)
            offer = f"did you mean {meant}?" if near else f"add it to {WHERE[kind]}"
            message = f"no {kind} is called {short(name)!r}"
            field = key or _field_of(event, name)
            yield Wrong(field, f"unknown-{kind}", message, offer)

    def _station(self, event: Event) -> str | None:
        """Return where the flight of an event is docked, for one that names ports alone."""
        if type(event) not in BETWEEN_PORTS:
            return None
        stream = event.originator_id
        facts = [*self._base.stream(stream).events, *self._by_stream[stream]]
        docked = (fact.station for fact in reversed(facts) if isinstance(fact, Docked))
        return next((station for station in docked if station), None)


def named(event: Event, station: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield `(field, kind, id)` for each id that an event names; a person's field is not said."""
    for key in event.source:
        yield "source", "source", key
    for person in people_named(event):
        yield "", "person", person
    kind, fields = type(event), vars(event)
    if kind is not CraftAdded:
        for field in CRAFT_FIELDS:
            if craft := fields.get(field):
                yield field, "craft", craft
    if kind in NAMING:
        yield from NAMING[kind](event, station)


def _field_of(event: Event, person: str) -> str:
    """Return the field in which an event names a person."""
    fields = (name for name in PEOPLE_FIELDS if hasattr(event, name))
    return next((name for name in fields if person in str(getattr(event, name))), "crew")


CRAFT_FIELDS = ("craft", "from_craft", "to_craft")
PEOPLE_FIELDS = ("crew", "people", "person", "off", "on", "from_person", "to_person", "commander")
BETWEEN_PORTS = frozenset((Relocated, RelocationPlanned))

Named = Iterator[tuple[str, str, str]]


def _destination(event: FlightPlanned, _station: str | None) -> Named:
    if event.destination:
        yield "destination", "station", event.destination


def _berth(event: Docked | DockingPlanned | DockingFailed, _station: str | None) -> Named:
    if event.station:
        yield "station", "station", event.station
        if event.port:
            yield "port", "port", f"{event.station}/{event.port}"


def _ports(event: Relocated | RelocationPlanned, station: str | None) -> Named:
    for name in ("from_port", "to_port"):
        if station and (port := getattr(event, name)):
            yield name, "port", f"{station}/{port}"


def _airlock(event: SpacewalkBegan, _station: str | None) -> Named:
    if event.station:
        yield "station", "station", event.station


def _other_seat(event: SeatMoved | SeatMovePlanned, _station: str | None) -> Named:
    if event.from_flight:
        yield "from_flight", "flight", event.from_flight


def _flight(event: SeatExchanged | ExpeditionBegan | Died, _station: str | None) -> Named:
    if event.flight:
        yield "flight", "flight", event.flight


def _about(event: Claimed | GapStated, _station: str | None) -> Named:
    if event.about:
        yield "about", "event", event.about


def _ruling(event: Ruled, _station: str | None) -> Named:
    yield "holds", "event", event.holds
    for claim in event.against:
        yield "against", "event", claim


NAMING: dict[type[Event], Callable[[Any, str | None], Named]] = {
    FlightPlanned: _destination,
    **dict.fromkeys((Docked, DockingPlanned, DockingFailed), _berth),
    **dict.fromkeys((Relocated, RelocationPlanned), _ports),
    SpacewalkBegan: _airlock,
    **dict.fromkeys((SeatMoved, SeatMovePlanned), _other_seat),
    **dict.fromkeys((SeatExchanged, ExpeditionBegan, Died), _flight),
    **dict.fromkeys((Claimed, GapStated), _about),
    Ruled: _ruling,
}
"""What types name beside their sources, people and craft, given where the flight is docked."""
