"""Statements for many rows, as PostgreSQL is asked them: each of them once, with all its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from aboard.storage.dialect import as_one, table_of, together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboard.storage.databases import Connection

COLUMNS = (
    "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
    "WHERE attrelid=to_regclass(?) AND attnum>0 AND NOT attisdropped ORDER BY attnum"
)
"""What tells the columns of a table, each with its type."""


class ManyRows:
    """What does for many rows what statements do for one, and what several of those are as one.

    Both are remembered, with the types of the columns, until the tables are others.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._types: dict[str, dict[str, str]] = {}
        self._together: dict[str, str | None] = {}
        self._as_one: dict[tuple[str, ...], bytes] = {}

    def forget(self) -> None:
        """Forget everything: the tables are made anew."""
        self._types.clear()
        self._together.clear()
        self._as_one.clear()

    def can(self, statement: str) -> bool:
        """Whether a statement can be said of many rows together, in the tables that there are."""
        return self._for_all(statement) is not None

    def said(self, statements: Sequence[str]) -> bytes:
        """Return one statement that does what some do, each asked with its rows: see `as_json`.

        Each of them `can` be said of many rows.
        """
        key = tuple(statements)
        if key not in self._as_one:
            self._as_one[key] = as_one([self._for_all(one) or "" for one in statements]).encode()
        return self._as_one[key]

    def _for_all(self, statement: str) -> str | None:
        if statement not in self._together:
            types = self._types_of(table_of(statement))
            if types == {}:
                return None  # there is no such table, as it will say itself
            self._together[statement] = together(statement, types) if types else None
        return self._together[statement]

    def _types_of(self, table: str | None) -> dict[str, str] | None:
        if table and not self._types.get(table):
            self._types[table] = dict(self._db.execute(COLUMNS, (table,)).fetchall())
        return self._types[table] if table else None


def as_json(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as a JSON array, a truth value in them as SQLite stores it."""
    plain = [[int(one) if type(one) is bool else one for one in row] for row in rows]
    return _ENCODER.encode(plain).decode()


_ENCODER = msgspec.json.Encoder()
