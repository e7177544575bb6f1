"""The steps of a replay: what is asked, what bears on that, and what each step is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import Time
from aboard.projections.reader import places

if TYPE_CHECKING:
    import sqlite3

    from aboard.projections.changes import Change, Key
    from aboard.projections.reader import Row
    from aboard.projections.sweep import Tally
    from aboard.projections.tidings import Tiding

LAPSED = "lapsed"
"""The type of a step that no event makes: the time of a plan is over."""


class Asked(NamedTuple):
    """What is replayed: of which place, by which clock, as known when, and from when to when.

    `place` is a kind, ``station`` or ``flight``, and an id; with none it is everywhere. Instants
    are Unix seconds, and both ends of the time are within.
    """

    place: tuple[str, str] | None
    clock: str
    known: int
    since: int
    until: int


class Step(NamedTuple):
    """What happened or became known at an instant, what that changed, and the count after it."""

    instant: int
    tiding: Tiding | None
    says: str
    changes: list[Change]
    tally: Tally

    def told(self, db: sqlite3.Connection) -> dict[str, Any]:
        """Return the step as an answer has it."""
        said = self.tiding.told(db) if self.tiding else _NOTHING | {"says": self.says}
        count, least, most = self.tally
        doubt = {"uncertain": {"count": {"min": least, "max": most}}} if least != most else {}
        return {
            "at": str(Time.at(self.instant)),
            **said,
            "changes": [change.told() for change in self.changes],
            "count": count,
            **doubt,
            "sources": json.loads(self.tiding.source) if self.tiding else [],
        }


_NOTHING = {
    "position": None, "id": None, "type": LAPSED, "stream": None, "happened": None, "known": None,
    "known_assumed": False,
}  # fmt: skip


class Scope:
    """What a replay is about: everything, or a place and what bears on it."""

    def __init__(self, db: sqlite3.Connection, place: tuple[str, str] | None) -> None:
        self.place = place[1] if place else None
        self.places = frozenset({place[1], *_flights(db, place[1])}) if place else frozenset()
        rows = db.execute("SELECT id FROM entity WHERE kind='station'")
        self.stations = frozenset((*(key for (key,) in rows), *places(db, "berths")))

    def counts(self, place: str) -> bool:
        """Whether who is at a place is counted."""
        return self.place in (None, place)

    def hears(self, tiding: Tiding) -> bool:
        """Whether an event bears on what is replayed."""
        if self.place is None or tiding.subject in self.places:
            return True
        return not self.places.isdisjoint(
            one for one in (tiding.said.get("flight"), tiding.said.get("from_flight")) if one
        )

    def bears(self, key: Key, before: Row | None, after: Row | None) -> bool:
        """Whether an answer bears on what is replayed."""
        if self.place is None or key.subject in self.places:
            return True
        rows = [row for row in (before, after) if row]
        return not self.places.isdisjoint(
            one for row in rows for one in (row.place, row.value.get("seat_on")) if one
        )


def _flights(db: sqlite3.Connection, station: str) -> list[str]:
    """Return the flights that are bound for a station, or were ever said or meant to be at it."""
    rows = db.execute(
        "SELECT id FROM entity "
        "WHERE kind='flight' AND json_extract(body, '$.destination')=:station "
        "UNION SELECT subject FROM berths WHERE place=:station",
        {"station": station},
    )
    return [key for (key,) in rows]
