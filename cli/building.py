"""Building what a question needs: loading the shipped ledger, bringing the read model level."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock

from aboard.cli.failing import CHECK_FAILED, fail
from aboard.cli.instants import now
from aboard.cli.progress import progress
from aboard.domain.log import open_log
from aboard.loader.ledger import shipped_ledger
from aboard.loader.load import load
from aboard.projections.read_model import catch_up, open_to_write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.cli.paths import Paths
    from aboard.domain.log import Log


@contextmanager
def locked_log(paths: Paths) -> Iterator[Log]:
    """Open the log as the only one who loads or builds."""
    try:
        paths.log.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(paths.lock), open_log(paths.log) as log:
            yield log
    except PermissionError as error:
        fail(f"cannot write there: {error}", "--database names another place", CHECK_FAILED)


def build(paths: Paths) -> None:
    """Load the shipped ledger into an empty log, and bring the read model level with the log."""
    with locked_log(paths) as log:
        if log.position == 0:
            load_shipped(log)
        level(paths, log)


def load_shipped(log: Log) -> None:
    """Load the ledger that came with the program."""
    with progress("Loading the ledger") as step:
        outcome = load(log, [shipped_ledger()], now(), step)
    if outcome.findings:
        first = outcome.findings[0]
        fail(
            f"the ledger has {len(outcome.findings)} findings, the first: {first}",
            "`aboard check` lists them; nothing was recorded",
            CHECK_FAILED,
        )


def level(paths: Paths, log: Log) -> None:
    """Bring the read model level with the log."""
    with open_to_write(paths.read_model) as db, progress("Building the read model") as step:
        catch_up(db, log, step)
