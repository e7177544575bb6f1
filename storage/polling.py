"""Polling: looking again and again until something has happened, or for as long as one may wait."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_DELAY, LONGEST_DELAY = 0.0005, 0.01
"""Seconds between two looks: at first, and after some that found nothing."""

GROWTH = 1.2
"""The factor by which the delay grows from one look to the next."""

T = TypeVar("T")


def poll(
    look: Callable[[], T],
    is_enough: Callable[[T], bool],
    timeout: float,
    longest_delay: float = LONGEST_DELAY,
) -> T:
    """Return what a look found once it is enough, or what the last one found within the timeout."""
    until = time.monotonic() + timeout
    delay = FIRST_DELAY
    while not is_enough(found := look()):
        left = until - time.monotonic()
        if left <= 0:
            break
        time.sleep(min(delay, left))
        delay = min(delay * GROWTH, longest_delay)
    return found
