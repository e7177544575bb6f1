"""Statements for many rows on PostgreSQL: each is sent once, with all of its rows as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from aboard.storage.dialect import combined, for_many_rows, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboard.storage.connection import Connection

COLUMNS = (
    "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
    "WHERE attrelid=to_regclass(?) AND attnum>0 AND NOT attisdropped ORDER BY attnum"
)
"""The statement that lists the columns of a table, each with its type."""


class BatchStatements:
    """For statements about one row, those that do the same for many rows, alone or combined.

    They are cached, with the types of the columns, until the tables change.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._types: dict[str, dict[str, str]] = {}
        self._for_many: dict[str, str | None] = {}
        self._combined: dict[tuple[str, ...], bytes] = {}

    def forget(self) -> None:
        """Forget everything, because the tables are created again."""
        self._types.clear()
        self._for_many.clear()
        self._combined.clear()

    def supports(self, statement: str) -> bool:
        """Whether a statement can be sent for many rows at once, with the tables as they are."""
        return self._for_many_rows(statement) is not None

    def combined(self, statements: Sequence[str]) -> bytes:
        """Return one statement that does what several do; its parameters are made by `as_json`.

        Each of the statements must be one that is supported.
        """
        key = tuple(statements)
        if key not in self._combined:
            parts = [self._for_many_rows(one) or "" for one in statements]
            self._combined[key] = combined(parts).encode()
        return self._combined[key]

    def _for_many_rows(self, statement: str) -> str | None:
        if statement not in self._for_many:
            types = self._types_of(table_of(statement))
            if types == {}:
                return None  # there is no such table, and executing the statement will say so
            self._for_many[statement] = for_many_rows(statement, types) if types else None
        return self._for_many[statement]

    def _types_of(self, table: str | None) -> dict[str, str] | None:
        if table and not self._types.get(table):
            self._types[table] = dict(self._db.execute(COLUMNS, (table,)).fetchall())
        return self._types[table] if table else None


def as_json(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as a JSON array, with truth values as numbers, as SQLite stores them."""
    plain = [[int(one) if type(one) is bool else one for one in row] for row in rows]
    return _ENCODER.encode(plain).decode()


_ENCODER = msgspec.json.Encoder()
