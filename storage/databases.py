"""Opening a database by its location: a path leads to SQLite, a URL to PostgreSQL.

SQLite needs the standard library alone, as everything does that answers a question. The adapter for
PostgreSQL is imported when a URL asks for it.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aboard.storage import sqlite
from aboard.storage.connection import is_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aboard.storage.connection import Connection, Location


def connect(where: Location) -> Connection:
    """Open a read model for reading; raise one of `NOT_CREATED` where there is none."""
    if is_server(where):
        from aboard.storage import postgres  # noqa: PLC0415 - an extra

        return postgres.connect(where)
    return sqlite.connect(Path(where))


@contextmanager
def open_to_write(where: Location, first_tables: Sequence[str] = ()) -> Iterator[Connection]:
    """Open a read model for writing; a file is created if it is missing.

    `first_tables` are statements that create the tables which are looked at before anything is
    built. A server needs them, because there a missing table ends the transaction of a reader.
    """
    if is_server(where):
        from aboard.storage import postgres  # noqa: PLC0415 - an extra

        with closing(postgres.connect_to_write(where, first_tables)) as server:
            yield server
        return
    with sqlite.open_to_write(Path(where)) as file:
        yield file


@contextmanager
def open_dry_run(where: Location, first_tables: Sequence[str] = ()) -> Iterator[Connection]:
    """Open a read model to write to, without any effect on the one that is stored.

    A file is copied into memory. On a server everything is rolled back at the end.
    """
    if is_server(where):
        from aboard.storage import postgres  # noqa: PLC0415 - an extra

        with (
            closing(postgres.connect_to_write(where, first_tables)) as server,
            server.rolled_back(),
        ):
            yield server
        return
    with sqlite.open_dry_run(Path(where)) as copy:
        yield copy
