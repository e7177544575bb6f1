"""What figures start from: a log with the shipped ledger in it, and a read model of it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aboard.domain.log import open_log
from aboard.loader.ledger import shipped_ledger
from aboard.loader.load import load
from aboard.projections.read_model import catch_up, open_to_write

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from aboard.domain.log import Log

NOWHERE = Path("news")
"""What stands for the file of facts that stand in none."""


def load_shipped(log: Log) -> int:
    """Load the shipped ledger into an empty log; return the number of events recorded.

    Raises `RuntimeError` when the ledger has findings.
    """
    outcome = load(log, [shipped_ledger()], int(time.time()), lambda _done, _total: None)
    if outcome.refusal:
        raise RuntimeError(f"the shipped ledger has findings, the first: {outcome.refusal[0]}")
    return len(outcome.events)


@contextmanager
def loaded_log(folder: Path) -> Iterator[Log]:
    """Open a log that holds the shipped ledger."""
    with open_log(folder / "log.sqlite") as log:
        load_shipped(log)
        yield log


@contextmanager
def read_model(folder: Path, log: Log) -> Iterator[sqlite3.Connection]:
    """Open a read model, for writing, that is level with a log."""
    with open_to_write(folder / "read-model.sqlite") as db:
        catch_up(db, log)
        yield db
