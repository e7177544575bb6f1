"""Where the log and the read model are."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aboard.cli.errors import CHECK_FAILED, USAGE, fail
from aboard.storage.connection import is_server

if TYPE_CHECKING:
    from collections.abc import Iterator

Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="PATH|URL",
        envvar="ABOARD_DATABASE",
        show_envvar=True,
        help="The file of the log, or a postgresql:// URL. "
        "[default: aboard/log.sqlite in the user's data folder]",
    ),
]


Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Ledger files or folders. Without any: the ledger that comes with the program.",
        exists=True,
        show_default=False,
    ),
]


class Paths:
    """The files of one Aboard: the log, the read model, and the lock of who builds them."""

    __slots__ = ("log",)

    def __init__(self, log: Path) -> None:
        self.log = log

    @property
    def read_model(self) -> Path:
        """The read model, beside the log."""
        return self.log.with_name(f"{self.log.name}.read-model")

    @property
    def lock(self) -> Path:
        """The lock that is held while the log is loaded or the read model built."""
        return self.log.with_name(f"{self.log.name}.lock")

    def exist(self) -> bool:
        """Whether there is a log."""
        return self.log.exists()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one who loads or builds; wait for who does."""
        from filelock import FileLock  # noqa: PLC0415 - who only asks does without

        lock = FileLock(self.lock)
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except OSError as error:
            fail(f"cannot write there: {error}", "--database names another place", CHECK_FAILED)
        try:
            yield
        finally:
            lock.release()

    def forget(self) -> None:
        """Throw the read model away: there is nothing in it that the log does not have."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            self.read_model.with_name(self.read_model.name + suffix).unlink(missing_ok=True)


class Server:
    """The same in one database of a PostgreSQL server, named by its URL."""

    __slots__ = ("log",)

    def __init__(self, url: str) -> None:
        self.log = url

    @property
    def read_model(self) -> str:
        """The read model, in the same database."""
        return self.log

    def exist(self) -> bool:
        """Whether there can be a log."""
        return True

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one who loads or builds; wait for who does."""
        from aboard.domain.eventlog.postgres import alone  # noqa: PLC0415 - an extra

        with alone(self.log):
            yield

    def forget(self) -> None:
        """Leave the read model to be built anew: that drops what was there."""


Home = Paths | Server
"""Where a log and its read model are."""

PASSWORD = re.compile(r"(://[^:@/?]*):.*@|(?<=[?&]password=)[^&]*")


def shown(where: Path | str) -> str:
    """Return a path or a URL as it is shown: without the password."""
    return PASSWORD.sub(lambda it: f"{it[1]}:...@" if it[1] else "...", str(where))


def paths(database: str, flag: str = "--database") -> Home:
    """Return what a flag, the environment, the configuration or the default name.

    In this order: ``--database``, ``ABOARD_DATABASE``, ``database`` in ``aboard/config.toml`` in
    the user's configuration folder, ``aboard/log.sqlite`` in the user's data folder.
    """
    named = database or _configured()
    if not named:
        return Paths(_folder("XDG_DATA_HOME", ".local/share") / "aboard" / "log.sqlite")
    if "://" in named:
        return _server(named, flag)
    try:
        path = Path(named).expanduser()
    except RuntimeError as error:
        fail(f"{flag} {named}: {error}", "give a path, such as ./aboard.sqlite", USAGE)
    if path.is_dir() or named.endswith(("/", os.sep)):
        path /= "log.sqlite"
    return Paths(path)


def _server(url: str, flag: str) -> Server:
    """Return a database of a server, or end the command when it is none that can be used."""
    from importlib.util import find_spec  # noqa: PLC0415 - most have a file
    from urllib.parse import urlsplit  # noqa: PLC0415

    scheme = url.partition("://")[0]
    if not is_server(url):
        fail(
            f"{flag} {scheme}://...: only an SQLite file or a PostgreSQL database will do",
            "give a path, such as ./aboard.sqlite, or postgresql://user@host/database",
            USAGE,
        )
    try:
        _ = urlsplit(url).port
    except ValueError:
        fail(
            f"{flag} {scheme}://...: the URL cannot be read",
            "in a user's name or a password write %2F for /, %40 for @ and %3A for :",
            USAGE,
        )
    if not find_spec("psycopg") or not find_spec("psycopg_pool"):
        fail(
            f"{flag} {shown(url)}: PostgreSQL needs psycopg, which is not installed",
            "pip install 'aboard[postgres]'",
            USAGE,
        )
    return Server(url)


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
        fail(f"{file}: {error}", hint, USAGE)
    for name in settings:
        if name != "database":
            fail(f"{file}: there is no setting called {name!r}", hint, USAGE)
    named = settings.get("database", "")
    if not isinstance(named, str):
        fail(f"{file}: database is not a text", hint, USAGE)
    return named
