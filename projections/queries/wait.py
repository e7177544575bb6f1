"""Waiting until what was recorded is part of the answers: reading one's own writes.

It needs the standard library alone.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from aboard.projections.queries import reader
from aboard.storage.connection import NOT_CREATED
from aboard.storage.polling import poll

if TYPE_CHECKING:
    from aboard.storage.connection import Location


def wait(where: Location, position: int, timeout: float) -> int:
    """Wait until a read model has reached a position, and return the one that it is at.

    After `timeout` seconds it returns the position reached until then. It does not update anything
    itself: the process that follows the log does. A read model that does not exist yet is at 0.
    """
    return poll(lambda: _reached(where), lambda reached: reached >= position, timeout)


def _reached(where: Location) -> int:
    try:
        with closing(reader.connect(where)) as db:
            return int(reader.meta(db).get("position", "0"))
    except NOT_CREATED:
        return 0
