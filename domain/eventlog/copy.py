"""Copying a log from one home to another: positions, ids, bytes and identity stay what they are.

What is copied is what is stored, and no event is read as one. It is one transaction: whoever looks
at the target meanwhile, or after an interruption, finds it empty. Before the transaction ends, what
stands in the target is read again and compared with what was read from the source.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aboard.domain.eventlog.sqlite import APPLICATION_ID, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    import psycopg

Row = tuple[Any, ...]

PAGE = 2_000
"""Rows that are moved at a time."""


class CopyRefused(Exception):  # noqa: N818 - it is a refusal
    """A copy that is not made, and why; nothing was changed."""


class NoLog(CopyRefused):
    """There is no log to be copied."""


class NotEmpty(CopyRefused):
    """There are events already where the log should go."""


class NotTheSame(CopyRefused):
    """What stands in the target is not what was read from the source."""


class Copied(NamedTuple):
    """What was copied: how many events, up to which position, of which log, and their digest.

    The digest is the SHA-256, in hexadecimal, over the position, the stream, the version, the topic
    and the bytes of every event, in the order of positions. Each is taken as bytes, numbers in
    decimal and texts in UTF-8, behind its length in eight bytes, the most significant first.
    """

    events: int
    position: int
    identity: str
    digest: str


@dataclass(slots=True)
class Digest:
    """What was read of the events of a log."""

    events: int = 0
    position: int = 0
    _sum: Any = field(default_factory=sha256)

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass rows through, and take them in."""
        add = self._sum.update
        for row in rows:
            position, stream, version, topic, state = row
            for part in (b"%d" % position, stream.encode(), b"%d" % version, topic.encode(), state):
                add(len(part).to_bytes(8, "big"))
                add(part)
            self.events += 1
            self.position = position
            yield row

    @property
    def hex(self) -> str:
        """The digest of what was taken in so far."""
        return str(self._sum.hexdigest())


class Home(Protocol):
    """A log as rows, in an SQLite file or in PostgreSQL."""

    def reading(self) -> AbstractContextManager[None]:
        """Open a transaction that reads; raise `NoLog` where there is none."""
        ...

    def filling(self, identity: str) -> AbstractContextManager[None]:
        """Open a transaction that makes a log of an identity; raise `NotEmpty` where there is."""
        ...

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table, one of `COLUMNS`, in the order of its first column."""
        ...

    def put(self, table: str, rows: Iterable[Row]) -> None:
        """Put rows into a table."""
        ...


COLUMNS = {
    "stored_events": "{position}, originator_id, originator_version, topic, state",
    "event_ids": "position, event_id",
    "named": "kind, id, stream",
    "named_reach": "made, position",
    "log_identity": "id",
}
"""The columns of each table of a log; that of the position has a name of its own in each home."""


def copy(source: Path | str, target: Path | str, progress: Callable[[int, int], None]) -> Copied:
    """Copy a log into an empty home, and check it there; raise `CopyRefused`, and leave it empty.

    Either is a path or a ``postgresql://`` URL. `progress` is called with the number of events
    that were written or compared, and their total.
    """
    here, there = _home(source), _home(target)
    with here.reading():
        ((identity,),) = here.rows("log_identity")
        total = 2 * sum(1 for _ in here.rows("event_ids"))
        read, found = Digest(), Digest()
        with there.filling(identity):
            events = _told(read.over(here.rows("stored_events")), progress, 0, total)
            there.put("stored_events", events)
            for table in ("event_ids", "named"):
                there.put(table, here.rows(table))
            # A log of an older program has no index: it is made when it is first needed.
            there.put("named_reach", list(here.rows("named_reach")) or [(0, 0)])
            for _ in _told(found.over(there.rows("stored_events")), progress, total // 2, total):
                pass
            if (read.events, read.hex) != (found.events, found.hex) or not _alike(here, there):
                raise NotTheSame(
                    f"{read.events} events were read, with the digest {read.hex}, "
                    f"and {found.events} stand there, with {found.hex}"
                )
    return Copied(read.events, read.position, identity, read.hex)


def _alike(here: Home, there: Home) -> bool:
    tables = ("log_identity", "event_ids")
    return all(sorted(here.rows(one)) == sorted(there.rows(one)) for one in tables)


def _told(
    rows: Iterable[Row], progress: Callable[[int, int], None], done: int, total: int
) -> Iterator[Row]:
    for number, row in enumerate(rows, done + 1):
        if number % PAGE == 0 or number == total:
            progress(number, total)
        yield row


def _home(where: Path | str) -> Home:
    is_url = isinstance(where, str) and "://" in where
    return _Server(str(where)) if is_url else _File(Path(where))


class _File:
    """A log in an SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection

    @contextmanager
    def reading(self) -> Iterator[None]:
        if not self._path.exists():
            raise NoLog("there is no such file")
        with closing(self._open("ro")) as self._db:
            self._db.execute("BEGIN")
            if not self._is_made():
                raise NoLog("there is no log in that file")
            yield

    @contextmanager
    def filling(self, identity: str) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open("rwc")) as self._db:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("BEGIN IMMEDIATE")
            if self._is_made() and next(self.rows("event_ids"), None):
                raise NotEmpty("it holds events already")
            for again in (False, True):
                for statement in statements():
                    self._db.execute(statement)
                if not again:  # one trigger is in the way, and is made again
                    self._db.execute("DROP TRIGGER log_identity_update")
                    self._db.execute("UPDATE log_identity SET id=?", (identity,))
            self._db.execute("DELETE FROM named_reach")
            yield
            self._db.execute("COMMIT")

    def rows(self, table: str) -> Iterator[Row]:
        there = "SELECT 1 FROM sqlite_master WHERE type='table' AND name=?"
        if not self._db.execute(there, (table,)).fetchone():
            return iter(())
        columns = COLUMNS[table].format(position="rowid")
        return iter(self._db.execute(f"SELECT {columns} FROM {table} ORDER BY 1"))  # noqa: S608

    def put(self, table: str, rows: Iterable[Row]) -> None:
        columns = COLUMNS[table].format(position="rowid")
        marks = ",".join("?" * (columns.count(",") + 1))
        self._db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608

    def _open(self, mode: str) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(uri, uri=True, timeout=30, isolation_level=None)

    def _is_made(self) -> bool:
        """Whether it has the tables of a log; raise `sqlite3.DatabaseError` for something else."""
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (whose,) = self._db.execute("PRAGMA application_id").fetchone()
        if tables and whose != APPLICATION_ID:
            raise sqlite3.DatabaseError("it is a database, and no log of Aboard")
        return bool(tables)


class _Server:
    """A log in PostgreSQL."""

    def __init__(self, url: str) -> None:
        from aboard.domain.eventlog import postgres  # noqa: PLC0415 - an extra

        self._url = url
        self._library = postgres
        self._db: psycopg.Connection[Any]

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._library.opened(self._url) as self._db, self._db.transaction():
            self._db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if not self._library.is_made(self._db):
                raise NoLog("there is no log in that database")
            yield

    @contextmanager
    def filling(self, identity: str) -> Iterator[None]:
        with self._library.opened(self._url) as self._db, self._db.transaction():
            self._library.make(self._db)
            # Who records waits, or is waited for; who reads is in nobody's way.
            self._db.execute("LOCK TABLE stored_events, log_identity IN EXCLUSIVE MODE")
            if next(self.rows("event_ids"), None):
                raise NotEmpty("it holds events already")
            self._db.execute("ALTER TABLE log_identity DISABLE TRIGGER append_only")
            self._db.execute("UPDATE log_identity SET id=%s", (identity,))
            self._db.execute("ALTER TABLE log_identity ENABLE TRIGGER append_only")
            self._db.execute("DELETE FROM named_reach")
            yield

    def rows(self, table: str) -> Iterator[Row]:
        columns = COLUMNS[table].format(position="notification_id")
        with self._db.cursor(name=f"copied_{table}") as cursor:
            cursor.itersize = PAGE
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY 1".encode())  # noqa: S608
            while page := list(islice(cursor, PAGE)):
                yield from page

    def put(self, table: str, rows: Iterable[Row]) -> None:
        columns = COLUMNS[table].format(position="notification_id")
        with (
            self._db.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copying,
        ):
            for row in rows:
                copying.write_row(row)
