"""One event, whole: what it says, its three clocks, who recorded it, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.citations import FIELDS as CITED
from aboard.projections.queries.citations import cited
from aboard.projections.queries.shown_event import StoredEvent, select_events, shown, stored_event
from aboard.projections.queries.statements import statements
from aboard.projections.tables.name_keys import key_of, near

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

MOST_OFFERED = 8
"""How many ids are named when a beginning is that of several."""

FIELDS = (
    "id", "type", "stream", "version", "position", "happened", "happened_precision",
    "happened_from", "known", "known_precision", "known_from", "known_assumed", "recorded",
    "recorded_by", "says", "fields", "sources", "note", "correlation", "causation",
)  # fmt: skip
"""What is shown of the event itself."""

OPTIONAL = ("note", "correlation", "causation")
"""The fields that are left out where there is nothing in them."""

SHORT = ("id", "type", "known", "says")
"""What is shown of another event that is about it."""


def event_id(db: Connection, name: str) -> str:
    """Return the id of an event, given the id or a beginning that no other has.

    Raises `reader.UnknownName` with near ids, or `reader.AmbiguousName`.
    """
    found = db.execute(
        "SELECT id FROM event WHERE id>=? AND id<? ORDER BY id LIMIT ?",
        (name, f"{name}\U0010ffff", MOST_OFFERED + 1),
    )
    ids = [str(key) for (key,) in found]
    if name in ids or len(ids) == 1:
        return ids[0]
    if not name or not ids:
        raise reader.UnknownName("event", name, _hint(db, name))
    more = ["..."] if len(ids) > MOST_OFFERED else []
    raise reader.AmbiguousName(name, ids[:MOST_OFFERED] + more)


def _hint(db: Connection, name: str) -> str:
    ids = {key_of(key): key for (key,) in db.execute("SELECT id FROM event")}
    offers = near(name, ids) if key_of(name) else []
    return f"did you mean {', '.join(offers)}?" if offers else "`aboard log` lists the events"


def one_event(db: Connection, key: str, at: int, known: int) -> dict[str, Any]:
    """Return everything that is recorded under an event's id, and what is so of it at (at, known).

    `known_from` is the instant from which it counts as known; `fields` are those that are not the
    same for every type, and do not have their default.
    """
    event = stored_event(db, key)
    answer = {
        **shown(db, event, FIELDS, CITED),
        "amendments": _amendments(db, event, known),
        "statements": [
            shown(db, stored_event(db, one, known), SHORT) for one in statements(db, key)
        ],
        "as_known": _as_known(db, key, at, known),
    }
    return {k: v for k, v in answer.items() if v is not None or k not in OPTIONAL} | {
        "as_of": reader.as_of(db)
    }


def _amendments(db: Connection, target: StoredEvent, known: int) -> list[dict[str, str]]:
    """Return the corrections and retractions of an event, in the order in which they were made."""
    asked = {"stream": target.stream, "known": known}
    where, order = "stream=:stream AND type LIKE 'fact.%'", "event.happened_from, event.id"
    found = list(select_events(db, where, asked, order))
    return [shown(db, one, SHORT) for one in found if one.said.get("target") == target.id]


def _as_known(db: Connection, key: str, at: int, known: int) -> dict[str, Any]:
    """Return what an event said as known at an instant, and whether it had happened at another.

    `state` is ``holds``, ``corrected``, ``retracted`` or ``not yet known``.
    """
    event = stored_event(db, key, known)
    answer: dict[str, Any] = {"at": str(Time.at(at)), "known": str(Time.at(known))}
    if event.known_from > known:
        return answer | {"state": "not yet known"}
    if event.is_retracted:
        return answer | {"state": "retracted", "amended_by": event.amended_by}
    answer |= {
        "state": event.amended or "holds",
        "happened": event.happened,
        "has_happened": event.happened_from <= at,
        **shown(db, event, ("says", "fields"), marked=False),
    }
    if not event.amended:
        return answer
    said = {
        "known_since": event.known,
        "known_assumed": bool(event.known_assumed),
        "sources": cited(db, event.source),
        "note": event.said.get("note"),
        "amended_by": event.amended_by,
    }
    return answer | {name: value for name, value in said.items() if value is not None}
