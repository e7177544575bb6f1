"""Recording in the log: what is stated, what it changes, and a preview of the same.

What is stated comes as a file of facts, whose findings say where they are in it; the caller made
the file of options, of JSON lines, or of keyword arguments.
"""

from __future__ import annotations

import getpass
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from aboard.app.build import loaded_log, update
from aboard.app.clock import now
from aboard.app.errors import NotFound, RecordingRefused
from aboard.app.ledger_writing import checked_edit, record_in_both
from aboard.app.reporting import SILENT, Reporter
from aboard.domain.rules.amendments import held_back
from aboard.events.fact import Corrected
from aboard.events.time import Time
from aboard.loader.amend import AmendmentDraft, file_of
from aboard.loader.baseline import LogBaseline
from aboard.loader.ledger import label, read_files
from aboard.loader.ledger_edit import LedgerFact, ledger_facts, stated_in
from aboard.loader.parse_entries import Recording
from aboard.loader.record import record as record_files
from aboard.loader.superseding import fill_in
from aboard.projections.changes.between_models import difference
from aboard.projections.queries import reader
from aboard.projections.queries.shown_event import shown, stored_event
from aboard.projections.read_model.dry_run_log import DryRunLog
from aboard.projections.read_model.read_model import catch_up, open_dry_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from aboard.app.database import Database
    from aboard.domain.eventlog.log import Log
    from aboard.domain.rules.amendments import HeldBack
    from aboard.events.envelope import Event
    from aboard.loader.finding import Finding
    from aboard.loader.ledger import LedgerEntry
    from aboard.loader.record import RecordResult
    from aboard.loader.toml_file import TomlFile
    from aboard.storage.connection import Connection


class OpenLog(NamedTuple):
    """A log to record in, the read model as it stands before, and the instant of recording."""

    database: Database
    log: Log
    before: Connection
    instant: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was recorded, or would be, and what that changes.

    `recorded` is false for a preview, and when there was nothing new. Each of `events` is a
    dictionary as `aboard record --format json` prints it. `already` are ids that were recorded
    before. `notes` are findings that are reported, and stop nothing. `batch` names what was
    recorded together. `toml` is how a ledger states a correction or a retraction, and `files` are
    those of the ledger to which something was written, or would be.
    """

    recorded: bool
    events: list[dict[str, Any]]
    already: list[str]
    changes: dict[str, Any]
    notes: tuple[Finding, ...]
    batch: str | None
    position: int
    toml: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


@contextmanager
def open_to_record(database: Database, reporter: Reporter = SILENT) -> Iterator[OpenLog]:
    """Open a log to record in, and the read model that is up to date with it, as it now stands."""
    with loaded_log(database, reporter) as log:
        update(database, log, reporter=reporter)
        with (
            closing(reader.connect(database.read_model)) as before,
            before.snapshot(),
        ):
            yield OpenLog(database, log, before, now())


def record(
    opened: OpenLog,
    file: TomlFile,
    *,
    by: str = "",
    preview: bool = False,
    ledger: Path | None = None,
    batch: str = "record",
    reporter: Reporter = SILENT,
) -> Outcome:
    """Record what a file states, all of it or nothing; raise `RecordingRefused` with every finding.

    With `preview` nothing is recorded, and the outcome says what would be. With `ledger`, a folder,
    the same facts are written to its files first. The name of the batch begins with `batch`.
    """
    recording = Recording(opened.instant, recorded_by(by), f"{batch}-{uuid4()}")
    with opened.log.snapshot() as snapshot:
        fill_in(file, LogBaseline(snapshot), recording)
    result = record_files(opened.log, [file], recording, dry_run=preview or ledger is not None)
    if result.refusal:
        raise RecordingRefused(result.refusal)
    notes, files = result.notes, []
    if ledger is not None:
        edit, missing = checked_edit(ledger, [*ledger_facts(file)], opened.instant)
        notes, files = (*notes, *missing), [label(path) for path in edit.new]
        if not preview:
            result = record_in_both(opened.log, file, recording, edit)
    with _read_model_after(opened, result, preview=preview, reporter=reporter) as after:
        positions = (
            {} if preview else opened.log.recorded_ids([event.id for event in result.events])
        )
        held = _held_back(opened.log, result.events)
        events = [_as_shown(after, event, positions, held) for event in result.events]
        streams = list(dict.fromkeys(event.originator_id for event in result.events))
        changes = difference(opened.before, after, streams, opened.instant)
    new = {event.id for event in result.events}
    is_recorded = bool(new) and not preview
    return Outcome(
        recorded=is_recorded,
        events=events,
        already=[
            one["id"]
            for table in file.content.values()
            for one in table
            if one.get("id") not in new
        ],
        changes=changes,
        notes=notes,
        batch=result.events[0].correlation_id if is_recorded else None,
        position=opened.log.position,
        files=files,
    )


def recorded_by(name: str) -> str:
    """Return the name of the one who records: the given name, or else the user's."""
    return name or getpass.getuser()


@contextmanager
def _read_model_after(
    opened: OpenLog, result: RecordResult, *, preview: bool, reporter: Reporter
) -> Iterator[Connection]:
    """Open a read model as it stands afterwards; for a preview it is one that is rolled back."""
    where = opened.database.read_model
    if preview:
        with open_dry_run(where) as db:
            catch_up(db, DryRunLog(opened.log, result.events))
            yield db
    else:
        update(opened.database, opened.log, reporter=reporter)
        with closing(reader.connect(where)) as db:
            yield db


def _held_back(log: Log, events: Sequence[Event]) -> dict[str, HeldBack]:
    """Return what holds corrections back, by their ids."""
    corrections = [event for event in events if isinstance(event, Corrected)]
    if not corrections:
        return {}
    found: dict[str, HeldBack] = {}
    with log.snapshot() as snapshot:
        baseline = LogBaseline(snapshot)
        for one in corrections:
            new = (event for event in events if event.originator_id == one.originator_id)
            if held := held_back([*baseline.stream(one.originator_id).events, *new], one):
                found[one.id] = held
    return found


def _as_shown(
    after: Connection, event: Any, positions: dict[str, int], held: dict[str, HeldBack]
) -> dict[str, Any]:
    fields = ("id", "type", "stream", "version", "says")
    return {
        **shown(after, stored_event(after, event.id), fields),
        "position": positions.get(event.id),
        **({"supersedes": list(event.supersedes)} if event.supersedes else {}),
        **(
            {"held_back": {"until": str(Time.at(back.until)), "why": back.why}}
            if (back := held.get(event.id))
            else {}
        ),
    }


def amend(
    database: Database,
    kind: str,
    target: str,
    said: dict[str, Any],
    *,
    by: str = "",
    ledger: Path | None = None,
    preview: bool = False,
    reporter: Reporter = SILENT,
) -> Outcome:
    """Record a correction or retraction of an event, and in a ledger too where one is given.

    `kind` is ``corrected`` or ``retracted``; `said` has the fields of that type, as TOML has them.
    The target of a retraction may be a batch. Raises `NotFound` and `RecordingRefused`.
    """
    with open_to_record(database, reporter) as opened:
        log = opened.log
        targets = _targets(target, log, batches=kind == "retracted")
        amendments = [AmendmentDraft(kind, key, stream, said) for key, stream in targets.items()]
        there = stated_in(read_files([ledger])) if ledger is not None else {}
        entries = [_with_free_id(one, log, there) for one in amendments]
        table = amendments[0].table
        file = file_of(table, zip(targets.values(), entries, strict=True))
        outcome = record(
            opened, file,
            by=by, preview=preview, ledger=ledger, batch=kind, reporter=reporter,
        )  # fmt: skip
        entries = [
            {key: value for key, value in one.items() if key != "stream"}
            for one in file.content[table]
        ]
    stated = map(LedgerFact, targets.values(), repeat(table), entries)
    return replace(outcome, toml=[fact.block(own_file=True) for fact in stated])


def _with_free_id(
    amendment: AmendmentDraft, log: Log, stated: Mapping[str, LedgerEntry]
) -> dict[str, Any]:
    """Return an amendment as an entry, under an id that neither the log nor a ledger has.

    If the ledger states the very same already, and the log does not, it keeps that id: it was cut
    off between the two.
    """
    others: set[str] = set()
    while True:
        entry = amendment.entry(lambda key: key in others or key in log.recorded_ids([key]))
        held = stated.get(entry["id"])
        fact = LedgerFact(amendment.stream, amendment.table, entry)
        if held is None or fact.is_stated_by(held):
            return entry
        others.add(entry["id"])


def _targets(target: str, log: Log, *, batches: bool) -> dict[str, str]:
    """Return an event with its stream, or with `batches` those of the batch of that name."""
    position = log.recorded_ids([target]).get(target)
    if position is not None:
        return {target: next(log.read(position - 1))[1].originator_id}
    events = [event for _, event in log.read()]
    batch = [event for event in reversed(events) if event.correlation_id == target]
    if not (batch and batches):
        import difflib  # noqa: PLC0415 - only a miss needs it

        near = difflib.get_close_matches(target, [event.id for event in events])
        offer = f"did you mean {', '.join(near)}?" if near else ""
        hint = offer or "`aboard flight` lists the ids of a flight"
        raise NotFound(f"no event is called {target!r}", hint)
    return {event.id: event.originator_id for event in batch}
