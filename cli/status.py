"""`aboard status`: where the log is, what it holds, and what is level with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from aboard.cli.failing import note
from aboard.cli.instants import now
from aboard.cli.paths import Database, paths
from aboard.cli.ready import open_level
from aboard.cli.render import Format, FormatOption, print_csv, print_json, print_table
from aboard.projections import reader

if TYPE_CHECKING:
    from aboard.cli.paths import Paths


def command(form: FormatOption = Format.table, database: Database = "") -> None:
    """Where the log is, what it holds, and what is level with it.

    \b
    Examples:
      aboard status
      aboard status --format json | jq .log.position

    Changes nothing: it neither loads the ledger nor builds the read model.
    """
    answer = _status(paths(database))
    match form:
        case Format.json | Format.jsonl:
            print_json(answer, lines=form is Format.jsonl)
        case Format.table | Format.csv:
            rows = [
                (f"{part} {key}".replace("_", " "), "" if value is None else _shown(value))
                for part, facts in answer.items()
                for key, value in facts.items()
            ]
            if form is Format.csv:
                print_csv(
                    [{"name": name, "value": value} for name, value in rows], ("name", "value")
                )
            else:
                print_table(("What", "Is"), rows)


def _shown(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _status(where: Paths) -> dict[str, dict[str, Any]]:
    _, position = reader.log_state(where.log)
    status: dict[str, dict[str, Any]] = {
        "log": {"path": str(where.log), "position": position},
        "read_model": {
            "path": str(where.read_model),
            "position": None,
            "recorded": None,
            "is_level": _is_level(where),
        },
        "holds": {},
        "covers": {},
        "ledger": _ledger(where, position),
    }
    try:
        with closing(reader.connect(where.read_model)) as db:
            status["read_model"] |= reader.as_of(db)
            counts = db.execute("SELECT kind, count(*) FROM entity GROUP BY kind ORDER BY kind")
            status["holds"] = dict(counts.fetchall())
            covered = db.execute("SELECT station, since, until FROM coverage ORDER BY position")
            for station, since, until in covered:
                status["covers"][station] = f"{since} to {until}"
    except sqlite3.DatabaseError:
        does = "builds the read model" if position else "loads the ledger"
        note(f"there is no read model yet: the next question {does}")
    return status


def _is_level(where: Paths) -> bool:
    db = open_level(where)
    if db:
        db.close()
    return db is not None


def _ledger(where: Paths, position: int) -> dict[str, Any]:
    """Return how many facts of the shipped ledger are not recorded yet."""
    from aboard.loader.check import check  # noqa: PLC0415 - heavy
    from aboard.loader.ledger import shipped_ledger  # noqa: PLC0415

    ledger = shipped_ledger()
    ids = {event.id for event in check([ledger], now()).events}
    if position:
        with closing(reader.connect(where.log)) as log:
            ids -= {key for (key,) in log.execute("SELECT event_id FROM event_ids")}
    return {"path": str(ledger), "not_yet_recorded": len(ids)}
