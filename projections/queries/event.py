"""One event, whole: what it says, its three clocks, who recorded it, and who says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.citations import cited
from aboard.projections.queries.event_text import sentence
from aboard.projections.queries.statements import statements
from aboard.projections.tables.name_keys import key_of, near

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

MOST_OFFERED = 8
"""How many ids are named when a beginning is that of several."""

COLUMNS = (
    "stream, version, position, type, happened, happened_from, known, known_from, known_assumed, "
    "recorded, recorded_by, correlation, causation, source, body"
)


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
    """Return everything that is recorded under an event's id, and what held of it at (at, known).

    `known_from` is the instant from which it counts as known; `fields` are those that are not the
    same for every type, and do not have their default.
    """
    row = db.execute(f"SELECT {COLUMNS} FROM event WHERE id=?", (key,)).fetchone()  # noqa: S608
    (
        stream, version, position, kind, happened, happened_from, public, known_from, assumed,
        recorded, recorded_by, correlation, causation, source, body,
    ) = row  # fmt: skip
    said = json.loads(body)
    answer = {
        "id": key,
        "type": kind,
        "stream": stream,
        "version": version,
        "position": position,
        "happened": happened,
        "happened_precision": Time.parse(happened).precision,
        "happened_from": str(Time.at(happened_from)),
        "known": public,
        "known_precision": Time.parse(public).precision,
        "known_from": str(Time.at(known_from)),
        "known_assumed": bool(assumed),
        "recorded": recorded.replace("+00:00", "Z"),
        "recorded_by": recorded_by,
        "says": sentence(db, stream, kind, said),
        "fields": {name: value for name, value in said.items() if name != "note"},
        "sources": cited(db, source),
        "note": said.get("note"),
        "correlation": correlation,
        "causation": causation,
        "amendments": _amendments(db, key, stream),
        "statements": _statements(db, key),
        "as_known": _as_known(db, key, at, known),
    }
    optional = ("note", "correlation", "causation")
    return {k: v for k, v in answer.items() if v is not None or k not in optional} | {
        "as_of": reader.as_of(db)
    }


def _amendments(db: Connection, key: str, stream: str) -> list[dict[str, str]]:
    """Return the corrections and retractions of an event, in the order in which they were made."""
    rows = db.execute(
        "SELECT id, type, known, body FROM event WHERE stream=? AND type LIKE 'fact.%' "
        "ORDER BY happened_from, id",
        (stream,),
    )
    found = []
    for amendment, kind, known, body in rows.fetchall():
        said = json.loads(body)
        if said.get("target") == key:
            says = sentence(db, stream, kind, said)
            found.append({"id": amendment, "type": kind, "known": known, "says": says})
    return found


def _statements(db: Connection, key: str) -> list[dict[str, str]]:
    """Return the claims, rulings and gaps about an event."""
    found = []
    for statement in statements(db, key):
        stream, kind, known, body = db.execute(
            "SELECT stream, type, known, body FROM event WHERE id=?", (statement,)
        ).fetchone()
        says = sentence(db, stream, kind, json.loads(body))
        found.append({"id": statement, "type": kind, "known": known, "says": says})
    return found


def _as_known(db: Connection, key: str, at: int, known: int) -> dict[str, Any]:
    """Return what an event said as known at an instant, and whether it had happened at another.

    `state` is ``holds``, ``corrected``, ``retracted`` or ``not yet known``.
    """
    stream, kind, known_from, happened, happened_from, body, amended, new_body = db.execute(
        "SELECT stream, type, event.known_from, coalesce(amended.happened, event.happened), "
        "coalesce(amended.happened_from, event.happened_from), event.body, "
        "amended.event IS NOT NULL, amended.body FROM event "
        "LEFT JOIN amended ON amended.event = event.id AND amended.known_from <= :known "
        "AND amended.known_to > :known WHERE event.id = :key",
        {"key": key, "known": known},
    ).fetchone()
    answer: dict[str, Any] = {"at": str(Time.at(at)), "known": str(Time.at(known))}
    if known_from > known:
        return answer | {"state": "not yet known"}
    if amended and new_body is None:
        return answer | {"state": "retracted"}
    said = json.loads(new_body if amended else body)
    return answer | {
        "state": "corrected" if amended else "holds",
        "happened": happened,
        "has_happened": happened_from <= at,
        "says": sentence(db, stream, kind, said),
        "fields": {name: value for name, value in said.items() if name != "note"},
    }
