"""What a read model is written and read through, whichever database it is in.

A database is an SQLite file, named by its path, or one of a PostgreSQL server, named by a URL that
begins with ``postgresql://``. Statements are written once, with SQLite's ``?`` or ``:name`` for
what they are asked with. An SQLite connection takes them as they are, at no cost; for PostgreSQL
:mod:`aboard.storage.postgres` puts them into its own dialect.

This needs the standard library alone, as everything does that answers a question.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from aboard.storage.postgres import PostgresConnection

Where = Path | str
"""Where a database is: the path of a file, or the URL of a server's."""

BUSY = 60
"""Seconds that who writes to an SQLite file waits for another to be done."""


ROOM = 262_144
"""KiB of an SQLite file that are kept in memory while a read model is built from nothing."""


class StoreError(Exception):
    """A PostgreSQL database that cannot be reached, read or written, and why."""


class NotMade(StoreError):  # noqa: N818 - it is how things stand, and can be mended
    """There is no such table in a PostgreSQL database, or no such database."""


NOT_MADE = (sqlite3.OperationalError, NotMade)
"""What is raised where there is no read model yet."""

UNREADABLE = (sqlite3.DatabaseError, StoreError)
"""What is raised where there is none, or a damaged one, or none that can be reached."""


class Cursor(Protocol):
    """The rows that a statement found, each a tuple."""

    def fetchone(self) -> Any:
        """Return the next row; None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """An open database: an `sqlite3.Connection`, or what does the same on PostgreSQL."""

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ..., /) -> Cursor:
        """Carry out a statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor:
        """Carry out a statement once for each row of what it is asked with."""
        ...

    def close(self) -> None:
        """Close it; what was not committed is undone."""
        ...


def is_server(where: Where) -> TypeGuard[str]:
    """Whether a database is one of a PostgreSQL server."""
    return isinstance(where, str) and where.startswith(("postgresql://", "postgres://"))


def connect(where: Where) -> Connection:
    """Open a database for reading; raise one of `NOT_MADE` where there is none."""
    if is_server(where):
        from aboard.storage import postgres  # noqa: PLC0415 - an extra

        return postgres.connect(where)
    path = Path(where).absolute()
    # Until a new file is done there is nothing in it to wait for.
    is_begun = path.with_name(f"{path.name}-journal").exists()
    db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0 if is_begun else 30)
    db.execute("PRAGMA query_only=1")
    return db


@contextmanager
def open_to_write(where: Where) -> Iterator[Connection]:
    """Open a database for writing; of a file, make it first where there is none."""
    if is_server(where):
        from aboard.storage import postgres  # noqa: PLC0415 - an extra

        with closing(postgres.connect(where, to_write=True)) as db:
            yield db
        return
    path = Path(where)
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = sqlite3.connect(path, timeout=BUSY, isolation_level=None, factory=_File)
    with closing(opened) as file:
        # What a crash of the machine could take is built again from the log.
        file.execute("PRAGMA synchronous=NORMAL")
        (pages,) = file.execute("PRAGMA page_count").fetchone()
        file.is_new = pages == 0
        if not file.is_new:
            _write_ahead(file)
        yield file


class _File(sqlite3.Connection):
    """An SQLite file that is opened to be written to."""

    is_new = False
    """Whether nothing has been written to it yet.

    What is written first goes to where it stays. Nobody reads meanwhile who would need what was
    there before, and a log that is written ahead would have every page of it written twice.
    """


def _write_ahead(file: _File) -> None:
    """From now on let others read an SQLite file while it is written to.

    Where somebody else is just reading it, that is for the next time.
    """
    with suppress(sqlite3.OperationalError):
        file.execute("PRAGMA journal_mode=WAL")
        file.is_new = False


@contextmanager
def roomy(db: Connection) -> Iterator[None]:
    """Keep more of the database in memory meanwhile, where much of it is written."""
    if not isinstance(db, sqlite3.Connection):
        yield
        return
    (was,) = db.execute("PRAGMA cache_size").fetchone()
    db.execute(f"PRAGMA cache_size=-{ROOM}")
    yield
    db.execute(f"PRAGMA cache_size={was}")


def writing(db: Connection, *, lasting: bool = True) -> AbstractContextManager[None]:
    """Return one transaction that writes, undone by an exception within it.

    Whoever else would write to the same read model waits until it is over, and then sees what it
    wrote. It does not nest. What is not `lasting` follows from the log: a server need not have it
    on disk when the transaction is over.
    """
    if isinstance(db, sqlite3.Connection):
        return _writing(db)
    return cast("PostgresConnection", db).writing(lasting=lasting)


@contextmanager
def _writing(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    if isinstance(db, _File) and db.is_new:
        _write_ahead(db)


def carry_out(db: Connection, asked: Iterable[tuple[str, list[Any]]]) -> None:
    """Carry out statements, each for many rows; none concerns a row that another does.

    A server is told of all of them at once.
    """
    if isinstance(db, sqlite3.Connection):
        for statement, rows in asked:
            db.executemany(statement, rows)
    else:
        cast("PostgresConnection", db).carry_out(asked)


def tables(db: Connection) -> list[str]:
    """Return the names of the read model's tables, in the order of the alphabet."""
    if not isinstance(db, sqlite3.Connection):
        return cast("PostgresConnection", db).tables()
    rows = db.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")
    return [name for (name,) in rows]


def clear(db: Connection) -> None:
    """Make room for a read model that is built anew, within a transaction that writes.

    Tables that are there may be dropped one by one and made again. On PostgreSQL what is made from
    here on stands beside the old read model, which answers until the transaction is committed.
    """
    if not isinstance(db, sqlite3.Connection):
        cast("PostgresConnection", db).clear()


@contextmanager
def standing_still(db: Connection) -> Iterator[None]:
    """Let what a connection reads stay as it is, whatever is written meanwhile."""
    if not isinstance(db, sqlite3.Connection):
        with cast("PostgresConnection", db).standing_still():
            yield
        return
    db.execute("BEGIN")
    db.execute("SELECT 1 FROM sqlite_master").fetchone()  # it begins with the first look
    yield
    db.execute("ROLLBACK")


@contextmanager
def supposing(where: Where) -> Iterator[Connection]:
    """Open a read model to write to, in which everything is afterwards as it was before."""
    if is_server(where):
        from aboard.storage import postgres  # noqa: PLC0415 - an extra

        with closing(postgres.connect(where, to_write=True)) as server, server.undone():
            yield server
        return
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as db,
        closing(sqlite3.connect(Path(where))) as file,
    ):
        file.backup(db)
        yield db
