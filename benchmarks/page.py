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
hour and 60 GB of disk. `--only NAME`, which may be repeated, measures what it names, `--json`
prints one object a line, `--list` tells what there is; none of them writes the page. `--earlier
FILE` puts on it what is not measured now, as an earlier run has printed it by `--json`.

Seconds on one machine say little about another, so every figure is also a ratio to a baseline that
is measured in the same run. A ratio of times is at most its bound, and one of rates at least; an
aim is what would be better still. Figures without a bound are there to be watched.
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
library's view changes about one row an event and forgets what it was. Merely to write these rows,
with no Python about it, takes SQLite longer than the bound of `rebuild-time` allows the whole: that
is what `rebuild-rows` measures. All the processes read the log, make the rows of the catalogue and
lift; the one that began them writes. At 100,000 events, with two of them beside it, that one has a
third of the processor time, six tenths of it in SQLite: the rows, their indexes and the commit. In
the profile of the others no function stands out.

One recorded event touches five subjects, folds each at two or three instants of knowledge, and
changes 5 rows, takes 4 away and puts 15 in (means over 204 of the events that `one-event` records).

Of a pass over the ledger the loader takes four tenths, the read model six. The lift, which the
baseline has too, is shared by two processes.

In PostgreSQL a catch-up is eight to twelve statements, sent without waiting for one another but
where an answer is needed: what the read model says of itself, the page of the log, and the commit.
The slowest hundredth of them are mostly corrections. Of the 4.6 ms of one that was looked at 0.6
went by reading the log, 1.0 by lifting five subjects and 1.4 by PostgreSQL writing fifty rows and
their indexes; the rest are small steps, each slow because the machine has rested before it.
"""

HOW = """\
## How it is measured

Where a baseline takes as long as its figure, they run in turns, each first in every other round, so
that a machine that slows down slows both. A figure has a process of its own, but for those that are
of one generated log, so that nothing counts that another has left in memory. A program or a longer
piece of work is timed {rounds} times after {warm_up} rounds of warm-up; what is stated is the
median. What takes minutes is timed once. Of a question of microseconds the shortest of three times
counts. Programs are run as a user runs them, with bytecode written and read: where
`PYTHONDONTWRITEBYTECODE` is set, it is removed, since every start would compile every module anew.
Data folders are temporary ones; the PostgreSQL server is started for the run, with the settings
that it comes with.
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
