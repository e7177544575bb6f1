"""An event as an answer shows it: every field is read and built here, whichever answer has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aboard.events.time import Time
from aboard.projections.queries.citations import cited
from aboard.projections.queries.event_text import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aboard.storage.connection import Connection

AMENDED_EVENT = (
    "event LEFT JOIN amended ON amended.event = event.id "
    "AND amended.known_from <= :known AND amended.known_to > :known"
)
"""The events with what amends each as ``:known``; as recorded where that is NULL."""

HAPPENED_FROM = "coalesce(amended.happened_from, event.happened_from)"
"""The first instant at which an event can have happened, as amended."""

NOT_RETRACTED = "(amended.event IS NULL OR amended.body IS NOT NULL)"
"""The condition that an event is not retracted."""

COLUMNS = (
    "event.id, type, stream, version, position, coalesce(amended.happened, event.happened), "
    f"{HAPPENED_FROM}, known, event.known_from, known_assumed, recorded, recorded_by, "
    "correlation, causation, source, coalesce(amended.body, event.body), "
    "amended.event IS NOT NULL, amended.event IS NOT NULL AND amended.body IS NULL"
)


class StoredEvent(NamedTuple):
    """A row of the catalogue's events, as amended at some known time.

    A retracted event still has what it said before.
    """

    id: str
    type: str
    stream: str
    version: int
    position: int
    happened: str
    happened_from: int
    known: str
    known_from: int
    known_assumed: bool
    recorded: str
    recorded_by: str
    correlation: str | None
    causation: str | None
    source: str
    body: str
    is_amended: bool
    is_retracted: bool

    @property
    def said(self) -> dict[str, Any]:
        """The fields of its type that do not have their default."""
        return dict(json.loads(self.body))


class Showable(Protocol):
    """What is needed of an event to show the fields that every answer has."""

    @property
    def stream(self) -> str:
        """The stream it is on."""

    @property
    def type(self) -> str:
        """Its topic."""

    @property
    def said(self) -> dict[str, Any]:
        """The fields of its type."""


def select_events(
    db: Connection, where: str, parameters: dict[str, Any], order: str
) -> Iterator[StoredEvent]:
    """Yield the events that meet a condition, as amended as ``:known``, in an order."""
    rows = db.execute(
        f"SELECT {COLUMNS} FROM {AMENDED_EVENT} WHERE {where} ORDER BY {order}",  # noqa: S608
        parameters,
    )
    return map(StoredEvent._make, rows)


def stored_event(db: Connection, key: str, known: int | None = None) -> StoredEvent:
    """Return the event with an id, as amended at a known time, or as recorded without one."""
    asked = {"key": key, "known": known}
    return next(select_events(db, "event.id=:key", asked, "event.id"))


def shown(
    db: Connection, event: Showable, fields: Sequence[str], cite: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return the named fields of an event, in their order.

    `cite` names the details shown of each source; without it, `sources` has the keys alone.
    """
    answer = {field: _FIELDS[field](db, event) for field in fields}
    if cite is not None:
        answer["sources"] = cited(db, event.source, cite)  # type: ignore[attr-defined]
    return answer


def _field(name: str) -> Callable[[Connection, Any], Any]:
    return lambda _db, event: getattr(event, name)


_FIELDS: dict[str, Callable[[Connection, Any], Any]] = {
    **{
        name: _field(name)
        for name in ("id", "type", "stream", "version", "position", "happened", "known",
                     "recorded_by", "correlation", "causation")
    },
    "happened_from": lambda _db, event: str(Time.at(event.happened_from)),
    "happened_precision": lambda _db, event: Time.parse(event.happened).precision,
    "known_from": lambda _db, event: str(Time.at(event.known_from)),
    "known_precision": lambda _db, event: Time.parse(event.known).precision,
    "known_assumed": lambda _db, event: bool(event.known_assumed),
    "recorded": lambda _db, event: event.recorded.replace("+00:00", "Z"),
    "says": lambda db, event: sentence(db, event.stream, event.type, event.said),
    "fields": lambda _db, event: {
        name: value for name, value in event.said.items() if name != "note"
    },
    "note": lambda _db, event: event.said.get("note"),
    "sources": lambda _db, event: json.loads(event.source),
}  # fmt: skip
"""How each field is built. What an answer calls an event's field has the same name everywhere."""
