"""Loading a ledger into the log: one transaction, and idempotent by event id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from aboard.domain.log import VersionConflict
from aboard.loader.examine import Base, examine
from aboard.loader.facts import Recording
from aboard.loader.ledger import read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from aboard.domain.log import Log
    from aboard.loader.finding import Finding

ATTEMPTS = 5
"""How often a load decides anew after another writer was first."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a load: nothing is recorded when there are `findings`.

    `notes` are findings of what is merely missing, which do not stop a load.
    """

    recorded: int
    already: int
    position: int
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


def load(log: Log, paths: Iterable[Path], now: int, progress: Callable[[int, int], None]) -> Loaded:
    """Record every fact of the files that is not recorded yet, all of them or none.

    `now` is the instant of recording, in Unix seconds; `progress` is called with what is done and
    the total. Raises `VersionConflict` when other writers were first too often.
    """
    paths = list(paths)
    for attempt in range(ATTEMPTS):
        progress(0, 3)
        files = read_files(paths)
        recording = Recording(now, "ledger", f"load-{uuid4()}")
        progress(1, 3)
        base = Base([event for _, event in log.read()], recorded=True)
        result = examine(files, base, recording)
        progress(2, 3)
        if result.blocking:
            return Loaded(0, result.already, log.position, tuple(result.findings))
        try:
            position = log.record(result.events) if result.events else log.position
        except VersionConflict:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        progress(3, 3)
        return Loaded(len(result.events), result.already, position, notes=tuple(result.findings))
    raise AssertionError("unreachable: the loop returns or raises")
