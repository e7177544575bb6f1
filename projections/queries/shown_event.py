"""An event as an answer shows it: every field is read and built here, whichever answer has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aboard.events.time import FOREVER, Time
from aboard.projections.queries.citations import AMENDED_EVENT, SOURCE, cited
from aboard.projections.queries.event_text import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aboard.storage.connection import Connection

HAPPENED_FROM = "coalesce(amended.happened_from, event.happened_from)"
"""The first instant at which an event can have happened, as amended."""

KNOWN_FROM = "coalesce(amended.shown_known_from, event.known_from)"
"""The instant from which what an event says counts as known, as amended."""

NOT_RETRACTED = "(amended.event IS NULL OR amended.body IS NOT NULL)"
"""The condition that an event is not retracted."""

COLUMNS = (
    "event.id, type, stream, version, position, coalesce(amended.happened, event.happened), "
    f"{HAPPENED_FROM}, coalesce(amended.shown_known, event.known), {KNOWN_FROM}, "
    "coalesce(amended.shown_known_assumed, event.known_assumed), recorded, recorded_by, "
    f"correlation, causation, {SOURCE}, coalesce(amended.shown_body, event.body), "
    "amended.event IS NOT NULL AND amended.body IS NULL, shown_note, amended_by"
)


class StoredEvent(NamedTuple):
    """A row of the catalogue's events, as amended at some known time.

    A corrected event has the known time, the sources and the note of the correction. A retracted
    one still has what it said before.
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
    is_retracted: bool
    shown_note: str | None
    by: str | None

    @property
    def said(self) -> dict[str, Any]:
        """The fields of its type that do not have their default."""
        said = dict(json.loads(self.body))
        if self.amended_by:
            said.pop("note", None)
            said |= {"note": self.shown_note} if self.shown_note else {}
        return said

    @property
    def amended_by(self) -> list[str]:
        """The ids of the corrections and retractions by which it is as it is."""
        return list(json.loads(self.by)) if self.by else []

    @property
    def amended(self) -> str:
        """Whether it is ``corrected`` or ``retracted``; an empty text if neither."""
        if self.is_retracted:
            return "retracted"
        return "corrected" if self.amended_by else ""

    @property
    def marks(self) -> dict[str, Any]:
        """What an answer shows of whether it is amended, and by what."""
        return marks(self.amended, self.amended_by)


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

    @property
    def marks(self) -> dict[str, Any]:
        """What an answer shows of whether it is amended, and by what."""


def select_events(
    db: Connection, where: str, parameters: dict[str, Any], order: str
) -> Iterator[StoredEvent]:
    """Yield the events that meet a condition, as amended as ``:known``, in an order."""
    rows = db.execute(
        f"SELECT {COLUMNS} FROM {AMENDED_EVENT} WHERE {where} ORDER BY {order}",  # noqa: S608
        parameters,
    )
    return map(StoredEvent._make, rows)


def events_by(db: Connection, topic: str, at: int, known: int) -> Iterator[StoredEvent]:
    """Yield the events of a type that can have happened by an instant, as known at another."""
    where = (
        f"type = :type AND {KNOWN_FROM} <= :known AND {HAPPENED_FROM} <= :at AND {NOT_RETRACTED}"
    )
    return select_events(db, where, {"type": topic, "known": known, "at": at}, "position")


def last_amendments(db: Connection) -> dict[str, dict[str, Any]]:
    """Return how every amended event is marked in the end, by its id."""
    rows = db.execute(
        "SELECT event, body IS NULL, amended_by FROM amended WHERE known_to=?", (FOREVER,)
    )
    return {
        key: marks("retracted" if gone else "corrected", json.loads(by)) for key, gone, by in rows
    }


def stored_event(db: Connection, key: str, known: int | None = None) -> StoredEvent:
    """Return the event with an id, as amended at a known time, or as recorded without one."""
    asked = {"key": key, "known": known}
    return next(select_events(db, "event.id=:key", asked, "event.id"))


def shown(
    db: Connection,
    event: Showable,
    fields: Sequence[str],
    cite: Sequence[str] | None = None,
    *,
    marked: bool = True,
) -> dict[str, Any]:
    """Return the named fields of an event, in their order, and whether it is amended, by what.

    `cite` names the details shown of each source; without it, `sources` has the keys alone.
    """
    answer = {field: _FIELDS[field](db, event) for field in fields}
    if cite is not None:
        answer["sources"] = cited(db, event.source, cite)  # type: ignore[attr-defined]
    return answer | event.marks if marked else answer


def marks(amended: str, by: Sequence[str]) -> dict[str, Any]:
    """Return how an event is marked: as ``corrected`` or ``retracted``, or not at all."""
    return {"amended": amended, "amended_by": list(by)} if amended else {}


def resting_on(db: Connection, ids: Iterable[str], known: int) -> dict[str, Any]:
    """Return who says what rests on some events, since when it is known, and how it is marked.

    The events are as amended at a known time. It is known since the last of them was.
    """
    events = [stored_event(db, key, known) for key in ids]
    last = max(events, key=lambda event: (event.known_from, event.known, event.known_assumed))
    sources: list[dict[str, Any]] = []
    for event in events:
        sources += [source for source in cited(db, event.source) if source not in sources]
    return {
        "known": last.known,
        "known_assumed": bool(last.known_assumed),
        "sources": sources,
        **marks_of_all(events),
    }


def marks_of_all(events: Iterable[StoredEvent]) -> dict[str, Any]:
    """Return how something is marked that rests on several events, and which are amended.

    `aboard show` on one of these shows what it said before.
    """
    amended = [event for event in events if event.amended]
    if not amended:
        return {}
    by = dict.fromkeys(key for event in amended for key in event.amended_by)
    events_amended = [event.id for event in amended]
    return {**marks(amended[-1].amended, list(by)), "amended_events": events_amended}


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
