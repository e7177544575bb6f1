"""A person: who they are, where they are at an instant, and their flights as known at another.

A flight is what a person goes up on and whatever follows until they are back; everything is read
from the rectangles of presence. Times in space and aboard run up to the instant asked about. What
is planned counts in them only when that instant is later than what is known, as in
:mod:`aboard.projections.queries.who`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.coverage import Place, age, coverage, flight_places
from aboard.projections.queries.durations import Edge, Span, as_dict, edges, span, total
from aboard.projections.queries.fate import deaths, losses
from aboard.projections.queries.registration import registration
from aboard.projections.queries.seats import PersonSeat, seat_of
from aboard.projections.queries.statements import gaps
from aboard.projections.queries.who import heights, sift, who

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from aboard.projections.queries.fate import PersonDeath
    from aboard.projections.queries.seats import Stated
    from aboard.storage.connection import Connection


class PersonStay(NamedTuple):
    """A stay of the person at one place, as known; `until` is what presence says of its end."""

    place: str
    is_aboard: bool
    launched_on: str | None
    since: Time
    until: Time | None
    until_planned: bool
    until_on: str | None
    planned: bool
    overdue: bool
    height: str
    seat: Stated | None = None

    @property
    def end(self) -> dict[str, Any] | None:
        """The end as an answer has it; nothing when neither a time nor a craft is known."""
        if self.until is None and self.until_on is None:
            return None
        end = {
            "at": str(self.until) if self.until else None,
            "precision": self.until.precision if self.until else None,
            "planned": self.until_planned,
            "on": self.until_on,
        }
        return {**end, "lapsed": True} if self.overdue else end


_TAILS = {"ended": 0, "due": 0, None: 1, "begun": 2}
"""By its tail, where a stay stands among those of other places that begin with it."""


class PersonFlight(NamedTuple):
    """A flight of the person: its stays in their order, and what they amount to by `at`."""

    stays: list[PersonStay]
    at: int
    known: int

    @property
    def seat(self) -> Stated | None:
        """What is stated of the person's seat on it: agency, nationality and role."""
        return self.stays[0].seat

    @property
    def launched_on(self) -> str | None:
        """The flight that they went up on."""
        return self.stays[0].launched_on

    @property
    def counted_stays(self) -> list[PersonStay]:
        """The stays that count: planned ones only for an instant later than what is known."""
        return [stay for stay in self.stays if self.at > self.known or not stay.planned]

    @property
    def over(self) -> Time | None:
        """When it ended, or is expected to have ended; nothing while it goes on."""
        last = self.counted_stays[-1]
        aimed = last.until_planned and (last.overdue or self.at <= self.known)
        return None if aimed else last.until

    @property
    def state(self) -> str:
        """``planned``, ``to come``, ``under way`` or ``over``, at the instant asked about."""
        if self.stays[0].planned:
            return "planned"
        if self.at < self.stays[0].since.earliest:
            return "to come"
        return "over" if self.over and self.at >= self.over.earliest else "under way"

    def covers(self, instant: int) -> bool:
        """Whether an instant is between its beginning and its end, as far as that is known."""
        return self.stays[0].since.earliest <= instant and (
            self.over is None or instant < self.over.latest
        )

    @property
    def bounds(self) -> list[Edge]:
        """The beginning of each stay that counts, and the landing if that has an end to count."""
        stays, over = self.counted_stays, self.over if self.counted_stays else None
        return edges([*(stay.since for stay in stays), *([over] if over else [])])

    @property
    def may_go_on(self) -> bool:
        """Whether at the instant asked about they can have been on the flight."""
        bounds = self.bounds
        begun = bool(bounds) and bounds[0].earliest <= self.at
        return begun and (self.over is None or self.at < bounds[-1].latest)

    @property
    def height(self) -> str:
        """How high it goes, one of :data:`aboard.projections.queries.who.HEIGHTS`."""
        return (self.counted_stays or self.stays)[-1].height

    @property
    def lengths(self) -> tuple[Span, Span]:
        """The time from lift-off to landing and the time aboard stations, so far."""
        stays, bounds = self.counted_stays, self.bounds
        if not stays:
            return Span(), Span()
        over = self.over
        ends = [*bounds[1:], None] if over is None else bounds[1:]
        aboard = total(
            span(start, end, self.at)
            for stay, start, end in zip(stays, bounds, ends, strict=False)
            if stay.is_aboard
        )
        return span(bounds[0], bounds[-1] if over else None, self.at), aboard


def person(
    db: Connection, key: str, at: int, known: int, *, boundary: str = "orbit"
) -> dict[str, Any]:
    """Return who a person is, where they are at an instant, and their flights, as known.

    Instants are Unix seconds. `boundary` says which flights count as flights in space, one of
    :data:`aboard.projections.queries.who.BOUNDARIES`.
    """
    about, said_by = registration(db, "person", key, known)
    flights = [PersonFlight(stays, at, known) for stays in flights_of(stays_of(db, key, known))]
    counting = heights(boundary)
    lengths = [flight.lengths for flight in flights if flight.height in counting]
    below = [flight.lengths[0] for flight in flights if flight.height not in counting]
    death, lost = deaths(db, at, known).get(key), losses(db, at, known)
    seat = _latest_seat(flights, about)
    open_ended = any(
        flight.counted_stays and flight.stays[0].launched_on is None for flight in flights
    )
    where, doubt = _where(db, key, at, known)
    if where is None and not any(flight.may_go_on for flight in flights):
        doubt = []  # wherever they left at a coarse time, they had landed
    answer = {
        "person": key,
        "name": about["name"],
        "agency": seat.agency,
        "nationality": seat.nationality,
        "aliases": about.get("aliases", []),
        **said_by,
        "at": str(Time.at(at)),
        "known": str(Time.at(known)),
        "where": where,
        "died": death.as_dict() if death else None,
        "boundary": boundary,
        "flights": [
            _shown_flight(db, flight, counting, death, lost) | seat_of(flight.seat, about)._asdict()
            for flight in flights
        ],
        "time_in_space": as_dict(total(one for one, _ in lengths), at_least=open_ended),
        "time_aboard": as_dict(total(one for _, one in lengths), at_least=open_ended),
        "time_below_boundary": as_dict(total(below)),
        "expected": at > known,
        "uncertain": {**({"where": doubt} if doubt else {}), "coverage": coverage(db)},
    }
    touching = gaps(
        db,
        at,
        streams=[f"flight/{flight.launched_on}" for flight in flights if flight.may_go_on],
        people=[key],
        events=_rests_on_events(db, key, at, known),
    )
    if touching:
        answer["gaps"] = touching
    ahead = [flight for flight in flights if flight.state != "over"]
    answer |= age(db, () if death else _places_of(db, ahead, at, known), at, known)
    return answer | {"as_of": reader.as_of(db)}


def _rests_on_events(db: Connection, key: str, at: int, known: int) -> set[str]:
    """Return the events that where a person is rests on."""
    rows = db.execute(
        "SELECT why FROM presence WHERE subject=? AND known_from<=? AND known_to>? "
        "AND valid_from<=?",
        (key, known, known, at),
    )
    return {event for (why,) in rows for event in json.loads(why)}


def _places_of(
    db: Connection, flights: Iterable[PersonFlight], at: int, known: int
) -> Iterator[Place]:
    """Yield the places that flights of a person rest on: their stations, or the flight alone."""
    for flight in flights:
        stations = [("station", stay.place) for stay in flight.stays if stay.is_aboard]
        if stations or flight.launched_on is None:
            yield from stations
        else:
            yield from flight_places(db, flight.launched_on, at, known)


def stays_of(db: Connection, key: str, known: int) -> list[PersonStay]:
    """Return the stays of a person as known at an instant, in their order."""
    rows = db.execute(
        "SELECT place, valid_from, value FROM presence "
        "WHERE subject=? AND known_from<=? AND known_to>? ORDER BY valid_from, place, valid_to",
        (key, known, known),
    )
    found: dict[tuple[Any, ...], tuple[tuple[int, int], PersonStay]] = {}
    for place, begins, body in rows:
        value = json.loads(body)
        stay = PersonStay(
            place,
            not _is_craft(db, place),
            value["launched_on"],
            Time.parse(value["since"]),
            Time.parse(value["until"]) if value["until"] else None,
            value["until_planned"],
            value["until_on"],
            value["basis"] == "planned",
            value["state"] == "overdue",
            value.get("height", "orbit"),
            value.get("seat"),
        )
        # A stay that its coarse end leaves no certain length has a tail alone; what follows it
        # begins with that. What may only have begun comes after what it may have followed.
        order = (begins, _TAILS[value.get("tail")])
        first, before = found.get(stay[:4], (order, stay))
        found[stay[:4]] = first, stay._replace(overdue=stay.overdue or before.overdue)
    return [stay for _, stay in sorted(found.values(), key=lambda one: one[0])]


def flights_of(stays: Iterable[PersonStay]) -> list[list[PersonStay]]:
    """Return the stays by flight; those after an unknown launch as long as one leads to another."""
    flights: list[list[PersonStay]] = []
    for stay in stays:
        last = flights[-1][-1] if flights else None
        if (
            last
            and last.launched_on == stay.launched_on
            and (stay.launched_on or last.until == stay.since)
        ):
            flights[-1].append(stay)
        else:
            flights.append([stay])
    return flights


def _latest_seat(flights: list[PersonFlight], about: dict[str, Any]) -> PersonSeat:
    """Return the seat of the flight a person is on, or else was on last, or else is on first."""
    begun = [flight for flight in flights if flight.state in ("under way", "over")]
    found = begun[-1:] or flights[:1]
    return seat_of(found[0].seat if found else None, about)


def _shown_flight(
    db: Connection,
    flight: PersonFlight,
    counting: Collection[str],
    death: PersonDeath | None,
    lost: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    first, last = flight.stays[0], flight.stays[-1]
    in_space, aboard = flight.lengths
    at_least = bool(flight.counted_stays) and first.launched_on is None
    lift_off = {
        "at": str(first.since),
        "precision": first.since.precision,
        "planned": first.planned,
    }
    return {
        "launched_on": first.launched_on,
        "landed_on": None if last.until_planned else last.until_on,
        "state": flight.state,
        "lift_off": lift_off if first.launched_on else None,
        "landing": last.end,
        "height": flight.height,
        "counts": flight.height in counting,
        "died": death is not None and death.flight in {stay.place for stay in flight.stays},
        "lost": lost.get(last.place),
        "stays": [
            {
                "station": stay.place,
                "name": reader.name_of(db, "station", stay.place),
                "since": str(stay.since),
                "since_planned": stay.planned,
                "until": stay.end,
            }
            for stay in flight.stays
            if stay.is_aboard
        ],
        "time_in_space": as_dict(in_space, at_least=at_least),
        "time_aboard": as_dict(aboard, at_least=at_least),
    }


def _where(
    db: Connection, key: str, at: int, known: int
) -> tuple[dict[str, Any] | None, list[str]]:
    """Return where a person is, as `who` has it, and the places where they only might be."""
    rows = db.execute(
        "SELECT place, value, why FROM presence WHERE subject=? AND valid_from<=? AND valid_to>? "
        "AND known_from<=? AND known_to>?",
        (key, at, at, known, known),
    )
    found = sift(
        (reader.Row(place, key, json.loads(value), why) for place, value, why in rows), at, known
    )
    doubt = sorted({row.place for row in found.doubtful})
    for row in found.people:
        kind = reader.place_kind(db, row.place) if _is_craft(db, row.place) else "station"
        there = who(db, (kind, row.place), at, known)["people"]
        [mine] = [one for one in there if one["id"] == key]
        said = {
            name: mine[name] for name in mine if name not in ("id", "name", *PersonSeat._fields)
        }
        return {"place": row.place, "kind": kind, **said}, doubt
    return None, doubt


def _is_craft(db: Connection, place: str) -> bool:
    """Whether a place is a flight, or a further craft of one: something is recorded about it."""
    found = db.execute(
        "SELECT 1 FROM mention WHERE flight=:place "
        "UNION ALL SELECT 1 FROM entity WHERE kind='craft' AND id=:place",
        {"place": place},
    )
    return found.fetchone() is not None
