"""`aboard load`: record ledger files in the log, all of them or nothing."""

from __future__ import annotations

import typer

from aboard.cli.failing import CHECK_FAILED, note
from aboard.cli.instants import now
from aboard.cli.paths import Database, Files, paths
from aboard.cli.render import say


def command(
    files: Files = None,
    database: Database = "",
) -> None:
    """Record ledger files in the log, all of them or nothing.

    \b
    Examples:
      aboard load                               what is new in the shipped ledger
      aboard load my-ledger/                    a ledger of one's own, into an empty log
      aboard load soyuz-ms-99.toml              one more file
      aboard load --database ./trial.sqlite     into another log

    Loading twice changes nothing: a fact is recognised by its id. While a file has a finding,
    nothing is recorded and the exit code is 1. A folder with its own sources.toml is a whole
    ledger; with other files, an empty log gets the shipped ledger first.
    """
    from aboard.cli.building import level, load_shipped, locked_log  # noqa: PLC0415 - heavy
    from aboard.cli.progress import progress  # noqa: PLC0415
    from aboard.loader.check import is_whole  # noqa: PLC0415
    from aboard.loader.ledger import shipped_ledger  # noqa: PLC0415
    from aboard.loader.load import load  # noqa: PLC0415

    where = paths(database)
    wanted = files or [shipped_ledger()]
    with locked_log(where) as log:
        if log.position == 0 and files and not is_whole(files):
            load_shipped(log)
        with progress("Loading the ledger") as step:
            outcome = load(log, wanted, now(), step)
        if log.position:
            level(where, log)
    for finding in outcome.findings:
        typer.echo(str(finding), err=not outcome.refusal)
    if outcome.refusal:
        note("nothing was recorded")
        raise typer.Exit(CHECK_FAILED)
    say(
        f"recorded {len(outcome.events)} {'event' if len(outcome.events) == 1 else 'events'}, "
        f"{outcome.already} were recorded already; the log is at position {outcome.position}"
    )
