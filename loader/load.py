"""Loading a ledger into the log: one transaction, and idempotent by event id."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from aboard.events.gc_pause import uncollected
from aboard.loader.ledger import read_files
from aboard.loader.parse_entries import Recording
from aboard.loader.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from aboard.domain.eventlog.log import Log
    from aboard.loader.record import RecordResult


def load(
    log: Log,
    paths: Iterable[Path],
    now: int,
    progress: Callable[[int, int], None],
    *,
    dry_run: bool = False,
) -> RecordResult:
    """Record every fact of the files that is not recorded yet, all of them or none.

    `now` is the instant of recording, in Unix seconds; `progress` is called with what is done and
    the total. With `dry_run` nothing is recorded. Raises `VersionConflict` when other writers were
    first too often.
    """
    with uncollected():
        progress(0, 3)
        files = read_files(list(paths))
        progress(1, 3)
        recording = Recording(now, "ledger", f"load-{uuid4()}")
        return record(log, files, recording, dry_run=dry_run, progress=progress)
