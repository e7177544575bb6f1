"""Both passes of a building, in this process or in several.

Nothing is needed to lift a subject but its streams, and nothing to scan a stretch but the log, so
that processes can share it. Where this one can be forked, another begins with everything that this
one has read. Where not, each opens the log for itself. What comes of it comes back as rows.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from aboard.projections.folds.registry import FOLDS
from aboard.projections.ingest.rectangle_rows import Row, new_rows
from aboard.projections.lift.lift import Lift
from aboard.projections.rebuild.scan import Scanner, ScanResult
from aboard.projections.rebuild.worker_pool import shared

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from aboard.events.amendments import Versions
    from aboard.events.envelope import Event
    from aboard.projections.fold import Fold
    from aboard.projections.ingest.batches import EventLog, Read
    from aboard.projections.rebuild.scan import PositionRange

MAX_CACHED = 50_000
"""Events whose streams a process keeps from one window to the next."""

WORTH_FORKING, WORTH_STARTING = 2_000, 60_000
"""Events from which on it pays to share the work with a process that is forked, or started."""


class LiftTask(NamedTuple):
    """A subject to lift: the table it is for, and the streams that it reads."""

    table: str
    subject: str
    streams: tuple[str, ...]


class LiftResult(NamedTuple):
    """What came of some subjects: rows by their tables, and who cannot be lifted as they are."""

    rows: dict[str, list[Row]]
    left: list[LiftTask]


@dataclass(slots=True)
class Lifter:
    """What lifts subjects in one process: the folds by their tables, and a log."""

    log: EventLog
    folds: dict[str, Fold[Any]]
    skipped: dict[str, frozenset[int]]
    """The positions that a fold leaves out, by its table."""
    faulty: set[tuple[str, str]]
    until: int
    kept: OrderedDict[str, list[Read]] = field(default_factory=OrderedDict)
    events: int = 0
    """How many events are kept, but for those that were there at the beginning."""
    is_whole: bool = False
    """Whether everything that there is is kept."""
    versions: Versions = field(default_factory=dict)
    """What amended facts say, shared by those that are lifted together."""

    def lift(self, tasks: Sequence[LiftTask]) -> LiftResult:
        """Lift some subjects."""
        wanted = {stream: None for task in tasks for stream in task.streams}
        if missing := [stream for stream in wanted if stream not in self.kept]:
            for stream, history in self.log.histories(missing, self.until):
                self.kept[stream] = history
                self.events += len(history)
        found = LiftResult(defaultdict(list), [])
        self.versions = {}
        for task in tasks:
            if any((task.table, stream) in self.faulty for stream in task.streams):
                found.left.append(task)
                continue
            try:
                rows = self._rows(task)
            except Exception:
                found.left.append(task)
            else:
                found.rows[task.table] += rows
        for stream in wanted:
            self.kept.move_to_end(stream)
        while self.events > MAX_CACHED and not self.is_whole:
            self.events -= len(self.kept.popitem(last=False)[1])
        return found

    def work(self, window: tuple[int, list[LiftTask]]) -> Plain:
        """Lift the subjects of a window, for another process."""
        found = self.lift(window[1])
        return window[0], dict(found.rows), [(*task,) for task in found.left]

    def _rows(self, task: LiftTask) -> list[Row]:
        skipped = self.skipped.get(task.table)
        lift = Lift(self.folds[task.table], task.subject, self.versions)
        _, come = lift.add(
            cast("Event", event)  # on these streams everything can be read
            for stream in task.streams
            for at, event in self.kept[stream]
            if not skipped or at not in skipped
        )
        return new_rows(task.subject, come)


def may_fork() -> bool:
    """Whether another process can begin as this one is: nothing else may be under way in it."""
    return sys.platform == "linux" and threading.active_count() == 1


def processes_for(log: EventLog, folds: Iterable[Fold[Any]], events: int) -> int:
    """Return how many processes should lift: as many as there are cores, up to four."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if may_fork():
        return min(4, cores) if events >= WORTH_FORKING and log.opener() else 1
    # A process that is started from scratch knows only the folds of the program.
    known = all(any(fold is one for one in FOLDS) for fold in folds)
    return min(4, cores) if events >= WORTH_STARTING and known and log.opener() else 1


def lifted(
    lifter: Lifter,
    tasks: Iterable[tuple[int, list[LiftTask]]],
    processes: int,
    meanwhile: Iterator[object],
) -> Iterator[tuple[int, LiftResult]]:
    """Yield what comes of one window of subjects after another, each with the window's end.

    `meanwhile` is what else there is to do: where others lift, while they do, and else before.
    """
    if processes == 1:
        for _ in meanwhile:
            pass
        yield from ((reached, lifter.lift(some)) for reached, some in tasks)
        return
    for reached, rows, left in shared(*others(lifter), tasks, processes, meanwhile):
        yield reached, LiftResult(rows, [LiftTask(*one) for one in left])


def scanned(
    scanner: Scanner, stretches: Iterable[PositionRange], processes: int
) -> Generator[tuple[PositionRange, ScanResult | None]]:
    """Yield each stretch with its result, or None if it has to be processed event by event."""
    found = (
        map(scanner.work, stretches)
        if processes == 1
        else shared(*others(scanner), stretches, processes, iter(()))
    )
    for stretch, plain in found:
        yield stretch, None if plain is None else ScanResult(*plain)


def others(one: Lifter | Scanner) -> tuple[str, Callable[[], Callable[[Any], Any]]]:
    """Return how other processes are started that do what one does here, and what begins there."""
    opener = one.log.opener()
    assert opener is not None, "another process cannot open it"  # noqa: S101
    if may_fork():
        return "fork", partial(_go_on, one, opener)
    numbers = {table: FOLDS.index(fold) for table, fold in one.folds.items()}
    bare = replace(one, log=None, folds={})  # type: ignore[arg-type]
    if isinstance(bare, Lifter):
        bare = replace(bare, kept=OrderedDict(), is_whole=False)
    return "spawn", partial(_begin, bare, opener, numbers)


Plain = tuple[int, dict[str, list[Row]], list[tuple[str, str, tuple[str, ...]]]]
"""The end of a window, and what came of it, in nothing but plain values."""


def _begin(
    one: Lifter | Scanner, opener: Callable[[], EventLog], folds: dict[str, int]
) -> Callable[[Any], Any]:
    """Make ready, in a process that is started, to do what one does in the first."""
    one.folds = {table: FOLDS[number] for table, number in folds.items()}
    return _go_on(one, opener)


def _go_on(one: Lifter | Scanner, opener: Callable[[], EventLog]) -> Callable[[Any], Any]:
    """Make ready, in another process, to go on with what has been read already.

    The connection of the first process is that process's own, and is left alone.
    """
    gc.disable()
    if isinstance(one, Scanner) or not one.is_whole:
        one.log = opener()
    return one.work
