"""Read models in memory, which are closed when the test that opened them has ended."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from aboard.storage import sqlite

if TYPE_CHECKING:
    from aboard.storage.sqlite import SqliteConnection

MOST = 100
"""Databases that are open at a time: a property is tried with many examples in one test."""

_opened: deque[SqliteConnection] = deque()


def in_memory() -> SqliteConnection:
    """Open an empty database in memory."""
    if len(_opened) == MOST:
        _opened.popleft().close()
    _opened.append(sqlite.in_memory())
    return _opened[-1]


def close_all() -> None:
    """Close every database that was opened."""
    while _opened:
        _opened.pop().close()
