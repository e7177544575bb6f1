"""Waiting until an event is recorded, by whichever process.

A notification carries nothing but the position that the log has reached; the log itself is read for
the events.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from aboard.domain.eventlog.find_adapter import log_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.domain.eventlog.adapter import Notifications
    from aboard.storage.connection import Location


@contextmanager
def open_notifications(where: Location) -> Iterator[Notifications]:
    """Listen to the log in a file, or in a database by its URL; it need not exist yet."""
    with closing(log_database(where).notifications()) as opened:
        yield opened
