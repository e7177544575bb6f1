"""Plots in the terminal, by plotext."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import plotext

from aboard.events.time import Time

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 16
"""Lines of a plot, its axis included."""


def steps_plot(steps: Sequence[dict[str, Any]]) -> str:
    """Return a plot of steps over time, as wide as the terminal and at most 100 columns."""
    across: list[int] = []
    up: list[int] = []
    for step in steps:
        across += [Time.parse(step["from"]).earliest, Time.parse(step["to"]).earliest]
        up += [step["count"]] * 2
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plot_size(min(shutil.get_terminal_size().columns, 100), HEIGHT)
    if across:
        plotext.plot(across, up, marker="hd" if _speaks_unicode() else "*")
        plotext.xticks([], [])
        top = max(up)
        every = max(1, -(-top // 8))
        plotext.yticks([*range(0, top - every // 2, every), top])
        plotext.ylim(0, max(top, 1))
    lines = [line.rstrip() for line in plotext.build().splitlines()]
    if across:
        # Below it ourselves: where the library puts its labels differs from run to run.
        first, last = (str(Time.at(instant))[:10] for instant in (across[0], across[-1]))
        lines = [line for line in lines if line]
        lines.append(f"  {first}{last:>{max(map(len, lines)) - len(first) - 2}}")
    return "\n".join(lines)


def _speaks_unicode() -> bool:
    encoding = sys.stdout.encoding or ""
    return "utf" in encoding.lower() and os.environ.get("TERM") != "linux"
