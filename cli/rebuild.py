"""`aboard rebuild`: build the read model anew from the log."""

from __future__ import annotations

import typer

from aboard.cli.paths import Database, paths


def command(database: Database = "") -> None:
    """Build the read model anew from the log.

    \b
    Examples:
      aboard rebuild
      aboard rebuild --database ./trial.sqlite

    The log is the truth and stays as it is. Whoever asks meanwhile is answered from the old read
    model until the new one is complete. An empty log gets the shipped ledger first.
    """
    from aboard.cli.building import load_shipped, locked_log  # noqa: PLC0415 - heavy
    from aboard.cli.progress import progress  # noqa: PLC0415
    from aboard.projections.read_model import open_to_write, rebuild  # noqa: PLC0415

    where = paths(database)
    with locked_log(where) as log:
        if log.position == 0:
            load_shipped(log)
        with open_to_write(where.read_model) as db, progress("Building the read model") as step:
            position = rebuild(db, log, step)
    typer.echo(f"the read model is at position {position}")
