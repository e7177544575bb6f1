"""Recording what is stated: decided on against the log, in one transaction, and told of conflicts.

A load of a ledger, a correction, and an event recorded by hand all come through here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboard.domain.log import VersionConflict
from aboard.loader.examine import Base, examine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aboard.domain.log import Log
    from aboard.events.envelope import Event
    from aboard.loader.facts import Recording
    from aboard.loader.finding import Finding
    from aboard.loader.toml_file import TomlFile

ATTEMPTS = 5
"""How often it is decided anew after another writer was first."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of it: nothing is recorded when one of the findings is not merely missing.

    `events` are those recorded, or that would be, each at the version of its stream.
    """

    events: tuple[Event, ...]
    already: int
    position: int
    findings: tuple[Finding, ...] = ()

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
) -> Recorded:
    """Record every fact of the files that is not recorded yet, all of them or none.

    With `dry_run` nothing is. Raises `VersionConflict` when other writers were first too often.
    """
    for attempt in range(ATTEMPTS):
        base = Base([event for _, event in log.read()], recorded=True)
        result = examine(files, base, recording)
        progress(2, 3)
        findings, events = tuple(result.findings), tuple(result.events)
        if result.blocking or dry_run or not events:
            kept = () if result.blocking else events
            return Recorded(kept, result.already, log.position, findings)
        try:
            position = log.record(events)
        except VersionConflict:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        progress(3, 3)
        return Recorded(events, result.already, position, findings)
    raise AssertionError("unreachable: the loop returns or raises")
