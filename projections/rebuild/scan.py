"""The first pass over a log: who reads which stream, and what each event adds to the catalogue.

A stretch of positions has nothing to do with any other, so that processes can share a long log.
If an event in a stretch cannot be read or raises an error, the whole stretch is left to the caller,
which finds out what has to be parked, and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.amendments import AMENDMENTS
from aboard.events.encoding.unreadable import Unreadable
from aboard.projections.ingest import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.projections.fold import Fold
    from aboard.projections.ingest.batches import EventLog, Read

STRETCH = 4_000
"""Positions that a process scans at a time."""

PositionRange = tuple[int, int]
"""The position behind which a stretch begins, and its last."""

TouchedSince = dict[tuple[str, str, str], int]
"""The table of a fold, one of its subjects and a stream that this reads, and since which event."""


class ScanResult(NamedTuple):
    """What came of a stretch, in nothing but plain values."""

    events: int
    recorded: str
    """When the last of them was recorded."""
    touched: TouchedSince
    rows: dict[str, list[tuple[Any, ...]]]
    """What they put into the catalogue, by the statements that write it."""
    amended: dict[str, int]
    """The streams on which something is amended, each with where that was done last."""


@dataclass(slots=True)
class Scanner:
    """Scans stretches in one process: the folds by their tables, and a log."""

    log: EventLog
    folds: dict[str, Fold[Any]]
    skipped: frozenset[int]
    """The positions that the catalogue leaves out."""

    def work(self, stretch: PositionRange) -> tuple[PositionRange, tuple[Any, ...] | None]:
        """Go through one stretch; where that cannot be done as it is, nothing comes of it."""
        try:
            return stretch, tuple(self._scanned(stretch))
        except Exception:  # the caller finds the event
            return stretch, None

    def _scanned(self, stretch: PositionRange) -> ScanResult:
        linking, rows = LinkCollector(self.folds), catalogue.CatalogueRows()
        events, recorded, amended = 0, "", {}
        for at, one in between(self.log, stretch):
            if isinstance(one, Unreadable):
                raise TypeError(f"{one.id} cannot be read")
            linking.add(at, one)
            if at not in self.skipped:
                rows.add(at, one)
                if type(one) in AMENDMENTS:
                    amended[one.originator_id] = at
            events, last = events + 1, one
        if events:
            recorded = last.recorded.isoformat()
        return ScanResult(events, recorded, linking.touched, rows.take_rows(), amended)


class LinkCollector:
    """Which subjects read which streams, as far as some events tell."""

    def __init__(self, folds: dict[str, Fold[Any]]) -> None:
        self.touched: TouchedSince = {}
        self._asked = [
            (table, fold.subjects, getattr(fold, "streams", None)) for table, fold in folds.items()
        ]

    def add(self, at: int, event: Event) -> None:
        """Take in an event; raise what a fold raises that is asked about it."""
        stream, first = event.originator_id, self.touched.setdefault
        for table, subjects, further in self._asked:
            for subject in subjects(event):
                first((table, subject, stream), at)
            for subject, another in further(event) if further else ():
                first((table, subject, another), at)

    def touch(self, table: str, links: Iterable[tuple[str, str]], at: int) -> None:
        """Take in subjects, each with a stream that it reads since a position."""
        for subject, stream in links:
            self.touched.setdefault((table, subject, stream), at)


def between(log: EventLog, stretch: PositionRange) -> Iterator[Read]:
    """Yield what stands in a stretch of a log."""
    since, until = stretch
    for at, one in log.scan(since) if since < until else ():
        if at <= until:
            yield at, one
        if at >= until:
            break


def stretches(end: int) -> Iterator[PositionRange]:
    """Yield one stretch after another, up to a position."""
    return ((since, min(since + STRETCH, end)) for since in range(0, end, STRETCH))
