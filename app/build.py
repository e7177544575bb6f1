"""Building what a question needs: loading the shipped ledger, updating the read model."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aboard.app.clock import now
from aboard.app.database import FileDatabase
from aboard.app.errors import RecordingRefused
from aboard.app.log_header import read_header
from aboard.app.plugins import folds
from aboard.app.reporting import SILENT, Reporter
from aboard.domain.eventlog.log import open_log
from aboard.events.gc_pause import uncollected
from aboard.loader.ledger import shipped_ledger
from aboard.loader.load import load
from aboard.projections.read_model.read_model import ReadModel, open_to_write
from aboard.storage.connection import NotCreated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aboard.app.database import Database
    from aboard.domain.eventlog.log import Log


@contextmanager
def locked_log(database: Database, reporter: Reporter = SILENT) -> Iterator[Log]:
    """Open the log while no other process loads or builds; announce a default one that is new."""
    with database.locked():
        read_header(database)  # refuses a file that is something else
        is_new = isinstance(database, FileDatabase) and database.is_default
        is_new = is_new and not database.exists()
        with open_log(database.log) as log:
            if is_new:
                reporter.note(f"created {database.log}; --database names another place")
            yield log


@contextmanager
def loaded_log(database: Database, reporter: Reporter = SILENT) -> Iterator[Log]:
    """Open the log as `locked_log` does; an empty one gets the shipped ledger first."""
    with locked_log(database, reporter) as log:
        if log.position == 0:
            load_shipped(log, reporter)
        yield log


def build(
    database: Database, plugins: list[Path] | None = None, reporter: Reporter = SILENT
) -> None:
    """Load the shipped ledger into an empty log, and bring the read model up to date.

    `plugins` are files with projections of the user's own.
    """
    with uncollected(), loaded_log(database, reporter) as log:
        update(database, log, plugins=plugins, reporter=reporter)


def load_shipped(log: Log, reporter: Reporter = SILENT) -> None:
    """Load the ledger that came with the program."""
    with reporter.progress("Loading the ledger") as step:
        outcome = load(log, [shipped_ledger()], now(), step)
    if outcome.refusal:
        raise RecordingRefused(
            outcome.refusal,
            f"the ledger has {len(outcome.refusal)} findings, the first: {outcome.refusal[0]}",
            "`aboard check` lists them; nothing was recorded",
        )


def update(
    database: Database,
    log: Log,
    *,
    from_scratch: bool = False,
    plugins: list[Path] | None = None,
    reporter: Reporter = SILENT,
) -> int:
    """Bring the read model up to date with the log, or rebuild it; return its position.

    A damaged read model is thrown away: there is nothing in it that the log does not have.
    """
    every = folds(plugins)
    with reporter.progress("Building the read model") as step:
        try:
            with open_to_write(database.read_model) as db:
                model = ReadModel(db, every)
                return model.rebuild(log, step) if from_scratch else model.catch_up(log, step)
        except sqlite3.OperationalError:
            raise  # locked, or the disk is full: no damage
        except (sqlite3.DatabaseError, NotCreated):
            database.drop_read_model()
            with open_to_write(database.read_model) as db:
                return ReadModel(db, every).rebuild(log, step)
