"""What a database is to the rest of the program: where it is, what it can do, and its errors.

A database is an SQLite file, named by its path, or one of a PostgreSQL server, named by a URL that
begins with ``postgresql://``. Statements are written once, in SQLite's dialect, with ``?`` or
``:name`` as placeholders.

:class:`Connection` is the interface that an adapter for another database implements. The contract
tests in ``tests/storage`` say what it has to do.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

Location = Path | str
"""Where a database is: the path of a file, or the URL of a database on a server."""


class StorageError(Exception):
    """A PostgreSQL database cannot be reached, read or written; the message says why."""


class NotCreated(StorageError):  # noqa: N818 - a state that is expected, and can be repaired
    """There is no such table in a PostgreSQL database, or no such database."""


NOT_CREATED = (sqlite3.OperationalError, NotCreated)
"""The errors that are raised where a database or a table has not been created yet."""

UNREADABLE = (sqlite3.DatabaseError, StorageError)
"""The errors that are raised for a database that is missing, damaged or out of reach."""


class Cursor(Protocol):
    """The rows that a statement found, each a tuple."""

    def fetchone(self) -> Any:
        """Return the next row; None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the remaining rows."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """An open database. Outside a transaction each statement is committed by itself."""

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ..., /) -> Cursor:
        """Execute a statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor:
        """Execute a statement once for each row of parameters."""
        ...

    def execute_batches(self, batches: Iterable[tuple[str, list[Any]]]) -> None:
        """Execute statements, each for many rows; no two of them may affect the same row.

        A server receives all of them together.
        """
        ...

    def transaction(self, *, durable: bool = True) -> AbstractContextManager[None]:
        """Open a transaction that writes; an exception rolls it back.

        Other writers to the same read model wait until it ends, and then see what it wrote. It does
        not nest. Without `durable` a server may lose the transaction if it crashes right after the
        commit: that is for what can be derived from the log again.
        """
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Open a transaction whose reads all see the same state, whatever others write."""
        ...

    def large_cache(self) -> AbstractContextManager[None]:
        """Give the database a larger cache, for as long as much of it is written."""
        ...

    def table_names(self) -> list[str]:
        """Return the names of the read model's tables in alphabetical order."""
        ...

    def start_empty(self) -> None:
        """Start with no tables, as a part of a transaction that builds a read model from scratch.

        Until that transaction is committed, readers see the old tables.
        """
        ...

    def close(self) -> None:
        """Close it; what was not committed is rolled back."""
        ...


def is_server(where: Location) -> TypeGuard[str]:
    """Whether a location is the URL of a database on a PostgreSQL server."""
    return isinstance(where, str) and where.startswith(("postgresql://", "postgres://"))
