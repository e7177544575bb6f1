"""Recording what is stated: decided on against the log, in one transaction, and told of conflicts.

A load of a ledger, a correction, and an event recorded by hand all come through here.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboard.domain.eventlog.log import VersionConflict
from aboard.loader.baseline import LogBaseline
from aboard.loader.checks import examine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aboard.domain.eventlog.log import Log
    from aboard.events.envelope import Event
    from aboard.loader.finding import Finding
    from aboard.loader.parse_entries import Recording
    from aboard.loader.toml_file import TomlFile

ATTEMPTS = 50
"""How often it is decided anew after another writer was first."""

FIRST_WAIT, LONGEST_WAIT = 0.001, 0.25
"""Seconds within which a writer who was second tries again, doubled each time up to the longest.

How long within is left to chance, so that writers who met once do not meet again.
"""


@dataclass(frozen=True, slots=True)
class RecordResult:
    """What came of it: nothing is recorded when one of the findings is not merely missing.

    `events` are those recorded, or that would be, each at the version of its stream. `position` is
    the log's, and `positions` are those of the events, as far as they are recorded.
    """

    events: tuple[Event, ...]
    already: int
    position: int
    findings: tuple[Finding, ...] = ()
    positions: tuple[int, ...] = ()

    @property
    def refusal(self) -> tuple[Finding, ...]:
        """Everything found, when some of it is the reason why nothing was recorded."""
        return () if all(finding.missing for finding in self.findings) else self.findings

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is merely missing, when the rest was recorded."""
        return () if self.refusal else self.findings


def _no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def record(
    log: Log,
    files: Sequence[TomlFile],
    recording: Recording,
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = _no_progress,
) -> RecordResult:
    """Record every fact of the files that is not recorded yet, all of them or none.

    With `dry_run` nothing is. Raises `VersionConflict` when other writers were first too often.
    """
    for attempt in range(ATTEMPTS):
        with log.snapshot() as snapshot:
            result = examine(files, LogBaseline(snapshot), recording)
        progress(2, 3)
        findings, events = tuple(result.findings), tuple(result.events)
        if result.blocking or dry_run or not events:
            kept = () if result.blocking else events
            return RecordResult(kept, result.already, log.position, findings)
        try:
            position = log.record(
                [*events, *result.guards], seen=snapshot.position, people=result.people
            )
        except VersionConflict:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)))  # noqa: S311
            continue
        progress(3, 3)
        last = position - len(result.guards)
        positions = tuple(range(last - len(events) + 1, last + 1))
        return RecordResult(events, result.already, position, findings, positions)
    raise AssertionError("unreachable: the loop returns or raises")
