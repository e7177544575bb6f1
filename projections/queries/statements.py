"""Statements that are not facts: claims, the rulings on them, and gaps.

None of it is folded into an answer; an answer that a gap touches says so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import FOREVER
from aboard.projections.queries import reader
from aboard.projections.queries.citations import cited

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.storage.connection import Connection


def claims(db: Connection, stream: str, at: int, known: int) -> list[dict[str, Any]]:
    """Return the claims on a stream or about its events, each with its ruling.

    Those that had been made at an instant, as known at another.
    """
    # `who` uses this module for its gaps alone, and must start quickly.
    from aboard.projections.queries.shown_event import (  # noqa: PLC0415
        HAPPENED_FROM,
        KNOWN_FROM,
        NOT_RETRACTED,
        select_events,
        shown,
    )

    found = select_events(
        db,
        f"type='fact.claimed' AND {KNOWN_FROM}<=:known "  # noqa: S608
        "AND (stream=:stream OR event.id IN (SELECT statement FROM about "
        "JOIN event AS target ON target.id = about.target WHERE target.stream=:stream)) "
        f"AND {HAPPENED_FROM}<=:at AND {NOT_RETRACTED}",
        {"stream": stream, "at": at, "known": known},
        f"{HAPPENED_FROM}, event.id",
    )
    answers = []
    for claim in list(found):
        said = claim.said
        answers.append(
            {
                **shown(db, claim, ("id", "happened", "known", "known_assumed")),
                "says": said["says"],
                "about": said.get("about"),
                "values": said.get("values", {}),
                "sources": cited(db, claim.source, ("url", "published")),
                "ruling": _ruling(db, claim.id),
            }
        )
    return answers


def _ruling(db: Connection, claim: str) -> dict[str, Any] | None:
    """Return the last ruling on a claim, as amended at last; None where there is none."""
    rows = db.execute(
        "SELECT event.id, coalesce(amended.body, event.body) FROM about "
        "JOIN event ON event.id = statement "
        "LEFT JOIN amended ON amended.event = event.id AND known_to = ? "
        "WHERE target=? AND type='fact.ruled' "
        "AND (amended.event IS NULL OR amended.body IS NOT NULL) "
        "ORDER BY event.happened_from, event.rank, event.known_from, event.id",
        (FOREVER, claim),
    ).fetchall()
    superseded = reader.superseded(body for _, body in rows)
    last = next((row for row in reversed(rows) if row[0] not in superseded), None)
    if last is None:
        return None
    said = json.loads(last[1])
    return {"id": last[0], "holds": said["holds"], "reason": said["reason"]}


def statements(db: Connection, event: str) -> list[str]:
    """Return the ids of the claims, rulings and gaps about an event."""
    rows = db.execute("SELECT statement FROM about WHERE target=? ORDER BY statement", (event,))
    return [key for (key,) in rows]


def gaps(
    db: Connection,
    at: int,
    *,
    streams: Iterable[str] = (),
    people: Iterable[str] = (),
    events: Iterable[str] = (),
) -> list[dict[str, str]]:
    """Return the gaps that touch an answer at an instant.

    Those on its streams and about its people at that instant, and those about the events that it
    rests on.
    """
    touched = [
        *streams,
        *(f"person/{person}" for person in people),
        *(f"event:{event}" for event in events),
    ]
    marks = ",".join("?" * len(touched))
    rows = db.execute(
        f"SELECT DISTINCT event, what FROM gap WHERE touches IN ({marks}) "  # noqa: S608
        "AND since<=? AND until>? ORDER BY event",
        (*touched, at, at),
    )
    return [{"id": key, "what": what} for key, what in rows]
