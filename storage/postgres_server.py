"""PostgreSQL: how a connection to a server is opened, for the log and for the read model alike.

The log and the read model each have a schema of their own in the same database.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from aboard.storage.connection import NotCreated, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOG_SCHEMA = "aboard"
"""The schema of the log."""

READ_MODEL_SCHEMA = "aboard_read_model"
"""The schema of the read model."""

LOG_CREATION_LOCK, READ_MODEL_LOCK, BUILD_LOCK = (0x41424F41_0000 + number for number in range(3))
"""The advisory locks: to create a log's tables, to write to a read model, and to load or build."""

LOG_CHANNEL = "aboard_log"
"""The channel on which listeners are notified of the position that the log has reached."""

CONNECT_TIMEOUT = 10
"""Seconds within which a server must answer a new connection."""


def settings(url: str, schema: str, **parameters: str) -> dict[str, Any]:
    """Return the arguments with which psycopg connects to a database.

    The URL decides where it says something itself. `parameters` are of the server's session.
    """
    given = conninfo_to_dict(url)
    session = {"search_path": schema, "client_min_messages": "warning", **parameters}
    options = " ".join(f"-c {name}={value}" for name, value in session.items())
    return {
        "connect_timeout": CONNECT_TIMEOUT,
        "application_name": "aboard",
        **given,
        "options": f"{given.get('options') or ''} {options}".strip(),
    }


def connect(url: str, schema: str, **parameters: str) -> psycopg.Connection[Any]:
    """Connect to a database, with every statement committed by itself outside a transaction.

    Raises `StorageError` for a server that cannot be reached.
    """
    with storage_errors():
        return psycopg.connect(autocommit=True, **settings(url, schema, **parameters))


@contextmanager
def open_server(url: str, schema: str) -> Iterator[psycopg.Connection[Any]]:
    """Connect to a database for a while; what goes wrong meanwhile is a `StorageError` as well."""
    with storage_errors(), closing(connect(url, schema)) as db:
        yield db


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise errors of the driver as errors of the storage."""
    try:
        yield
    except psycopg.Error as error:
        raise as_storage_error(error) from error


def as_storage_error(error: psycopg.Error) -> StorageError:
    """Return an error of the driver as an error of the storage."""
    if isinstance(
        error, errors.UndefinedTable | errors.UndefinedFunction | errors.InvalidSchemaName
    ):
        return NotCreated(str(error))
    return StorageError(str(error).strip())
