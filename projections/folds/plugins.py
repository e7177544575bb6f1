"""Folds that a user writes: found in a file, or announced by an installed package.

A fold is a module with a name, a version and four functions, as one of the program's own is. It is
given both axes, corrections, storage, versions and rebuilding by the same code as those.
"""

from __future__ import annotations

import os
import re
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from aboard.projections.folds.registry import FOLDS
from aboard.projections.tables.schema import CATALOGUE, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboard.projections.fold import Fold

GROUP = "aboard.projections"
"""The group of entry points by which a package announces its folds."""

VARIABLE = "ABOARD_PLUGINS"
"""The environment variable that names files, separated as in ``PATH``."""

FUNCTIONS = ("subjects", "start", "step", "finish")
"""The functions that a fold must have."""

NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")
OWN = re.compile(r".*(_at|_subject|_v\d+)")


class PluginError(Exception):
    """A file or an entry point that is not a fold; `hint` says what to do."""

    def __init__(self, where: str, what: str, hint: str) -> None:
        super().__init__(f"{where}: {what}")
        self.hint = hint


def every_fold(files: Iterable[Path] = (), environment: str | None = None) -> tuple[Fold[Any], ...]:
    """Return the program's folds, and those of some files, the environment and the packages.

    Raises `PluginError` for something that is not a fold, or has the name of another one.
    """
    named = os.environ.get(VARIABLE, "") if environment is None else environment
    paths = dict.fromkeys([*map(Path, filter(None, named.split(os.pathsep))), *files])
    found: list[Fold[Any]] = [*FOLDS]
    for path in paths:
        found.append(_added(found, str(path), from_file(path)))
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            module = point.load()
        except Exception as error:
            raise _failed(point.value, error) from error
        found.append(_added(found, point.value, module))
    return tuple(found)


def from_file(path: Path) -> object:
    """Return the module in a file."""
    spec = spec_from_file_location(f"aboard_plugin_{path.stem}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise PluginError(str(path), "there is no such Python file", "give the path of one")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise _failed(str(path), error) from error
    return module


def _failed(where: str, error: Exception) -> PluginError:
    what = f"it cannot be imported: {type(error).__name__}: {error}"
    return PluginError(where, what, "fix it, or leave it out")


def _added(found: Sequence[Fold[Any]], where: str, module: object) -> Fold[Any]:
    """Return a module as a fold; raise `PluginError` for one that is not."""
    hint = "docs/projections.md shows a whole one"
    name, version = getattr(module, "name", None), getattr(module, "version", None)
    if not isinstance(name, str) or not NAME.fullmatch(name) or OWN.fullmatch(name):
        what = f"name is {name!r}: lower-case letters, digits and underscores, ending in no suffix"
        raise PluginError(where, f"{what} such as _at", hint)
    if not isinstance(version, int) or version < 1:
        raise PluginError(where, f"version is {version!r}: a whole number of at least 1", hint)
    for function in FUNCTIONS:
        if not callable(getattr(module, function, None)):
            raise PluginError(where, f"there is no function {function}", hint)
    if name in {CATALOGUE, *TABLES, *(fold.name for fold in found)}:
        raise PluginError(where, f"the name {name!r} is taken", "give the fold another name")
    return cast("Fold[Any]", module)
