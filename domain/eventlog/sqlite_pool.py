"""The connections to a log in a file: the library's own, but for what they remember.

The library has a connection remember one statement at a time, so that every look and every
recording compiles each of its statements anew, the triggers of the log with them; and it hands out
the connection that was used longest ago.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from eventsourcing.persistence import InterfaceError
from eventsourcing.sqlite import (
    SQLITE3_DEFAULT_LOCK_TIMEOUT,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteFactory,
    SQLiteTransaction,
)

if TYPE_CHECKING:
    from types import TracebackType

    from eventsourcing.utils import Environment, EnvType

STATEMENTS = 64
"""Compiled statements that a connection remembers: there are about twenty."""


class LogConnections(SQLiteConnectionPool):
    """A pool of connections that compile each statement once; the last used is the next."""

    def _create_connection(self) -> SQLiteConnection:
        try:
            db = sqlite3.connect(
                self.db_name,
                timeout=self.lock_timeout or SQLITE3_DEFAULT_LOCK_TIMEOUT,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=STATEMENTS,
                uri=True,
            )
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        db.row_factory = sqlite3.Row
        if not self.is_journal_mode_wal:
            ((mode,),) = db.execute("PRAGMA journal_mode")
            if mode != "wal":
                db.execute("PRAGMA journal_mode=WAL")
            self.is_journal_mode_wal = True
        return SQLiteConnection(db, self.max_age)

    def put_connection(self, conn: SQLiteConnection) -> None:
        """Take a connection back, and give it to who asks next.

        What another connection writes, one has to read from the file again.
        """
        super().put_connection(conn)
        self._pool.rotate()


class Transaction:
    """A transaction on a connection of its own: what the library's, one in another, come to."""

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


class LogFactory(SQLiteFactory):
    """What makes the recorder of a log in a file."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        pool = self.datastore.pool
        self.datastore.pool = LogConnections(db_name=pool.db_name, lock_timeout=pool.lock_timeout)
