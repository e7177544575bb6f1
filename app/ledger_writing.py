"""Recording in a ledger as well as in the log: in both, or in neither."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aboard.app.errors import AboardError, LedgerRefused, RecordingRefused, UsageError
from aboard.domain.eventlog.log import VersionConflict
from aboard.loader.ledger import label
from aboard.loader.ledger_edit import LedgerChanged, LedgerEdit
from aboard.loader.record import record as record_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.domain.eventlog.log import Log
    from aboard.loader.finding import Finding
    from aboard.loader.ledger_edit import LedgerFact
    from aboard.loader.parse_entries import Recording
    from aboard.loader.record import RecordResult
    from aboard.loader.toml_file import TomlFile


def checked_edit(
    ledger: Path, facts: Sequence[LedgerFact], instant: int
) -> tuple[LedgerEdit, tuple[Finding, ...]]:
    """Return how facts are written to a ledger, and which others are missing there so far.

    What would keep the ledger from being loaded is refused.
    """
    edit = LedgerEdit.of(ledger, facts)
    if missing := edit.missing_targets() if not edit.unreadable else []:
        raise UsageError(
            f"ledger {ledger}: no file there states {missing[0]}",
            "give the folder that the fact was loaded from",
            argument="ledger",
        )
    findings = edit.findings(instant)
    if first := next((one for one in findings if not one.missing), None):
        raise LedgerRefused(
            findings,
            f"--ledger {ledger} could not be loaded with it: {first.file}:{first.line}: "
            f"{first.rule}: {first.message}",
            first.hint,
        )
    return edit, tuple(findings)


def record_in_both(
    log: Log, file: TomlFile, recording: Recording, edit: LedgerEdit
) -> RecordResult:
    """Record what a file states in the ledger and in the log.

    The ledger is first: if this is interrupted between the two, the next load records the rest, and
    so does the same command.
    """
    try:
        edit.write()
    except LedgerChanged as error:
        raise AboardError(
            f"{error} was changed by another program, and nothing was recorded", "try it again"
        ) from error
    except OSError as error:
        raise AboardError(
            f"{label(Path(error.filename or edit.ledger))}: {error.strerror}, and nothing was "
            "recorded",
            "check the path and its permissions",
        ) from error
    try:
        result = record_files(log, [file], recording)
    except VersionConflict:
        edit.undo()
        raise
    if result.refusal:
        edit.undo()
        raise RecordingRefused(result.refusal)
    return result
