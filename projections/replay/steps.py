"""The steps of a replay: the query, what is relevant to it, and what a step is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aboard.events.time import Time
from aboard.projections.changes.compare import WALKS
from aboard.projections.queries.reader import places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.projections.changes.compare import AnswerKey, Change
    from aboard.projections.queries.head_count import Tally
    from aboard.projections.queries.reader import Row
    from aboard.projections.replay.events import ReplayedEvent
    from aboard.storage.connection import Connection

LAPSED = "lapsed"
"""The type of a step without an event: the target of a plan has passed."""


NAMING = ("flight", "from_flight", "to_craft", "from_craft")
"""The fields by which an event on another stream is relevant to a flight."""


class ReplayQuery(NamedTuple):
    """What to replay: which place, by which clock, as known when, and from when to when.

    `place` is a kind, ``station`` or ``flight``, and an id; with none it is everywhere. Instants
    are Unix seconds, and both ends of the time are within.
    """

    place: tuple[str, str] | None
    clock: str
    known: int
    since: int
    until: int


class ReplayStep(NamedTuple):
    """What happened or became known at an instant, what it changed, and the count after it."""

    instant: int
    event: ReplayedEvent | None
    says: str
    changes: list[Change]
    tally: Tally
    outside: tuple[str, ...] = ()
    """The ids of the people who are on a spacewalk then."""

    def as_dict(self, db: Connection) -> dict[str, Any]:
        """Return the step as an answer shows it."""
        said = self.event.as_dict(db) if self.event else _NOTHING | {"says": self.says}
        count, least, most = self.tally
        doubt = {"uncertain": {"count": {"min": least, "max": most}}} if least != most else {}
        return {
            "at": str(Time.at(self.instant)),
            **said,
            "changes": [change.as_dict() for change in self.changes],
            "count": count,
            **doubt,
            "outside": list(self.outside),
            "sources": json.loads(self.event.source) if self.event else [],
        }


_NOTHING = {
    "position": None, "id": None, "type": LAPSED, "stream": None, "happened": None, "known": None,
    "known_assumed": False,
}  # fmt: skip


class Steps(Protocol):
    """A replay: its steps, and who is there and what is docked at an instant within it."""

    def __iter__(self) -> Iterator[ReplayStep]:
        """Yield the steps in their order."""

    def scene(self, instant: int) -> dict[str, Any]:
        """Return `at`, `count`, `people` and `docked`, as in an answer of `who`."""


class ReplayScope:
    """What a replay is about: everything, or a place and what is relevant to it."""

    def __init__(self, db: Connection, place: tuple[str, str] | None) -> None:
        self.place = place[1] if place else None
        at_station = _flights(db, place[1]) if place and place[0] == "station" else []
        self.places = frozenset({place[1], *at_station}) if place else frozenset()
        rows = db.execute("SELECT id FROM entity WHERE kind='station'")
        self.stations = frozenset((*(key for (key,) in rows), *_with_ports(db)))
        self._walks = _spacewalks(db, self.places)
        self._by_others = _by_others(db, place[1]) if place else frozenset()

    def counts(self, place: str) -> bool:
        """Whether the people at a place are counted."""
        return self.place in (None, place)

    def hears(self, replayed: ReplayedEvent) -> bool:
        """Whether an event is relevant to the replay."""
        if self.place is None or replayed.subject in self.places or replayed.stream in self._walks:
            return True
        if replayed.id in self._by_others or replayed.said.get("target") in self._by_others:
            return True
        return not self.places.isdisjoint(filter(None, map(replayed.said.get, NAMING)))

    def shows(self, change: Change) -> bool:
        """Whether a change of a relevant answer is relevant itself."""
        where = change.was or change.now
        return self.place is None or change.change not in WALKS or where in self.places

    def bears(self, key: AnswerKey, before: Row | None, after: Row | None) -> bool:
        """Whether an answer is relevant to the replay."""
        if self.place is None or key.subject in self.places:
            return True
        rows = [row for row in (before, after) if row]
        return not self.places.isdisjoint(
            one for row in rows for one in (row.place, row.value.get("seat_on")) if one
        )


def _with_ports(db: Connection) -> Iterator[str]:
    """Yield the places with berths that are not craft docked with another one."""
    for place in places(db, "berths"):
        (body,) = db.execute("SELECT value FROM berths WHERE place=? LIMIT 1", (place,)).fetchone()
        if "pair" not in json.loads(body):
            yield place


def _by_others(db: Connection, flight: str) -> frozenset[str]:
    """Return the events of other craft that are milestones of a flight."""
    rows = db.execute(
        "SELECT DISTINCT why FROM flight_plan WHERE place=? "
        "AND json_extract(value, '$.with_craft') IS NOT NULL",
        (flight,),
    )
    return frozenset(event for (why,) in rows for event in json.loads(why))


def _spacewalks(db: Connection, left: frozenset[str]) -> frozenset[str]:
    """Return the streams of the spacewalks from some places, by any version of them."""
    rows = db.execute(
        "WITH stated AS (SELECT stream, body FROM event WHERE type='spacewalk.began' "
        "UNION ALL SELECT stream, amended.body FROM event JOIN amended ON amended.event = event.id "
        "WHERE type='spacewalk.began') SELECT DISTINCT stream FROM stated "
        "WHERE coalesce(json_extract(body, '$.station'), json_extract(body, '$.craft')) "
        "IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(left)),),
    )
    return frozenset(stream for (stream,) in rows)


def _flights(db: Connection, station: str) -> list[str]:
    """Return the flights that are bound for a station, or were ever there or planned to be."""
    rows = db.execute(
        "SELECT id FROM entity "
        "WHERE kind='flight' AND json_extract(body, '$.destination')=:station "
        "UNION SELECT subject FROM berths WHERE place=:station",
        {"station": station},
    )
    return [key for (key,) in rows]
