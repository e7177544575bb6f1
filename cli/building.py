"""Building what a question needs: loading the shipped ledger, bringing the read model level."""

from __future__ import annotations

import gc
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock

from aboard.cli.failing import CHECK_FAILED, fail
from aboard.cli.instants import now
from aboard.cli.progress import progress
from aboard.domain.log import open_log
from aboard.loader.ledger import shipped_ledger
from aboard.loader.load import load
from aboard.projections import reader
from aboard.projections.read_model import catch_up, open_to_write, rebuild

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.cli.paths import Paths
    from aboard.domain.log import Log


@contextmanager
def locked_log(paths: Paths) -> Iterator[Log]:
    """Open the log as the only one who loads or builds."""
    lock = FileLock(paths.lock)
    try:
        paths.log.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        fail(f"cannot write there: {error}", "--database names another place", CHECK_FAILED)
    try:
        reader.log_state(paths.log)  # refuses a file that is something else
        with open_log(paths.log) as log:
            yield log
    finally:
        lock.release()


@contextmanager
def loaded_log(paths: Paths) -> Iterator[Log]:
    """Open the log as `locked_log` does; an empty one gets the shipped ledger first."""
    with locked_log(paths) as log:
        if log.position == 0:
            load_shipped(log)
        yield log


def build(paths: Paths) -> None:
    """Load the shipped ledger into an empty log, and bring the read model level with the log."""
    # Nearly everything that is made here is kept to the end: looking for garbage takes long.
    gc.disable()
    try:
        with loaded_log(paths) as log:
            level(paths, log)
    finally:
        gc.enable()


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


def level(paths: Paths, log: Log, *, anew: bool = False) -> int:
    """Bring the read model level with the log, or build it `anew`; return the position.

    A damaged read model is thrown away: there is nothing in it that the log does not have.
    """
    build_it = rebuild if anew else catch_up
    with progress("Building the read model") as step:
        try:
            with open_to_write(paths.read_model) as db:
                return build_it(db, log, step)
        except sqlite3.OperationalError:
            raise  # locked, or the disk is full: no damage
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                paths.read_model.with_name(paths.read_model.name + suffix).unlink(missing_ok=True)
            with open_to_write(paths.read_model) as db:
                return catch_up(db, log, step)
