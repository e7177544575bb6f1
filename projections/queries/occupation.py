"""Occupation: since when a station is occupied without a gap, its longest stays, its fullest days.

Everything is read from the population over time and from the stays of the people who were there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.durations import Span, as_dict, edges, in_words, span
from aboard.projections.queries.person import PersonStay, stays_of
from aboard.projections.queries.population import CountScope, CountStep, crew, steps
from aboard.projections.queries.who import checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.storage.connection import Connection


class Visit(NamedTuple):
    """One stay of a person aboard, and how long it has lasted."""

    person: str
    stay: PersonStay
    length: Span


def occupation(
    db: Connection, station: str, at: int, known: int, *, strict: bool = False, n: int = 5
) -> dict[str, Any]:
    """Return the spans of occupation of a station up to an instant, as known at another.

    `n` is how many of the longest and shortest stays, and of the largest crews, are listed.
    """
    scope = CountScope(place=station, strict=strict)
    found = steps(db, scope, known, _first(db, station, known, at), at)
    spans = [_shown_span(*one) for one in _occupied(found)]
    visits = sorted(_visits(db, station, at, known), key=lambda v: (v.length.least, v.person))
    over = [visit for visit in visits if _is_over(visit.stay, at)]
    is_occupied = bool(found) and found[-1].people > 0
    return {
        "station": station,
        "name": reader.name_of(db, "station", station),
        "at": str(Time.at(at)),
        "known": str(Time.at(known)),
        "strict": strict,
        "occupied_since": spans[-1]["from"] if is_occupied else None,
        "occupied_for": spans[-1]["length"] if is_occupied else None,
        "spans": spans,
        "longest": max(spans, key=lambda one: int(one["length"]["seconds"]), default=None),
        "doubtful": [
            {"from": str(Time.at(step.start)), "to": str(Time.at(step.end))}
            for step in found
            if min(step.least, step.people) == 0 < max(step.most, step.people)
        ],
        "stays": len(visits),
        "longest_stays": [_visit(db, visit) for visit in reversed(visits[-n:])] if n else [],
        "shortest_stays": [_visit(db, visit) for visit in over[:n]],
        "largest_crews": [
            crew(found, count)
            for count in sorted({step.people for step in found} - {0}, reverse=True)[:n]
        ],
        **checked(db, ("station", station), at, known),
        "as_of": reader.as_of(db),
    }


def _first(db: Connection, station: str, known: int, at: int) -> int:
    row = db.execute(
        "SELECT min(valid_from) FROM presence WHERE place=? AND known_from<=? AND known_to>?",
        (station, known, known),
    ).fetchone()
    return at if row[0] is None else min(int(row[0]), at)


def _occupied(found: Iterable[CountStep]) -> Iterator[tuple[int, int]]:
    """Yield the spans in which there is somebody."""
    begun: int | None = None
    end = 0
    for step in found:
        if step.people and begun is None:
            begun = step.start
        elif not step.people and begun is not None:
            yield begun, step.start
            begun = None
        end = step.end
    if begun is not None:
        yield begun, end


def _shown_span(start: int, end: int) -> dict[str, Any]:
    length = {"seconds": end - start, "text": in_words(end - start)}
    return {"from": str(Time.at(start)), "to": str(Time.at(end)), "length": length}


def _visits(db: Connection, station: str, at: int, known: int) -> Iterator[Visit]:
    people = db.execute(
        "SELECT DISTINCT subject FROM presence WHERE place=? AND known_from<=? AND known_to>?",
        (station, known, known),
    )
    for (person,) in people.fetchall():
        for stay in stays_of(db, person, known):
            if stay.place != station or stay.since.earliest > at:
                continue
            if stay.planned and at <= known:
                continue
            ended = stay.until is not None and not (stay.until_planned and at <= known)
            bounds = edges([stay.since, *([stay.until] if ended and stay.until else [])])
            yield Visit(person, stay, span(bounds[0], bounds[1] if ended else None, at))


def _is_over(stay: PersonStay, at: int) -> bool:
    """Whether a stay has ended by an instant, for all that is known."""
    return stay.until is not None and not stay.until_planned and stay.until.latest <= at


def _visit(db: Connection, visit: Visit) -> dict[str, Any]:
    stay = visit.stay
    return {
        "id": visit.person,
        "name": reader.name_of(db, "person", visit.person),
        "launched_on": stay.launched_on,
        "since": str(stay.since),
        "until": stay.end,
        "length": as_dict(visit.length),
    }
