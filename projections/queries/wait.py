"""Waiting until what was recorded is among the answers: reading one's own writes.

It needs the standard library alone.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from aboard.projections.queries import reader
from aboard.storage.databases import NOT_MADE

if TYPE_CHECKING:
    from aboard.storage.databases import Where

FIRST_NAP, LONGEST_NAP = 0.0005, 0.01
"""Seconds between two looks at how far a read model has come."""


def wait(where: Where, position: int, timeout: float) -> int:
    """Wait until a read model has taken in a position, and return the one that it is at.

    After `timeout` seconds it returns what has been reached until then. It takes in nothing itself:
    that is for who follows the log. A read model that is not there yet is at position 0.
    """
    until = time.monotonic() + timeout
    nap = FIRST_NAP
    while (reached := _reached(where)) < position:
        left = until - time.monotonic()
        if left <= 0:
            break
        time.sleep(min(nap, left))
        nap = min(nap * 1.5, LONGEST_NAP)
    return reached


def _reached(where: Where) -> int:
    try:
        with closing(reader.connect(where)) as db:
            return int(reader.meta(db).get("position", "0"))
    except NOT_MADE:
        return 0
