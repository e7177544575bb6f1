"""`aboard retract`: take an event back."""

from __future__ import annotations

from aboard.cli.options.database import DatabaseOption
from aboard.cli.output.render import Format
from aboard.cli.recording.amend_flow import (
    KnownSince,
    Note,
    Reason,
    Source,
    Target,
    Transcription,
    amend_and_show,
)
from aboard.cli.recording.record_flow import (
    By,
    DryRun,
    LedgerOption,
    RecordFormatOption,
    RecordOptions,
)


def command(
    event: Target,
    reason: Reason,
    source: Source,
    known: KnownSince = "",
    transcription: Transcription = False,
    note: Note = "",
    by: By = "",
    ledger: LedgerOption = None,
    dry_run: DryRun = False,
    form: RecordFormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """Retract an event that is recorded.

    \b
    Examples:
      aboard retract crew-7/launch-scrubbed-2023-08-24 \\
          --reason "there was no attempt that day" --source gcat
      aboard retract soyuz-ms-23/docked/corrected-1 --reason "it was right" --source gcat
      aboard retract crew-5/return-planned-2023-03-09 --reason "loaded twice" --source gcat \\
          --transcription --dry-run

    EVENT may also be a batch, whose id `aboard record` prints: all its events are retracted
    together. An event itself stays as it was recorded. As known before the retraction it still
    holds; with --transcription, for a mistake in writing it down, it never did. A retraction can
    itself be retracted.
    """
    said = {
        "source": list(source),
        "reason": reason,
        "transcription": transcription or None,
        "note": note or None,
    }
    options = RecordOptions(by, dry_run, form, database, ledger)
    amend_and_show("retracted", event, said, known=known, options=options)
