"""What `aboard correct` and `aboard retract` share: options, recording, and how to undo it."""

from __future__ import annotations

import getpass
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.cli.errors import CHECK_FAILED, NOT_FOUND, USAGE, fail
from aboard.cli.options.database import paths, shown
from aboard.cli.options.instants import now
from aboard.cli.output.render import say
from aboard.events.time import Time, TimeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.domain.eventlog.log import Log

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


def amend(
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
    """Record an amendment of an event in the log, and beside it in a ledger where one is given."""
    from uuid import uuid4  # noqa: PLC0415

    from aboard.app.build import level, loaded_log  # noqa: PLC0415 - heavy
    from aboard.loader.amend import Amendment, as_toml, file_of, write_beside  # noqa: PLC0415
    from aboard.loader.parse_entries import Recording  # noqa: PLC0415
    from aboard.loader.record import record  # noqa: PLC0415

    where = paths(database)
    said["known"] = _known(known)
    with loaded_log(where) as log:
        amended = _events(target, log, many=kind == "retracted")
        amendments = [Amendment(kind, key, stream, said) for key, stream in amended.items()]
        entries = [one.entry(lambda key: key in log.recorded_ids([key])) for one in amendments]
        table = amendments[0].table
        stated = list(zip(amended.values(), entries, strict=True))
        file = file_of(table, stated)
        recording = Recording(now(), recorder(by), f"{kind}-{uuid4()}")
        # Into the ledger goes what would be recorded, and before it is: a load mends the rest.
        outcome = record(log, [file], recording, dry_run=dry_run or ledger is not None)
        if outcome.refusal:
            first = next(one for one in outcome.refusal if not one.missing)
            fail(f"{first.rule}: {first.message}", first.hint, CHECK_FAILED)
        if dry_run:
            say("\n".join(as_toml(table, entry) for entry in entries) + "# nothing was recorded")
            return
        if ledger is not None:
            for stream, entry in stated:
                if write_beside(ledger, stream, table, entry) is None:
                    fail(
                        f"--ledger {ledger}: no file there holds the stream {stream}",
                        "give the folder that the fact was loaded from",
                        USAGE,
                    )
            outcome = record(log, [file], recording)
        level(where, log)
    what = entries[0]["id"] if len(entries) == 1 else f"{len(entries)} events"
    say(f"recorded {what} at position {outcome.positions[-1]}")
    undo = undoing([entry["id"] for entry in entries], str(recording.correlation_id), database)
    say(f"to undo it: {undo}{f' --ledger {ledger}' if ledger else ''}")


def undoing(ids: Sequence[str], batch: str, database: str) -> str:
    """Return the command that takes back what was recorded, in the log that a flag named.

    Several events are taken back together, by the batch they were recorded in: one by one, some
    could contradict those that are left.
    """
    named = database and database != os.environ.get("ABOARD_DATABASE")
    where = f" --database {shlex.quote(shown(database))}" if named else ""
    what = ids[0] if len(ids) == 1 else batch
    return f"aboard retract {what} --reason ... --source ...{where}"


def recorder(by: str) -> str:
    """Return the name of who records: the one that is given, or the user's."""
    return by or getpass.getuser()


def _known(text: str) -> str:
    stated = text or str(Time(Time.at(now()).fields[:3]))
    try:
        return str(Time.parse(stated))
    except TimeError as error:
        fail(f"--known: {error}", "leave it out for today", USAGE)


def _events(target: str, log: Log, *, many: bool) -> dict[str, str]:
    """Return an event with its stream, or with `many` those of the batch that is called so.

    Ends the command with near ids where there is none.
    """
    position = log.recorded_ids([target]).get(target)
    if position is not None:
        return {target: next(log.read(position - 1))[1].originator_id}
    events = [event for _, event in log.read()]
    batch = [event for event in reversed(events) if event.correlation_id == target]
    if not (batch and many):
        import difflib  # noqa: PLC0415 - only a miss needs it

        near = difflib.get_close_matches(target, [event.id for event in events])
        offer = f"did you mean {', '.join(near)}?" if near else ""
        fail(
            f"no event is called {target!r}",
            offer or "`aboard flight` tells a flight's ids",
            NOT_FOUND,
        )
    return {event.id: event.originator_id for event in batch}
