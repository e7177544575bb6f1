"""Finding the adapter for the database at a location."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aboard.storage.connection import is_server

if TYPE_CHECKING:
    from aboard.domain.eventlog.adapter import LogDatabase
    from aboard.storage.connection import Location


def log_database(where: Location) -> LogDatabase:
    """Return the adapter for the database at a location."""
    if is_server(where):
        from aboard.domain.eventlog.postgres_log import PostgresLog  # noqa: PLC0415 - an extra

        return PostgresLog(where)
    from aboard.domain.eventlog.sqlite_log import SqliteLog  # noqa: PLC0415 - of two

    return SqliteLog(Path(where))
