"""A read model built from nothing, however long the log is.

Two passes. The first reads the log from its beginning and puts every event into the catalogue, and
every link between a subject and a stream into its table. The second takes the subjects in the order
in which the log first names them, a window of positions at a time, reads their streams, and lifts
each of them once and whole: no rectangle is written that is taken out again. Memory holds a window
and no more.

The second pass is most of the work, and processes share it; see `lifting`.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aboard.events.effective import AMENDMENTS
from aboard.events.uncollected import uncollected
from aboard.events.unreadable import Unreadable
from aboard.projections import catalogue
from aboard.projections.amendments import amend
from aboard.projections.describing import parking, trying
from aboard.projections.lifting import Lifter, Task, lifted, processes_for, scanned
from aboard.projections.parking import CATALOGUE, linked, park_unreadable
from aboard.projections.rows import Writer
from aboard.projections.scanning import Linking, Scanner, between, stretches
from aboard.projections.source import Batch, Source
from aboard.projections.store import roomy
from aboard.projections.tables import index_fold, unindex_fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aboard.projections.fold import Fold
    from aboard.projections.parking import Parked
    from aboard.projections.scanning import Touched
    from aboard.projections.source import EventLog, Read
    from aboard.projections.store import Connection
    from aboard.projections.subjects import Subjects, Target

PAGE = 20_000
"""So many events are kept, if there are no more."""

STEP = 200
"""Events that are put into the catalogue before there is a look at who has lifted something."""

WINDOW = 4_000
"""Positions whose subjects are lifted together."""


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


def build(
    b: Build,
    subjects: Subjects,
    progress: Callable[[int, int], None],
    *,
    processes: int | None = None,
) -> None:
    """Fill the tables from the beginning of the log.

    `subjects` takes in what cannot be lifted as it is. `processes` is how many lift; by default as
    many as there are cores, up to four, where the log is long enough.
    """
    if processes is None:
        processes = processes_for(b.log, [target.fold for target in b.targets], b.end)
    window = min(WINDOW, max(1, b.end // (8 * processes)))
    with uncollected(), roomy(b.db), _first_named(b.db):
        for target in b.targets:
            unindex_fold(b.db, target.table)
        scan, left = _Scan(b, progress), []
        if b.end <= PAGE:
            page = [one for one in b.log.scan() if one[0] <= b.end]
            for at, one in page:
                b.read.setdefault(one.originator_id, []).append((at, one))
            tasks, describing = _windows(scan.link(page), window, b.end), scan.describe(page)
        else:
            scan.everything(processes)
            tasks, describing = _tasks(b, window), iter(())
        lifter = Lifter(b.log, b.folds, _skipped(b), b.faulty, b.end, b.read, b.end <= PAGE)
        writer = Writer(b.db)
        for reached, found in lifted(lifter, tasks, processes, describing):
            for table, rows in found.rows.items():
                writer.come(table, rows)
            left += found.left
            scan.report(lifted_to=reached)
        if b.end:
            progress(2 * b.end, 2 * b.end)
        writer.flush()
        scan.amend()
        for target in b.targets:
            index_fold(b.db, target.table)
    by_table = {target.table: target for target in b.targets}
    source = Source(b.log, Batch(b.end, b.end))
    for task in left:
        subjects.fold_carefully(by_table[task.table], task.subject, source, b.parked)
    subjects.flush()


@contextmanager
def _first_named(db: Connection) -> Iterator[None]:
    """Have a table of the subjects, each with the position that first names it."""
    db.execute(
        "CREATE TEMPORARY TABLE first_named "
        "(fold TEXT, subject TEXT, position INTEGER, PRIMARY KEY (fold, subject))"
    )
    yield
    db.execute("DROP TABLE first_named")  # which an exception undoes with everything else


class _Scan:
    """The first pass: who is touched by which events, and the events put into the catalogue."""

    def __init__(self, b: Build, progress: Callable[[int, int], None]) -> None:
        self._b = b
        self._progress = progress
        self._skipped = frozenset(b.parked.skipped(CATALOGUE))
        self._entries = catalogue.Entries(b.db)
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
        for stretch, found in scanned(scanner, stretches(b.end), processes):
            if found is None:
                page = [*between(b.log, stretch)]
                touched = self.link(page)
                for _ in self.describe(page):
                    pass
            else:
                touched = found.touched
                b.events += found.events
                b.recorded = found.recorded or b.recorded
                self._write(touched)
                self._entries.take(found.rows)
                self._amended |= found.amended
                self.report(described_to=stretch[1])
            b.db.executemany(
                "INSERT OR IGNORE INTO first_named VALUES (?,?,?)",
                [(table, subject, at) for (table, subject, _), at in touched.items()],
            )
        self._entries.flush()

    def link(self, page: list[Read]) -> Touched:
        """Say which subject reads which stream."""
        b = self._b
        linking = Linking(b.folds)
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
        self._write(linking.touched)
        return linking.touched

    def _write(self, touched: Touched) -> None:
        self._b.db.executemany("INSERT OR IGNORE INTO link VALUES (?,?,?)", sorted(touched))

    def describe(self, page: list[Read]) -> Iterator[None]:
        """Put events into the catalogue, some at a time."""
        for number in range(0, len(page), STEP):
            some = page[number : number + STEP]
            # Whichever raises, everything is done again, one by one.
            with trying():
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

    def amend(self) -> None:
        """Put what the events say as amended in the place of what they said."""
        b = self._b
        for stream, history in b.log.histories(self._amended, b.end):
            readable = {at: one for at, one in history if not isinstance(one, Unreadable)}
            last = self._amended[stream]
            with parking(b.db, last, readable[last], b.parked, careful=True):
                amend(b.db, [*readable.values()])


def _windows(touched: Touched, window: int, end: int) -> Iterator[tuple[int, list[Task]]]:
    """Yield the same as `_tasks` for a log that is no longer than a page."""
    read: dict[tuple[str, str], tuple[int, list[str]]] = {}
    for (table, subject, stream), at in touched.items():
        read.setdefault((table, subject), (at, []))[1].append(stream)
    tasks: dict[int, list[Task]] = {}
    for key, (at, streams) in read.items():
        number = (at - 1) // window
        tasks.setdefault(number, []).append(Task(*key, tuple(sorted(streams))))
    for number, some in sorted(tasks.items()):
        yield min((number + 1) * window, end), some


def _tasks(b: Build, window: int) -> Iterator[tuple[int, list[Task]]]:
    """Yield the subjects that are first named in a window of positions, one window after another.

    Each comes with the end of its window.
    """
    b.db.execute("CREATE INDEX first_position ON first_named (position)")
    for since in range(0, b.end, window):
        read: dict[tuple[str, str], list[str]] = {}
        for table, subject, stream in b.db.execute(
            "SELECT first_named.fold, first_named.subject, stream FROM first_named "
            "JOIN link ON link.fold=first_named.fold AND link.subject=first_named.subject "
            "WHERE first_named.position>? AND first_named.position<=?",
            (since, since + window),
        ):
            read.setdefault((table, subject), []).append(stream)
        tasks = [Task(*key, tuple(sorted(streams))) for key, streams in read.items()]
        yield min(since + window, b.end), tasks


def _skipped(b: Build) -> dict[str, frozenset[int]]:
    return {
        target.table: frozenset(positions)
        for target in b.targets
        if (positions := b.parked.skipped(target.fold.name))
    }
