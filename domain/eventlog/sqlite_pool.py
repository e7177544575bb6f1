"""The pool of connections to a log in a file: the library's, with connections of our own.

The library's connections cache one statement at a time, so that every read and every recording
compiles each of its statements again, together with the triggers of the log; and its pool hands out
the connection that was used longest ago.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from eventsourcing.persistence import InterfaceError
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteFactory,
    SQLiteTransaction,
)

from aboard.storage.sqlite import open_file

if TYPE_CHECKING:
    from types import TracebackType

    from eventsourcing.utils import Environment, EnvType

STATEMENTS = 64
"""Compiled statements that a connection caches: there are about twenty."""


class LogConnectionPool(SQLiteConnectionPool):
    """A pool of connections that compile each statement once; the last used is the next."""

    def _create_connection(self) -> SQLiteConnection:
        try:
            db = open_file(Path(self.db_name), "rwc", cached_statements=STATEMENTS, any_thread=True)
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        db.row_factory = sqlite3.Row
        if not self.is_journal_mode_wal:
            try:
                ((mode,),) = db.execute("PRAGMA journal_mode")
                if mode != "wal":
                    db.execute("PRAGMA journal_mode=WAL")
            except BaseException:
                db.close()
                raise
            self.is_journal_mode_wal = True
        return SQLiteConnection(db, self.max_age)

    def put_connection(self, conn: SQLiteConnection) -> None:
        """Take a connection back, and hand it out next.

        A connection has to read again from the file what another one has written.
        """
        super().put_connection(conn)
        self._pool.rotate()


class LogTransaction:
    """A transaction on a connection of its own, with less overhead than the library's managers."""

    __slots__ = ("_commit", "_connection", "_cursor", "_pool", "_transaction")

    def __init__(self, pool: SQLiteConnectionPool, *, commit: bool) -> None:
        self._pool = pool
        self._commit = commit

    def __enter__(self) -> SQLiteCursor:
        self._connection = self._pool.get_connection(is_writer=self._commit)
        try:
            self._transaction = SQLiteTransaction(self._connection, commit=self._commit)
            self._cursor = self._transaction.__enter__()
        except BaseException:
            self._pool.put_connection(self._connection)
            raise
        return self._cursor

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._cursor.__exit__()  # which closes it
            self._transaction.__exit__(kind, error, trace)
        finally:
            self._pool.put_connection(self._connection)


class SqliteLogFactory(SQLiteFactory):
    """The factory of the recorder of a log in a file."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        pool = self.datastore.pool
        self.datastore.pool = LogConnectionPool(db_name=pool.db_name)
