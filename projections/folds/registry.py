"""The folds there are, in the order in which they are built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from aboard.projections.folds import agreement_seats, agreement_text, berths, flight_plan, presence
from aboard.projections.folds import station_command as command

if TYPE_CHECKING:
    from types import ModuleType

    from aboard.projections.fold import Fold

_MODULES: tuple[ModuleType, ...] = (
    presence,
    berths,
    flight_plan,
    agreement_text,
    agreement_seats,
    command,
)

FOLDS: tuple[Fold[Any], ...] = tuple(cast("Fold[Any]", module) for module in _MODULES)
"""A fold is a module: its name, its version and its functions."""
