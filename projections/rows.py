"""Rectangles as rows: how they are stored, and how many of them are written together."""

from __future__ import annotations

from collections import defaultdict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from aboard.projections.lift import Rectangle
    from aboard.projections.store import Connection

Row = tuple[Any, ...]

AT_ONCE = 50_000
"""Rows that are held before they are written."""

encoded = msgspec.json.Encoder().encode


def row(subject: str, rectangle: Rectangle) -> Row:
    """Return a rectangle as it is stored; raise `TypeError` for one that cannot be."""
    held = rectangle.interval
    if not (type(held.start) is type(held.end) is int and type(held.place) is str):
        raise TypeError(f"{held} has no place that is a text, or no ends that are whole numbers")
    value, why = encoded(dict(held.value)), encoded(held.why)
    return (
        held.place, held.start, subject, _number(rectangle, value, why), held.end,
        rectangle.known_from, rectangle.known_to, value.decode(), why.decode(),
    )  # fmt: skip


def key(subject: str, rectangle: Rectangle) -> Row:
    """Return the key of the row in which a rectangle is stored."""
    held = rectangle.interval
    number = _number(rectangle, encoded(dict(held.value)), encoded(held.why))
    return held.place, held.start, subject, rectangle.known_from, number


def _number(rectangle: Rectangle, value: bytes, why: bytes) -> int:
    """Return what tells a rectangle from others of its subject that begin alike.

    It is a digest of the rest of it, so that its row is found without reading any other.
    """
    rest = b"%d %d %b%b" % (rectangle.interval.end, rectangle.known_to, value, why)
    return int.from_bytes(blake2b(rest, digest_size=7).digest(), "big")


class Writer:
    """What changes in the tables of the folds, written many rows at a time in the order of keys."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._gone: dict[str, list[Row]] = defaultdict(list)
        self._come: dict[str, list[Row]] = defaultdict(list)
        self._held = 0

    def go(self, table: str, keys: list[Row]) -> None:
        """Take rows out of a table, each by its key."""
        if keys:
            self._gone[table] += keys
            self._grown(len(keys))

    def come(self, table: str, rows: list[Row]) -> None:
        """Put rows into a table."""
        if rows:
            self._come[table] += rows
            self._grown(len(rows))

    def _grown(self, number: int) -> None:
        self._held += number
        if self._held >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        for table, keys in self._gone.items():
            self._db.executemany(
                f"DELETE FROM {table} WHERE place=? AND valid_from=? AND subject=? "  # noqa: S608
                "AND known_from=? AND n=?",
                sorted(keys),
            )
        for table, rows in self._come.items():
            rows.sort()
            self._db.executemany(f"INSERT INTO {table} VALUES (?,?,?,?,?,?,?,?,?)", rows)  # noqa: S608
        self._gone.clear()
        self._come.clear()
        self._held = 0
