"""Where a log is, what it holds, and whether the read model is up to date with it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from aboard.app.clock import now
from aboard.app.database import without_password
from aboard.app.log_header import read_header
from aboard.app.open import open_current
from aboard.projections.queries import reader
from aboard.projections.queries import status as model_status
from aboard.projections.queries.coverage import coverage
from aboard.storage import log_header
from aboard.storage.connection import UNREADABLE

if TYPE_CHECKING:
    from aboard.app.database import Database


def status_of(database: Database) -> dict[str, Any]:
    """Return the state of a log and its read model; this changes neither.

    The position of a read model that has not been built is None.
    """
    _, position = read_header(database)
    status: dict[str, Any] = {
        "log": {"path": without_password(database.log), "position": position},
        "read_model": {
            "path": without_password(database.read_model),
            "position": None,
            "recorded": None,
            "is_level": _is_current(database),
            "parked": 0,
        },
        "projections": [],
        "holds": {},
        "covers": {},
        "ledger": _ledger(database, position),
    }
    try:
        with closing(reader.connect(database.read_model)) as db:
            known = reader.meta(db)
            status["read_model"] |= {
                "position": int(known["position"]),
                "recorded": known["recorded"] or None,
                "parked": int(known["parked"]),
            }
            status["projections"] = [
                one | _lag(database, one["position"], position)
                for one in model_status.projections(db)
            ]
            status["holds"] = model_status.registered(db)
            status["covers"] = {
                one["station"]: f"{one['since']} to {one['until']}" for one in coverage(db)
            }
    except (*UNREADABLE, KeyError):
        pass  # it has not been built, or not to its end
    return status


def _lag(database: Database, reached: int, end: int) -> dict[str, int]:
    """Return how far behind the log a position is: positions, and how old the next event is."""
    waiting = 0
    if reached < end:
        from aboard.domain.eventlog.log import open_log  # noqa: PLC0415 - heavy

        with open_log(database.log) as log:
            moments = (getattr(event, "recorded", None) for _, event in log.scan(reached))
            first = next((one for one in moments if one), None)
        waiting = max(0, now() - int(first.timestamp())) if first else 0
    return {"lag_events": max(0, end - reached), "lag_seconds": waiting}


def _is_current(database: Database) -> bool:
    db = open_current(database)
    if db:
        db.close()
    return db is not None


def _ledger(database: Database, position: int) -> dict[str, Any]:
    """Return how many facts of the shipped ledger are not recorded yet, and the log's number."""
    from aboard.loader.check import check  # noqa: PLC0415 - heavy
    from aboard.loader.ledger import shipped_ledger  # noqa: PLC0415

    ledger = shipped_ledger()
    ids = {event.id for event in check([ledger], now()).events}
    if position:
        ids -= log_header.recorded_ids(database.log)
    number = _number(database) if position else None
    return {"path": str(ledger), "not_yet_recorded": len(ids), "number": number}


def _number(database: Database) -> str | None:
    """Return the number of all facts in the log, or None where one of them cannot be read."""
    from aboard.domain.eventlog.log import open_log  # noqa: PLC0415 - heavy
    from aboard.events.encoding.ledger_number import ledger_number  # noqa: PLC0415
    from aboard.events.encoding.unreadable import Unreadable  # noqa: PLC0415

    with open_log(database.log) as log:
        facts = []
        for _, fact in log.scan():
            if isinstance(fact, Unreadable):
                return None
            facts.append(fact)
    return ledger_number(facts)
