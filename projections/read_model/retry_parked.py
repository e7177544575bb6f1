"""Mending what is parked: event_errors again, or leaving an event out for a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aboard.events.encoding.unreadable import Unreadable
from aboard.projections.ingest import checkpoints
from aboard.projections.ingest.batches import Batch, BatchReader
from aboard.projections.ingest.catalogue_amendments import AmendmentCache
from aboard.projections.ingest.catalogue_batch import describe
from aboard.projections.ingest.parking import Parked, settle
from aboard.projections.tables.schema import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.projections.fold import Fold
    from aboard.projections.ingest.batches import EventLog
    from aboard.projections.ingest.checkpoints import ReadModelState, Target
    from aboard.projections.ingest.incremental import Subjects
    from aboard.storage.connection import Connection


class NotParked(LookupError):  # noqa: N818 - it is an answer, not a failure
    """Nothing is parked at a position, nor skipped."""


def retry_parked(
    db: Connection,
    log: EventLog,
    folds: Sequence[Fold[Any]],
    subjects: Subjects,
    at: int,
    *,
    reason: str | None = None,
) -> int:
    """Take what stands at a position in again, or with a reason leave it out.

    Return how many subjects are still held there. The caller has opened a transaction.
    """
    state = checkpoints.current_state(db, log)
    if state is None:
        raise NotParked(at)
    targets = _targets(folds, state, at)
    held = db.execute(
        "SELECT projection, subject, event FROM parked WHERE position=?", (at,)
    ).fetchall()
    undone = db.execute("SELECT projection FROM skipped WHERE position=?", (at,)).fetchall()
    if not held and (reason is not None or not undone):
        raise NotParked(at)
    mine = {target.table: target for target in targets}
    db.executemany(
        "DELETE FROM parked WHERE position=? AND projection=?",
        [(at, table) for table in (CATALOGUE, *mine)],
    )
    if reason is None:
        db.execute("DELETE FROM skipped WHERE position=?", (at,))
    else:
        since = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        known = {CATALOGUE: CATALOGUE, **{table: one.fold.name for table, one in mine.items()}}
        names = {known[table]: event for table, _, event in held if table in known}
        db.executemany(
            "INSERT OR IGNORE INTO skipped VALUES (?,?,?,?,?)",
            [(name, at, event, reason, since) for name, event in sorted(names.items())],
        )
    settle(db)
    parked = Parked(db, dict(db.execute("SELECT key, value FROM meta")))
    source = BatchReader(log, _batch(log, state, at))
    if not db.execute("SELECT 1 FROM event WHERE position=?", (at,)).fetchone():
        describe(db, source, parked, AmendmentCache(db), careful=True)
    # Where nobody knew whom an event is about, what is held is its stream, and no subject.
    again = [
        (mine[table].number, subject)
        for table, subject, _ in held
        if table in mine and subject not in source.streams
    ]
    subjects.take_in(targets, source, parked, lambda *_: None, again)
    parked.settle()
    found = db.execute("SELECT count(*) FROM parked WHERE position=?", (at,)).fetchone()
    return int(found[0])


def _targets(folds: Sequence[Fold[Any]], state: ReadModelState, at: int) -> list[Target]:
    """Return the versions of this process that have come as far as a position."""
    own, found = checkpoints.OwnFolds(folds), []
    for standing in state.standings.values():
        reached = state.position if standing.position is None else standing.position
        if reached >= at and (target := own.target(standing)):
            found.append(target)
    return found


def _batch(log: EventLog, state: ReadModelState, at: int) -> Batch:
    """Return what stands at one position, with streams that end where the read model does."""
    batch = Batch(at - 1, state.position)
    found = next(iter(log.scan(at - 1)))
    if isinstance(found[1], Unreadable):
        batch.unreadable.append((found[0], found[1]))
    else:
        batch.events.append((found[0], found[1]))
    return batch
