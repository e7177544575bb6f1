"""Doing without the garbage collector for a while.

That pays where nearly everything that is made is kept to the end, and where somebody is waiting.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collected_later() -> Iterator[None]:
    """Look for garbage when it is over, and not meanwhile, when somebody waits for it.

    A look takes milliseconds, and comes when it comes.
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
    """Look for no garbage meanwhile: in bulk work there is next to none, and looking takes long.

    What was made is old when it is over. As young as it is by count it would all be looked at next.
    """
    was_on = gc.isenabled()
    with collected_later():
        try:
            yield
        finally:
            if was_on and not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()  # into the oldest generation
