"""What an event names, for the index by which its stream is found again without reading the log."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from aboard.events.fact import Amendment, Corrected, Retracted, Ruled
from aboard.events.flight import CraftAdded, Docked
from aboard.events.flight_plan import FlightPlanned
from aboard.events.mentions import people_named
from aboard.events.person import PersonRegistered
from aboard.events.source import SourceRegistered
from aboard.events.station import PortAdded, StationRegistered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from aboard.domain.eventlog.sqlite import Named
    from aboard.events.envelope import Event

INDEXED = 3
"""Counts what has been indexed: the index of a log that has another number is made anew."""

IS_ID = re.compile(r"[a-z0-9-]{1,80}")

PORT_FIELDS = ("port", "from_port", "to_port")

ABOUT_EVENTS = frozenset((Corrected, Retracted, Ruled))
REGISTERING = frozenset(
    (CraftAdded, FlightPlanned, PersonRegistered, PortAdded, SourceRegistered, StationRegistered)
)


def names(event: Event) -> set[tuple[str, str]]:
    """Return `(kind, id)` for each thing an event names, or may name once it is amended.

    The kinds are `person`, `port` without its station, `at` for the station of a docking, `event`
    for the target of an amendment, `ruled` for a claim that a ruling is on, and `registered`, whose
    id has the kind of what is registered before it.
    """
    found = {("person", person) for person in people_named(event)}
    kind, fields = type(event), vars(event)
    for name in _port_fields(kind):
        if port := fields[name]:
            found.add(("port", port))
    if kind in REGISTERING:
        found.update(("registered", f"{what}/{key}") for what, key in registered(event))
    if isinstance(event, Docked) and event.station:
        found.add(("at", event.station))
    if kind not in ABOUT_EVENTS:
        return found
    if isinstance(event, Amendment):
        found.add(("event", event.target))
    if isinstance(event, Ruled):
        found |= {("ruled", claim) for claim in event.against}
    if isinstance(event, Corrected):
        # A correction may itself be of a correction, so that what it changes may be deep inside.
        for text in filter(IS_ID.fullmatch, _texts(event.changes)):
            found |= {("person", text), ("port", text), ("at", text)}
    return found


@cache
def _port_fields(cls: type[Event]) -> tuple[str, ...]:
    """Return the fields of a type that hold a port."""
    return tuple(name for name in PORT_FIELDS if name in cls.model_fields)


def rows_of(event: Event) -> list[Named]:
    """Return what an event adds to the index."""
    stream = event.originator_id
    return [(kind, key, stream) for kind, key in names(event)]


def registered(event: Event) -> Iterator[tuple[str, str]]:
    """Yield what is registered by an event, as kind and id; a port as ``station/port``."""
    if type(event) not in REGISTERING:
        return
    kind = event.originator_id.partition("/")[0]
    match event:
        case PortAdded():
            yield "port", f"{event.subject}/{event.port}"
        case FlightPlanned():
            yield kind, event.subject
            yield "craft", event.subject
        case CraftAdded():
            yield "craft", event.craft
        case _:
            yield kind, event.subject


def _texts(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _texts(one)
        case dict():
            for one in value.values():
                yield from _texts(one)
        case _:
            pass
