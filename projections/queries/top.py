"""Records: who was longest in space, flew most often, went outside most often, as of any date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.durations import Span, as_dict, total
from aboard.projections.queries.fate import deaths, losses
from aboard.projections.queries.person import PersonFlight, flights_of, stays_of
from aboard.projections.queries.seats import EVERYONE, PersonSeat, SeatFilter, seat_of
from aboard.projections.queries.shown_event import events_by
from aboard.projections.queries.who import checked

if TYPE_CHECKING:
    from collections.abc import Container

    from aboard.projections.queries.fate import PersonDeath
    from aboard.storage.connection import Connection

MEASURES = ("time", "aboard", "flight", "flights", "spacewalks")
"""Time in space in all, aboard stations in all, and on one flight; how many flights, how many
spacewalks."""


class RecordHolder(NamedTuple):
    """What a person has come to by an instant, in the seats that count."""

    person: str
    name: str
    seats: tuple[PersonSeat, ...]
    """Those of the flights that count, in their order."""
    in_space: Span
    aboard: Span
    longest: Span
    longest_on: str | None
    flights: int
    spacewalks: int
    died: PersonDeath | None
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
    seats: SeatFilter = EVERYONE,
    height: tuple[str, ...] = ("orbit",),
) -> dict[str, Any]:
    """Return the people who lead by a measure, at an instant as known at another.

    `height` has the heights of the flights that count, and `seats` says which seats on them do.
    """
    walks = _spacewalks(db, at, known)
    dead, lost = deaths(db, at, known), losses(db, at, known)
    tallies = [
        _tally(
            reader.entity(db, "person", person),
            [PersonFlight(stays, at, known) for stays in flights_of(stays_of(db, person, known))],
            walks.get(person, []),
            height,
            seats,
            died=dead.get(person),
            lost=lost,
        )
        for (person,) in db.execute("SELECT DISTINCT subject FROM presence ORDER BY subject")
    ]
    ranked = sorted(
        (tally for tally in tallies if tally.by(measure)),
        key=lambda tally: (-tally.by(measure), tally.person),
    )
    return {
        "by": measure,
        "agency": seats.agency,
        "nationality": seats.nationality,
        "at": str(Time.at(at)),
        "known": str(Time.at(known)),
        "people": [
            {"rank": 1 + sum(other.by(measure) > tally.by(measure) for other in ranked[:number]),
             **_row(tally)}
            for number, tally in enumerate(ranked[:n])
        ],
        **checked(db, None, at, known),
        "as_of": reader.as_of(db),
    }  # fmt: skip


def _tally(
    about: dict[str, Any],
    flights: list[PersonFlight],
    walks: list[int],
    height: tuple[str, ...],
    seats: SeatFilter,
    *,
    died: PersonDeath | None,
    lost: Container[str],
) -> RecordHolder:
    seated = [(flight, seat_of(flight.seat, about)) for flight in flights]
    begun = [
        flight
        for flight, seat in seated
        if flight.counted_stays
        and flight.height in height
        and flight.counted_stays[0].since.earliest <= flight.at
        and seat.matches(seats)
    ]
    if any(seats):
        walks = [instant for instant in walks if any(flight.covers(instant) for flight in begun)]
    lengths = [flight.lengths for flight in begun]
    longest = max(zip(lengths, begun, strict=True), key=lambda one: one[0][0].least, default=None)
    return RecordHolder(
        about["id"],
        about["name"],
        tuple(seat_of(flight.seat, about) for flight in begun),
        total(one for one, _ in lengths),
        total(one for _, one in lengths),
        longest[0][0] if longest else Span(),
        longest[1].stays[0].launched_on if longest else None,
        len(begun),
        len(walks),
        died,
        next((one.stays[-1].place for one in flights if one.stays[-1].place in lost), None),
    )


def _spacewalks(db: Connection, at: int, known: int) -> dict[str, list[int]]:
    """Return when each person began the spacewalks up to an instant, as known at another."""
    begun: dict[str, list[int]] = {}
    for event in events_by(db, "spacewalk.began", at, known):
        for person in event.said["people"]:
            begun.setdefault(person, []).append(event.happened_from)
    return begun


def _row(tally: RecordHolder) -> dict[str, Any]:
    latest = tally.seats[-1] if tally.seats else PersonSeat()
    return {
        "id": tally.person,
        "name": tally.name,
        "agency": latest.agency,
        "agencies": _each("agency", tally.seats),
        "nationality": latest.nationality,
        "nationalities": _each("nationality", tally.seats),
        "time_in_space": as_dict(tally.in_space),
        "time_aboard": as_dict(tally.aboard),
        "longest_flight": as_dict(tally.longest),
        "longest_on": tally.longest_on,
        "flights": tally.flights,
        "spacewalks": tally.spacewalks,
        "died": tally.died.as_dict() if tally.died else None,
        "lost_on": tally.lost_on,
    }


def _each(field: str, seats: tuple[PersonSeat, ...]) -> list[str]:
    """Return every value of a field of some seats, in their order, each once."""
    return [one for one in dict.fromkeys(getattr(seat, field) for seat in seats) if one]
