"""A timeline in the terminal: a line for each person and vehicle, as wide as the terminal."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from aboard.cli.output.table import bold
from aboard.events.time import Time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.projections.queries.timeline import Timeline, TimelineRow

ACTUAL, PLANNED = "█", "░"
LEAST_WIDTH, MOST_WIDTH = 20, 120
"""How many columns the bars take."""


def timeline_lines(drawn: Timeline) -> Iterator[str]:
    """Yield a timeline as lines of text that fit the terminal."""
    lines = [*drawn.people, *drawn.vehicles]
    names = max((len(line.name) for line in lines), default=0)
    room = shutil.get_terminal_size().columns - names - 4
    width = min(max(room, LEAST_WIDTH), MOST_WIDTH)
    since, until = str(Time.at(drawn.since)), str(Time.at(drawn.until))
    yield bold(f"{drawn.name}: {since} to {until}, as known at {Time.at(drawn.known)}")
    yield ""
    for title, group in (("People", drawn.people), ("Vehicles", drawn.vehicles)):
        yield bold(f"{title}: {len(group)}")
        yield from _group(drawn, group, names, width)
        yield ""
    yield f"  {'':{names}}  {since[:10]}{until[:10]:>{width - 10}}"


def _group(
    drawn: Timeline, group: tuple[TimelineRow, ...], names: int, width: int
) -> Iterator[str]:
    for line in group:
        cells = [" "] * width
        for bar in sorted(line.bars, key=lambda bar: not bar.planned):  # what happened on top
            first, last = (_column(drawn, at, width) for at in (bar.start, bar.end - 1))
            cells[first : last + 1] = [PLANNED if bar.planned else ACTUAL] * (last + 1 - first)
        yield f"  {line.name:{names}}  {''.join(cells).rstrip()}"


def _column(drawn: Timeline, at: int, width: int) -> int:
    return min((at - drawn.since) * width // (drawn.until - drawn.since), width - 1)
