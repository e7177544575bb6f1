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
from itertools import islice
from typing import TYPE_CHECKING

from aboard.events.fact import Amendment
from aboard.events.uncollected import uncollected
from aboard.events.unreadable import Unreadable
from aboard.projections import catalogue
from aboard.projections.describing import parking
from aboard.projections.lifting import Lifter, Task, lifted, processes_for
from aboard.projections.parking import CATALOGUE, linked, park_unreadable
from aboard.projections.rows import Writer
from aboard.projections.source import Batch, Source
from aboard.projections.store import roomy
from aboard.projections.tables import index_fold, unindex_fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aboard.projections.parking import Parked
    from aboard.projections.source import EventLog, Read
    from aboard.projections.store import Connection
    from aboard.projections.subjects import Subjects, Target

PAGE = 20_000
"""Events of which the links are put away together; so many are kept, if there are no more."""

WINDOW = 4_000
"""Positions whose subjects are lifted together."""

AMENDED = 4_000
"""Streams with corrections that are read together."""


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
    total = 2 * b.end
    if processes is None:
        processes = processes_for(b.log, [target.fold for target in b.targets], b.end)
    with uncollected(), roomy(b.db), _first_named(b.db):
        _scan(b, lambda done: progress(done, total))
        writer, left = Writer(b.db), []
        for target in b.targets:
            unindex_fold(b.db, target.table)
        tasks = _tasks(b, min(WINDOW, max(1, b.end // (8 * processes))))
        folds = {target.table: target.fold for target in b.targets}
        lifter = Lifter(b.log, folds, _skipped(b), b.faulty, b.end, b.read, b.end <= PAGE)
        for reached, found in lifted(lifter, tasks, processes):
            for table, rows in found.rows.items():
                writer.come(table, rows)
            left += found.left
            progress(b.end + reached, total)
        writer.flush()
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


def _scan(b: Build, progress: Callable[[int], None]) -> None:
    """Put the events into the catalogue, and say which subject reads which stream."""
    entries, amended = catalogue.Entries(b.db), {}
    skipped = b.parked.skipped(CATALOGUE)
    reading = ((at, one) for at, one in b.log.scan() if at <= b.end)
    while page := list(islice(reading, PAGE)):
        touched: dict[tuple[str, str, str], int] = {}
        b.events += len(page)
        for at, one in page:
            if b.end <= PAGE:
                b.read.setdefault(one.originator_id, []).append((at, one))
            if isinstance(one, Unreadable):
                park_unreadable(at, one, b.parked)
                b.faulty |= {(target.table, one.originator_id) for target in b.targets}
                continue
            if at not in skipped:
                with parking(b.db, at, one, b.parked, careful=False):
                    entries.add(at, one)
                if isinstance(one, Amendment):
                    amended[one.originator_id] = at, one
            for target in b.targets:
                for subject, stream in linked(target, at, one, b.parked, b.faulty):
                    touched.setdefault((target.table, subject, stream), at)
            b.recorded = one.recorded.isoformat()
        entries.flush()
        b.db.executemany("INSERT OR IGNORE INTO link VALUES (?,?,?)", sorted(touched))
        b.db.executemany(
            "INSERT OR IGNORE INTO first_named VALUES (?,?,?)",
            [(table, subject, at) for (table, subject, _), at in touched.items()],
        )
        progress(page[-1][0])
    for stream, history in b.log.histories(amended, b.end):
        readable = [one for _, one in history if not isinstance(one, Unreadable)]
        with parking(b.db, *amended[stream], b.parked, careful=True):
            catalogue.amend(b.db, readable)


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
