"""Where a log and its read model are: in a file and the one next to it, or on a server."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aboard.app.errors import AboardError, NotFound, UsageError
from aboard.storage.connection import is_server

if TYPE_CHECKING:
    from collections.abc import Iterator


class FileDatabase:
    """A log in an SQLite file; next to it are the read model, and the lock of who builds them."""

    __slots__ = ("is_default", "log")

    def __init__(self, log: Path, *, is_default: bool = False) -> None:
        self.log = log
        self.is_default = is_default
        """Whether it is the one that is used, and created, when none is named."""

    @property
    def read_model(self) -> Path:
        """The read model, next to the log."""
        return self.log.with_name(f"{self.log.name}.read-model")

    @property
    def lock(self) -> Path:
        """The lock that is held while the log is loaded or the read model built."""
        return self.log.with_name(f"{self.log.name}.lock")

    def exists(self) -> bool:
        """Whether there is a log."""
        return self.log.exists()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from loading or building; wait for one that does."""
        from filelock import FileLock  # noqa: PLC0415 - a reader does without

        lock = FileLock(self.lock)
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except OSError as error:
            raise AboardError(
                f"cannot write there: {error}", "--database names another place"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def drop_read_model(self) -> None:
        """Throw the read model away: there is nothing in it that the log does not have."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            self.read_model.with_name(self.read_model.name + suffix).unlink(missing_ok=True)


class ServerDatabase:
    """The same in one database of a PostgreSQL server, named by its URL."""

    __slots__ = ("log",)

    def __init__(self, url: str) -> None:
        self.log = url

    @property
    def read_model(self) -> str:
        """The read model, in the same database."""
        return self.log

    def exists(self) -> bool:
        """Whether there can be a log."""
        return True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from loading or building; wait for one that does."""
        from aboard.domain.eventlog.postgres_log import alone  # noqa: PLC0415 - an extra

        with alone(self.log):
            yield

    def drop_read_model(self) -> None:
        """Do nothing: a rebuild drops the tables that were there."""


Database = FileDatabase | ServerDatabase
"""Where a log and its read model are."""

PASSWORD = re.compile(r"(://[^:@/?]*):.*@|(?<=[?&]password=)[^&]*")


def without_password(where: Path | str) -> str:
    """Return a path or a URL as it may be shown."""
    return PASSWORD.sub(lambda it: f"{it[1]}:...@" if it[1] else "...", str(where))


def find_database(named: str = "", argument: str = "database") -> Database:
    """Return the database that is named by an argument, the environment or the configuration.

    In this order: `named`, ``ABOARD_DATABASE``, ``database`` in ``aboard/config.toml`` in the
    user's configuration folder, ``aboard/log.sqlite`` in the user's data folder. `argument` is what
    an error calls the first of these.
    """
    named = named or os.environ.get("ABOARD_DATABASE", "") or _configured()
    if not named:
        folder = _folder("XDG_DATA_HOME", ".local/share") / "aboard"
        return FileDatabase(folder / "log.sqlite", is_default=True)
    if "://" in named:
        return _server(named, argument)
    try:
        path = Path(named).expanduser()
    except RuntimeError as error:
        raise UsageError(
            f"{argument} {named}: {error}", "give a path, such as ./aboard.sqlite",
            argument=argument,
        ) from error  # fmt: skip
    if path.is_dir() or named.endswith(("/", os.sep)):
        path /= "log.sqlite"
    return FileDatabase(path)


def require_existing(database: Database, hint: str) -> None:
    """Raise `NotFound` for a file that is named and does not exist.

    Only the default one is created without being asked for. A database of a server has to be there
    already, and the server says so if it is not.
    """
    if isinstance(database, FileDatabase) and not database.is_default and not database.exists():
        raise NotFound(f"there is no database {database.log}", hint)


def _server(url: str, argument: str) -> ServerDatabase:
    """Return a database of a server; raise `UsageError` for one that cannot be used."""
    from importlib.util import find_spec  # noqa: PLC0415 - most have a file
    from urllib.parse import urlsplit  # noqa: PLC0415

    scheme = url.partition("://")[0]
    if not is_server(url):
        raise UsageError(
            f"{argument} {scheme}://...: only an SQLite file or a PostgreSQL database will do",
            "give a path, such as ./aboard.sqlite, or postgresql://user@host/database",
            argument=argument,
        )
    try:
        _ = urlsplit(url).port
    except ValueError as error:
        raise UsageError(
            f"{argument} {scheme}://...: the URL cannot be read",
            "in a user's name or a password write %2F for /, %40 for @ and %3A for :",
            argument=argument,
        ) from error
    if not find_spec("psycopg") or not find_spec("psycopg_pool"):
        raise UsageError(
            f"{argument} {without_password(url)}: PostgreSQL needs psycopg, which is not installed",
            "pip install 'aboard[postgres]'",
            argument=argument,
        )
    return ServerDatabase(url)


def _folder(variable: str, default: str) -> Path:
    """Return a base folder by the XDG specification, which ignores relative ones."""
    named = os.environ.get(variable, "")
    return Path(named) if named.startswith("/") else Path.home() / default


def _configured() -> str:
    file = _folder("XDG_CONFIG_HOME", ".config") / "aboard" / "config.toml"
    if not file.is_file():
        return ""
    import tomllib  # noqa: PLC0415 - most have no such file

    hint = 'write one line: database = "/path/to/log.sqlite"'
    try:
        settings = tomllib.loads(file.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise UsageError(f"{file}: {error}", hint) from error
    for name in settings:
        if name != "database":
            raise UsageError(f"{file}: there is no setting called {name!r}", hint)
    named = settings.get("database", "")
    if not isinstance(named, str):
        raise UsageError(f"{file}: database is not a text", hint)
    return named
