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

`uv run python -m benchmarks` measures every figure below but the long ones and writes this page; it
exits with 1 when a bound does not hold. `--full` measures the long ones too, which takes about an
hour and 60 GB of disk. `--only NAME`, which may be repeated, measures the named figures, `--json`
prints one object per line, and `--list` lists the figures; none of them writes the page. `--earlier
FILE` fills in the figures that are not measured now from the `--json` output of an earlier run.

Seconds on one machine say little about another, so every figure is also a ratio to a baseline that
is measured in the same run. A ratio of times must not exceed its bound, and a ratio of rates must
reach it. An aim is a better value to work towards. Figures without a bound are only reported.
"""

GENERATED = """\
## Generated logs

No history of spaceflight has a million events yet, so logs of that size are invented, the same ones
in every run: stations that are visited six times a year by crews of three and four, with plans that
slip, relocations, seat moves, spacewalks, hand-overs, late facts, corrections and retractions as
often as the shipped ledger has them. `benchmarks/generator.py` says how often that is. Everything
in them passes the checks of the loader. A log of 1,000,000 events has 1,000 stations and about
eight years; a larger one has more years, a smaller one fewer stations, and a station has as many
people and flights a year in each.
"""

BOUNDED = """\
## What bounds them

A rebuild writes 6.9 rectangles an event of a generated log, 5.5 of them of presence: crews of three
and four, each with the stay as it was known before and after every slip, landing and spacewalk. The
library's view changes about one row per event and does not keep the old value. Writing these rows
alone, without any Python code, takes SQLite longer than the bound of `rebuild-time` allows for the
whole rebuild; `rebuild-rows` measures this. All processes read the log, make the rows of the
catalogue and lift; the process that started the others writes. At 100,000 events, with two other
processes, it uses a third of the processor time, six tenths of it in SQLite: the rows, their
indexes and the commit. In the profile of the others no function stands out.

One recorded event touches five subjects. Each is folded at two or three known times, and 5 rows are
changed, 4 deleted and 15 inserted (means over 204 of the events that `one-event` records).

The loader takes four tenths of a pass over the ledger, the read model six. The lift, which is part
of the baseline too, is shared by two processes.

In PostgreSQL a catch-up is eight to twelve statements. They are pipelined, except where a result is
needed: the state of the read model, the page of the log, and the commit. The slowest hundredth of
catch-ups are mostly corrections. One of them took 4.6 ms: 0.6 to read the log, 1.0 to lift five
subjects and 1.4 for PostgreSQL to write fifty rows and their indexes. The rest are small steps,
each slow because the machine was idle before it.
"""

HOW = """\
## How it is measured

Where a baseline takes as long as its figure, they run in turns, each first in every other round, so
that a machine that slows down slows both. Each figure is measured in a process of its own, so that
memory left by another does not count; figures of one generated log share a process. A program or a
longer piece of work is timed {rounds} times after {warm_up} rounds of warm-up, and the median is
shown. Work of minutes is timed once. Of a question that takes microseconds, the shortest of three
times counts. Programs run as they do for a user, with bytecode cached: `PYTHONDONTWRITEBYTECODE` is
removed, because with it every start would compile all modules again. Data folders are temporary;
the PostgreSQL server is started for the run, with its default settings.
"""


def text(measured: Sequence[Outcome], earlier: Sequence[Outcome] = ()) -> str:
    """Return the page, with what was measured now and what is known of earlier runs."""
    outcomes = [*measured, *earlier]
    cells = [COLUMNS, ("---",) * len(COLUMNS), *(_cells(outcome) for outcome in outcomes)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    on = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()} "
        f"on {os.cpu_count()} cores"
    )
    if earlier:
        on += ", but for " + ", ".join(f"`{one.figure.name}`" for one in earlier)
        on += ", of an earlier run"
    figures = "\n\n".join(
        textwrap.fill(
            f"**{outcome.figure.name}.** {outcome.figure.about}", 100, break_on_hyphens=False
        )
        for outcome in outcomes
    )
    how = HOW.format(rounds=ROUNDS, warm_up=WARM_UP)
    about = f"## What each figure is\n\n{figures}"
    on = textwrap.fill(on, 99, break_on_hyphens=False)
    return f"{HEAD}\n{on}:\n\n{table}\n\n{about}\n\n{BOUNDED}\n{GENERATED}\n{how}"


def _cells(outcome: Outcome) -> tuple[str, ...]:
    name, value, baseline, *rest = outcome.row()
    return f"`{name}`", value, baseline, *rest
