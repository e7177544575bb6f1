"""The read model: built from the log, kept up to date with it, and deleted without loss.

Only the log is the truth. A batch is one transaction with the position it reaches, so the read
model is always exactly as of some position. What an event touches is lifted from all the streams of
its subject, whatever order they came in.

A fold of another version than the one that answers is built next to it, in batches that continue
from where they were, and takes its place when it has caught up. Until then the position that
answers are as of does not change.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from aboard.projections.folds.registry import FOLDS
from aboard.projections.ingest import checkpoints
from aboard.projections.ingest.batches import Batch, BatchReader, read_batch
from aboard.projections.ingest.catalogue_amendments import AmendmentCache
from aboard.projections.ingest.catalogue_batch import EventFailedError, describe
from aboard.projections.ingest.checkpoints import Overtaken, Target
from aboard.projections.ingest.incremental import Subjects
from aboard.projections.ingest.parking import Parked
from aboard.projections.read_model.retry_parked import retry_parked
from aboard.projections.rebuild.rebuild import Build, build
from aboard.projections.tables.fold_versions import BUILT_TO, VERSIONS
from aboard.projections.tables.schema import FIRST_TABLES
from aboard.storage import databases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from aboard.projections.fold import Fold
    from aboard.projections.ingest.batches import EventLog
    from aboard.projections.ingest.checkpoints import ReadModelState
    from aboard.storage.connection import Connection, Location

BATCH = 2_000
"""Events in a batch, at most, while there is a read model that answers in the meantime."""

__all__ = [
    "BatchResult",
    "Overtaken",
    "ReadModel",
    "catch_up",
    "open_dry_run",
    "open_to_write",
    "position",
    "rebuild",
]


def open_to_write(where: Location) -> AbstractContextManager[Connection]:
    """Open a read model for writing; it may be empty."""
    return databases.open_to_write(where, FIRST_TABLES)


def open_dry_run(where: Location) -> AbstractContextManager[Connection]:
    """Open a read model to write to, without any effect on the one that is stored."""
    return databases.open_dry_run(where, FIRST_TABLES)


def ignore(_done: int, _total: int) -> None:
    """Report no progress."""


def position(db: Connection, log: EventLog) -> int:
    """Return the position of a log that the read model has reached.

    It is -1 when something of it must be built again: there is none, or it is of another program or
    another log.
    """
    state = checkpoints.current_state(db, log)
    return state.position if state and state.meta["built_to"] == BUILT_TO else -1


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of one batch."""

    position: int
    """The position that answers are as of now."""
    end: int
    """The position of the log."""
    events: int = 0
    """How many events were processed."""
    building: str = ""
    """The version that is being built next to the one that answers, such as ``presence 5``."""
    built: int | None = None
    """The position that it has reached."""
    took_over: bool = False
    """Whether it is up to date now, and has taken the place of any other."""
    left: int = 0
    """How many versions are still to be built."""

    @property
    def is_up_to_date(self) -> bool:
        """Whether there is nothing more to do."""
        return self.position == self.end and not self.left


class ReadModel:
    """A read model that is kept up to date, with the part of it that stays in memory.

    The memory is dropped if another process has updated the read model in the meantime. `folds` are
    those of this program, and any of its user's. One that `gives_way` raises `Overtaken` where a
    newer version answers than that of its own. `processes` is how many lift when it is built from
    nothing; without it that depends on the length of the log.
    """

    def __init__(
        self,
        db: Connection,
        folds: Sequence[Fold[Any]] = FOLDS,
        *,
        gives_way: bool = False,
        processes: int | None = None,
    ) -> None:
        self._db = db
        self._processes = processes
        self._folds = tuple(folds)
        self._own = checkpoints.OwnFolds(folds)
        self._gives_way = gives_way
        self._subjects = Subjects(db)
        self._amendments = AmendmentCache(db)
        self._reached = 0
        """The position that this process has brought it to last."""

    def catch_up(self, log: EventLog, progress: Callable[[int, int], None] = ignore) -> int:
        """Bring it up to date with the log as it is now, batch by batch; return the position.

        If it must be built from scratch, that is one transaction. `progress` is called with what is
        done and the total.
        """
        end: int | None = None
        while True:
            step = self.advance(log, progress=progress)
            end = step.end if end is None else end
            if step.position >= end and not step.left:
                return step.position

    def rebuild(self, log: EventLog, progress: Callable[[int, int], None] = ignore) -> int:
        """Drop everything and build it from the log, in one transaction; return the position."""
        return self._carefully(partial(self._from_scratch, log, progress)).position

    def advance(
        self,
        log: EventLog,
        most: int = BATCH,
        progress: Callable[[int, int], None] = ignore,
    ) -> BatchResult:
        """Process one batch of at most so many events, in one transaction."""
        return self._carefully(partial(self._advance, log, most, progress))

    def retry(self, log: EventLog, at: int) -> int:
        """Retry the event that is parked or skipped at a position, in one transaction.

        Return how many subjects are still held there: whatever raises again is parked again. Raises
        `NotParked` where nothing is.
        """
        with self._transaction():
            self._forget()
            return retry_parked(self._db, log, self._folds, self._subjects, at)

    def skip(self, log: EventLog, at: int, reason: str) -> int:
        """Leave an event that is parked out of the projections that it is parked in.

        Return how many subjects are still held there, of projections that this process does not
        have. Raises `NotParked` where nothing is.
        """
        with self._transaction():
            self._forget()
            return retry_parked(self._db, log, self._folds, self._subjects, at, reason=reason)

    def _carefully(self, take_in: Callable[..., BatchResult]) -> BatchResult:
        try:
            with self._transaction(durable=False):
                return take_in(careful=False)
        except EventFailedError:
            with self._transaction(durable=False):
                return take_in(careful=True)

    @contextmanager
    def _transaction(self, *, durable: bool = True) -> Iterator[None]:
        try:
            with self._db.transaction(durable=durable):
                yield
        except BaseException:
            self._forget()
            raise
        self._subjects.shrink()

    def _forget(self) -> None:
        """Forget what is in memory."""
        self._subjects.forget()
        self._amendments.forget()
        self._reached = 0

    def _from_scratch(
        self, log: EventLog, progress: Callable[[int, int], None], *, careful: bool
    ) -> BatchResult:
        """Build everything from the log."""
        before = checkpoints.current_state(self._db, log)
        skipped = (
            self._db.execute("SELECT * FROM skipped").fetchall()
            if before and before.meta["skipped"] != "0"
            else []
        )
        state = checkpoints.create(self._db, log, self._folds)
        if skipped:
            self._db.executemany("INSERT INTO skipped VALUES (?,?,?,?,?)", skipped)
            state.meta["skipped"] = str(len(skipped))
        self._forget()
        if careful:
            return self._main(log, state, read_batch(log, 0), progress, careful=careful)
        parked = Parked(self._db, state.meta)
        found = map(self._own.target, state.standings.values())
        targets = [target for target in found if target]
        building = Build(self._db, log, targets, parked, log.position)
        build(building, self._subjects, progress, processes=self._processes)
        parked.settle()
        self._say(building.end, building.recorded)
        return BatchResult(building.end, building.end, building.events)

    def _say(self, position: int, recorded: str) -> None:
        """Store the position that the read model has reached."""
        self._db.execute(
            "UPDATE meta SET value=CASE WHEN key='position' THEN ? "
            "WHEN ?='' THEN value ELSE ? END WHERE key IN ('position', 'recorded')",
            (str(position), recorded, recorded.replace("+00:00", "Z")),
        )
        self._reached = position

    def _advance(
        self, log: EventLog, most: int, progress: Callable[[int, int], None], *, careful: bool
    ) -> BatchResult:
        asked = checkpoints.request_state(self._db)
        # Most often nobody else has gone on from here: the log is read while the answer comes.
        ahead = read_batch(log, self._reached, most) if self._reached else None
        state = checkpoints.receive_state(asked, log)
        if state is None:
            return self._from_scratch(log, progress, careful=careful)
        behind = [
            (number, fold)
            for number, fold in enumerate(self._folds)
            if not (found := state.of(fold)) or not found.live or found.position is not None
        ]
        if self._gives_way:
            for _, fold in behind:
                checkpoints.give_way(state, fold)
        # What this program cannot fold any more stays as it is, and so does what answers with it.
        first = next((one for one in behind if one[1].name in VERSIONS), None)
        if first is None:
            if ahead and ahead.after == state.position:
                batch = ahead
            else:
                batch = read_batch(log, state.position, most)
            if batch.until > state.position:
                step = self._main(log, state, batch, progress, careful=careful)
                return replace(step, left=len(behind)) if behind else step
            if batch.until == state.position and not behind:
                return BatchResult(state.position, state.position)
            first = behind[0] if behind else None
        if first is None or state.position > log.position:
            return self._from_scratch(log, progress, careful=careful)
        step = self._build_version(log, state, first, most, progress)
        return replace(step, left=len(behind) - step.took_over)

    def _main(
        self,
        log: EventLog,
        state: ReadModelState,
        batch: Batch,
        progress: Callable[[int, int], None],
        *,
        careful: bool,
    ) -> BatchResult:
        """Process a batch for the versions that answer."""
        source = BatchReader(log, batch, self._amendments.versions(log))
        parked = Parked(self._db, state.meta)
        targets = []
        for standing in state.standings.values():
            if not standing.live or standing.position is not None:
                continue
            if target := self._own.target(standing):
                targets.append(target)
            else:  # of another process, which has other folds
                checkpoints.set_position(self._db, standing, batch.after)
        describe(self._db, source, parked, self._amendments, careful=careful)
        self._subjects.take_in(targets, source, parked, progress)
        parked.settle()
        self._say(batch.until, batch.events[-1][1].recorded.isoformat() if batch.events else "")
        return BatchResult(batch.until, batch.end, batch.size)

    def _build_version(
        self,
        log: EventLog,
        state: ReadModelState,
        behind: tuple[int, Fold[Any]],
        most: int,
        progress: Callable[[int, int], None],
    ) -> BatchResult:
        """Take a batch in that brings one version nearer to the position that answers are as of."""
        number, fold = behind
        standing = state.of(fold) or checkpoints.start_version(self._db, fold)
        assert standing.position is not None, "it would not be behind"  # noqa: S101
        batch = read_batch(log, standing.position, most, goal=state.position)
        parked = Parked(self._db, state.meta)
        target = Target(number, fold, standing.table)
        versions = self._amendments.versions(log)
        self._subjects.take_in([target], BatchReader(log, batch, versions), parked, progress)
        checkpoints.set_position(self._db, standing, batch.until)
        is_level = batch.until == state.position
        if is_level and standing.live:
            checkpoints.set_position(self._db, standing, None)
        elif is_level:
            checkpoints.take_over(self._db, state, standing)
        parked.settle()
        return BatchResult(
            state.position,
            batch.end,
            batch.size,
            f"{fold.name} {fold.version}",
            batch.until,
            took_over=is_level,
        )


def catch_up(db: Connection, log: EventLog, progress: Callable[[int, int], None] = ignore) -> int:
    """Bring a read model up to date with the log once; see `ReadModel.catch_up`."""
    return ReadModel(db).catch_up(log, progress)


def rebuild(db: Connection, log: EventLog, progress: Callable[[int, int], None] = ignore) -> int:
    """Build a read model from scratch once; see `ReadModel.rebuild`."""
    return ReadModel(db).rebuild(log, progress)
