"""Getting ready to answer: a log that is loaded, and a read model that is level with it.

When both are, which is nearly always, this needs the standard library alone. What has to be built
is built under a lock, so that any number of commands may start at once.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from aboard.projections import reader
from aboard.projections.versions import BUILT_TO

if TYPE_CHECKING:
    from aboard.cli.paths import Paths


def open_ready(paths: Paths) -> closing[sqlite3.Connection]:
    """Open the read model for reading, after bringing it level with the log where it is behind."""
    if not is_level(paths):
        from aboard.cli.building import build  # noqa: PLC0415 - rarely needed, and heavy

        build(paths)
    return closing(reader.connect(paths.read_model))


def is_level(paths: Paths) -> bool:
    """Whether there is a log with events in it and a read model of this program at its position."""
    position = reader.log_position(paths.log)
    if position == 0:
        return False
    try:
        with closing(reader.connect(paths.read_model)) as db:
            meta = reader.meta(db)
    except sqlite3.OperationalError:
        return False
    return meta.get("built_to") == BUILT_TO and int(meta["position"]) == position
