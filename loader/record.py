"""Recording what is stated: decided on against the log, in one transaction, with retries.

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
"""How often the decision is repeated after another writer was first."""

FIRST_WAIT, LONGEST_WAIT = 0.001, 0.25
"""Bounds of the wait before a writer that lost a race tries again; it doubles each time.

The wait within the bound is random, so that the same writers do not collide again.
"""


@dataclass(frozen=True, slots=True)
class RecordResult:
    """The result: nothing is recorded if any finding is more than a missing fact.

    `events` are those recorded, or that would be, each with its version in its stream. `position`
    is that of the log, and `positions` are those of the events that were recorded.
    """

    events: tuple[Event, ...]
    already: int
    position: int
    findings: tuple[Finding, ...] = ()
    positions: tuple[int, ...] = ()

    @property
    def refusal(self) -> tuple[Finding, ...]:
        """All findings, if some of them are the reason why nothing was recorded."""
        return () if all(finding.missing for finding in self.findings) else self.findings

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Missing facts, if the rest was recorded."""
        return () if self.refusal else self.findings


def _no_progress(_done: int, _total: int) -> None:
    """Ignore the progress."""


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
