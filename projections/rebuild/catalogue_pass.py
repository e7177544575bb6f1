"""The first pass of a building: what is touched, the catalogue, and what stands in the way."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aboard.events.amendments import AMENDMENTS
from aboard.events.encoding.unreadable import Unreadable
from aboard.projections.ingest import catalogue
from aboard.projections.ingest.catalogue_amendments import amend
from aboard.projections.ingest.catalogue_batch import event_errors, parking
from aboard.projections.ingest.parking import linked, park_unreadable
from aboard.projections.rebuild.parallel_lift import scanned
from aboard.projections.rebuild.scan import LinkCollector, Scanner, between, stretches
from aboard.projections.tables.schema import CATALOGUE, create_indexes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aboard.projections.fold import Fold
    from aboard.projections.ingest.batches import EventLog, Read
    from aboard.projections.ingest.checkpoints import Target
    from aboard.projections.ingest.parking import Parked
    from aboard.projections.rebuild.scan import PositionRange, ScanResult, TouchedSince
    from aboard.storage.connection import Connection

STEP = 200
"""Events that are added to the catalogue before the results of other processes are read."""

LINKS = 50_000
"""Links that are held before they are written: most are met again soon."""


@dataclass(slots=True)
class Build:
    """One building from nothing: what is built, of what, and what stands in the way.

    It is a part of a transaction, and its tables are empty.
    """

    db: Connection
    log: EventLog
    targets: Sequence[Target]
    parked: Parked
    end: int
    """The position that it goes up to."""
    faulty: set[tuple[str, str]] = field(default_factory=set)
    """The streams that cannot be folded as they are, by the table of whose subjects they are."""
    read: OrderedDict[str, list[Read]] = field(default_factory=OrderedDict)
    """The streams, where they are few enough to be kept."""
    events: int = 0
    """How many there were."""
    recorded: str = ""
    """When the last of them was recorded."""

    @property
    def folds(self) -> dict[str, Fold[Any]]:
        """The folds by their tables."""
        return {target.table: target.fold for target in self.targets}


class CataloguePass:
    """The first pass: which subjects each event touches, and the events added to the catalogue."""

    def __init__(self, b: Build, progress: Callable[[int, int], None]) -> None:
        self._b = b
        self._progress = progress
        self._skipped = frozenset(b.parked.skipped(CATALOGUE))
        self._entries = catalogue.CatalogueWriter(b.db)
        self._amended: dict[str, int] = {}
        self._described_to = self._lifted_to = 0
        """How far both passes have come."""

    def report(self, *, described_to: int | None = None, lifted_to: int | None = None) -> None:
        """Say how far one of the passes has come."""
        self._described_to = described_to or self._described_to
        self._lifted_to = lifted_to or self._lifted_to
        self._progress(self._described_to + self._lifted_to, 2 * self._b.end)

    def everything(self, processes: int) -> None:
        """Go through a log of any length, a stretch at a time."""
        b = self._b
        scanner = Scanner(b.log, b.folds, self._skipped)
        held: TouchedSince = {}
        with closing(scanned(scanner, stretches(b.end), processes)) as coming:
            for stretch, found in coming:
                touched = self._taken(found, stretch) if found else self._gone_through(stretch)
                for link, at in touched.items():
                    held.setdefault(link, at)
                if len(held) >= LINKS:
                    self._name(held)
                    held.clear()
        self._name(held)
        self._entries.flush()

    def _name(self, touched: TouchedSince) -> None:
        """Write which subjects are touched, and where each is named first."""
        self.write(touched)
        named: dict[tuple[str, str], int] = {}
        for (table, subject, _), at in touched.items():
            named.setdefault((table, subject), at)
        self._b.db.executemany(
            "INSERT OR IGNORE INTO first_named VALUES (?,?,?)",
            sorted((table, subject, at) for (table, subject), at in named.items()),
        )

    def _taken(self, found: ScanResult, stretch: PositionRange) -> TouchedSince:
        """Add the result of a stretch, and return which subjects are touched."""
        b = self._b
        b.events += found.events
        b.recorded = found.recorded or b.recorded
        self._entries.take(found.rows)
        self._amended |= found.amended
        self.report(described_to=stretch[1])
        return found.touched

    def _gone_through(self, stretch: PositionRange) -> TouchedSince:
        """Add a stretch event by event, and return which subjects are touched."""
        page = [*between(self._b.log, stretch)]
        touched = self.link(page)
        for _ in self.describe(page):
            pass
        return touched

    def link(self, page: list[Read]) -> TouchedSince:
        """Say which subject reads which stream."""
        b = self._b
        linking = LinkCollector(b.folds)
        b.events += len(page)
        for at, one in page:
            if isinstance(one, Unreadable):
                park_unreadable(at, one, b.parked)
                b.faulty |= {(target.table, one.originator_id) for target in b.targets}
                continue
            try:
                linking.add(at, one)
            except Exception:  # where a fold raises, it takes longer
                for target in b.targets:
                    found = linked(target, at, one, b.parked, b.faulty)
                    linking.touch(target.table, found, at)
        if readable := [one for _, one in page if not isinstance(one, Unreadable)]:
            b.recorded = readable[-1].recorded.isoformat()
        return linking.touched

    def write(self, touched: TouchedSince) -> None:
        """Write which subject reads which stream."""
        self._b.db.executemany("INSERT OR IGNORE INTO link VALUES (?,?,?)", sorted(touched))

    def describe(self, page: list[Read]) -> Iterator[None]:
        """Put events into the catalogue, some at a time."""
        for number in range(0, len(page), STEP):
            some = page[number : number + STEP]
            # Whichever raises, everything is done again, one by one.
            with event_errors():
                for at, one in some:
                    if isinstance(one, Unreadable) or at in self._skipped:
                        continue
                    self._entries.add(at, one)
                    if type(one) in AMENDMENTS:
                        self._amended[one.originator_id] = at
            if number + STEP >= len(page):
                self._entries.flush()
            self.report(described_to=some[-1][0])
            yield

    def finish(self) -> Iterator[None]:
        """Make the indexes of the catalogue, and put what events say as amended in their place."""
        b = self._b
        create_indexes(b.db)
        yield
        for stream, history in b.log.histories(self._amended, b.end):
            readable = {at: one for at, one in history if not isinstance(one, Unreadable)}
            last = self._amended[stream]
            with parking(b.db, last, readable[last], b.parked, careful=True):
                amend(b.db, [*readable.values()])
            yield
