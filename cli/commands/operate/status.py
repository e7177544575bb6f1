"""`aboard status`: where the log is, what it holds, and what is level with it."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.database import find_database, without_password
from aboard.app.open import open_current
from aboard.cli.errors import STALE, USAGE, fail, note
from aboard.cli.options.database import DatabaseOption
from aboard.cli.output.render import Format, FormatOption, print_csv, print_json, print_table
from aboard.projections.queries import reader
from aboard.projections.queries import status as upkeep
from aboard.storage import log_header
from aboard.storage.connection import UNREADABLE

if TYPE_CHECKING:
    from aboard.app.database import Database

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
"""What a lag in time is given in."""


def command(
    max_lag: Annotated[
        str,
        typer.Option(
            "--max-lag",
            metavar="EVENTS|TIME",
            help="Exit with 4 when answers are behind by more: 100 events, or 30s, 5m, 2h, 1d.",
        ),
    ] = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """Where the log is, what it holds, and what is up to date.

    \b
    Examples:
      aboard status
      aboard status --format json | jq .log.position
      aboard status --max-lag 100
      aboard status --max-lag 30s

    Changes nothing: it neither loads the ledger nor builds the read model.
    """
    where, allowed = find_database(database), _allowed(max_lag)
    answer = _status(where)
    match form:
        case Format.json | Format.jsonl:
            print_json(answer, lines=form is Format.jsonl)
        case Format.table | Format.csv:
            rows = [
                (f"{part} {key}".replace("_", " "), "" if value is None else _shown(value))
                for part, facts in answer.items()
                for key, value in (_lines(facts) if part == "projections" else facts.items())
            ]
            if form is Format.csv:
                print_csv(
                    [{"name": name, "value": value} for name, value in rows], ("name", "value")
                )
            else:
                print_table(("What", "Is"), rows)
    if parked := answer["read_model"]["parked"]:
        told = "1 event is" if parked == 1 else f"{parked} events are"
        note(f"{told} parked: `aboard parked` lists what could not be taken in")
    if allowed:
        _refuse_stale(answer, *allowed)


def _allowed(text: str) -> tuple[str, int, str] | None:
    """Return what is measured, how much of it is allowed, and how that is told."""
    if not text:
        return None
    found = re.fullmatch(r"(\d+)([smhd]?)", text.strip())
    if not found:
        fail(f"--max-lag: {text!r} is no lag", "a number of events, or a time such as 30s", USAGE)
    if found[2]:
        return "lag_seconds", int(found[1]) * SECONDS[found[2]], text.strip()
    return "lag_events", int(found[1]), f"{text.strip()} events"


def _refuse_stale(answer: dict[str, Any], measure: str, allowed: int, told: str) -> None:
    """End the command where answers are behind by more than is allowed."""
    if not answer["projections"] and answer["log"]["position"]:
        fail(f"stale: nothing is built, and {told} are allowed", "`aboard run` builds it", STALE)
    for one in answer["projections"]:
        if one["live"] and one[measure] > allowed:
            behind = f"{one['lag_events']} events and {one['lag_seconds']} s"
            fail(
                f"stale: {one['name']} {one['version']} is {behind} behind, and {told} are allowed",
                "`aboard run` brings it level",
                STALE,
            )


def _lines(projections: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return how far each version has come, in words."""
    found = []
    for one in projections:
        lag = f", {one['lag_events']} events and {one['lag_seconds']} s behind"
        parts = [
            f"position {one['position']}{lag if one['lag_events'] else ', level'}",
            "" if one["live"] else "being built",
            f"{one['parked']} parked" if one["parked"] else "",
            f"{one['skipped']} skipped" if one["skipped"] else "",
        ]
        found.append((f"{one['name']} {one['version']}", ", ".join(filter(None, parts))))
    return found


def _shown(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _status(where: Database) -> dict[str, Any]:
    _, position = log_header.read_header(where.log)
    status: dict[str, Any] = {
        "log": {"path": without_password(where.log), "position": position},
        "read_model": {
            "path": without_password(where.read_model),
            "position": None,
            "recorded": None,
            "is_level": _is_level(where),
            "parked": 0,
        },
        "projections": [],
        "holds": {},
        "covers": {},
        "ledger": _ledger(where, position),
    }
    try:
        with closing(reader.connect(where.read_model)) as db:
            known = reader.meta(db)
            status["read_model"] |= {
                "position": int(known["position"]),
                "recorded": known["recorded"] or None,
                "parked": int(known["parked"]),
            }
            status["projections"] = [
                one | _lag(where, one["position"], position) for one in upkeep.projections(db)
            ]
            counts = db.execute("SELECT kind, count(*) FROM entity GROUP BY kind ORDER BY kind")
            status["holds"] = dict(counts.fetchall())
            covered = db.execute("SELECT station, since, until FROM coverage ORDER BY position")
            for station, since, until in covered:
                status["covers"][station] = f"{since} to {until}"
    except (*UNREADABLE, KeyError):
        does = "builds the read model" if position else "loads the ledger"
        note(f"there is no read model yet: the next question {does}")
    return status


def _lag(where: Database, reached: int, end: int) -> dict[str, int]:
    """Return how far behind the log a position is: positions, and how old the next event is."""
    waiting = 0
    if reached < end:
        from aboard.domain.eventlog.log import open_log  # noqa: PLC0415 - heavy

        with open_log(where.log) as log:
            moments = (getattr(event, "recorded", None) for _, event in log.scan(reached))
            first = next((one for one in moments if one), None)
        waiting = max(0, now() - int(first.timestamp())) if first else 0
    return {"lag_events": max(0, end - reached), "lag_seconds": waiting}


def _is_level(where: Database) -> bool:
    db = open_current(where)
    if db:
        db.close()
    return db is not None


def _ledger(where: Database, position: int) -> dict[str, Any]:
    """Return how many facts of the shipped ledger are not recorded yet."""
    from aboard.loader.check import check  # noqa: PLC0415 - heavy
    from aboard.loader.ledger import shipped_ledger  # noqa: PLC0415

    ledger = shipped_ledger()
    ids = {event.id for event in check([ledger], now()).events}
    if position:
        ids -= log_header.recorded_ids(where.log)
    return {"path": str(ledger), "not_yet_recorded": len(ids)}
