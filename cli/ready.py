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


def open_ready(paths: Paths, recorded: str = "") -> closing[sqlite3.Connection]:
    """Open the read model for reading, after bringing it level with the log where it is behind.

    With `recorded`, a position or a time, it is one of the log as it stood then.
    """
    if recorded:
        from aboard.cli.recorded import as_recorded  # noqa: PLC0415 - rarely needed, and heavy

        return closing(as_recorded(paths, recorded))
    db = open_level(paths)
    if db is None:
        from aboard.cli.building import build  # noqa: PLC0415 - as rarely

        build(paths)
        db = reader.connect(paths.read_model)
    return closing(db)


def open_level(paths: Paths) -> sqlite3.Connection | None:
    """Open the read model if it is this program's and level with a log that holds events."""
    identity, position = reader.log_state(paths.log)
    if position == 0:
        return None
    try:
        db = reader.connect(paths.read_model)
    except sqlite3.OperationalError:
        return None
    try:
        meta = reader.meta(db)
    except sqlite3.DatabaseError:  # an unfinished file, or a damaged one: it is built anew
        meta = {}
    wanted = {"built_to": BUILT_TO, "log": identity, "position": str(position)}
    if {key: meta.get(key) for key in wanted} == wanted:
        return db
    db.close()
    return None
