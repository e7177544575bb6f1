"""Reading the header of a log, also while another process or thread creates the log."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

from aboard.storage import log_header

if TYPE_CHECKING:
    from aboard.app.database import Database

PATIENCE = 10.0
"""Seconds to wait for a log that is being created."""


def read_header(database: Database) -> tuple[str, int]:
    """Return identity and position of a log, as `log_header.read_header` does.

    While another process or thread creates the file, SQLite may find it locked without waiting.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return log_header.read_header(database.log)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(PATIENCE / 200)
