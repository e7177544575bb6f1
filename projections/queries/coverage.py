"""Coverage: from when to when the log claims to hold every crewed vehicle at a station."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.events.time import Time
from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Collection

    from aboard.storage.connection import Connection

Covered = dict[str, str | None]
"""A `station`, and `since` and `until`, which are None where nothing is claimed of it."""


def coverage(db: Connection) -> list[Covered]:
    """Return all that the log claims to hold, the last statement about each station."""
    return [_stated(station, *span) for station, span in _claimed(db).items()]


def outside(db: Connection, station: str, at: int) -> list[Covered]:
    """Return what the log claims to hold of a station where an instant lies outside of it."""
    span = _claimed(db).get(station)
    return [_stated(station, *span)] if span and not within(*span, at) else []


def everywhere(db: Connection, crewed: Collection[str], at: int) -> list[Covered]:
    """Return what an answer about everyone rests on.

    That is what is claimed of the stations that are crewed in it, and of those where nobody found
    means nobody there.
    """
    claimed = _claimed(db)
    empty = (station for station, span in claimed.items() if within(*span, at))
    return [
        _stated(station, *claimed.get(station, (None, None)))
        for station in dict.fromkeys((*crewed, *empty))
    ]


def within(since: str, until: str, at: int) -> bool:
    """Whether an instant lies in what is covered, from one time up to another."""
    return Time.parse(since).earliest <= at < Time.parse(until).earliest


def _claimed(db: Connection) -> dict[str, tuple[str, str]]:
    rows = db.execute(
        "SELECT station, since, until, event.id, event.body FROM coverage "
        "JOIN event USING (position) "
        "ORDER BY event.happened_from, event.rank, event.known_from, event.id"
    ).fetchall()
    superseded = reader.superseded(body for *_, body in rows)
    return {
        station: (since, until) for station, since, until, key, _ in rows if key not in superseded
    }


def _stated(station: str, since: str | None, until: str | None) -> Covered:
    return {"station": station, "since": since, "until": until}
