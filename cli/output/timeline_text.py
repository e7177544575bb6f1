"""A timeline in the terminal: a line for each person and vehicle, as wide as the terminal."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from aboard.cli.output.phrases import marked
from aboard.cli.output.table import bold
from aboard.events.time import Time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.projections.queries.timeline import Timeline, TimelineRow

ACTUAL, PLANNED = "█", "░"
Labels = dict["TimelineRow", str]
"""What stands before the bars of each line."""

LEAST_WIDTH, MOST_WIDTH = 20, 120
"""How many columns the bars take."""


def timeline_lines(drawn: Timeline, *, sources: bool = False) -> Iterator[str]:
    """Yield a timeline as lines of text that fit the terminal, with a column of sources if wanted.

    A name is marked if no event that a bar of it rests on has a source.
    """
    labels = {line: _label(line) for line in (*drawn.people, *drawn.vehicles)}
    names = max(map(len, labels.values()), default=0)
    room = shutil.get_terminal_size().columns - names - 4
    width = min(max(room, LEAST_WIDTH), MOST_WIDTH)
    since, until = str(Time.at(drawn.since)), str(Time.at(drawn.until))
    yield bold(f"{drawn.name}: {since} to {until}, as known at {Time.at(drawn.known)}")
    yield ""
    for title, group in (("People", drawn.people), ("Vehicles", drawn.vehicles)):
        yield bold(f"{title}: {len(group)}")
        yield from _group(drawn, group, labels, width, sources=sources)
        yield ""
    yield f"  {'':{names}}  {since[:10]}{until[:10]:>{width - 10}}"


def _group(
    drawn: Timeline, group: tuple[TimelineRow, ...], labels: Labels, width: int, *, sources: bool
) -> Iterator[str]:
    names = max(map(len, labels.values()), default=0)
    for line in group:
        cells = [" "] * width
        for bar in sorted(line.bars, key=lambda bar: not bar.planned):  # what happened on top
            first, last = (_column(drawn, at, width) for at in (bar.start, bar.end - 1))
            cells[first : last + 1] = [PLANNED if bar.planned else ACTUAL] * (last + 1 - first)
        keys = dict.fromkeys(key for bar in line.bars for key in bar.sources) if sources else ()
        yield f"  {labels[line]:{names}}  {''.join(cells)}  {', '.join(keys)}".rstrip()


def _label(line: TimelineRow) -> str:
    """Return the name of a line, marked if some or all of its bars are unsourced."""
    unsourced = [bar.is_unsourced for bar in line.bars]
    if any(unsourced) and not all(unsourced):
        return f"{line.name} (partly unsourced)"
    return marked(line.name, {"unsourced": any(unsourced)})


def _column(drawn: Timeline, at: int, width: int) -> int:
    return min((at - drawn.since) * width // (drawn.until - drawn.since), width - 1)
