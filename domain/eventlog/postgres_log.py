"""The adapter for a log in PostgreSQL: creating it, waiting for it to grow, and its tables."""

from __future__ import annotations

import time
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import psycopg
from eventsourcing.utils import get_topic
from psycopg import errors

from aboard.domain.eventlog.adapter import TABLE_COLUMNS, NoLog, NotEmpty
from aboard.domain.eventlog.postgres_recorder import Factory, PostgresRecorder
from aboard.domain.eventlog.postgres_tables import create, is_created
from aboard.storage.connection import StorageError
from aboard.storage.dialect import translated
from aboard.storage.log_header import POSITION
from aboard.storage.postgres_server import (
    BUILD_LOCK,
    LOG_CHANNEL,
    LOG_SCHEMA,
    connect,
    open_server,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.domain.eventlog.adapter import Row

LOOK_EVERY = 1.0
"""Seconds after which the log is looked at without a notification.

A notification that is lost then causes a delay, and does not block anybody for ever.
"""

RECONNECT_EVERY = 0.2
"""Seconds between two attempts to reach a server that has gone away."""

PAGE = 2_000
"""Rows that are fetched at a time."""


class PostgresLog:
    """A log in a database of a server."""

    def __init__(self, url: str) -> None:
        self._url = url

    def environment(self) -> dict[str, str]:
        """Create the log where there is none, and return the library's settings for it.

        Raises `StorageError` for a server that cannot be reached.
        """
        with open_server(self._url, LOG_SCHEMA) as db:
            if not is_created(db):
                with db.transaction():
                    create(db)
        return {
            "PERSISTENCE_MODULE": Factory.__module__,
            "APPLICATION_RECORDER_TOPIC": get_topic(PostgresRecorder),
            "CREATE_TABLE": "n",
            "POSTGRES_SCHEMA": LOG_SCHEMA,
            "POSTGRES_POOL_SIZE": "1",
            "POSTGRES_CONNECT_TIMEOUT": "2",  # of ten attempts each
            "POSTGRES_IDLE_IN_TRANSACTION_SESSION_TIMEOUT": "600",
            # The library asks for these one by one, and knows fewer than a URL may contain.
            "POSTGRES_DBNAME": "",
            "POSTGRES_HOST": "",
            "POSTGRES_USER": "",
            "POSTGRES_PASSWORD": "",
            "ABOARD_URL": self._url,
        }

    def notifications(self) -> PostgresNotifications:
        """Return what waits for the log to grow."""
        return PostgresNotifications(self._url)

    def tables(self) -> PostgresTables:
        """Return the log as rows of tables."""
        return PostgresTables(self._url)


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Be the only process that loads a log or builds its read model; wait for another one."""
    with open_server(url, LOG_SCHEMA) as db:
        db.execute("SELECT pg_advisory_lock(%s)", (BUILD_LOCK,))
        yield


class PostgresNotifications:
    """Listens to the notifications of a server; now and then it looks at the log as well."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: psycopg.Connection[Any] | None = None

    def wait(self, after: int, timeout: float) -> int:
        """Return the log's position once it is after `after`, or as it is after the timeout."""
        until = time.monotonic() + timeout
        while True:
            left = until - time.monotonic()
            try:
                db = self._db = self._db or self._listen()
                position = self._look(db)
                if position > after or left <= 0:
                    return position
                # Everything sent since it began to listen arrives, even if sent before the look.
                for sent in db.notifies(timeout=min(left, LOOK_EVERY), stop_after=1):
                    if sent.payload.isdecimal() and int(sent.payload) > after:
                        return int(sent.payload)
            except (psycopg.OperationalError, StorageError) as error:
                self.close()
                if left <= 0:
                    raise ConnectionError(str(error).strip()) from error
                time.sleep(min(left, RECONNECT_EVERY))

    def close(self) -> None:
        """Close the connection."""
        if self._db:
            self._db.close()
        self._db = None

    def _listen(self) -> psycopg.Connection[Any]:
        db = connect(self._url, LOG_SCHEMA)
        try:
            db.execute(f"LISTEN {LOG_CHANNEL}".encode())
        except BaseException:
            db.close()
            raise
        return db

    @staticmethod
    def _look(db: psycopg.Connection[Any]) -> int:
        try:
            row = db.execute(translated(POSITION).encode()).fetchone()
        except (errors.UndefinedTable, errors.InvalidSchemaName):
            return 0  # nobody has created it yet
        return int(row[0] or 0) if row else 0


class PostgresTables:
    """A log in PostgreSQL as rows of tables."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: psycopg.Connection[Any]

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Open a transaction that reads; raise `NoLog` where there is none."""
        with open_server(self._url, LOG_SCHEMA) as self._db, self._db.transaction():
            self._db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if not is_created(self._db):
                raise NoLog("there is no log in that database")
            yield

    @contextmanager
    def filling(self, identity: str) -> Iterator[None]:
        """Open a transaction that creates a log of an identity; raise `NotEmpty` for another."""
        with open_server(self._url, LOG_SCHEMA) as self._db, self._db.transaction():
            create(self._db)
            # Those who record and this transaction wait for each other; readers are not blocked.
            self._db.execute("LOCK TABLE stored_events, log_identity IN EXCLUSIVE MODE")
            if next(self.rows("event_ids"), None):
                raise NotEmpty("it holds events already")
            self._db.execute("ALTER TABLE log_identity DISABLE TRIGGER append_only")
            self._db.execute("UPDATE log_identity SET id=%s", (identity,))
            self._db.execute("ALTER TABLE log_identity ENABLE TRIGGER append_only")
            self._db.execute("DELETE FROM named_reach")
            yield

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table in the order of its first column."""
        statement = translated(f"SELECT {TABLE_COLUMNS[table]} FROM {table} ORDER BY 1")  # noqa: S608
        with self._db.cursor(name=f"copied_{table}") as cursor:
            cursor.itersize = PAGE
            cursor.execute(statement.encode())
            while page := list(islice(cursor, PAGE)):
                yield from page

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Insert rows into a table."""
        statement = translated(f"COPY {table} ({TABLE_COLUMNS[table]}) FROM STDIN")
        with self._db.cursor() as cursor, cursor.copy(statement.encode()) as copying:
            for row in rows:
                copying.write_row(row)
