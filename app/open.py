"""Getting ready to answer: a log that is loaded, and a read model that is level with it.

When both are, which is nearly always, this needs the standard library alone. What has to be built
is built under a lock, so that any number of commands may start at once.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from aboard.cli.errors import note
from aboard.projections.queries import reader
from aboard.projections.tables.fold_versions import BUILT_TO
from aboard.storage import log_header
from aboard.storage.connection import NOT_CREATED, UNREADABLE

if TYPE_CHECKING:
    from aboard.cli.options.database import Home
    from aboard.storage.connection import Connection


LONG = 20_000
"""Events from which on building a fold takes longer than whoever asks would wait."""

MOST_NAMED = 5
"""How many held subjects are named in a note."""


def open_ready(paths: Home, recorded: str = "") -> closing[Connection]:
    """Open the read model for reading, after bringing it level with the log where it is behind.

    With `recorded`, a position or a time, it is one of the log as it stood then.
    """
    if recorded:
        from aboard.app.as_recorded import as_recorded  # noqa: PLC0415 - rarely needed, and heavy

        return closing(as_recorded(paths, recorded))
    db = open_level(paths)
    if db is None:
        db = _open_while_another_is_built(paths)
    if db is None:
        from aboard.app.build import build  # noqa: PLC0415 - as rarely

        build(paths)
        db = reader.connect(paths.read_model)
    if reader.meta(db)["parked"] != "0":
        _say_what_is_held(db)
    return closing(db)


def _open_while_another_is_built(paths: Home) -> Connection | None:
    """Open a read model of which other versions of the folds are still to be built.

    It answers with those that it has, where building the others would take long: whoever follows
    the log builds them.
    """
    identity, _ = log_header.read_header(paths.log)
    if (opened := _opened(paths)) is None:
        return None
    db, meta = opened
    there, wanted = _versions(meta.get("built_to", "")), _versions(BUILT_TO)
    is_older = there != wanted and [*there] == [*wanted] and there["schema"] == wanted["schema"]
    if meta.get("log") == identity and is_older and int(meta["position"]) > LONG:
        older = [f"{name} {there[name]}" for name in wanted if there[name] != wanted[name]]
        note(
            f"{', '.join(older)} of the read model still {'answer' if older[1:] else 'answers'}, "
            f"as of position {meta['position']}; `aboard run --once` builds what is newer"
        )
        return db
    db.close()
    return None


def _opened(paths: Home) -> tuple[Connection, dict[str, str]] | None:
    """Open a read model, and return it with what it says of itself; None where there is none."""
    try:
        db = reader.connect(paths.read_model)
    except NOT_CREATED:
        return None
    try:
        return db, reader.meta(db)
    except UNREADABLE:  # an unfinished file, or a damaged one: it is built anew
        return db, {}


def _versions(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(",") if "=" in part)


def _say_what_is_held(db: Connection) -> None:
    held = reader.held(db)
    some = ", ".join(f"{one['subject']} ({one['projection']})" for one in held[:MOST_NAMED])
    more = f" and {len(held) - MOST_NAMED} more" if len(held) > MOST_NAMED else ""
    note(f"as before an event that is parked: {some}{more}; `aboard parked` says why")


def open_level(paths: Home) -> Connection | None:
    """Open the read model if it is this program's and level with a log that holds events."""
    identity, position = log_header.read_header(paths.log)
    if position == 0:
        return None
    if (opened := _opened(paths)) is None:
        return None
    db, meta = opened
    wanted = {"built_to": BUILT_TO, "log": identity, "position": str(position)}
    if {key: meta.get(key) for key in wanted} == wanted:
        return db
    db.close()
    return None
