"""`aboard load`: record ledger files in the log, all of them or nothing."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from aboard.app.clock import now
from aboard.app.database import Database, FileDatabase, find_database
from aboard.app.errors import FAILED, UsageError
from aboard.cli.errors import note
from aboard.cli.opening import TERMINAL
from aboard.cli.options.database import DatabaseOption, Files
from aboard.cli.output.phrases import plural
from aboard.cli.output.render import Format, OptionalFormat, render, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.domain.eventlog.log import Log


def command(
    files: Files = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be recorded; record nothing.")
    ] = False,
    form: OptionalFormat = None,
    database: DatabaseOption = "",
) -> None:
    """Record ledger files in the log, all or nothing.

    \b
    Examples:
      aboard load                               new facts of the shipped ledger
      aboard load my-ledger/                    your own ledger, into an empty log
      aboard load soyuz-ms-99.toml              one more file
      aboard load soyuz-ms-99.toml --dry-run    what it would record
      aboard load --dry-run --format json | jq '.events[].id'
      aboard load --database ./trial.sqlite     into another log

    Loading twice changes nothing: a fact is recognised by its id. If a file has a finding, nothing
    is recorded and the exit code is 1. A folder with its own sources.toml is a whole ledger; for
    anything else, the shipped ledger is loaded first if the log is empty.
    """
    from aboard.app.build import load_shipped, locked_log, update  # noqa: PLC0415 - heavy
    from aboard.cli.output.progress import progress  # noqa: PLC0415
    from aboard.loader.check import is_whole  # noqa: PLC0415
    from aboard.loader.ledger import shipped_ledger  # noqa: PLC0415
    from aboard.loader.load import load  # noqa: PLC0415

    if form is not None and not dry_run:
        raise UsageError("--format needs --dry-run", "give --dry-run too")
    where = find_database(database)
    wanted = files or [shipped_ledger()]
    with _trial_log(where) if dry_run else locked_log(where, TERMINAL) as log:
        if log.position == 0 and files and not is_whole(files):
            load_shipped(log, TERMINAL)
        with progress("Loading the ledger") as step:
            outcome = load(log, wanted, now(), step, dry_run=dry_run)
        if log.position and not dry_run:
            update(where, log, reporter=TERMINAL)
    if dry_run:
        from aboard.cli.output.load_output import dry_run_answer  # noqa: PLC0415

        render(dry_run_answer(outcome), form or Format.table)
        return
    for finding in outcome.findings:
        typer.echo(str(finding), err=not outcome.refusal)
    if outcome.refusal:
        note("nothing was recorded")
        raise typer.Exit(FAILED)
    say(
        f"recorded {plural(len(outcome.events), 'event')}, "
        f"{outcome.already} were recorded already; the log is at position {outcome.position}"
    )


@contextmanager
def _trial_log(where: Database) -> Iterator[Log]:
    """Open a log in which nothing is to be recorded; an empty one stands in for one not there."""
    from aboard.app.build import locked_log  # noqa: PLC0415 - heavy

    if where.exists():
        with locked_log(where) as log:
            if log.position:
                yield log
                return
    with (
        TemporaryDirectory() as folder,
        locked_log(FileDatabase(Path(folder) / "log.sqlite")) as log,
    ):
        yield log
