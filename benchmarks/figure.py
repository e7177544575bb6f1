"""What a figure is: something measured, as a ratio to a baseline measured in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out: a value in the figure's unit, and its ratio to the baseline."""

    value: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name, what it is and how it is measured, and what its ratio must keep to.

    `measure` is given an empty folder of its own. `bound` is the greatest ratio allowed, or with
    `more` the least; None for a figure that is only reported. `aim` is what would be better still.
    A figure that is `long` is measured when all are asked for, with ``--full``, or by its name. One
    that `shares` is measured of a log that others use too, in one process with them; any other has
    a process of its own, so that nothing counts that others have left in memory.
    """

    name: str
    about: str
    unit: str
    baseline: str
    bound: float | None
    measure: Callable[[Path], Measured]
    aim: float | None = None
    more: bool = False
    long: bool = False
    shares: bool = False

    def limit(self, ratio: float | None) -> str:
        """Return a bound or an aim as a cell of a table."""
        if ratio is None:
            return "none"
        return f"{'at least' if self.more else 'at most'} {ratio:g}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A figure and what was measured of it."""

    figure: Figure
    measured: Measured

    @property
    def holds(self) -> bool:
        """Whether the ratio keeps to the bound; that of a figure without one always does."""
        bound, ratio = self.figure.bound, self.measured.ratio
        if bound is None:
            return True
        return ratio >= bound if self.figure.more else ratio <= bound

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
            "aim": self.figure.aim,
        }

    def row(self) -> tuple[str, ...]:
        """Return the outcome as the cells of a table, below `COLUMNS`."""
        figure = self.figure
        return (
            figure.name,
            f"{_short(self.measured.value)} {figure.unit}",
            figure.baseline,
            f"{self.measured.ratio:.2f}",
            figure.limit(figure.bound),
            ("yes" if self.holds else "NO") if figure.bound is not None else "",
            figure.limit(figure.aim),
        )


COLUMNS = ("Figure", "Value", "Baseline", "Ratio", "Bound", "Holds", "Aim")


def _short(value: float) -> str:
    """Return a number with three digits that count, or all of a larger whole part."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
