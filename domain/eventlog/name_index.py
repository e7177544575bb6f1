"""What an event names, for the index that finds its stream without reading the log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aboard.events.fact import Amendment, Corrected, Retracted, Ruled
from aboard.events.flight import Docked
from aboard.events.mentions import ids_named, registered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from aboard.domain.eventlog.adapter import IndexRow
    from aboard.events.envelope import Event

INDEX_FORM = 3
"""The number of the index's form: the index of a log that has another number is built again."""

IS_ID = re.compile(r"[a-z0-9-]{1,80}")

INDEXED_KINDS = ("person", "port")
"""The kinds of thing that an event is looked up by, if it names one of them."""

ABOUT_EVENTS = frozenset((Corrected, Retracted, Ruled))


def names(event: Event) -> set[tuple[str, str]]:
    """Return `(kind, id)` for each thing that an event names, or may name once it is amended.

    The kinds are `person`, `port` without its station, `at` for the station of a docking, `event`
    for the target of an amendment, `ruled` for a claim that a ruling is on, and `registered`, whose
    id has the kind of what is registered before it.
    """
    found = {(kind, key) for kind in INDEXED_KINDS for key in ids_named(event, kind)}
    found |= {("registered", f"{kind}/{key}") for kind, key in registered(event)}
    if isinstance(event, Docked) and event.station:
        found.add(("at", event.station))
    if type(event) not in ABOUT_EVENTS:
        return found
    if isinstance(event, Amendment):
        found.add(("event", event.target))
    if isinstance(event, Ruled):
        found |= {("ruled", claim) for claim in event.against}
    if isinstance(event, Corrected):
        # A correction may be of another correction, so the changed field may be nested deeply.
        for text in filter(IS_ID.fullmatch, _texts(event.changes)):
            found |= {("person", text), ("port", text), ("at", text)}
    return found


def rows_of(event: Event) -> list[IndexRow]:
    """Return the rows that an event adds to the index."""
    stream = event.originator_id
    return [(kind, key, stream) for kind, key in names(event)]


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
