"""An R*Tree of the same rectangles as a read model has: what its point queries are held against."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

GREATEST = 2**31 - 1
"""The greatest coordinate: they are whole numbers of 32 bits. It stands for the open end."""

Box = tuple[int, int, int, int, int, int, int]


class RTree:
    """Rectangles by place, valid time and known time; a place is a number."""

    def __init__(self, path: Path, source: sqlite3.Connection, folds: Sequence[str]) -> None:
        self._db = sqlite3.connect(path)
        self._places: dict[str, int] = {}
        self._db.execute("CREATE VIRTUAL TABLE box USING rtree_i32(id, p0, p1, v0, v1, k0, k1)")
        self._db.executemany("INSERT INTO box VALUES (?,?,?,?,?,?,?)", self._boxes(source, folds))
        self._db.commit()

    def _boxes(self, source: sqlite3.Connection, folds: Sequence[str]) -> Iterator[Box]:
        number = 0
        for fold in folds:
            for place, *times in source.execute(
                f"SELECT place, valid_from, valid_to-1, known_from, known_to-1 FROM {fold}"  # noqa: S608
            ):
                number += 1
                at = self._places.setdefault(place, len(self._places))
                since, until, known, no_more = (min(time, GREATEST) for time in times)
                yield number, at, at, since, until, known, no_more

    def at(self, place: str, at: int, known: int) -> list[tuple[int]]:
        """Return the numbers of the rectangles that hold at a point."""
        number = self._places[place]
        return self._db.execute(
            "SELECT id FROM box WHERE p0<=? AND p1>=? AND v0<=? AND v1>=? AND k0<=? AND k1>=?",
            (number, number, at, at, known, known),
        ).fetchall()

    def close(self) -> None:
        """Close the file."""
        self._db.close()
