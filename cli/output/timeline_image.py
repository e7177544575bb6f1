"""A timeline as a drawing, by matplotlib, in a file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure

from aboard.events.time import Time

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.projections.queries.timeline import Timeline

PERSON, VEHICLE = "#33658a", "#c0753a"
LINE = 0.24
"""Inches of height a line takes."""


def draw(drawn: Timeline, output: Path) -> None:
    """Draw a timeline into an SVG or PNG file; the same timeline gives the same file."""
    lines = [(line, PERSON) for line in drawn.people] + [(line, VEHICLE) for line in drawn.vehicles]
    figure = Figure(figsize=(12, max(2.0, LINE * len(lines) + 1.2)), layout="constrained")
    axes = figure.add_subplot()
    for row, (line, colour) in enumerate(lines):
        for bar in line.bars:
            start, end = _day(bar.start), _day(bar.end)
            axes.broken_barh(
                [(start, end - start)],
                (row - 0.38, 0.76),
                facecolors=colour,
                alpha=0.35 if bar.planned else 1.0,
            )
    if drawn.people and drawn.vehicles:
        axes.axhline(len(drawn.people) - 0.5, color="#999999", linewidth=0.8)
    axes.set_yticks(range(len(lines)), [line.name for line, _ in lines])
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.set_xlim(_day(drawn.since), _day(drawn.until))
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_title(f"{drawn.name}, as known at {Time.at(drawn.known)}", loc="left")
    with mpl.rc_context({"svg.hashsalt": "aboard", "svg.fonttype": "none"}):
        figure.savefig(output, dpi=150, metadata={"Date": None} if output.suffix == ".svg" else {})


def _day(instant: int) -> float:
    """Return an instant as matplotlib's dates have it, in days."""
    return float(date2num(datetime.fromtimestamp(instant, UTC)))  # type: ignore[no-untyped-call]
