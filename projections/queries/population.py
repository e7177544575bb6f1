"""Population: how many people are somewhere, over time, as steps.

What `aboard who` counts at every instant, counted at all of them at once: the number, and where
times are coarse the least and the greatest it can be.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.head_count import HeadCount
from aboard.projections.queries.seats import EVERYONE, SeatFilter, seat_of
from aboard.projections.queries.who import checked, heights, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.storage.connection import Connection


class CountScope(NamedTuple):
    """The people to count: those at a place, in some seats, or both; everybody without either.

    `boundary` is one of `BOUNDARIES`; with `strict`, crew who are relocating between ports are not
    aboard for that while.
    """

    place: str | None = None
    seats: SeatFilter = EVERYONE
    boundary: str = "orbit"
    strict: bool = False


class CountStep(NamedTuple):
    """A number of people from an instant up to another, in Unix seconds."""

    start: int
    end: int
    people: int
    least: int
    most: int


class _Row(NamedTuple):
    """A rectangle of presence as known: whose, from when to when, and how sure it is."""

    person: str
    start: int
    end: int
    counted: bool
    certain: bool


def steps(db: Connection, scope: CountScope, known: int, since: int, until: int) -> list[CountStep]:
    """Return the population between two instants, as known at another, each step a change.

    As everywhere, what is planned counts only at instants later than what is known.
    """
    return _steps(_rows(db, scope, known), since, until)


def _steps(rows: Iterable[_Row], since: int, until: int) -> list[CountStep]:
    """Return what rows add up to between two instants."""
    changes: list[tuple[int, int, _Row]] = []
    for row in rows:
        start, end = max(row.start, since), min(row.end, until)
        if start < end:
            changes += [(start, 1, row), (end, -1, row)]
    changes.sort(key=lambda change: change[0])
    people, found = HeadCount(), []
    begun = since
    for instant, group in groupby(changes, key=lambda change: change[0]):
        if begun < instant:
            found.append(CountStep(begun, instant, *people.tally))
        begun = instant
        for _, sign, row in group:
            people.add(row.person, counted=row.counted, certain=row.certain, sign=sign)
    if begun < until:
        found.append(CountStep(begun, until, *people.tally))
    return _joined(found)


def _rows(db: Connection, scope: CountScope, known: int) -> Iterator[_Row]:
    """Yield what counts, or only might, of everybody's presence as known at an instant.

    A row that counts up to what is known and only might from then on comes as two.
    """
    counting = heights(scope.boundary)
    registered: dict[str, Any] = {}
    where, asked = "known_from<=:known AND known_to>:known", {"known": known, "place": scope.place}
    rows = db.execute(
        "SELECT subject, valid_from, valid_to, value FROM presence "  # noqa: S608 - our own words
        f"WHERE {where}{' AND place=:place' if scope.place else ''}",
        asked,
    )
    for person, start, end, body in rows:
        value = json.loads(body)
        if any(scope.seats):
            if person not in registered:
                registered[person] = reader.entity(db, "person", person)
            if not seat_of(value.get("seat"), registered[person]).matches(scope.seats):
                continue
        if scope.strict and value.get("state") == "relocating":
            continue
        begun = max(start, known + 1) if value["basis"] == "planned" else start
        certain = not value.get("maybe")
        match standing(value, counting):
            case None:
                pass
            case "due":
                yield _Row(person, begun, min(end, known + 1), counted=True, certain=certain)
                yield _Row(person, max(begun, known + 1), end, counted=False, certain=False)
            case how:
                yield _Row(person, begun, end, counted=how == "counted", certain=certain)


def _joined(found: Iterable[CountStep]) -> list[CountStep]:
    """Return steps with those of the same numbers that follow one another made one."""
    joined: list[CountStep] = []
    for step in found:
        if joined and joined[-1].end == step.start and joined[-1][2:] == step[2:]:
            joined[-1] = joined[-1]._replace(end=step.end)
        else:
            joined.append(step)
    return joined


def spans_of(found: Iterable[CountStep], count: int) -> list[tuple[int, int]]:
    """Return the spans in which the population is a number, each from an instant to another."""
    spans: list[tuple[int, int]] = []
    for step in found:
        if step.people == count:
            if spans and spans[-1][1] == step.start:
                spans[-1] = (spans[-1][0], step.end)
            else:
                spans.append((step.start, step.end))
    return spans


def population(
    db: Connection, scope: CountScope, known: int, since: int | None, until: int
) -> dict[str, Any]:
    """Return the population over time: its steps, its greatest and its least.

    Without `since` it begins with the first person there is.
    """
    rows = list(_rows(db, scope, known))
    starts = (row.start for row in rows if row.counted and row.start < row.end)
    begin = min(starts, default=until) if since is None else since
    found = _steps(rows, begin, until)
    answer: dict[str, Any] = {
        "station": scope.place,
        "agency": scope.seats.agency,
        "nationality": scope.seats.nationality,
        "boundary": scope.boundary,
        "strict": scope.strict,
        "from": str(Time.at(begin)),
        "to": str(Time.at(until)),
        "known": str(Time.at(known)),
        "steps": [as_dict(step) for step in found],
    }
    for name, best in (("maximum", max), ("minimum", min)):
        answer[name] = crew(found, best((step.people for step in found), default=0))
    answer["person_seconds"] = sum(step.people * (step.end - step.start) for step in found)
    place = (reader.place_kind(db, scope.place), scope.place) if scope.place else None
    answer |= checked(db, place, until, known)
    return answer | {"as_of": reader.as_of(db)}


def crew(found: Iterable[CountStep], count: int) -> dict[str, Any]:
    """Return a number of people as an answer has it, with the spans in which it was so."""
    spans = [
        {"from": str(Time.at(start)), "to": str(Time.at(end))}
        for start, end in spans_of(found, count)
    ]
    return {"count": count, "spans": spans}


def as_dict(step: CountStep) -> dict[str, Any]:
    """Return a step as an answer shows it; the range only where there is one."""
    doubt = {} if step.least == step.most else {"min": step.least, "max": step.most}
    start, end = str(Time.at(step.start)), str(Time.at(step.end))
    return {"from": start, "to": end, "count": step.people, **doubt}
