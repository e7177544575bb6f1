"""The checks of references: every id in an event has to be registered."""

from __future__ import annotations

import difflib
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from aboard.events.amendments import AT_LAST, amended, corrected
from aboard.events.envelope import UNSOURCED, Plan
from aboard.events.fact import Amendment, Corrected
from aboard.events.flight import Docked, Relocated
from aboard.events.flight_plan import DockingPlanned, FlightPlanned
from aboard.events.mentions import craft_of, names_its_subject, naming_fields, registered
from aboard.events.order import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.loader.baseline import Baseline, LogBaseline

WHERE = {
    "person": "people.toml",
    "source": "sources.toml",
    "station": "stations/",
    "port": "the station's file, as port_added",
    "flight": "flights/, as planned",
    "craft": "the flight's file, as craft_added",
    "event": "the file of its stream",
}


class BadReference(NamedTuple):
    """A field of an event, the rule it breaks, what is wrong, and a hint."""

    field: str
    rule: str
    message: str
    hint: str


class Registry:
    """The ids that are registered, in a base and by the facts to be added to it."""

    def __init__(self, base: Baseline | LogBaseline, facts: Iterable[Event]) -> None:
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

    def problems(self, fact: Event) -> Iterator[BadReference]:
        """Yield what is wrong with the ids that a fact names."""
        yield from self._unknown(fact)
        amendments = self._base.naming("event", [fact.id])
        if fact.id in self._amended:
            amendments |= self._amended[fact.id]
        for stream in sorted(amendments - {fact.originator_id}) if amendments else ():
            yield BadReference(
                "id",
                "wrong-stream",
                f"{fact.id} is amended on the stream {stream}, but is on {fact.originator_id}",
                "an amendment belongs on the stream of its event; choose another id",
            )
        if isinstance(fact, Amendment):
            yield from self._amending(fact)

    def _amending(self, amendment: Amendment) -> Iterator[BadReference]:
        target = self._facts.get(amendment.target) or self._base.event(amendment.target)
        if target is None:
            return
        if target.originator_id != amendment.originator_id:
            yield BadReference(
                "target",
                "wrong-stream",
                f"{target.id} is on the stream {target.originator_id}",
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

    def _unknown(self, event: Event) -> Iterator[BadReference]:
        """Yield what is wrong for each id in an event that is not registered."""
        for field, kind, name in named(event, self._station(event)):
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
            yield BadReference(field, f"unknown-{kind}", message, offer)

    def _station(self, event: Event) -> str | None:
        """Return the station whose ports an event of a flight means, if it names ports alone.

        It is the one that the flight docked with last before it leaves a port; failing that, the
        one that it is planned to dock with, and then its destination.
        """
        if not _names_ports_alone(type(event)):
            return None
        stream = event.originator_id
        recorded = {one.id: one for one in self._base.stream(stream).events}
        stated = recorded | {one.id: one for one in self._by_stream[stream]}
        facts = in_order(amended(stated.values(), AT_LAST))
        found = list(_stations(event, facts))
        ports = [
            key
            for field in naming_fields(type(event))
            if field.reference.kind == "port"
            for key in field.ids(event)
        ]
        if isinstance(event, Plan):  # which may be for a station that it has yet to dock with
            having = (one for one in found if all(self._has(one, port) for port in ports))
            return next(having, found[0] if found else None)
        return found[0] if found else None

    def _has(self, station: str, port: str) -> bool:
        """Whether a station has a port."""
        key = f"{station}/{port}"
        return key in self._ids["port"] or self._base.is_registered("port", key)


def _stations(event: Event, facts: list[Event]) -> Iterator[str]:
    """Yield the stations whose ports an event can mean, the likeliest first."""
    leaves = event.undocked_at if isinstance(event, Relocated) else event.happened
    by = (event.target if isinstance(event, Plan) else leaves).latest
    for docked in (fact for fact in reversed(facts) if isinstance(fact, Docked)):
        own = craft_of(docked) == docked.subject
        if docked.station and own and docked.happened.earliest <= by:
            yield docked.station
    for fact in reversed(facts):
        if isinstance(fact, DockingPlanned) and fact.target.earliest <= by:
            yield fact.station
    for fact in reversed(facts):
        if isinstance(fact, FlightPlanned) and fact.destination:
            yield fact.destination


def named(event: Event, station: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield `(field, kind, id)` for each id in an event that has to be registered.

    `station` is the one whose ports are meant where the event names none itself.
    """
    cls = type(event)
    if names_its_subject(cls):
        yield "stream", "person", event.subject
    for field in naming_fields(cls):
        reference = field.reference
        if reference.registers or reference.own:
            continue
        for key in field.ids(event):
            if reference.kind != "port":
                yield field.name, reference.kind, key
            elif of := getattr(event, "station", station):
                yield field.name, "port", f"{of}/{key}"


def begins(cls: type[Event], kind: str) -> bool:
    """Whether an event of a type may be the first of its stream: it registers what that is about.

    Where nothing needs to be registered, any may.
    """
    return kind not in WHERE or kind in cls.REGISTERS


@cache
def _names_ports_alone(cls: type[Event]) -> bool:
    """Whether events of a type name ports, and not the station whose ports they are."""
    named = [field.reference for field in naming_fields(cls)]
    kinds = {one.kind for one in named if not (one.registers or one.own)}
    return "port" in kinds and "station" not in kinds
