"""The page of benchmarks: the last run as a table, and what each figure is."""

from __future__ import annotations

import os
import platform
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figure import COLUMNS
from benchmarks.timing import ROUNDS, WARM_UP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.figure import Outcome

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"

HEAD = """\
# Benchmarks

`uv run python -m benchmarks` measures every figure below and writes this page; it exits with 1 when
a bound does not hold. `--only NAME` measures one, `--json` prints one object a line, and neither
writes the page.

Seconds on one machine say little about another, so every figure is also a ratio: how many times as
long as its baseline it takes, with both measured in turns in the same run. Less is better. A bound
is the greatest ratio allowed; figures without one are there to be watched.
"""

HOW = """\
## How it is measured

Baseline and figure run in turns, each first in every other round, so that a machine that slows down
slows both. A program or a longer piece of work is timed {rounds} times after
{warm_up} rounds of warm-up; what is stated is the median. Programs are run as a user runs them,
with bytecode written and read: where `PYTHONDONTWRITEBYTECODE` is set, it is removed, since
every start would compile every module anew. Data folders are temporary ones.
"""


def text(outcomes: Sequence[Outcome]) -> str:
    """Return the page."""
    cells = [COLUMNS, ("---",) * len(COLUMNS), *(_cells(outcome) for outcome in outcomes)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    on = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()} "
        f"on {os.cpu_count()} cores:"
    )
    figures = "\n\n".join(
        textwrap.fill(
            f"**{outcome.figure.name}.** {outcome.figure.about}", 100, break_on_hyphens=False
        )
        for outcome in outcomes
    )
    how = HOW.format(rounds=ROUNDS, warm_up=WARM_UP)
    return f"{HEAD}\n{on}\n\n{table}\n\n## What each figure is\n\n{figures}\n\n{how}"


def _cells(outcome: Outcome) -> tuple[str, ...]:
    name, value, baseline, *rest = outcome.row()
    return f"`{name}`", value, baseline, *rest
