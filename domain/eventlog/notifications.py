"""News of a log: waiting until something is recorded, by whichever process.

Nothing is handed over but the position that the log has reached: who hears of it reads the log.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

FIRST_NAP, LONGEST_NAP = 0.0005, 0.005
"""Seconds between two looks at an SQLite file, from the first on and when nothing has come."""

LOOK_EVERY = 1.0
"""Seconds after which a PostgreSQL log is looked at although nothing was heard.

A notification that is lost then makes news late, and keeps nobody waiting for ever.
"""

RECONNECT_EVERY = 0.2
"""Seconds between two attempts to reach a server that has gone away."""


class News(Protocol):
    """What tells of a log that it has moved on."""

    def wait(self, after: int, timeout: float) -> int:
        """Return the log's position once it is behind `after`, or after `timeout` seconds as it is.

        A `timeout` of 0 looks, and does not wait. Raises `ConnectionError` when a server could not
        be reached all the while.
        """
        ...


@contextmanager
def open_news(where: Path | str) -> Iterator[News]:
    """Open the news of the log in a file, or in a database by its URL; it need not be there yet."""
    news: _FileNews | _ServerNews
    is_url = isinstance(where, str) and "://" in where
    news = _ServerNews(str(where)) if is_url else _FileNews(Path(where))
    with closing(news):
        yield news


class _FileNews:
    """News of an SQLite file, which is looked at every few milliseconds.

    A look that finds no other version of the data costs some microseconds, and reads no table.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._version = -1
        self._position = 0

    def wait(self, after: int, timeout: float) -> int:
        until = time.monotonic() + timeout
        nap = FIRST_NAP
        while (position := self._look()) <= after:
            left = until - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(nap, left))
            nap = min(nap * 1.2, LONGEST_NAP)
        return position

    def close(self) -> None:
        if self._db:
            self._db.close()

    def _look(self) -> int:
        try:
            if self._db is None:
                uri = f"{self._path.absolute().as_uri()}?mode=ro"
                self._db = sqlite3.connect(uri, uri=True, timeout=30, isolation_level=None)
            (version,) = self._db.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                (found,) = self._db.execute("SELECT max(rowid) FROM stored_events").fetchone()
                self._version, self._position = version, found or 0
        except sqlite3.OperationalError:
            return 0  # there is no file yet, or no table in it
        return self._position


class _ServerNews:
    """News of a log in PostgreSQL, which notifies who listens; now and then it is looked at."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: psycopg.Connection[Any] | None = None

    def wait(self, after: int, timeout: float) -> int:
        import psycopg  # noqa: PLC0415 - an extra

        until = time.monotonic() + timeout
        while True:
            left = until - time.monotonic()
            try:
                db = self._db = self._db or self._listening()
                position = self._look(db)
                if position > after or left <= 0:
                    return position
                # What was sent since it began to listen is delivered, be it before the look.
                for told in db.notifies(timeout=min(left, LOOK_EVERY), stop_after=1):
                    if told.payload.isdecimal() and int(told.payload) > after:
                        return int(told.payload)
            except psycopg.OperationalError as error:
                self.close()
                if left <= 0:
                    raise ConnectionError(str(error).strip()) from error
                time.sleep(min(left, RECONNECT_EVERY))

    def close(self) -> None:
        if self._db:
            self._db.close()
        self._db = None

    def _listening(self) -> psycopg.Connection[Any]:
        import psycopg  # noqa: PLC0415 - an extra

        from aboard.domain.eventlog.postgres import CHANNEL, PATIENCE  # noqa: PLC0415 - as it is

        db = psycopg.connect(self._url, autocommit=True, connect_timeout=PATIENCE)
        db.execute(f"LISTEN {CHANNEL}".encode())
        return db

    @staticmethod
    def _look(db: psycopg.Connection[Any]) -> int:
        from psycopg import errors  # noqa: PLC0415 - an extra

        from aboard.domain.eventlog.postgres import SCHEMA  # noqa: PLC0415

        try:
            row = db.execute(
                f"SELECT max(notification_id) FROM {SCHEMA}.stored_events"  # noqa: S608 - our name
            ).fetchone()
        except (errors.UndefinedTable, errors.InvalidSchemaName):
            return 0  # nobody has made it yet
        return int(row[0] or 0) if row else 0
