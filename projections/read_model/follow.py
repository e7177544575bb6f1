"""Following a log: a read model is kept up to date with it until it is stopped.

Every batch is one transaction with the position that it reaches, and the position is looked at in
that transaction: with any number of followers, no event is processed twice and none is skipped,
wherever a follower is killed.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from aboard.events.gc_pause import collected_later
from aboard.projections.read_model.read_model import BATCH

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboard.projections.ingest.batches import EventLog
    from aboard.projections.read_model.read_model import BatchResult, ReadModel

LONGEST_WAIT = 0.5
"""Seconds after which a follower that waits checks whether to stop."""


class PositionSource(Protocol):
    """What waits for a log to grow."""

    def wait(self, after: int, timeout: float) -> int:
        """Return the position once it is after `after`, or as it is after `timeout` seconds."""
        ...


class _Stopped(BaseException):
    """It was stopped in the middle of a batch."""


def advance(
    model: ReadModel, log: EventLog, most: int, stopped: Callable[[], bool]
) -> BatchResult | None:
    """Process one batch; roll it back and return None if `stopped` says so in the middle."""

    def progress(_done: int, _total: int) -> None:
        if stopped():
            raise _Stopped

    try:
        return model.advance(log, most, progress)
    except _Stopped:
        return None


def follow(
    model: ReadModel,
    log: EventLog,
    news: PositionSource,
    *,
    on_batch: Callable[[BatchResult], None],
    stopped: Callable[[], bool],
    most: int = BATCH,
    interval: float = LONGEST_WAIT,
) -> None:
    """Keep a read model up to date with a log until `stopped` says so.

    It works in batches of at most so many events while it is behind, and processes what is recorded
    at once when it is up to date. `on_batch` is called for every batch that did something, and for
    the first if it had nothing to do. `interval` is how many seconds it waits for a
    notification before it looks by itself.
    """
    first = True
    while not stopped():
        with collected_later():
            step = advance(model, log, most, stopped)
            if step is None:
                return
            if first or step.events or step.building:
                on_batch(step)
        first = False
        if step.is_up_to_date:
            until = time.monotonic() + interval
            while not stopped() and (left := until - time.monotonic()) > 0:
                if news.wait(step.position, min(left, LONGEST_WAIT)) > step.position:
                    break
