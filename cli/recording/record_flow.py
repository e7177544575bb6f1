"""Recording what was stated by hand or came as JSON: the names in it, and what comes of it."""

from __future__ import annotations

import enum
import json
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from uuid import uuid4

import typer

from aboard.cli.errors import CHECK_FAILED
from aboard.cli.options.database import paths
from aboard.cli.options.instants import now
from aboard.cli.output.record_output import print_outcome
from aboard.cli.output.render import print_json
from aboard.cli.recording.amend_flow import recorder, undoing
from aboard.projections.queries import reader
from aboard.projections.queries.event_text import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aboard.cli.options.database import Home
    from aboard.domain.eventlog.log import Log
    from aboard.loader.finding import Finding
    from aboard.loader.record import Recorded
    from aboard.loader.toml_file import TomlFile
    from aboard.storage.connection import Connection


class Form(enum.StrEnum):
    """The forms that the outcome of a recording can take."""

    table = "table"
    json = "json"


By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who records it. [default: your user name]")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, and record nothing.")
]
FormOption = Annotated[Form, typer.Option("--format", "-f", help="The form of the outcome.")]


class Wanted(NamedTuple):
    """How something is to be recorded, and how its outcome is told."""

    by: str
    dry_run: bool
    form: Form
    database: str


class Opened(NamedTuple):
    """A log to record in, the read model as it stands before, and the instant of recording."""

    where: Home
    log: Log
    before: Connection
    instant: int


@contextmanager
def opened(database: str) -> Iterator[Opened]:
    """Open a log to record in, and the read model that is level with it, as it now stands."""
    from aboard.app.build import level, loaded_log  # noqa: PLC0415 - heavy

    where = paths(database)
    with loaded_log(where) as log:
        level(where, log)
        with closing(reader.connect(where.read_model)) as before, before.snapshot():
            yield Opened(where, log, before, now())


def recorded(
    found: Opened,
    file: TomlFile,
    wanted: Wanted,
    place: Callable[[Finding], str],
    *,
    refusal_code: Callable[[Finding], int] = lambda _: CHECK_FAILED,
) -> None:
    """Record what a file states and tell the outcome; `place` tells where a finding is."""
    from aboard.loader.parse_entries import Recording  # noqa: PLC0415 - heavy
    from aboard.loader.record import record  # noqa: PLC0415

    where, log, before, instant = found
    recording = Recording(instant, recorder(wanted.by), f"record-{uuid4()}")
    outcome = record(log, [file], recording, dry_run=wanted.dry_run)
    if outcome.refusal:
        _refuse(outcome.refusal, wanted, place, refusal_code)
    with _after(where, log, outcome, dry_run=wanted.dry_run) as after:
        told = _told(log, before, after, outcome, wanted, instant)
    told["findings"] = [_finding(one, place) for one in outcome.notes]
    told["already"] += [
        one["id"] for one in file.content["event"]
        if one.get("id") not in {event["id"] for event in told["events"]}
    ]  # fmt: skip
    if wanted.form is Form.json:
        print_json(told)
    else:
        print_outcome(told)


@contextmanager
def _after(where: Home, log: Log, outcome: Recorded, *, dry_run: bool) -> Iterator[Connection]:
    """Open a read model as it stands afterwards; for a dry run it is one that is undone."""
    from aboard.app.build import level  # noqa: PLC0415 - heavy
    from aboard.projections.read_model.dry_run_log import Supposed  # noqa: PLC0415
    from aboard.projections.read_model.read_model import catch_up, open_dry_run  # noqa: PLC0415

    if dry_run:
        with open_dry_run(where.read_model) as db:
            catch_up(db, Supposed(log, outcome.events))
            yield db
    else:
        level(where, log)
        with closing(reader.connect(where.read_model)) as db:
            yield db


def _told(
    log: Log,
    before: Connection,
    after: Connection,
    outcome: Recorded,
    wanted: Wanted,
    instant: int,
) -> dict[str, Any]:
    """Return the outcome as JSON has it."""
    from aboard.projections.changes.between_models import difference  # noqa: PLC0415

    ids = [event.id for event in outcome.events]
    positions = {} if wanted.dry_run else log.recorded_ids(ids)
    events = []
    for event in outcome.events:
        (body,) = after.execute("SELECT body FROM event WHERE id=?", (event.id,)).fetchone()
        events.append(
            {
                "id": event.id,
                "type": event.TOPIC,
                "stream": event.originator_id,
                "version": event.originator_version,
                "says": sentence(after, event.originator_id, event.TOPIC, json.loads(body)),
                "position": positions.get(event.id),
            }
        )
    streams = list(dict.fromkeys(event.originator_id for event in outcome.events))
    batch = outcome.events[0].correlation_id if ids and not wanted.dry_run else None
    return {
        "recorded": bool(ids) and not wanted.dry_run,
        "events": events,
        "already": [],
        "changes": difference(before, after, streams, instant),
        "findings": [],
        "batch": batch,
        "undo": undoing(ids, batch, wanted.database) if batch else None,
        "position": log.position,
    }


HINTS = {
    "missing-source": "the key of a source, or unsourced for general knowledge",
    "wrong-date": "2022-09-21T13:54:49Z, or coarser: 2022-09-21T13:54Z, 2022-09-21, 2022-09",
}
"""What to do, where a ledger's hint is about TOML."""


def _hint(finding: Finding) -> str:
    if finding.hint.startswith("add it to "):
        return "register it first, with `aboard record`"
    if finding.rule == "missing-field" and "top of the file" in finding.hint:
        return 'write "stream": "flight/soyuz-ms-22"'
    return HINTS.get(finding.rule, finding.hint)


def _finding(finding: Finding, place: Callable[[Finding], str]) -> dict[str, Any]:
    return {
        "place": place(finding),
        "rule": finding.rule,
        "message": finding.message,
        "hint": _hint(finding),
        "missing": finding.missing,
    }


def _refuse(
    findings: tuple[Finding, ...],
    wanted: Wanted,
    place: Callable[[Finding], str],
    code: Callable[[Finding], int],
) -> None:
    """End the command with what was found."""
    told = [_finding(one, place) for one in findings]
    if wanted.form is Form.json:
        print_json({"recorded": False, "events": [], "findings": told})
    else:
        for one in told:
            at = f"{one['place']}: " if one["place"] else ""
            lines = f"aboard: {at}{one['rule']}: {one['message']}\nhint: {one['hint']}"
            typer.echo(lines, err=True)
        typer.echo("note: nothing was recorded", err=True)
    raise typer.Exit(code(next(one for one in findings if not one.missing)))
