"""Where the log and the read model are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from aboard.cli.failing import USAGE, fail

Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="PATH",
        envvar="ABOARD_DATABASE",
        show_envvar=True,
        help="The file of the log. [default: aboard/log.sqlite in the user's data folder]",
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


def paths(database: str) -> Paths:
    """Return the files that a flag, the environment, the configuration or the default name.

    In this order: ``--database``, ``ABOARD_DATABASE``, ``database`` in ``aboard/config.toml`` in
    the user's configuration folder, ``aboard/log.sqlite`` in the user's data folder.
    """
    named = database or _configured()
    if not named:
        return Paths(_folder("XDG_DATA_HOME", ".local/share") / "aboard" / "log.sqlite")
    if "://" in named:
        fail(
            f"--database {named.partition('://')[0]}://...: only an SQLite file will do so far",
            "give a path, such as ./aboard.sqlite",
            USAGE,
        )
    try:
        path = Path(named).expanduser()
    except RuntimeError as error:
        fail(f"--database {named}: {error}", "give a path, such as ./aboard.sqlite", USAGE)
    if path.is_dir() or named.endswith(("/", os.sep)):
        path /= "log.sqlite"
    return Paths(path)


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
