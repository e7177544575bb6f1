"""What `aboard correct` and `aboard retract` share: options, recording, and how to undo it."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.database import find_database, without_password
from aboard.app.errors import UsageError
from aboard.cli.opening import TERMINAL
from aboard.cli.output.render import say
from aboard.events.time import Time, TimeError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
By = Annotated[str, typer.Option("--by", help="Who records it. [default: your user name]")]
Note = Annotated[str, typer.Option("--note", help="Anything more to say.")]
Ledger = Annotated[
    Path | None,
    typer.Option("--ledger", help="A ledger's folder: write it there too.", exists=True),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show it, and record nothing.")]


def amend_and_show(
    kind: str,
    target: str,
    said: dict[str, Any],
    *,
    known: str,
    by: str,
    ledger: Path | None,
    dry_run: bool,
    database: str,
) -> None:
    """Record an amendment of an event in the log, and in a ledger too where one is given."""
    from aboard.app.record import amend  # noqa: PLC0415 - heavy

    said["known"] = _known(known)
    done = amend(
        find_database(database), kind, target, said,
        by=by, ledger=ledger, preview=dry_run, reporter=TERMINAL,
    )  # fmt: skip
    if done.position is None:
        say("\n".join(done.toml) + "# nothing was recorded")
        return
    what = done.ids[0] if len(done.ids) == 1 else f"{len(done.ids)} events"
    say(f"recorded {what} at position {done.position}")
    undo = undo_command(done.ids, done.batch, database)
    say(f"to undo it: {undo}{f' --ledger {ledger}' if ledger else ''}")


def undo_command(ids: Sequence[str], batch: str, database: str) -> str:
    """Return the command that takes back what was recorded, in the log that a flag named.

    Several events are taken back together, by the batch they were recorded in: one by one, some
    could contradict those that are left.
    """
    named = database and database != os.environ.get("ABOARD_DATABASE")
    where = f" --database {shlex.quote(without_password(database))}" if named else ""
    what = ids[0] if len(ids) == 1 else batch
    return f"aboard retract {what} --reason ... --source ...{where}"


def _known(text: str) -> str:
    stated = text or str(Time(Time.at(now()).fields[:3]))
    try:
        return str(Time.parse(stated))
    except TimeError as error:
        raise UsageError(f"--known: {error}", "leave it out for today") from error
