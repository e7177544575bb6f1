"""What `aboard correct` and `aboard retract` share: options, recording, and how to undo it."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.cli.failing import CHECK_FAILED, NOT_FOUND, USAGE, fail
from aboard.cli.instants import now
from aboard.cli.paths import paths
from aboard.cli.render import say
from aboard.events.time import Time, TimeError

if TYPE_CHECKING:
    from aboard.events.envelope import Event

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
    from aboard.cli.building import level, loaded_log  # noqa: PLC0415 - heavy
    from aboard.loader.amend import Amendment, as_toml, examined, write_beside  # noqa: PLC0415

    where = paths(database)
    said["known"] = _known(known)
    with loaded_log(where) as log:
        events = [event for _, event in log.read()]
        stream = _stream_of(target, events)
        amendment = Amendment(kind, target, stream, said)
        entry, result = examined(amendment, events, now(), by or getpass.getuser())
        if result.blocking:
            first = result.blocking[0]
            fail(f"{first.rule}: {first.message}", first.hint, CHECK_FAILED)
        if dry_run:
            say(as_toml(amendment.table, entry) + "# nothing was recorded")
            return
        if ledger is not None and write_beside(ledger, stream, amendment.table, entry) is None:
            fail(
                f"--ledger {ledger}: no file there holds the stream {stream}",
                "give the folder that the fact was loaded from",
                USAGE,
            )
        position = log.record(result.events)
        level(where, log)
    say(f"recorded {entry['id']} at position {position}")
    undo = f"aboard retract {entry['id']} --reason ... --source ..."
    say(f"to undo it: {undo}{f' --ledger {ledger}' if ledger else ''}")


def _known(text: str) -> str:
    stated = text or str(Time(Time.at(now()).fields[:3]))
    try:
        return str(Time.parse(stated))
    except TimeError as error:
        fail(f"--known: {error}", "leave it out for today", USAGE)


def _stream_of(target: str, events: list[Event]) -> str:
    """Return the stream of the event that is called so, or end the command with near ids."""
    import difflib  # noqa: PLC0415

    streams = {event.id: event.originator_id for event in events}
    if target not in streams:
        near = difflib.get_close_matches(target, streams)
        hint = (
            f"did you mean {', '.join(near)}?" if near else "`aboard flight` tells a flight's ids"
        )
        fail(f"no event is called {target!r}", hint, NOT_FOUND)
    return streams[target]
