"""Building what a question needs: loading the shipped ledger, bringing the read model level."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aboard.app.plugins import folds
from aboard.cli.errors import CHECK_FAILED, fail
from aboard.cli.options.instants import now
from aboard.cli.output.progress import progress
from aboard.domain.eventlog.log import open_log
from aboard.events.gc_pause import uncollected
from aboard.loader.ledger import shipped_ledger
from aboard.loader.load import load
from aboard.projections.read_model.read_model import ReadModel, open_to_write
from aboard.storage import log_header
from aboard.storage.connection import NotCreated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aboard.cli.options.database import Home
    from aboard.domain.eventlog.log import Log


@contextmanager
def locked_log(paths: Home) -> Iterator[Log]:
    """Open the log as the only one who loads or builds."""
    with paths.alone():
        log_header.read_header(paths.log)  # refuses a file that is something else
        with open_log(paths.log) as log:
            yield log


@contextmanager
def loaded_log(paths: Home) -> Iterator[Log]:
    """Open the log as `locked_log` does; an empty one gets the shipped ledger first."""
    with locked_log(paths) as log:
        if log.position == 0:
            load_shipped(log)
        yield log


def build(paths: Home, plugins: list[Path] | None = None) -> None:
    """Load the shipped ledger into an empty log, and bring the read model level with the log.

    `plugins` are files with projections of the user's own.
    """
    with uncollected(), loaded_log(paths) as log:
        level(paths, log, plugins=plugins)


def load_shipped(log: Log) -> None:
    """Load the ledger that came with the program."""
    with progress("Loading the ledger") as step:
        outcome = load(log, [shipped_ledger()], now(), step)
    if outcome.refusal:
        first = outcome.refusal[0]
        fail(
            f"the ledger has {len(outcome.refusal)} findings, the first: {first}",
            "`aboard check` lists them; nothing was recorded",
            CHECK_FAILED,
        )


def level(paths: Home, log: Log, *, anew: bool = False, plugins: list[Path] | None = None) -> int:
    """Bring the read model level with the log, or build it `anew`; return the position.

    A damaged read model is thrown away: there is nothing in it that the log does not have.
    """
    every = folds(plugins)
    with progress("Building the read model") as step:
        try:
            with open_to_write(paths.read_model) as db:
                model = ReadModel(db, every)
                return model.rebuild(log, step) if anew else model.catch_up(log, step)
        except sqlite3.OperationalError:
            raise  # locked, or the disk is full: no damage
        except (sqlite3.DatabaseError, NotCreated):
            paths.forget()
            with open_to_write(paths.read_model) as db:
                return ReadModel(db, every).rebuild(log, step)
