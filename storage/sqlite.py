"""SQLite: how a file is opened, and the connection that everything in files is read through."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LOCK_TIMEOUT = 30
"""Seconds that a connection waits for a lock that another one holds."""

WRITER_TIMEOUT = 60
"""Seconds that a writer to a read model waits for another writer."""

CACHED_STATEMENTS = 128
"""Compiled statements that a connection keeps."""

LARGE_CACHE = 262_144
"""KiB of a file that are cached in memory while a read model is built from scratch."""


class SqliteConnection(sqlite3.Connection):
    """A connection to an SQLite database; see :class:`aboard.storage.connection.Connection`.

    Statements are executed by the driver itself, without any code of ours in between.
    """

    is_new = False
    """Whether this connection writes to a file in which nothing has been committed yet.

    Its first transaction goes straight into the file. Nobody needs an earlier state of it, and with
    a write-ahead log every page would be written twice.
    """

    def execute_batches(self, batches: Iterable[tuple[str, list[Any]]]) -> None:
        """Execute statements, each for many rows."""
        for statement, rows in batches:
            self.executemany(statement, rows)

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[None]:  # noqa: ARG002 - of a server
        """Open a transaction that writes; an exception rolls it back."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")
        if self.is_new:
            self.write_ahead()

    def write_ahead(self) -> None:
        """From now on let others read the file while it is written to.

        If another process is reading it at this moment, the next attempt does it.
        """
        with suppress(sqlite3.OperationalError):
            self.execute("PRAGMA journal_mode=WAL")
            self.is_new = False

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Open a transaction whose reads all see the same state."""
        self.execute("BEGIN")
        try:
            self.execute("SELECT 1 FROM sqlite_master").fetchone()  # it begins with the first read
            yield
        finally:
            self.execute("ROLLBACK")

    @contextmanager
    def large_cache(self) -> Iterator[None]:
        """Cache more of the database in memory."""
        (before,) = self.execute("PRAGMA cache_size").fetchone()
        self.execute(f"PRAGMA cache_size=-{LARGE_CACHE}")
        yield
        self.execute(f"PRAGMA cache_size={before}")

    def table_names(self) -> list[str]:
        """Return the names of the tables in alphabetical order."""
        rows = self.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")
        return [name for (name,) in rows]

    def start_empty(self) -> None:
        """Drop every table, as a part of a transaction."""
        for name in self.table_names():
            self.execute(f"DROP TABLE {name}")


def open_file(
    path: Path,
    mode: Literal["ro", "rwc"],
    *,
    timeout: float = LOCK_TIMEOUT,
    cached_statements: int = CACHED_STATEMENTS,
    any_thread: bool = False,
) -> SqliteConnection:
    """Open a file for reading (``ro``), or for writing, creating it if it is missing (``rwc``).

    A statement outside a transaction is committed by itself. With `any_thread` the connection may
    be used by another thread than the one that opened it.
    """
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=not any_thread,
        cached_statements=cached_statements,
        factory=SqliteConnection,
    )


def in_memory() -> SqliteConnection:
    """Open an empty database in memory."""
    return sqlite3.connect(":memory:", isolation_level=None, factory=SqliteConnection)


def connect(path: Path) -> SqliteConnection:
    """Open a read model for reading; raise `sqlite3.OperationalError` where there is none."""
    # A journal means that the file is being created: there is nothing in it to wait for.
    is_begun = path.with_name(f"{path.name}-journal").exists()
    db = open_file(path, "ro", timeout=0 if is_begun else LOCK_TIMEOUT)
    db.execute("PRAGMA query_only=1")
    return db


@contextmanager
def open_to_write(path: Path) -> Iterator[SqliteConnection]:
    """Open a read model for writing, creating the file if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(open_file(path, "rwc", timeout=WRITER_TIMEOUT)) as db:
        # What a crash of the machine could lose is built from the log again.
        db.execute("PRAGMA synchronous=NORMAL")
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.is_new = pages == 0
        if not db.is_new:
            db.write_ahead()
        yield db


@contextmanager
def open_dry_run(path: Path) -> Iterator[SqliteConnection]:
    """Open a copy of a read model, in memory, to write to."""
    with closing(in_memory()) as db:
        with closing(open_file(path, "ro")) as file:
            file.backup(db)
        yield db
