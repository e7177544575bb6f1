"""Options that name a database, ledger files, or files with projections of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from aboard.app.database import find_database, require_existing

CREATES_NOTHING = frozenset(("status", "wait", "parked"))
"""Commands that only look at a database: a missing one is refused in any case."""

_CREATE = "aboard.create"
"""Where the context of a command keeps that `--create` was given."""


def allow_missing(ctx: Any, _parameter: Any, given: bool) -> bool:
    """Note that a command may create the database that is named."""
    ctx.meta[_CREATE] = given
    return given


def _existing(ctx: typer.Context, given: str) -> str:
    """Return what names a database; raise `NotFound` where there is none, without `--create`."""
    if not ctx.meta.get(_CREATE) and not ctx.resilient_parsing:
        creates = ctx.info_name not in CREATES_NOTHING
        hint = "check the path" + (", or add --create to create it" if creates else "")
        require_existing(find_database(given), hint)
    return given


DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="PATH|URL",
        envvar="ABOARD_DATABASE",
        callback=_existing,
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

Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        metavar="FILE",
        help="A Python file with a projection of your own; may be repeated. "
        "[env var: ABOARD_PLUGINS]",
    ),
]
