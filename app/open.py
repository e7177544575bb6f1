"""Opening a read model to ask: the log is loaded, and the read model up to date with it.

When both are so already, which is nearly always, this needs the standard library alone. What has to
be built is built under a lock, so that any number of processes may start at once.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from aboard.app.log_header import read_header
from aboard.app.reporting import SILENT, Reporter
from aboard.projections.queries import reader
from aboard.projections.tables.fold_versions import BUILT_TO
from aboard.storage.connection import NOT_CREATED, UNREADABLE

if TYPE_CHECKING:
    from aboard.app.database import Database
    from aboard.storage.connection import Connection


LONG = 20_000
"""From this many events on, building a fold takes longer than a reader should wait."""

MOST_NAMED = 5
"""How many held subjects are named in a note."""


def open_ready(
    database: Database, recorded: str = "", reporter: Reporter = SILENT, projection: str = ""
) -> closing[Connection]:
    """Open the read model for reading, after bringing it up to date where it is behind.

    With `recorded`, a position or a time, it is one of the log as it stood then. `projection` is
    the only one that will be asked; without it, those of the program are.
    """
    if recorded:
        from aboard.app.as_recorded import as_recorded  # noqa: PLC0415 - rarely needed, and heavy

        return closing(as_recorded(database, recorded, reporter))
    db = open_current(database)
    if db is None:
        db = _open_older_folds(database, reporter)
    if db is None:
        from aboard.app.build import build  # noqa: PLC0415 - as rarely

        build(database, reporter=reporter)
        db = reader.connect(database.read_model)
    try:
        if reader.meta(db)["parked"] != "0" and (held := reader.parked_subjects(db, projection)):
            reporter.note(_held(held))
    except BaseException:
        db.close()
        raise
    return closing(db)


def _open_older_folds(database: Database, reporter: Reporter) -> Connection | None:
    """Open a read model that some folds of this program's version have not been built into yet.

    It answers with the older versions that it has, where building the new ones would take long:
    `aboard run` builds them.
    """
    identity, _ = read_header(database)
    if (opened := _opened(database)) is None:
        return None
    db, meta = opened
    there, wanted = _versions(meta.get("built_to", "")), _versions(BUILT_TO)
    is_older = there != wanted and [*there] == [*wanted] and there["schema"] == wanted["schema"]
    if meta.get("log") == identity and is_older and int(meta["position"]) > LONG:
        older = [f"{name} {there[name]}" for name in wanted if there[name] != wanted[name]]
        reporter.note(
            f"{', '.join(older)} of the read model still {'answer' if older[1:] else 'answers'}, "
            f"as of position {meta['position']}; `aboard run --once` builds what is newer"
        )
        return db
    db.close()
    return None


def _opened(database: Database) -> tuple[Connection, dict[str, str]] | None:
    """Open a read model, and return it with what it says of itself; None where there is none."""
    try:
        db = reader.connect(database.read_model)
    except NOT_CREATED:
        return None
    try:
        return db, reader.meta(db)
    except UNREADABLE:  # an unfinished file, or a damaged one: it is built again
        return db, {}


def _versions(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(",") if "=" in part)


def _held(held: list[dict[str, Any]]) -> str:
    """Return what is said of the subjects that are held because of parked events."""
    some = ", ".join(f"{one['subject']} ({one['projection']})" for one in held[:MOST_NAMED])
    more = f" and {len(held) - MOST_NAMED} more" if len(held) > MOST_NAMED else ""
    return f"not up to date because an event is parked: {some}{more}; `aboard parked` says why"


def open_current(database: Database) -> Connection | None:
    """Open the read model if it is this program's and up to date with a log that holds events."""
    identity, position = read_header(database)
    if position == 0:
        return None
    if (opened := _opened(database)) is None:
        return None
    db, meta = opened
    wanted = {"built_to": BUILT_TO, "log": identity, "position": str(position)}
    if {key: meta.get(key) for key in wanted} == wanted:
        return db
    db.close()
    return None
