"""The log as it was recorded: events one by one, those that a question picks out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import Time
from aboard.projections.queries.citations import SOURCE
from aboard.projections.queries.shown_event import (
    HAPPENED_FROM,
    KNOWN_FROM,
    NOT_RETRACTED,
    last_amendments,
    select_events,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.storage.connection import Connection

CLOCKS = {
    "happened": HAPPENED_FROM,
    "known": KNOWN_FROM,
    "recorded": "CAST(strftime('%s', recorded) AS BIGINT)",
}
"""The three clocks, each with the instant of it that an event is looked up by."""


FIELDS = ("position", "id", "type", "stream", "happened", "known", "known_from", "known_assumed",
          "recorded", "recorded_by", "says", "sources")  # fmt: skip
"""What is shown of an event."""


class Picked(NamedTuple):
    """What picks events out: each that is given must hold, and of `types` one.

    `since` and `until` are Unix seconds on the `clock`; both instants are within. Something that
    happened at a coarse time is picked when it may have happened within.

    With `at` and `known`, both or neither, an event is shown as it was known then: what had
    not happened, was not known or had been taken back is not picked.
    """

    stream: str = ""
    flight: str = ""
    person: str = ""
    station: str = ""
    types: tuple[str, ...] = ()
    source: str = ""
    by: str = ""
    clock: str = "happened"
    since: int | None = None
    until: int | None = None
    at: int | None = None
    known: int | None = None


def entries(db: Connection, picked: Picked, *, reverse: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the events in the order of recording, or the other way, as they are read.

    As recorded, an event is marked with what has amended it since.
    """
    conditions, asked = _conditions(picked)
    may_begin = picked.since if picked.clock == "happened" else None
    where = " AND ".join(conditions) or "TRUE"
    marks = last_amendments(db) if picked.known is None else {}
    for event in select_events(db, where, asked, f"position {'DESC' if reverse else ''}"):
        if may_begin is None or Time.parse(event.happened).latest >= may_begin:
            yield shown(db, event, FIELDS) | marks.get(event.id, {})


def topics(db: Connection, name: str) -> tuple[str, ...]:
    """Return the types of recorded events that a name means: ``flight.docked``, or ``docked``."""
    recorded = [kind for (kind,) in db.execute("SELECT DISTINCT type FROM event ORDER BY type")]
    return tuple(kind for kind in recorded if name in (kind, kind.partition(".")[2]))


def recorders(db: Connection) -> list[str]:
    """Return everyone who has recorded an event."""
    return [by for (by,) in db.execute("SELECT DISTINCT recorded_by FROM event ORDER BY 1")]


def is_stream(db: Connection, stream: str) -> bool:
    """Whether anything is recorded on a stream."""
    found = db.execute("SELECT 1 FROM event WHERE stream=? LIMIT 1", (stream,)).fetchone()
    return found is not None


def positions(db: Connection, instant: int) -> tuple[int, int]:
    """Return the first position that was recorded at or after an instant, and the last up to it.

    There may be none: the first is then behind the log's end, and the last is 0.
    """
    at = CLOCKS["recorded"]
    first, last, end = db.execute(
        f"SELECT min(position) FILTER (WHERE {at} >= :instant), "  # noqa: S608
        f"max(position) FILTER (WHERE {at} <= :instant), max(position) FROM event",
        {"instant": instant},
    ).fetchone()
    return first or (end or 0) + 1, last or 0


def _conditions(picked: Picked) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions on an event as SQL, and what they are asked with."""
    conditions = [sql for field, sql in _WHERE.items() if getattr(picked, field)]
    instant = CLOCKS[picked.clock]
    if picked.since is not None and picked.clock != "happened":
        conditions.append(f"{instant} >= :since")
    if picked.until is not None:
        conditions.append(f"{instant} <= :until")
    if picked.known is not None:
        conditions.append(f"{KNOWN_FROM} <= :known AND {NOT_RETRACTED} AND {HAPPENED_FROM} <= :at")
    return conditions, {**picked._asdict(), "types": json.dumps(picked.types)}


_WHERE = {
    "stream": "stream=:stream",
    "flight": "(id IN (SELECT event FROM reference WHERE kind='flight' AND id=:flight) "
    "OR id IN (SELECT event FROM mention WHERE flight=:flight))",
    "person": "(stream='person/'||:person "
    "OR id IN (SELECT event FROM reference WHERE kind='person' AND id=:person))",
    "station": "(stream='station/'||:station "
    "OR id IN (SELECT event FROM reference WHERE kind='station' AND id=:station) "
    "OR type IN ('flight.relocated', 'flight.undocked') AND id IN "
    "(SELECT one.value FROM berths, json_each(berths.why) AS one WHERE place=:station))",
    "types": "type IN (SELECT value FROM json_each(:types))",
    "source": f"EXISTS (SELECT 1 FROM json_each({SOURCE}) WHERE value=:source)",  # noqa: S608
    "by": "recorded_by=:by",
}
"""What each field of `Picked` demands of an event."""
