"""Who is there: the answer to the question the whole program is for.

One rule is applied here and is not in the stored rectangles: an instant later than the known time
is in the future, so somebody who is expected there then is ``planned``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.projections.queries import coverage, reader
from aboard.projections.queries.citations import mark_sources
from aboard.projections.queries.head_count import tally
from aboard.projections.queries.seats import seat_of
from aboard.projections.queries.statements import gaps

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from aboard.projections.queries.head_count import Tally
    from aboard.storage.connection import Connection

DOCKED_SCOPE = "crewed vehicles"
"""What `docked` lists: this ledger has no cargo ships."""


HEIGHTS = ("orbit", "above 100 km", "above 80 km", "below 80 km")
BOUNDARIES = {"orbit": 1, "100km": 2, "80km": 3}
"""How many of the heights count as space by each boundary: a flight is classified as a whole."""

COMMAND = ("commander", "expedition")
"""What is said of the command of a station."""


class Found:
    """The rows at one instant: those that count, those that only might, and those that do not."""

    __slots__ = ("counted", "doubtful", "left_out")

    def __init__(self) -> None:
        self.counted: list[reader.Row] = []
        self.doubtful: list[reader.Row] = []
        self.left_out: list[reader.Row] = []

    @property
    def people(self) -> list[reader.Row]:
        """The rows that count, in the order of arrival and of crew, one a person."""
        rows = sorted(
            self.counted,
            key=lambda row: (
                row.value["state"] == "in_space",
                row.place,
                Time.parse(row.value["since"]),
                row.value["launched_on"] or "",
                row.value["crew_number"],
                row.subject,
            ),
        )
        return list({row.subject: row for row in reversed(rows)}.values())[::-1]

    @property
    def tally(self) -> Tally:
        """How many people count, and the least and the greatest number there can be."""
        return tally(
            {row.subject for row in self.counted},
            {row.subject for row in self.counted if not row.value.get("maybe")},
            {row.subject for row in self.doubtful},
        )


def sift(rows: Iterable[reader.Row], at: int, known: int, boundary: str = "orbit") -> Found:
    """Sort rows into those that count and those that only might; the dead do not count."""
    found, ahead = Found(), at > known
    counting = heights(boundary)
    for row in rows:
        if row.value["basis"] == "planned" and not ahead:
            continue
        match standing(row.value, counting):
            case None:
                found.left_out.append(row)
            case "doubtful":
                found.doubtful.append(row)
            case "due" if ahead:
                found.doubtful.append(row)
            case _:
                found.counted.append(row)
    return found


def heights(boundary: str) -> tuple[str, ...]:
    """Return the heights of the flights that count by a boundary, one of `BOUNDARIES`."""
    return HEIGHTS[: BOUNDARIES[boundary]]


def standing(value: dict[str, Any], counting: tuple[str, ...]) -> str | None:
    """Return how a stay counts, given the heights that do; None when it does not.

    It is ``counted``; ``doubtful``, and only might; or ``due``, and counts up to what is known and
    only might from then on.
    """
    tail, dead = value.get("tail"), value.get("state") == "dead"
    if (dead and not value["dead_maybe"]) or value.get("height", "orbit") not in counting:
        return None
    if dead or tail in ("ended", "begun"):
        return "doubtful"
    return "due" if tail == "due" else "counted"


def who(
    db: Connection,
    place: tuple[str, str] | None,
    at: int,
    known: int,
    *,
    boundary: str = "orbit",
    strict: bool = False,
) -> dict[str, Any]:
    """Return who is at a place, or with no place everywhere, at an instant as known at another.

    `place` is a kind, ``station``, ``flight`` or ``craft``, and an id. Instants are Unix seconds.
    `boundary` says which flights count, one of `BOUNDARIES`. With `strict`, crew who are
    relocating between ports are not aboard.
    """
    answer: dict[str, Any] = {
        "station": place[1] if place and place[0] == "station" else None,
        **({place[0]: place[1]} if place and place[0] != "station" else {}),
        "at": str(Time.at(at)),
        "known": str(Time.at(known)),
    }
    wanted = [place[1]] if place else reader.places(db, "presence")
    there = (row for one in wanted for row in reader.rows_at(db, "presence", one, at, known))
    if strict:
        there = (row for row in there if row.value["state"] != "relocating")
    found = sift(there, at, known, boundary)
    people = [present(db, row, at, known, everywhere=place is None) for row in found.people]
    answer["count"] = len(people)
    answer["people"] = people
    if left_out := _not_counted(found):
        answer["not_counted"] = left_out
    if place is None:
        answer["places"] = _places(db, people)
    berths = list(_berths(db, place[1] if place else None, at, known))
    answer["docked"] = berthed(berths, at, known, everywhere=place is None)
    answer["docked_scope"] = DOCKED_SCOPE
    if pairs := paired(berths, at, known):
        answer["pairs"] = pairs
    mark_sources(db, (*people, *answer["docked"], *pairs), known)
    crewed = [*(one["id"] for one in answer.get("places", ()) if one["kind"] == "station"),
              *(berth["station"] for berth in answer["docked"] if place is None)]  # fmt: skip
    claims = coverage.claimed(db)
    doubt = _uncertain(claims, found, place, at, crewed)
    if place and place[0] == "station":
        command = _command(db, place[1], at, known)
        answer |= {item: command.value_of(item) for item in COMMAND}
        doubt |= {item: could for item in COMMAND if (could := command.could_be(item))}
    if doubt:
        answer["uncertain"] = doubt
    rows = (*found.counted, *found.doubtful)
    touching = gaps(
        db,
        at,
        streams=["/".join(place)] if place else [f"station/{one}" for one in wanted],
        people={row.subject for row in rows},
        events={key for why in json.loads(f"[{','.join([r.why for r in rows])}]") for key in why},
    )
    if touching:
        answer["gaps"] = touching
    if place is None:
        flying = [one["id"] for one in answer["places"] if one["kind"] == "flight"]
        covered = [one["station"] for one in doubt["coverage"]]
        stations = dict.fromkeys((*covered, *crewed))
        rests_on = [*(("station", one) for one in stations), *(("flight", one) for one in flying)]
        rests_on = rests_on or [("log", "")]
    else:
        rests_on = _rests_on(db, place, claims, at, known, there=bool(rows or berths))
    answer |= coverage.age(db, rests_on, at, known, claims)
    answer["as_of"] = reader.as_of(db)
    return answer


def checked(db: Connection, place: tuple[str, str] | None, at: int, known: int) -> dict[str, Any]:
    """Return until when an answer about a place was checked, and what is not known at its end.

    For answers about a span of time, `at` is its end.
    """
    answer = who(db, place, at, known)
    return {name: answer[name] for name in ("gaps", *coverage.AGE) if name in answer}


def _rests_on(
    db: Connection,
    place: tuple[str, str],
    claims: coverage.Claimed,
    at: int,
    known: int,
    *,
    there: bool,
) -> list[coverage.Place]:
    """Return the places that an answer about one place rests on, while their story is open."""
    kind, key = place
    if kind == "flight":
        return coverage.flight_places(db, key, at, known)
    return [("station", key)] if kind == "station" and (there or key in claims) else []


class StationCommand:
    """Who commands a station, and which expedition it is: what holds, and what is in doubt."""

    __slots__ = ("_rows",)

    def __init__(self, found: Found) -> None:
        rows = sorted(found.doubtful, key=lambda row: Time.parse(row.value["since"]))
        self._rows = {
            item: [row for row in (*rows, *found.counted) if row.value["item"] == item]
            for item in COMMAND
        }

    def value_of(self, item: str) -> str | int | None:
        """Return the commander's id or the expedition's number; None when it is not known."""
        rows = self._rows[item]
        return rows[-1].value["id"] if rows else None

    def could_be(self, item: str) -> list[str | int | None]:
        """Return all that it could be, in their order; nothing when it is in no doubt."""
        rows = self._rows[item]
        doubted = len(rows) > 1 or any(row.value.get("maybe") for row in rows)
        return [row.value["id"] for row in rows] if doubted else []


def _command(db: Connection, station: str, at: int, known: int) -> StationCommand:
    """Return the command of a station. Nothing is planned of it: none is known to lie ahead."""
    rows = reader.rows_at(db, "command", station, at, known) if at <= known else ()
    return StationCommand(sift(rows, at, known))


def present(
    db: Connection, row: reader.Row, at: int, known: int, *, everywhere: bool
) -> dict[str, Any]:
    """Return a person as an answer shows them; their place only if it is about everywhere."""
    value, about = row.value, reader.entity(db, "person", row.subject)
    planned = at > known and value["state"] != "overdue"
    until, on, seat = value["until"], value["until_on"], value["seat_on"]
    if planned and value["until_planned"] and on:
        seat = on
    person = {
        "id": row.subject,
        "name": about["name"],
        **seat_of(value.get("seat"), about)._asdict(),
        "state": "planned" if planned else value["state"],
        "launched_on": value["launched_on"],
        "seat_on": seat,
        "since": value["since"],
        "until": {
            "at": until,
            "precision": Time.parse(until).precision if until else None,
            "planned": value["until_planned"],
            "on": on,
        }
        if until or on
        else None,
    }
    if everywhere:
        person["place"] = row.place
    if value["bound_for"]:
        person["bound_for"] = value["bound_for"]
    doubts = [
        name for key, name in (("maybe", "presence"), ("seat_maybe", "seat_on")) if value.get(key)
    ]
    if doubts:
        person["uncertain"] = doubts
    person["why"] = json.loads(row.why)
    return person


def _not_counted(found: Found) -> dict[str, list[str]]:
    """Return who is there and does not count: the dead, and people below the boundary of space."""
    people: dict[str, list[str]] = {}
    shown = {row.subject for row in (*found.counted, *found.doubtful)}
    for row in sorted(found.left_out, key=lambda row: (row.value["crew_number"], row.subject)):
        if row.subject not in shown:
            shown.add(row.subject)
            reason = "dead" if row.value["state"] == "dead" else "below_boundary"
            people.setdefault(reason, []).append(row.subject)
    return people


def _places(db: Connection, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for person in people:
        counts[person["place"]] = counts.get(person["place"], 0) + 1
    return [{"id": place, **_place(db, place), "count": n} for place, n in counts.items()]


def _place(db: Connection, place: str) -> dict[str, str]:
    kind = reader.place_kind(db, place)
    return {"kind": kind, "name": reader.name_of(db, kind, place)}


def _berths(db: Connection, station: str | None, at: int, known: int) -> Iterator[reader.Row]:
    """Yield what is docked at a place, or everywhere."""
    for place in [station] if station else reader.places(db, "berths"):
        yield from reader.rows_at(db, "berths", place, at, known)


def berthed(
    rows: Iterable[reader.Row], at: int, known: int, *, everywhere: bool
) -> list[dict[str, Any]]:
    """Return what is docked as an answer has it, with the station where it is everywhere."""
    berths = sorted(
        sift((row for row in rows if "pair" not in row.value), at, known).counted,
        key=lambda row: (row.place, Time.parse(row.value["since"]), row.subject),
    )
    usual = "planned" if at > known else "docked"
    docked = [
        {
            "port": row.value["port"],
            "flight": row.subject,
            "since": row.value["since"],
            **({"mate": row.value["mate"]} if "mate" in row.value else {}),
            "state": row.value.get("state", usual),
            "since_planned": row.value["basis"] == "planned",
            **({"uncertain": True} if row.value.get("maybe") else {}),
            "why": json.loads(row.why),
        }
        for row in berths
    ]
    if everywhere:
        for berth, row in zip(docked, berths, strict=True):
            berth["station"] = row.place
    return docked


def berth_state(row: reader.Row, at: int, known: int) -> str:
    """Return the state of a vehicle that is docked: ``docked``, ``planned`` or ``overdue``.

    Only the last is stored.
    """
    return str(row.value.get("state", "planned" if at > known else "docked"))


def paired(rows: Iterable[reader.Row], at: int, known: int) -> list[dict[str, Any]]:
    """Return the craft that are docked with each other, each pair once."""
    found = [row for row in rows if "pair" in row.value]
    if not found:
        return []
    pairs: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sift(found, at, known).counted:
        one, other = sorted((row.subject, row.place))
        mate = {"mate": row.value["mate"]} if "mate" in row.value else {}
        doubt = {"uncertain": True} if row.value.get("maybe") else {}
        state = {"state": berth_state(row, at, known)}
        since = row.value["since"]
        why = {"why": json.loads(row.why)}
        pairs[one, other] = {"craft": [one, other], "since": since, **mate, **state, **doubt, **why}
    return sorted(pairs.values(), key=lambda pair: (Time.parse(pair["since"]), pair["craft"]))


def _uncertain(
    claims: coverage.Claimed,
    found: Found,
    place: tuple[str, str] | None,
    at: int,
    crewed: Collection[str],
) -> dict[str, Any]:
    """Return what is in doubt about an answer; an empty dict if nothing is."""
    doubt: dict[str, Any] = {}
    _, least, most = found.tally
    if least != most:
        doubt["count"] = {"min": least, "max": most}
    if place is None:
        doubt["coverage"] = coverage.everywhere(claims, crewed, at)
    elif place[0] == "station" and (outside := coverage.outside(claims, place[1], at)):
        doubt["coverage"] = outside
    return doubt
