"""Records: who was longest in space, flew most often, went outside most often, as of any date."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.durations import Span, as_dict, total
from aboard.projections.queries.fate import deaths, losses
from aboard.projections.queries.person import PersonFlight, flights_of, stays_of
from aboard.projections.queries.shown_event import KNOWN_FROM

if TYPE_CHECKING:
    from collections.abc import Container

    from aboard.projections.queries.fate import Death
    from aboard.storage.connection import Connection

MEASURES = ("time", "aboard", "flight", "flights", "spacewalks")
"""Time in space in all, aboard stations in all, and on one flight; how many flights, how many
spacewalks."""


class RecordHolder(NamedTuple):
    """What a person has come to by an instant."""

    person: str
    in_space: Span
    aboard: Span
    longest: Span
    longest_on: str | None
    flights: int
    spacewalks: int
    died: Death | None
    lost_on: str | None

    def by(self, measure: str) -> int:
        """Return what a measure sorts by: of a range, the least."""
        match measure:
            case "time":
                return self.in_space.least
            case "aboard":
                return self.aboard.least
            case "flight":
                return self.longest.least
            case "flights":
                return self.flights
            case _:
                return self.spacewalks


def top(
    db: Connection,
    measure: str,
    at: int,
    known: int,
    *,
    n: int = 10,
    agency: str | None = None,
    height: tuple[str, ...] = ("orbit",),
) -> dict[str, Any]:
    """Return the people who lead by a measure, at an instant as known at another.

    `height` has the heights of the flights that count.
    """
    walks = _spacewalks(db, at, known)
    dead, lost = deaths(db, at, known), losses(db, at, known)
    people = [
        person
        for (person,) in db.execute("SELECT DISTINCT subject FROM presence ORDER BY subject")
        if agency is None or reader.entity(db, "person", person).get("agency") == agency
    ]
    tallies = [
        _tally(
            person,
            [PersonFlight(stays, at, known) for stays in flights_of(stays_of(db, person, known))],
            walks.get(person, 0),
            height,
            died=dead.get(person),
            lost=lost,
        )
        for person in people
    ]
    ranked = sorted(
        (tally for tally in tallies if tally.by(measure)),
        key=lambda tally: (-tally.by(measure), tally.person),
    )
    return {
        "by": measure,
        "agency": agency,
        "at": str(Time.at(at)),
        "known": str(Time.at(known)),
        "people": [
            {"rank": 1 + sum(other.by(measure) > tally.by(measure) for other in ranked[:number]),
             **_row(db, tally)}
            for number, tally in enumerate(ranked[:n])
        ],
        "as_of": reader.as_of(db),
    }  # fmt: skip


def _tally(
    person: str,
    flights: list[PersonFlight],
    walks: int,
    height: tuple[str, ...],
    *,
    died: Death | None,
    lost: Container[str],
) -> RecordHolder:
    begun = [
        flight
        for flight in flights
        if flight.counted_stays
        and flight.height in height
        and flight.counted_stays[0].since.earliest <= flight.at
    ]
    lengths = [flight.lengths for flight in begun]
    longest = max(zip(lengths, begun, strict=True), key=lambda one: one[0][0].least, default=None)
    return RecordHolder(
        person,
        total(one for one, _ in lengths),
        total(one for _, one in lengths),
        longest[0][0] if longest else Span(),
        longest[1].stays[0].launched_on if longest else None,
        len(begun),
        walks,
        died,
        next((one.stays[-1].place for one in flights if one.stays[-1].place in lost), None),
    )


def _spacewalks(db: Connection, at: int, known: int) -> dict[str, int]:
    """Return how many spacewalks each person had begun by an instant, as known at another."""
    counts: dict[str, int] = {}
    rows = db.execute(
        "SELECT coalesce(amended.body, event.body) FROM event LEFT JOIN amended "  # noqa: S608
        "ON amended.event = event.id AND amended.known_from <= :known "
        "AND amended.known_to > :known WHERE type = 'spacewalk.began' "
        f"AND {KNOWN_FROM} <= :known AND (amended.event IS NULL OR amended.body IS NOT NULL) "
        "AND coalesce(amended.happened_from, event.happened_from) <= :at",
        {"at": at, "known": known},
    )
    for (body,) in rows:
        for person in json.loads(body)["people"]:
            counts[person] = counts.get(person, 0) + 1
    return counts


def _row(db: Connection, tally: RecordHolder) -> dict[str, Any]:
    about = reader.entity(db, "person", tally.person)
    return {
        "id": tally.person,
        "name": about["name"],
        "agency": about.get("agency"),
        "time_in_space": as_dict(tally.in_space),
        "time_aboard": as_dict(tally.aboard),
        "longest_flight": as_dict(tally.longest),
        "longest_on": tally.longest_on,
        "flights": tally.flights,
        "spacewalks": tally.spacewalks,
        "died": tally.died.as_dict() if tally.died else None,
        "lost_on": tally.lost_on,
    }
