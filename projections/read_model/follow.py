"""Following a log: a read model kept level with it, for as long as nobody says stop.

Every batch is one transaction with the position that it reaches, and the position is looked at in
that transaction: whoever else follows the same log, nothing is taken in twice, and nothing is left
out, wherever a follower is killed.
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
"""Seconds after which whoever waits for news looks whether to stop."""


class PositionSource(Protocol):
    """What tells of a log that it has moved on."""

    def wait(self, after: int, timeout: float) -> int:
        """Return the position once it is behind `after`, or after `timeout` seconds as it is."""
        ...


class _Stopped(BaseException):
    """It was said to stop in the middle of a batch."""


def advance(
    model: ReadModel, log: EventLog, most: int, stopped: Callable[[], bool]
) -> BatchResult | None:
    """Take in one batch; undo it, and return nothing, when `stopped` says so in its middle."""

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
    told: Callable[[BatchResult], None],
    stopped: Callable[[], bool],
    most: int = BATCH,
    interval: float = LONGEST_WAIT,
) -> None:
    """Keep a read model level with a log until `stopped` says so.

    It goes in batches of at most so many events while it is behind, and takes in what is recorded
    at once while it is level. `told` hears of every batch that did something, and of the first that
    had nothing to do. `interval` is how many seconds it waits for news before it looks by itself.
    """
    first = True
    while not stopped():
        with collected_later():
            step = advance(model, log, most, stopped)
            if step is None:
                return
            if first or step.events or step.building:
                told(step)
        first = False
        if step.is_up_to_date:
            until = time.monotonic() + interval
            while not stopped() and (left := until - time.monotonic()) > 0:
                if news.wait(step.position, min(left, LONGEST_WAIT)) > step.position:
                    break
