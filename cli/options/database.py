"""Options that name a database, ledger files, or files with projections of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DatabaseOption = Annotated[
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

Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        metavar="FILE",
        help="A Python file with a projection of your own; may be repeated. "
        "[env var: ABOARD_PLUGINS]",
    ),
]
