"""What figures start from: logs and read models, of the shipped ledger or generated.

Generated ones are made once a run, and used by every figure of it.
"""

from __future__ import annotations

import gc
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from aboard.domain.eventlog.log import open_log
from aboard.loader.ledger import shipped_ledger
from aboard.loader.load import load
from aboard.projections.read_model.read_model import catch_up, open_to_write, rebuild
from benchmarks import generator
from benchmarks.timing import timed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.domain.eventlog.log import Log
    from aboard.storage.connection import Connection

NOWHERE = Path("news")
"""What stands for the file of facts that stand in none."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A read model built from a generated log, and the seconds it took."""

    log: Path
    read_model: Path
    seconds: float


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
def read_model(folder: Path, log: Log) -> Iterator[Connection]:
    """Open a read model, for writing, that is up to date with a log."""
    with open_to_write(folder / "read-model.sqlite") as db:
        catch_up(db, log)
        yield db


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return the folder of what is generated, which is gone when the program ends."""
    return tempfile.TemporaryDirectory(prefix="aboard-benchmarks-")


@cache
def generated(size: int) -> Path:
    """Return the file of a generated log of so many events."""
    path = Path(_folder().name) / f"log-{size}.sqlite"
    generator.write(path, size)
    return path


@cache
def rebuilt(size: int) -> Rebuilt:
    """Return a read model that was built, with nothing there before, from a generated log."""
    source, target = generated(size), Path(_folder().name) / f"read-model-{size}.sqlite"
    with open_log(source) as log, open_to_write(target) as db:
        seconds = timed(lambda: rebuild(db, log))
        gc.collect()
    return Rebuilt(source, target, seconds)
