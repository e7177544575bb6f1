"""Recording what options or JSON lines state, and showing what was recorded or why it was not."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from aboard.app.errors import FAILED, RecordingRefused
from aboard.cli.errors import RefusedInput
from aboard.cli.opening import TERMINAL
from aboard.cli.output.record_output import print_outcome
from aboard.cli.output.render import print_json
from aboard.cli.recording.amend_flow import undo_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboard.app.record import OpenLog, Outcome
    from aboard.loader.finding import Finding
    from aboard.loader.toml_file import TomlFile


class RecordFormat(enum.StrEnum):
    """The forms that the outcome of a recording can take."""

    table = "table"
    json = "json"


By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who records it. [default: your user name]")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, and record nothing.")
]
RecordFormatOption = Annotated[
    RecordFormat, typer.Option("--format", "-f", help="The form of the outcome.")
]


class RecordOptions(NamedTuple):
    """How something is to be recorded, and how the outcome is shown."""

    by: str
    dry_run: bool
    form: RecordFormat
    database: str


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
        outcome = record(opened, file, by=options.by, preview=options.dry_run, reporter=TERMINAL)
    except RecordingRefused as error:
        findings = [_finding(one, place) for one in error.findings]
        code = exit_code(next(one for one in error.findings if not one.missing))
        if options.form is RecordFormat.json:
            print_json({"recorded": False, "events": [], "findings": findings})
            raise typer.Exit(code) from None
        raise RefusedInput([_problem(one) for one in findings], code) from None
    shown = _as_json(outcome, options.database)
    shown["findings"] = [_finding(one, place) for one in outcome.notes]
    if options.form is RecordFormat.json:
        print_json(shown)
    else:
        print_outcome(shown)


def _as_json(outcome: Outcome, database: str) -> dict[str, Any]:
    ids = [event["id"] for event in outcome.events]
    return {
        "recorded": outcome.recorded,
        "events": outcome.events,
        "already": outcome.already,
        "changes": outcome.changes,
        "findings": [],
        "batch": outcome.batch,
        "undo": undo_command(ids, outcome.batch, database) if outcome.batch else None,
        "position": outcome.position,
    }


HINTS = {
    "missing-source": "the key of a source, or unsourced for general knowledge",
    "wrong-date": "2022-09-21T13:54:49Z, or coarser: 2022-09-21T13:54Z, 2022-09-21, 2022-09",
}
"""What to do, where a ledger's hint is about TOML."""


def _hint(finding: Finding) -> str:
    if finding.hint.startswith("add it to "):
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


def _problem(finding: dict[str, Any]) -> tuple[str, str]:
    """Return a finding as an error is printed: its message, and its hint."""
    at = f"{finding['place']}: " if finding["place"] else ""
    return f"{at}{finding['rule']}: {finding['message']}", finding["hint"]
