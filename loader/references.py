"""References: every id that an event names is registered."""

from __future__ import annotations

import difflib
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from aboard.domain.names import registered
from aboard.events.agreement import SeatExchanged
from aboard.events.effective import corrected
from aboard.events.envelope import UNSOURCED
from aboard.events.fact import Amendment, Claimed, Corrected, GapStated, Ruled
from aboard.events.flight import CraftAdded, Docked, DockingFailed, Relocated, SeatMoved
from aboard.events.flight_plan import (
    DockingPlanned,
    FlightPlanned,
    RelocationPlanned,
    SeatMovePlanned,
)
from aboard.events.person import Died
from aboard.events.spacewalk import SpacewalkBegan
from aboard.events.station import ExpeditionBegan
from aboard.events.subjects import people_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.loader.base import Base, LogBase

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
            for kind, key in registered(fact):
                self._ids[kind].add(key)
            if isinstance(fact, Amendment):
                self._amended[fact.target].add(fact.originator_id)

    def problems(self, fact: Event) -> Iterator[Wrong]:
        """Yield what is wrong with the ids that a fact names."""
        yield from self._unknown(fact)
        amendments = self._amended[fact.id] | self._base.naming("event", [fact.id])
        for stream in sorted(amendments - {fact.originator_id}):
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
            if kind == "source" and name == UNSOURCED:
                continue
            if name in self._ids[kind] or self._base.is_registered(kind, name):
                continue
            known = {*self._ids[kind], *self._base.registered(kind)}
            near = difflib.get_close_matches(name, sorted(known), n=2)
            short = (lambda one: one.rpartition("/")[2]) if kind == "port" else str
            meant = " or ".join(short(one) for one in near)
            offer = f"did you mean {meant}?" if near else f"add it to {WHERE[kind]}"
            message = f"no {kind} is called {short(name)!r}"
            yield Wrong(key, f"unknown-{kind}", message, offer)

    def _station(self, event: Event) -> str | None:
        """Return where the flight of an event is docked, for one that names ports alone."""
        if not isinstance(event, Relocated | RelocationPlanned):
            return None
        stream = event.originator_id
        facts = [*self._base.stream(stream).events, *self._by_stream[stream]]
        docked = (fact.station for fact in reversed(facts) if isinstance(fact, Docked))
        return next((station for station in docked if station), None)


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
