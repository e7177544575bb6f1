"""`--recorded`: a question asked of the log as it stood at a position, or at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.app.build import loaded_log
from aboard.app.errors import UsageError
from aboard.app.reporting import SILENT, Reporter
from aboard.domain.eventlog.log import Log, Prefix, position_at
from aboard.events.time import Time, TimeError
from aboard.projections.read_model.read_model import catch_up
from aboard.storage.sqlite import in_memory

if TYPE_CHECKING:
    from aboard.app.database import Database
    from aboard.storage.connection import Connection


def as_recorded(database: Database, recorded: str, reporter: Reporter = SILENT) -> Connection:
    """Return a read model, in memory, of what had been recorded by a position or a time.

    It is built for the one question, by replaying the log up to there. A date means its end.
    """
    with loaded_log(database, reporter) as log:
        end = _position(log, recorded)
        db = in_memory()
        try:
            catch_up(db, Prefix(log, end))
        except BaseException:
            db.close()
            raise
    return db


def _position(log: Log, recorded: str) -> int:
    """Return the position that a text means: a time has a month or a zone, a number neither."""
    if recorded.isdecimal() and recorded.isascii():
        position = int(recorded)
        if position > log.position:
            raise UsageError(
                f"recorded {recorded}: the log ends at position {log.position}",
                "leave it out to ask the whole log",
                argument="recorded",
            )
        return position
    try:
        return position_at(log, Time.parse(recorded).latest)
    except TimeError as error:
        hint = "or give a position, a whole number"
        raise UsageError(f"recorded: {error}", hint, argument="recorded") from error
