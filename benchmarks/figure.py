"""What a figure is: something measured, as a ratio to a baseline measured in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out: a value in the figure's unit, and the ratio of its time to the baseline's.

    The ratio is one of times even where the value is a rate: less is better, and below 1 the
    figure is faster than its baseline.
    """

    value: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name, what it is and how it is measured, and what it may not exceed.

    `measure` is given an empty folder of its own. `bound` is the greatest ratio allowed; None for
    a figure that is only reported.
    """

    name: str
    about: str
    unit: str
    baseline: str
    bound: float | None
    measure: Callable[[Path], Measured]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A figure and what was measured of it."""

    figure: Figure
    measured: Measured

    @property
    def holds(self) -> bool:
        """Whether the ratio is within the bound; a figure without one always holds."""
        return self.figure.bound is None or self.measured.ratio <= self.figure.bound

    def record(self) -> dict[str, Any]:
        """Return the outcome as the object that ``--json`` prints."""
        return {
            "figure": self.figure.name,
            "value": float(f"{self.measured.value:.4g}"),
            "unit": self.figure.unit,
            "baseline": self.figure.baseline,
            "ratio": float(f"{self.measured.ratio:.4g}"),
            "bound": self.figure.bound,
            "holds": self.holds,
        }

    def row(self) -> tuple[str, ...]:
        """Return the outcome as the cells of a table, below `COLUMNS`."""
        bound = self.figure.bound
        return (
            self.figure.name,
            f"{_short(self.measured.value)} {self.figure.unit}",
            self.figure.baseline,
            f"{self.measured.ratio:.2f}",
            "none" if bound is None else f"{bound:g}",
            ("yes" if self.holds else "NO") if bound is not None else "",
        )


COLUMNS = ("Figure", "Value", "Baseline", "Ratio", "Bound", "Holds")


def _short(value: float) -> str:
    """Return a number with three digits that count, or all of a larger whole part."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
