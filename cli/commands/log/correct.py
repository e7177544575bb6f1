"""`aboard correct`: say what an event should have said."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from aboard.app.errors import UsageError
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.values import toml_value
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
    changes: Annotated[
        list[str],
        typer.Argument(metavar="FIELD=VALUE...", help="New values; FIELD= removes a value."),
    ],
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
    """Correct an event that is recorded.

    \b
    Examples:
      aboard correct soyuz-ms-23/docked happened=2023-02-26T00:58Z \\
          --reason "the catalogue is a day early" --source tass-2023-02-26 --known 2023-02-26
      aboard correct crew-6/relocated undocked_at=2023-05-06T11:10Z \\
          --reason "NASA's minute" --source gcat --dry-run
      aboard correct crew-7/docked port= --reason "not known after all" --source gcat
      aboard correct soyuz-ms-22/docked note="Rassvet" --reason "a typing error" \\
          --source gcat --transcription --ledger ledger/

    The event itself stays as it was recorded. As known before the correction, the wrong value is
    still the answer; with --transcription, for a mistake in writing the fact down, it never was. A
    correction can itself be corrected or retracted. id, type and known cannot be corrected:
    retract the event, and record another.
    """
    new, removed = _changes(changes)
    said: dict[str, Any] = {
        "source": list(source),
        "changes": new,
        "removes": removed,
        "reason": reason,
        "transcription": transcription or None,
        "note": note or None,
    }
    options = RecordOptions(by, dry_run, form, database, ledger)
    amend_and_show("corrected", event, said, known=known, options=options)


def _changes(changes: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return new values and the fields to take away; a value is TOML, or else a text."""
    new: dict[str, Any] = {}
    removed: list[str] = []
    for change in changes:
        field, equals, value = change.partition("=")
        if not equals or not field.isidentifier():
            raise UsageError(
                f"{change!r} is not a change", "write FIELD=VALUE, for example port=poisk-zenith"
            )
        if not value:
            removed.append(field)
            continue
        new[field] = toml_value(value, field)
    return new, removed
