"""The header of a log: its identity, the position it has reached, and the ids of its events.

It is read without any of the code that reads events, so that a question finds out at no cost
whether its read model is up to date. The log itself uses the same statements.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aboard.storage import sqlite
from aboard.storage.connection import NOT_CREATED, is_server

if TYPE_CHECKING:
    from aboard.storage.connection import Connection, Location

APPLICATION_ID = 0x41424F41
"""The application id in the header of an SQLite file that is a log of Aboard: "ABOA"."""

IDENTITY = "SELECT id FROM log_identity"
"""The statement that finds a log's identity."""

POSITION = "SELECT max(rowid) FROM stored_events"
"""The statement that finds a log's position; it finds NULL in an empty log."""

HEADER = f"SELECT ({IDENTITY}), ({POSITION})"
EVENT_IDS = "SELECT event_id FROM event_ids"


class LogHeader(NamedTuple):
    """The identity and the position of a log."""

    identity: str
    """Empty where there is no log."""
    position: int
    """0 for an empty log, or none."""


class _Executes(Protocol):
    def execute(self, sql: str, /) -> Any: ...


NO_LOG = LogHeader("", 0)


def connect(where: Location) -> Connection:
    """Open the database of a log for reading; raise one of `NOT_CREATED` where there is none."""
    if is_server(where):
        from aboard.storage import postgres, postgres_server  # noqa: PLC0415 - an extra

        return postgres.connect(where, postgres_server.LOG_SCHEMA)
    return sqlite.connect(Path(where))


def read_header(where: Location) -> LogHeader:
    """Return the header of a log, or `NO_LOG`.

    Raises `sqlite3.DatabaseError` for a file that is something else, and `StorageError` for a
    server that cannot be reached.
    """
    if is_server(where):
        with closing(connect(where)) as db:
            try:
                return _header(db)
            except NOT_CREATED:
                return NO_LOG
    try:
        file = sqlite.connect(Path(where))
    except NOT_CREATED:
        return NO_LOG
    with closing(file):
        return _header(file) if is_log(file) else NO_LOG


def _header(db: Connection) -> LogHeader:
    identity, position = db.execute(HEADER).fetchone()
    return LogHeader(identity or "", position or 0)


def is_log(db: _Executes) -> bool:
    """Whether there are tables in an SQLite file; raise `sqlite3.DatabaseError` if not of a log."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION_ID:
        raise sqlite3.DatabaseError("it is a database, and no log of Aboard")
    return bool(tables)


def recorded_ids(where: Location) -> set[str]:
    """Return the ids of all events of a log; raise one of `NOT_CREATED` where there is none."""
    with closing(connect(where)) as db:
        return {key for (key,) in db.execute(EVENT_IDS)}
