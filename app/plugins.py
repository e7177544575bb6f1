"""The folds of this program and of its user, for what builds a read model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.app.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.projections.fold import Fold


def folds(files: list[Path] | None = None) -> tuple[Fold[Any], ...]:
    """Return every fold there is, with those of `files`; raise `UsageError` for a broken one."""
    from aboard.projections.folds.plugins import PluginError, every_fold  # noqa: PLC0415 - heavy

    try:
        return every_fold(files or [])
    except PluginError as error:
        raise UsageError(f"plugin {error}", error.hint, argument="plugin") from error
