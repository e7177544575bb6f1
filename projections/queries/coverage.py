"""Coverage: from when to when the log claims to hold every crewed vehicle at a station.

From it follows how old an answer is, by one rule for every question: see `age`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from aboard.storage.connection import Connection

DAY = 86_400

AGE = ("checked_until", "age_days", "current")
"""The fields of an answer that say until when what it rests on was checked."""

Place = tuple[str, str]
"""A kind, ``station`` or ``flight``, and an id; ``log`` and nothing for all that the log holds."""

Claimed = dict[str, tuple[str, str]]
"""From when to when each station is covered."""

_ABOUT_THE_LOG = (
    "('fact.gap_stated', 'fact.ruled', 'station.coverage_stated', 'station.registered', "
    "'person.registered', 'source.registered')"
)
"""Types of events that say nothing of what happened at a place."""

_LAST_EVENT = {
    kind: f"SELECT max(happened_from) FROM event WHERE {which} "  # noqa: S608 - our own words
    f"AND known_from <= ? AND type NOT IN {_ABOUT_THE_LOG}"
    for kind, which in (
        ("station", "id IN (SELECT event FROM reference WHERE kind='station' AND id=?)"),
        ("flight", "id IN (SELECT event FROM mention WHERE flight=?)"),
        ("log", "?=''"),
    )
}
"""When the last thing happened that is known about a place of a kind."""

Covered = dict[str, str | None]
"""A `station`, and `since` and `until`, which are None where nothing is claimed of it."""


def coverage(db: Connection) -> list[Covered]:
    """Return all that the log claims to hold, the last statement about each station."""
    return [_stated(station, *span) for station, span in claimed(db).items()]


def outside(claims: Claimed, station: str, at: int) -> list[Covered]:
    """Return what the log claims to hold of a station where an instant lies outside of it."""
    span = claims.get(station)
    return [_stated(station, *span)] if span and not within(*span, at) else []


def everywhere(claims: Claimed, crewed: Collection[str], at: int) -> list[Covered]:
    """Return what an answer about everyone rests on.

    That is what is claimed of the stations that are crewed in it, and of those where nobody found
    means nobody there.
    """
    empty = (station for station, span in claims.items() if within(*span, at))
    return [
        _stated(station, *claims.get(station, (None, None)))
        for station in dict.fromkeys((*crewed, *empty))
    ]


def age(
    db: Connection,
    places: Iterable[Place],
    at: int,
    known: int,
    claims: Claimed | None = None,
) -> dict[str, Any]:
    """Return until when what an answer rests on was checked, and how old that is.

    `places` are the stations that the answer rests on, and the flights that are at none, as far as
    their story is still open. The earliest counts. Without any, nothing later can change the
    answer. The age is measured up to `known`, so an answer as known on a date stays as it is.
    """
    stated = claimed(db) if claims is None else claims
    times = [_checked(db, place, stated, known) for place in dict.fromkeys(places)]
    until = min(times, key=lambda time: time.earliest, default=Time.at(max(at, known)))
    return {
        "checked_until": str(until),
        "age_days": max(0, known - until.earliest) // DAY,
        "current": at <= until.earliest,
    }


def _checked(db: Connection, place: Place, claims: Claimed, known: int) -> Time:
    """Return until when a place was checked: to the end of its coverage, or to its last event."""
    kind, key = place
    if kind == "station" and key in claims:
        return Time.parse(claims[key][1])
    (last,) = db.execute(_LAST_EVENT[kind], (key, known)).fetchone()
    if last is None:
        (last,) = db.execute(_LAST_EVENT["log"], ("", known)).fetchone()
    return Time.at(last or 0)


def flight_places(db: Connection, flight: str, at: int, known: int) -> list[Place]:
    """Return what an answer about a flight rests on: none once it has come home or is lost."""
    rows = [row.value for row in reader.rows_at(db, "flight_plan", flight, at, known)]
    if any(row["item"] in ("return", "loss") and row["basis"] == "actual" for row in rows):
        return []
    destination = reader.entity(db, "flight", flight).get("destination")
    return [("station", destination) if destination else ("flight", flight)]


def within(since: str, until: str, at: int) -> bool:
    """Whether an instant lies in what is covered, from one time up to another."""
    return Time.parse(since).earliest <= at < Time.parse(until).earliest


def claimed(db: Connection) -> Claimed:
    """Return from when to when each station is covered, by the last statement about it."""
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
