"""Events in the order of a clock, each as it was known at the time for which it is shown.

By *happened* an event is shown as amended by everything known; by *known* as it was understood when
it became known, with the corrections as events of their own.
"""

from __future__ import annotations

import json
from heapq import heappop, heappush
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.order import LIFELINE, comes_first
from aboard.events.time import Time
from aboard.projections.queries.shown_event import KNOWN_FROM, marks, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.storage.connection import Connection

REGISTRY = ("person.registered", "source.registered", "station.registered", "station.port_added",
            "station.coverage_stated", "fact.claimed", "fact.ruled", "fact.gap_stated")  # fmt: skip
"""The types that report nothing that happened: what the log's keeper registers, and statements
next to the facts, which change no answer."""

AMENDMENT = "fact."
"""The prefix of the types of corrections and retractions."""


FIELDS = (
    "position", "id", "type", "stream", "happened", "known", "known_assumed", "says",
)  # fmt: skip
"""What is shown of an event."""


class ReplayedEvent(NamedTuple):
    """An event, and the instant at which a replay shows it."""

    instant: int
    rank: int
    id: str
    position: int
    stream: str
    type: str
    happened: str
    known: str
    known_assumed: bool
    source: str
    said: dict[str, Any]
    amended_by: list[str]

    @property
    def marks(self) -> dict[str, Any]:
        """What an answer shows of its corrections; a retracted event is not shown."""
        return marks("corrected" if self.amended_by else "", self.amended_by)

    @property
    def subject(self) -> str:
        """The id of the subject of its stream."""
        return self.stream.partition("/")[2]

    def as_dict(self, db: Connection) -> dict[str, Any]:
        """Return the event as an answer shows it."""
        return shown(db, self, FIELDS)


_AS_SHOWN = """
SELECT {instant} AS instant, rank, id, position, stream, type,
    coalesce(amended.happened, event.happened), coalesce(amended.shown_known, event.known),
    coalesce(amended.shown_known_assumed, event.known_assumed),
    coalesce(amended.shown_source, event.source), coalesce(amended.body, event.body),
    amended.amended_by
FROM event LEFT JOIN amended ON amended.event = event.id
    AND amended.known_from <= {as_known} AND amended.known_to > {as_known}
WHERE (amended.event IS NULL OR amended.body IS NOT NULL)
    AND type NOT IN (SELECT value FROM json_each(:registry)) AND {where} ORDER BY {order}
"""
_HAPPENED = "coalesce(amended.happened_from, event.happened_from)"
_BY_HAPPENED = _AS_SHOWN.format(
    instant=_HAPPENED,
    as_known=":known",
    where=f"{KNOWN_FROM}<=:known AND type NOT LIKE 'fact.%' AND {_HAPPENED}<=:until",
    order="instant, rank, id",
)
_FIRST_AMENDED = "(SELECT min(known_from) FROM amended WHERE amended.event=one.id)"
_TARGET = (
    f"(SELECT min(one.known_from, coalesce({_FIRST_AMENDED}, one.known_from)) "  # noqa: S608
    "FROM event AS one WHERE one.id=json_extract(event.body, '$.target'))"
)
_KNOWN = (
    f"max(event.known_from, {_HAPPENED}, "
    f"CASE WHEN type LIKE 'fact.%' THEN coalesce({_TARGET}, 0) ELSE event.known_from END)"
)
_BY_KNOWN = _AS_SHOWN.format(
    instant=_KNOWN,
    as_known="event.known_from",
    where=f"NOT (type LIKE 'fact.%' AND json_extract(event.body, '$.transcription') IS NOT NULL) "
    f"AND {_KNOWN} BETWEEN :since AND :until",
    order=f"instant, {_HAPPENED}, rank, id",
)


def by_happened(db: Connection, known: int, since: int, until: int) -> Iterator[ReplayedEvent]:
    """Yield what happened between two instants, in the order of facts, as known at a third."""
    asked = {"known": known, "until": until, "registry": json.dumps(REGISTRY)}
    moved = _moved(db, known)
    waiting: list[ReplayedEvent] = []
    for row in db.execute(_BY_HAPPENED, asked):
        replayed = _replayed_event(row)
        while waiting and waiting[0].instant < replayed.instant:
            yield heappop(waiting)
        replayed = replayed._replace(instant=moved.get(replayed.id, replayed.instant))
        if replayed.instant >= since:
            heappush(waiting, replayed)
    yield from (replayed for replayed in sorted(waiting) if replayed.instant <= until)


def _moved(db: Connection, known: int) -> dict[str, int]:
    """Return the events that come after one that begins later, with the instant of that one.

    Somebody who landed on a day, and undocked at 07:19 that day, undocked first: which comes first
    is for :func:`aboard.events.order.comes_first` to say.
    """
    rows = db.execute(
        f"SELECT stream, rank, id, coalesce(amended.happened, event.happened), {_HAPPENED} "  # noqa: S608
        "FROM event LEFT JOIN amended ON amended.event = event.id "
        "AND amended.known_from <= :known AND amended.known_to > :known "
        f"WHERE (amended.event IS NULL OR amended.body IS NOT NULL) AND {KNOWN_FROM}<=:known "
        "AND rank IN (SELECT CAST(value AS INTEGER) FROM json_each(:lifeline)) ORDER BY stream",
        {"known": known, "lifeline": json.dumps(sorted(LIFELINE))},
    )
    found = {}
    for _, life in groupby(rows, key=lambda row: row[0]):
        passed = list(life)
        for _, rank, key, happened, earliest in passed:
            latest = Time.parse(happened).latest
            behind = [
                begins
                for _, other, _, _, begins in passed
                if earliest < begins and comes_first(other, begins, rank, latest)
            ]
            if behind:
                found[key] = max(behind)
    return found


def by_known(db: Connection, since: int, until: int) -> Iterator[ReplayedEvent]:
    """Yield what became known between two instants, in that order."""
    asked = {"since": since, "until": until, "registry": json.dumps(REGISTRY)}
    for row in db.execute(_BY_KNOWN, asked):
        yield _replayed_event(row)


def _replayed_event(row: tuple[Any, ...]) -> ReplayedEvent:
    instant, rank, key, position, stream, kind, happened, known, assumed, source, body, by = row
    return ReplayedEvent(
        instant, rank, key, position, stream, kind, happened, known, bool(assumed), source,
        json.loads(body), json.loads(by) if by else [],
    )  # fmt: skip


def before_and_after(
    db: Connection, amendment: ReplayedEvent
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return what an event said before an amendment and after it; None where it is retracted."""
    target = amendment.said["target"]
    first = db.execute("SELECT happened, body FROM event WHERE id=?", (target,)).fetchone()
    if first is None:
        return None, None
    was = _said_at(db, target, first, amendment.instant - 1)
    return was, _said_at(db, target, first, amendment.instant)


def _said_at(
    db: Connection, target: str, first: tuple[str, str], instant: int
) -> dict[str, Any] | None:
    row = db.execute(
        "SELECT happened, body FROM amended WHERE event=? AND known_from<=? AND known_to>?",
        (target, instant, instant),
    ).fetchone()
    happened, body = row or first
    return {"happened": happened, **json.loads(body)} if body else None
