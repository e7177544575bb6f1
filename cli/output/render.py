"""Rendering: an answer as a table, JSON, JSON lines or CSV.

This is the only module that knows what the formats are.
"""

from __future__ import annotations

import enum
import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.errors import UsageError
from aboard.cli.errors import note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aboard.cli.output.answer import AnswerForms


class Format(enum.StrEnum):
    """The formats that an answer can be printed in."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"

    @property
    def is_text(self) -> bool:
        """Whether a person is to read it."""
        return self is Format.table


class WorkFormat(enum.StrEnum):
    """The formats in which a command that goes on working reports what it does."""

    table = "table"
    jsonl = "jsonl"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="The format of the answer.")]

SourcesOption = Annotated[
    bool,
    typer.Option("--sources", help="Add a column: the sources of the events behind each row."),
]

OptionalFormat = Annotated[
    Format | None,
    typer.Option("--format", "-f", help="The format of the answer. [default: table]"),
]


def say(text: str) -> None:
    """Print a line of an answer; exit quietly when its reader has gone."""
    try:
        typer.echo(text)
    except BrokenPipeError:
        # What is still buffered has no reader either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def print_json(value: object, *, lines: bool = False) -> None:
    """Print a value as JSON: indented, or on one line."""
    say(json.dumps(value, ensure_ascii=False, indent=None if lines else 2))


def render(answer: AnswerForms, form: Format) -> None:
    """Print an answer in a format, then its notes, and end the command with its exit code.

    CSV and JSON lines are replaced by the text where the answer has no such form, and JSON by
    JSON lines. An answer that has none of these is refused.
    """
    if answer.data is None or form is not Format.json:
        for line in answer.details():
            typer.echo(line, err=True)
    match form:
        case Format.json if answer.data is not None:
            print_json(answer.data())
        case Format.json | Format.jsonl if answer.records is not None:
            for record in answer.records():
                print_json(record, lines=True)
        case Format.csv if answer.rows is not None:
            _print_csv(answer.rows(), answer.columns)
        case _:
            _print_text(answer)
    for one in answer.notes():
        note(one)
    if answer.exit_code:
        raise typer.Exit(answer.exit_code)


def report(record: object, text: str, form: WorkFormat) -> None:
    """Print a step of work that goes on: as a JSON line, or as text on standard error."""
    if form is WorkFormat.jsonl:
        print_json(record, lines=True)
    else:
        typer.echo(text, err=True)


def _print_text(answer: AnswerForms) -> None:
    if answer.text is None:
        raise UsageError(*answer.unavailable)
    if answer.paged:
        from aboard.cli.output.pager import paged  # noqa: PLC0415 - most answers are short

        with paged(say, wanted=True) as write:
            _write_lines(answer.text(), write)
    elif not _write_lines(answer.text(), say) and answer.if_empty:
        note(answer.if_empty)


def _write_lines(lines: Iterable[str], write: Callable[[str], None]) -> int:
    """Write lines, and return how many there were."""
    number = 0
    for number, line in enumerate(lines, 1):  # noqa: B007 - the last number is returned
        write(line)
    return number


def _print_csv(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> None:
    """Print rows as CSV below a header: a list in one go, others row by row as they come."""
    import csv  # noqa: PLC0415 - only this format needs it
    from io import StringIO  # noqa: PLC0415

    text = StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    at_once = isinstance(rows, list)

    def flush() -> None:
        say(text.getvalue().removesuffix("\n"))
        text.seek(0)
        text.truncate()

    writer.writeheader()
    if not at_once:
        flush()
    for row in rows:
        writer.writerow({key: _csv_value(value) for key, value in row.items()})
        if not at_once:
            flush()
    if at_once:
        flush()


def _csv_value(value: object) -> object:
    """Return a value for CSV: true and false as in JSON, and nothing for None."""
    return str(value).lower() if isinstance(value, bool) else value
