"""Rendering: an answer as a table, JSON, JSON lines or CSV."""

from __future__ import annotations

import enum
import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence


class Format(enum.StrEnum):
    """The forms an answer can take."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="The form of the answer.")]

OptionalFormat = Annotated[
    Format | None,
    typer.Option("--format", "-f", help="The form of the answer. [default: table]"),
]


def say(text: str) -> None:
    """Print a line of an answer; end quietly when whoever reads the answers has gone."""
    try:
        typer.echo(text)
    except BrokenPipeError:
        # What is still buffered has no reader either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def print_json(value: object, *, lines: bool = False) -> None:
    """Print a value as JSON: indented, or on one line."""
    say(json.dumps(value, ensure_ascii=False, indent=None if lines else 2))


def print_csv(
    rows: Sequence[dict[str, Any]], columns: Sequence[str], *, header: bool = True
) -> None:
    """Print rows as CSV, below a header; what is unknown is an empty cell."""
    import csv  # noqa: PLC0415 - only this form needs it
    from io import StringIO  # noqa: PLC0415

    text = StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    say(text.getvalue().removesuffix("\n"))


def _cell(value: object) -> object:
    """Return a value as a cell shows it: true and false as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else value


def bold(text: str) -> str:
    """Return the text in bold, where the output is a terminal that wants it."""
    plain = (
        not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    )
    return text if plain else f"\x1b[1m{text}\x1b[0m"


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], indent: str = "") -> None:
    """Print rows in columns as wide as their widest cell.

    A table of ours and not of a library: the import of one would take longer than the answer.
    """
    widths = [max(len(row[n]) for row in (header, *rows)) for n in range(len(header))]
    for number, row in enumerate((header, *rows)):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        line = indent + "  ".join(cells).rstrip()
        say(bold(line) if number == 0 else line)
