"""The folds of this program and of its user, for what builds a read model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.cli.errors import USAGE, fail

if TYPE_CHECKING:
    from aboard.projections.fold import Fold

Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        metavar="FILE",
        help="A Python file with a projection of your own; may be repeated. "
        "[env var: ABOARD_PLUGINS]",
    ),
]


def folds(files: list[Path] | None = None) -> tuple[Fold[Any], ...]:
    """Return every fold there is, or end the command with what is wrong with one."""
    from aboard.projections.folds.plugins import PluginError, every_fold  # noqa: PLC0415 - heavy

    try:
        return every_fold(files or [])
    except PluginError as error:
        fail(f"--plugin {error}", error.hint, USAGE)
