"""A read model built from nothing, however long the log is.

Two passes. The first reads the log, a stretch at a time, and puts every event into the catalogue,
and every link between a subject and a stream into its table. The second takes the subjects in the
order in which the log first names them, a window of positions at a time, reads their streams, and
lifts each of them once, completely: no rectangle is written and then deleted. Only one window is
in memory at a time.

Other processes share the work of both, and this one writes the rows that they send; see
`catalogue_pass` and `parallel_lift`. The events of a log that fits on one page are kept in memory,
and this process adds them to the catalogue while the others lift. With any log, it finishes the
catalogue meanwhile.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

from aboard.events.gc_pause import uncollected
from aboard.projections.ingest.batches import Batch, BatchReader
from aboard.projections.ingest.rectangle_rows import AT_ONCE, RectangleWriter
from aboard.projections.rebuild.catalogue_pass import Build, CataloguePass
from aboard.projections.rebuild.parallel_lift import Lifter, LiftTask, lifted, processes_for
from aboard.projections.tables.schema import create_fold_index, drop_fold_index, drop_indexes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aboard.projections.ingest.incremental import Subjects
    from aboard.projections.rebuild.scan import TouchedSince
    from aboard.storage.connection import Connection

__all__ = ["Build", "build"]

PAGE = 20_000
"""So many events are kept, if there are no more."""

SOON = 1_500
"""Rows of a short log that are buffered before they are written, while the rest is lifted."""

WINDOW = 4_000
"""Positions whose subjects are lifted together."""


def build(
    b: Build,
    subjects: Subjects,
    progress: Callable[[int, int], None],
    *,
    processes: int | None = None,
) -> None:
    """Fill the tables from the beginning of the log.

    `subjects` folds what cannot be lifted directly. `processes` is how many lift; by default as
    many as there are cores, up to four, where the log is long enough.
    """
    if processes is None:
        processes = processes_for(b.log, [target.fold for target in b.targets], b.end)
    window = min(WINDOW, max(1, b.end // (8 * processes)))
    with uncollected(), b.db.large_cache(), _first_named(b.db):
        drop_indexes(b.db)
        for target in b.targets:
            drop_fold_index(b.db, target.table)
        scan, left = CataloguePass(b, progress), []
        is_short = b.end <= PAGE
        if is_short:
            page = [one for one in b.log.scan() if one[0] <= b.end]
            for at, one in page:
                b.read.setdefault(one.originator_id, []).append((at, one))
            touched = scan.link(page)
            scan.write(touched)
            tasks, describing = _windows(touched, window, b.end), scan.describe(page)
        else:
            scan.everything(processes)
            tasks, describing = _tasks(b, window), iter(())
        lifter = Lifter(b.log, b.folds, _skipped(b), b.faulty, b.end, b.read, is_short)
        writer = RectangleWriter(b.db, SOON if is_short else AT_ONCE)
        meanwhile = chain(describing, scan.finish())
        for reached, found in lifted(lifter, tasks, processes, meanwhile):
            for table, rows in found.rows.items():
                writer.insert(table, rows)
            left += found.left
            scan.report(lifted_to=reached)
        if b.end:
            progress(2 * b.end, 2 * b.end)
        writer.flush()
        for target in b.targets:
            create_fold_index(b.db, target.table)
    by_table = {target.table: target for target in b.targets}
    source = BatchReader(b.log, Batch(b.end, b.end))
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


def _windows(touched: TouchedSince, window: int, end: int) -> Iterator[tuple[int, list[LiftTask]]]:
    """Yield the same as `_tasks` for a log that is no longer than a page."""
    read: dict[tuple[str, str], tuple[int, list[str]]] = {}
    for (table, subject, stream), at in touched.items():
        read.setdefault((table, subject), (at, []))[1].append(stream)
    tasks: dict[int, list[LiftTask]] = {}
    for key, (at, streams) in read.items():
        number = (at - 1) // window
        tasks.setdefault(number, []).append(LiftTask(*key, tuple(sorted(streams))))
    for number, some in sorted(tasks.items()):
        yield min((number + 1) * window, end), some


def _tasks(b: Build, window: int) -> Iterator[tuple[int, list[LiftTask]]]:
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
        tasks = [LiftTask(*key, tuple(sorted(streams))) for key, streams in read.items()]
        yield min(since + window, b.end), tasks


def _skipped(b: Build) -> dict[str, frozenset[int]]:
    return {
        target.table: frozenset(positions)
        for target in b.targets
        if (positions := b.parked.skipped(target.fold.name))
    }
