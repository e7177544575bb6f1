"""A sweep: the answers at an instant that moves forward, and what differs at each move.

Each rectangle of a fold holds for one interval of the sweep: with a fixed known time that is its
valid time, and if the known time moves with the instant, the part in which it held and was known
to. The rows come sorted by when they begin, and only those that hold are kept in memory.
"""

from __future__ import annotations

import json
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from aboard.events.time import FOREVER
from aboard.projections.changes.compare import OUTSIDE, AnswerKey, key_of
from aboard.projections.queries.head_count import HeadCount
from aboard.projections.queries.reader import Row
from aboard.projections.queries.who import sift

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aboard.projections.queries.head_count import Tally
    from aboard.storage.connection import Connection

FOLLOWED = ("presence", "berths", "flight_plan", "command")
"""The folds whose answers are followed."""

SPANS = {
    "happened": ("valid_from", "valid_to", "known_from<=:known AND known_to>:known"),
    "known": (
        "max(valid_from, known_from)",
        "min(valid_to, known_to)",
        "max(valid_from, known_from)<min(valid_to, known_to)",
    ),
}
"""For each clock, from when to when a rectangle holds along the sweep, and which ones do at all."""


class ChangedAnswer(NamedTuple):
    """A key whose rows have changed, with its answer before and after."""

    key: AnswerKey
    before: Row | None
    after: Row | None


class Sweep:
    """The rows of every fold that hold at the instant reached.

    `counts` says whether people at a place count; `clock` whether knowledge stays at `known` or
    moves with the instant. Rows that end by `since` are skipped.
    """

    def __init__(
        self,
        db: Connection,
        clock: str,
        known: int,
        since: int,
        counts: Callable[[str], bool],
    ) -> None:
        self._rows = _read(db, clock, known, since)
        self._coming = next(self._rows, None)
        self._ends: list[tuple[int, int, AnswerKey, Row]] = []
        self._pushed = 0
        self._active: dict[AnswerKey, list[Row]] = {}
        self._counts = counts
        self._outside: set[str] = set()
        self._people = HeadCount()

    @property
    def next(self) -> int | None:
        """The next instant at which something may change."""
        instants = [self._ends[0][0]] if self._ends else []
        if self._coming:
            instants.append(self._coming.start)
        return min(instants, default=None)

    def advance(self, instant: int) -> list[ChangedAnswer]:
        """Move forward to an instant; return the answers that have changed there."""
        before: dict[AnswerKey, list[Row]] = {}
        while self._ends and self._ends[0][0] <= instant:
            _, _, over, row = heappop(self._ends)
            before.setdefault(over, list(self._active[over]))
            self._active[over].remove(row)
        while self._coming and self._coming.start <= instant:
            coming, self._coming = self._coming, next(self._rows, None)
            if coming.end > instant and (key := key_of(coming.fold, coming.row)):
                before.setdefault(key, list(self._active.get(key, ())))
                self._active.setdefault(key, []).append(coming.row)
                if coming.end < FOREVER:
                    self._pushed += 1
                    heappush(self._ends, (coming.end, self._pushed, key, coming.row))
        touched = []
        for key, was in before.items():
            now = self._active[key]
            if key.fold == "presence":
                self._count(was, -1)
                self._count(now, 1)
                self._outside -= {key.subject}
                self._outside |= {key.subject} if is_outside(now, self._counts) else set()
            touched.append(ChangedAnswer(key, current_row(was), current_row(now)))
            if not now:
                del self._active[key]
        return touched

    def _count(self, rows: Iterable[Row], sign: int) -> None:
        found = sift((row for row in rows if self._counts(row.place)), 0, 0)
        for row in found.counted:
            certain = not row.value.get("maybe")
            self._people.add(row.subject, counted=True, certain=certain, sign=sign)
        for row in found.doubtful:
            self._people.add(row.subject, counted=False, certain=False, sign=sign)

    @property
    def tally(self) -> Tally:
        """How many people count, and the least and the greatest number there can be."""
        return self._people.tally

    @property
    def outside(self) -> tuple[str, ...]:
        """The ids of the people on a spacewalk who count."""
        return tuple(sorted(self._outside))

    def people(self) -> list[Row]:
        """Return the rows of the people who count, in the order of an answer."""
        rows = (row for key, some in self._active.items() if key.fold == "presence" for row in some)
        return sift((row for row in rows if self._counts(row.place)), 0, 0).people


def is_outside(rows: Sequence[Row], counts: Callable[[str], bool]) -> bool:
    """Whether the person of some rows is on a spacewalk from a place that counts."""
    answer = current_row(rows)
    return answer is not None and answer.value["state"] == OUTSIDE and counts(answer.place)


def current_row(rows: Sequence[Row]) -> Row | None:
    """Return the answer among the rows of one key; nothing is planned for later here."""
    found = sift(rows, 0, 0)
    if len(found.counted) > 1 and "launched_on" in found.counted[0].value:
        return found.people[0]
    return found.counted[-1] if found.counted else None


class _Coming(NamedTuple):
    """A row, from when it holds, and until when."""

    start: int
    end: int
    fold: str
    row: Row


def _read(db: Connection, clock: str, known: int, since: int) -> Iterator[_Coming]:
    """Yield the rows of every fold, sorted by when they begin."""
    start, end, where = SPANS[clock]
    parts = [
        f"SELECT '{fold}' AS fold, place, subject, value, why, {start} AS start, {end} AS over "  # noqa: S608
        f"FROM {fold} WHERE {where} AND {end}>:since"
        for fold in FOLLOWED
    ]
    asked = {"known": known, "since": since}
    rows = db.execute(f"{' UNION ALL '.join(parts)} ORDER BY start", asked)
    for fold, place, subject, value, why, begins, over in rows:
        yield _Coming(begins, over, fold, Row(place, subject, json.loads(value), why))
