"""Recording what options or JSON lines state, and showing what was recorded or why it was not."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from aboard.app.database import without_password
from aboard.app.errors import FAILED, LedgerRefused, RecordingRefused
from aboard.cli.errors import RefusedInput
from aboard.cli.opening import TERMINAL
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.record_output import outcome_lines
from aboard.cli.output.render import Format, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboard.app.record import OpenLog, Outcome
    from aboard.loader.finding import Finding
    from aboard.loader.toml_file import TomlFile


By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who records it. [default: your user name]")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, and record nothing.")
]
RecordFormatOption = Annotated[
    Format, typer.Option("--format", "-f", help="The format of the outcome.")
]
LedgerOption = Annotated[
    Path | None,
    typer.Option(
        "--ledger", metavar="FOLDER", exists=True, file_okay=False,
        help="Write it to the files of this ledger too.",
    ),
]  # fmt: skip


COLUMNS = ("id", "type", "stream", "version", "position", "says")
"""The columns of the events that were recorded."""


class RecordOptions(NamedTuple):
    """How something is to be recorded, and how the outcome is shown."""

    by: str
    dry_run: bool
    form: Format
    database: str
    ledger: Path | None = None


def record_and_show(
    opened: OpenLog,
    file: TomlFile,
    options: RecordOptions,
    place: Callable[[Finding], str],
    *,
    exit_code: Callable[[Finding], int] = lambda _: FAILED,
) -> None:
    """Record what a file states and show the outcome.

    `place` says where a finding is in what was given, and `exit_code` how the command ends with it.
    """
    from aboard.app.record import record  # noqa: PLC0415 - heavy

    try:
        outcome = record(
            opened, file, by=options.by, preview=options.dry_run, ledger=options.ledger,
            reporter=TERMINAL,
        )  # fmt: skip
    except LedgerRefused as error:
        show_refusal(error, options, elsewhere)
    except RecordingRefused as error:
        code = exit_code(next(one for one in error.findings if not one.missing))
        show_refusal(error, options, place, code)
    else:
        show_outcome(outcome, options, place)


def elsewhere(finding: Finding) -> str:
    """Return where a finding is that is not in what was given: a place in a ledger, or the log."""
    return f"{finding.file}:{finding.line}" if finding.line else finding.file


def show_refusal(
    error: RecordingRefused,
    options: RecordOptions,
    place: Callable[[Finding], str],
    code: int = FAILED,
) -> None:
    """Show why nothing was recorded: as text by raising the error, or in the form asked for."""
    findings = [_finding(one, place) for one in error.findings]
    if options.form.is_text:
        problems = [_problem(one) for one in findings]
        if isinstance(error, LedgerRefused):
            problems.insert(0, (f"--ledger {options.ledger} could not be loaded with it", ""))
        raise RefusedInput(problems, code) from None
    refusal = {"recorded": False, "events": [], "findings": findings}
    render(AnswerForms.of(refusal, rows=list, columns=COLUMNS, exit_code=code), options.form)


def show_outcome(outcome: Outcome, options: RecordOptions, place: Callable[[Finding], str]) -> None:
    """Show what was recorded, or would be, with what it changes and how to undo it."""
    notes = [_finding(one, place) for one in outcome.notes]
    undo = undo_command(outcome, options) if outcome.batch else None
    shown = {
        "recorded": outcome.recorded,
        "events": outcome.events,
        "already": outcome.already,
        "changes": outcome.changes,
        "findings": notes,
        "batch": outcome.batch,
        "undo": undo,
        "position": outcome.position,
        **({"toml": outcome.toml} if outcome.toml else {}),
        **({"ledger": outcome.files} if options.ledger is not None else {}),
    }
    render(
        AnswerForms.of(
            shown,
            rows=lambda: outcome.events,
            columns=COLUMNS,
            text=lambda: outcome_lines(shown, is_preview=options.dry_run),
            notes=lambda: map(_note, notes),
        ),
        options.form,
    )


def undo_command(outcome: Outcome, options: RecordOptions) -> str:
    """Return the command that takes back what was recorded, in the log that a flag named.

    Several events are taken back together, by the batch they were recorded in: one by one, some
    could contradict those that are left.
    """
    where = options.database
    named = where and where != os.environ.get("ABOARD_DATABASE")
    what = outcome.events[0]["id"] if len(outcome.events) == 1 else outcome.batch
    flags = f" --database {shlex.quote(without_password(where))}" if named else ""
    if options.ledger is not None:
        flags += f" --ledger {shlex.quote(str(options.ledger))}"
    return f"aboard retract {what} --reason ... --source ...{flags}"


HINTS = {
    "missing-source": "the key of a source, or unsourced for general knowledge",
    "wrong-date": "2022-09-21T13:54:49Z, or coarser: 2022-09-21T13:54Z, 2022-09-21, 2022-09",
}
"""What to do, where a ledger's hint is about TOML."""


def _hint(finding: Finding) -> str:
    if finding.hint.startswith("add it to ") and not finding.file.endswith(".toml"):
        return "register it first, with `aboard record`"
    if finding.rule == "missing-field" and "top of the file" in finding.hint:
        return 'write "stream": "flight/soyuz-ms-22"'
    return HINTS.get(finding.rule, finding.hint)


def _finding(finding: Finding, place: Callable[[Finding], str]) -> dict[str, Any]:
    return {
        "place": place(finding),
        "rule": finding.rule,
        "message": finding.message,
        "hint": _hint(finding),
        "missing": finding.missing,
    }


def _note(finding: dict[str, Any]) -> str:
    message, hint = _problem(finding)
    return f"{message} ({hint})"


def _problem(finding: dict[str, Any]) -> tuple[str, str]:
    """Return a finding as an error is printed: its message, and its hint."""
    at = f"{finding['place']}: " if finding["place"] else ""
    return f"{at}{finding['rule']}: {finding['message']}", finding["hint"]
