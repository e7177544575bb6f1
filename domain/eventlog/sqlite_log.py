"""The adapter for a log in an SQLite file: opening it, waiting for it to grow, and its tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from eventsourcing.utils import get_topic

from aboard.domain.eventlog.adapter import TABLE_COLUMNS, NoLog, NotEmpty
from aboard.domain.eventlog.sqlite_pool import SqliteLogFactory
from aboard.domain.eventlog.sqlite_recorder import SqliteRecorder, statements
from aboard.storage.log_header import POSITION, is_log
from aboard.storage.polling import poll
from aboard.storage.sqlite import open_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from aboard.domain.eventlog.adapter import Row
    from aboard.storage.sqlite import SqliteConnection

LONGEST_DELAY = 0.005
"""Seconds between two looks at a file in which nothing has changed for a while."""


class SqliteLog:
    """A log in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def environment(self) -> dict[str, str]:
        """Return the library's settings for the file; the library creates the log itself."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return {
            "PERSISTENCE_MODULE": get_topic(SqliteLogFactory),
            "APPLICATION_RECORDER_TOPIC": get_topic(SqliteRecorder),
            "SQLITE_DBNAME": str(self._path),
        }

    def notifications(self) -> SqliteNotifications:
        """Return what waits for the log to grow."""
        return SqliteNotifications(self._path)

    def tables(self) -> SqliteTables:
        """Return the log as rows of tables."""
        return SqliteTables(self._path)


class SqliteNotifications:
    """Waits for a file to grow by looking at it every few milliseconds.

    A look that finds the same version of the data costs some microseconds, and reads no table.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: SqliteConnection | None = None
        self._version = -1
        self._position = 0

    def wait(self, after: int, timeout: float) -> int:
        """Return the log's position once it is after `after`, or as it is after the timeout."""
        return poll(self._look, lambda position: position > after, timeout, LONGEST_DELAY)

    def close(self) -> None:
        """Close the file."""
        if self._db:
            self._db.close()

    def _look(self) -> int:
        try:
            self._db = self._db or open_file(self._path, "ro")
            (version,) = self._db.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                (found,) = self._db.execute(POSITION).fetchone()
                self._version, self._position = version, found or 0
        except sqlite3.OperationalError:
            return 0  # there is no file yet, or no table in it
        return self._position


class SqliteTables:
    """A log in a file as rows of tables."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: SqliteConnection

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Open a transaction that reads; raise `NoLog` where there is none."""
        if not self._path.exists():
            raise NoLog("there is no such file")
        with closing(open_file(self._path, "ro")) as self._db, self._db.snapshot():
            if not is_log(self._db):
                raise NoLog("there is no log in that file")
            yield

    @contextmanager
    def filling(self, identity: str) -> Iterator[None]:
        """Open a transaction that creates a log of an identity; raise `NotEmpty` for another."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(open_file(self._path, "rwc")) as self._db:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            with self._db.transaction():
                if is_log(self._db) and next(self.rows("event_ids"), None):
                    raise NotEmpty("it holds events already")
                for is_second in (False, True):
                    for statement in statements():
                        self._db.execute(statement)
                    if not is_second:  # one trigger is in the way, and is created again
                        self._db.execute("DROP TRIGGER log_identity_update")
                        self._db.execute("UPDATE log_identity SET id=?", (identity,))
                self._db.execute("DELETE FROM named_reach")
                yield

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table in the order of its first column; none if it is missing."""
        if table not in self._db.table_names():
            return iter(())
        columns = TABLE_COLUMNS[table]
        return iter(self._db.execute(f"SELECT {columns} FROM {table} ORDER BY 1"))  # noqa: S608

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Insert rows into a table."""
        columns = TABLE_COLUMNS[table]
        marks = ",".join("?" * (columns.count(",") + 1))
        self._db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608
