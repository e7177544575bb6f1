"""What `aboard correct` and `aboard retract` share: options and recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.database import find_database
from aboard.app.errors import LedgerRefused, RecordingRefused, UsageError
from aboard.cli.opening import TERMINAL
from aboard.cli.recording.record_flow import (
    RecordOptions,
    elsewhere,
    show_outcome,
    show_refusal,
)
from aboard.events.time import Time, TimeError
from aboard.loader.amend import LABEL

if TYPE_CHECKING:
    from aboard.loader.finding import Finding

Target = Annotated[str, typer.Argument(metavar="EVENT", help="The id of the event it is about.")]
Reason = Annotated[str, typer.Option("--reason", help="Why: what was wrong with it.")]
Source = Annotated[
    list[str], typer.Option("--source", metavar="KEY", help="Who says so: a source's key.")
]
KnownSince = Annotated[
    str,
    typer.Option("--known", metavar="TIME", help="Since when that is public. [default: today]"),
]
Transcription = Annotated[
    bool,
    typer.Option("--transcription", help="The slip was ours, in writing the fact down."),
]
Note = Annotated[str, typer.Option("--note", help="Anything more to say.")]


def amend_and_show(
    kind: str, target: str, said: dict[str, Any], *, known: str, options: RecordOptions
) -> None:
    """Record an amendment of an event in the log, and in a ledger too where one is given."""
    from aboard.app.record import amend  # noqa: PLC0415 - heavy

    said["known"] = _known(known)
    try:
        outcome = amend(
            find_database(options.database), kind, target, said,
            by=options.by, ledger=options.ledger, preview=options.dry_run, reporter=TERMINAL,
        )  # fmt: skip
    except RecordingRefused as error:
        if options.form.is_text and not isinstance(error, LedgerRefused):
            raise
        show_refusal(error, options, _place)
    else:
        show_outcome(outcome, options, _place)


def _place(finding: Finding) -> str:
    return "" if finding.file == LABEL else elsewhere(finding)


def _known(text: str) -> str:
    stated = text or str(Time(Time.at(now()).fields[:3]))
    try:
        return str(Time.parse(stated))
    except TimeError as error:
        raise UsageError(f"--known: {error}", "leave it out for today") from error
