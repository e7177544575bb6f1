"""`aboard check`: check ledger files; silent when there is nothing to say."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from aboard.cli.failing import CHECK_FAILED
from aboard.cli.instants import now
from aboard.cli.render import Format, FormatOption, print_csv, print_json, say

COLUMNS = ("file", "line", "rule", "message", "hint", "missing")
"""The columns of the CSV form, one row a finding."""


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Ledger files or folders. Without any: the ledger that comes with the program.",
            exists=True,
            show_default=False,
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="List facts that are unsourced as well.")
    ] = False,
    form: FormatOption = Format.table,
) -> None:
    """Check ledger files; silent when there is nothing to say.

    \b
    Examples:
      aboard check                              the shipped ledger
      aboard check my-ledger/                   a ledger of one's own
      aboard check soyuz-ms-99.toml             one file, as part of the ledger around it
      aboard check --strict                     unsourced facts too
      aboard check --format json | jq '.[].rule'

    A finding is printed as file:line: rule: what is wrong (hint), and makes the exit code 1. The
    checks come in tiers: form, references, physics, and with --strict sources. A file on its own is
    checked as part of the ledger around it, or of the shipped one, and stands in for the file there
    that has the same stream.
    """
    from aboard.loader.check import check  # noqa: PLC0415 - heavy
    from aboard.loader.ledger import shipped_ledger  # noqa: PLC0415

    findings = check(files or [shipped_ledger()], now(), strict=strict).findings
    rows = [dataclasses.asdict(finding) for finding in findings]
    match form:
        case Format.json:
            print_json(rows)
        case Format.jsonl:
            for row in rows:
                print_json(row, lines=True)
        case Format.csv:
            print_csv(rows, COLUMNS)
        case Format.table:
            for finding in findings:
                say(str(finding))
    if findings:
        raise typer.Exit(CHECK_FAILED)
