"""Rectangles as rows: how they are stored, and how many of them are written together."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aboard.projections.fold import Interval
    from aboard.projections.lift.lift import Rectangle
    from aboard.storage.connection import Connection

Row = tuple[Any, ...]

AT_ONCE = 50_000
"""Rows that are buffered before they are written."""

_by_subject = itemgetter(2, 1)

KEY = "subject=? AND valid_from=? AND known_from=? AND n=?"
"""What finds a row by its key."""

encoded = msgspec.json.Encoder().encode


def row(subject: str, rectangle: Rectangle) -> Row:
    """Return a rectangle as it is stored; raise `TypeError` for one that cannot be."""
    return _row(subject, rectangle, _written)


def new_rows(subject: str, rectangles: Iterable[Rectangle]) -> list[Row]:
    """Return the same of many, none of which has been written before."""
    return [_row(subject, one, _write) for one in rectangles]


def _row(
    subject: str, rectangle: Rectangle, written: Callable[[Interval], tuple[str, str, int]]
) -> Row:
    interval = rectangle.interval
    start, place = interval.start, interval.place
    if not (type(start) is type(interval.end) is int and type(place) is str):
        raise TypeError(
            f"{interval} has no place that is a text, or no ends that are whole numbers"
        )
    value, why, number = written(interval)
    return (
        place, start, subject, number, interval.end,
        rectangle.known_from, rectangle.known_to, value, why,
    )  # fmt: skip


def key(subject: str, rectangle: Rectangle) -> Row:
    """Return the key of the row in which a rectangle is stored."""
    interval = rectangle.interval
    return subject, interval.start, rectangle.known_from, _written(interval)[2]


def _key_of(row: Row) -> Row:
    """Return the same of a row."""
    _, start, subject, number, _, known_from, *_ = row
    return subject, start, known_from, number


def _write(interval: Interval) -> tuple[str, str, int]:
    """Return the value of an interval and the ids of its events as JSON, and a number.

    The number is what tells it from others of its subject that begin alike: a digest of the rest of
    it, so that its row is found without reading any other.
    """
    value, (why, why_text) = encoded(dict(interval.value)), _why(interval.why)
    digest = blake2b(
        b"%d %b%b%b" % (interval.end, value, why, interval.place.encode()), digest_size=7
    )
    return value.decode(), why_text, int.from_bytes(digest.digest(), "big")


_written = lru_cache(maxsize=4_000)(_write)
"""What has just been written is often written again, known until another instant."""


@lru_cache(maxsize=2_000)
def _why(events: tuple[str, ...]) -> tuple[bytes, str]:
    """Return the ids of some events as JSON, in both forms. A crew has them in common."""
    why = encoded(events)
    return why, why.decode()


class RectangleWriter:
    """What changes in the tables of the folds, written many rows at a time in the order of keys.

    `at_once` is how many are buffered before they are written.
    """

    def __init__(self, db: Connection, at_once: int = AT_ONCE) -> None:
        self._db = db
        self._at_once = at_once
        self._deleted: dict[str, list[Row]] = defaultdict(list)
        self._inserted: dict[str, list[Row]] = defaultdict(list)
        self._buffered = 0

    def delete(self, table: str, keys: list[Row]) -> None:
        """Take rows out of a table, each by its key."""
        if keys:
            self._deleted[table] += keys
            self._grown(len(keys))

    def insert(self, table: str, rows: list[Row]) -> None:
        """Put rows into a table."""
        if rows:
            self._inserted[table] += rows
            self._grown(len(rows))

    def _grown(self, number: int) -> None:
        self._buffered += number
        if self._buffered >= self._at_once:
            self.flush()

    def flush(self) -> None:
        """Write the rows that are buffered."""
        tables = (*self._deleted, *self._inserted.keys() - self._deleted.keys())
        self._db.execute_batches(
            batch
            for table in tables
            for batch in _changes(table, self._deleted[table], self._inserted[table])
        )
        self._deleted.clear()
        self._inserted.clear()
        self._buffered = 0


def _changes(table: str, gone: list[Row], come: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the statements that write what changes in one table, each with its rows.

    A row that goes and comes with the same key is known until another instant, and no more.
    """
    if gone:
        going = set(gone)
        kept = {key: row for row in come if (key := _key_of(row)) in going}
        gone = [key for key in gone if key not in kept]
        come = [row for row in come if _key_of(row) not in kept]
        if kept:
            changed = [(row[6], *key) for key, row in sorted(kept.items())]
            yield f"UPDATE {table} SET known_to=? WHERE {KEY}", changed  # noqa: S608 - our names
    if gone:
        yield f"DELETE FROM {table} WHERE {KEY}", sorted(gone)  # noqa: S608
    if come:
        come.sort(key=_by_subject)
        yield f"INSERT INTO {table} VALUES (?,?,?,?,?,?,?,?,?)", come  # noqa: S608
