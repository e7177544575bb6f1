"""`aboard check`: check ledger files; silent when there is nothing to say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aboard.app.clock import now
from aboard.app.errors import FAILED, UsageError
from aboard.cli.options.database import Files
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.render import Format, FormatOption, render
from aboard.loader.tiers import Tier

if TYPE_CHECKING:
    from aboard.loader.finding import Finding

COLUMNS = ("file", "line", "rule", "tier", "message", "hint", "missing")
"""The columns of the CSV form, one row a finding."""


def command(
    files: Files = None,
    tier: Annotated[
        Tier | None,
        typer.Option("--tier", help="How far to check. [default: physics]"),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="The same as --tier sources: report unsourced facts too."),
    ] = False,
    against: Annotated[
        str,
        typer.Option(
            "--against",
            metavar="REVISION",
            help="Also fail on facts of this git revision that were edited or removed.",
        ),
    ] = "",
    form: FormatOption = Format.table,
) -> None:
    """Check ledger files; prints nothing if there are no findings.

    \b
    Examples:
      aboard check                              the shipped ledger
      aboard check my-ledger/                   your own ledger
      aboard check soyuz-ms-99.toml             one file, as part of the ledger around it
      aboard check --tier form soyuz-ms-99.toml only the form, as you type it
      aboard check --strict                     unsourced facts too
      aboard check ledger/ --against v0.1.0     released facts too, which must not change
      aboard check --format json | jq '.[].rule'

    A finding is printed as file:line: rule: what is wrong (hint), and makes the exit code 1. The
    checks come in tiers, each including those before it: form, references, physics, and with
    --strict sources. A single file is checked as part of the ledger around it, or of the shipped
    one, where it replaces the file with the same stream.
    """
    from aboard.loader.check import check  # noqa: PLC0415 - heavy
    from aboard.loader.ledger import shipped_ledger  # noqa: PLC0415

    wanted = files or [shipped_ledger()]
    if strict and tier not in (None, Tier.sources):
        raise UsageError(f"--strict and --tier {tier} contradict each other", "give one of them")
    until = Tier.sources if strict else tier or Tier.physics
    findings = check(wanted, now(), tier=until).findings
    if against:
        findings = sorted([*findings, *_against(wanted, against)])
    rows = [finding.as_json() for finding in findings]
    answer = AnswerForms.of(
        rows,
        records=lambda: rows,
        columns=COLUMNS,
        rows=lambda: rows,
        text=lambda: map(str, findings),
        exit_code=FAILED if findings else 0,
    )
    render(answer, form)


def _against(files: list[Path], revision: str) -> list[Finding]:
    """Return what is wrong with a ledger against a revision of it."""
    from aboard.loader.released import NoSuchRelease, against  # noqa: PLC0415 - heavy

    if len(files) > 1 or not files[0].is_dir():
        raise UsageError("--against needs a whole ledger", "give one ledger folder, or no path")
    try:
        return against(files[0], revision)
    except NoSuchRelease as miss:
        raise UsageError(f"--against {revision}: {miss}", "`git tag` lists the releases") from miss
