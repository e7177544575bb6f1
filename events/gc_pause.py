"""Pausing the garbage collector.

This pays off in bulk work, where nearly every object is kept, and where somebody is waiting.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collected_later() -> Iterator[None]:
    """Postpone garbage collection to the end of the block, while somebody waits for an answer.

    A collection takes milliseconds, and can start at any time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not collect garbage in the block: bulk work makes next to none, and collecting takes long.

    Afterwards the new objects are moved to the oldest generation. Otherwise all of them, being
    young, would be scanned by the next collection.
    """
    was_on = gc.isenabled()
    with collected_later():
        try:
            yield
        finally:
            if was_on and not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()  # into the oldest generation
