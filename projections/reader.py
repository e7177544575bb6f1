"""Reading the read model, with the standard library alone.

Answers come from one kind of question: which rectangles of a fold hold at a place, at an instant,
as known at another.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from aboard.projections.names import key_of, near

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPEN = 2**62
"""The stored open end; the same number as `aboard.projections.fold.FOREVER`."""


class NotFound(LookupError):  # noqa: N818 - it is an answer, not a failure
    """No such thing by that name; `hint` offers near ones."""

    def __init__(self, kind: str, name: str, hint: str) -> None:
        super().__init__(f"no {kind} is called {name!r}")
        self.hint = hint


class Ambiguous(LookupError):  # noqa: N818
    """More than one thing by that name."""

    def __init__(self, name: str, ids: list[str]) -> None:
        super().__init__(f"{name!r} could be any of: {', '.join(ids)}")
        self.hint = "give the id"


class Row:
    """What a rectangle holds: its place, its subject, its value, and why as a JSON list of ids."""

    __slots__ = ("place", "subject", "value", "why")

    def __init__(self, place: str, subject: str, value: dict[str, Any], why: str) -> None:
        self.place = place
        self.subject = subject
        self.value = value
        self.why = why


def connect(path: Path) -> sqlite3.Connection:
    """Open an SQLite file for reading; raise `sqlite3.OperationalError` where there is none."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)
    db.execute("PRAGMA query_only=1")
    return db


def meta(db: sqlite3.Connection) -> dict[str, str]:
    """Return what the read model says of itself: `built_to`, `position`, `recorded`."""
    return dict(db.execute("SELECT key, value FROM meta"))


def as_of(db: sqlite3.Connection) -> dict[str, Any]:
    """Return the position of the log that answers are as of, and when it was recorded."""
    known = meta(db)
    return {"position": int(known["position"]), "recorded": known["recorded"] or None}


def log_position(path: Path) -> int:
    """Return the position of the last event in a log file, 0 for an empty or absent one."""
    try:
        with closing(connect(path)) as log:
            row = log.execute("SELECT max(rowid) FROM stored_events").fetchone()
    except sqlite3.OperationalError:
        return 0
    return row[0] or 0


def places(db: sqlite3.Connection, fold: str) -> list[str]:
    """Return every place a fold has rectangles at."""
    return [place for (place,) in db.execute(f"SELECT place FROM {fold}_span ORDER BY place")]  # noqa: S608


def hold(db: sqlite3.Connection, fold: str, place: str, at: int, known: int) -> Iterator[Row]:
    """Yield what holds at a place and an instant, as known at another."""
    found = db.execute(f"SELECT longest FROM {fold}_span WHERE place=?", (place,)).fetchone()  # noqa: S608
    if found is None:
        return
    columns = f"SELECT subject, value, why FROM {fold} "  # noqa: S608
    asked = {"place": place, "at": at, "known": known, "after": at - found[0], "open": OPEN}
    rows = db.execute(
        columns + "WHERE place=:place AND valid_from BETWEEN :after AND :at "
        "AND valid_to>:at AND valid_to<:open AND known_from<=:known AND known_to>:known "
        f"UNION ALL {columns} WHERE place=:place AND valid_to={OPEN} AND valid_from<=:at "
        "AND known_from<=:known AND known_to>:known",
        asked,
    )
    for subject, value, why in rows:
        yield Row(place, subject, json.loads(value), why)


def entity(db: sqlite3.Connection, kind: str, key: str) -> dict[str, Any]:
    """Return what is registered of a thing, its name at least; an unknown id names itself."""
    row = db.execute("SELECT name, body FROM entity WHERE kind=? AND id=?", (kind, key)).fetchone()
    if row is None:
        return {"id": key, "name": key}
    return {"id": key, **json.loads(row[1]), "name": row[0]}


def name_of(db: sqlite3.Connection, kind: str, key: str | None) -> str:
    """Return the display name of a thing, or its id; nothing for nothing."""
    return str(entity(db, kind, key)["name"]) if key else ""


def resolve(db: sqlite3.Connection, kinds: tuple[str, ...], name: str) -> tuple[str, str]:
    """Return the kind and the id of what a name means.

    The kinds are tried in order. Raises `Ambiguous` or `NotFound`.
    """
    key = key_of(name)
    for kind in kinds:
        if db.execute("SELECT 1 FROM entity WHERE kind=? AND id=?", (kind, name)).fetchone():
            return kind, name
        found = [
            row[0]
            for row in db.execute(
                "SELECT id FROM alias WHERE kind=? AND key=? ORDER BY id", (kind, key)
            )
        ]
        if len(found) > 1:
            raise Ambiguous(name, found)
        if found:
            return kind, found[0]
    marks = ",".join("?" * len(kinds))
    known = dict(db.execute(f"SELECT key, id FROM alias WHERE kind IN ({marks})", kinds))  # noqa: S608
    offers = near(name, known)
    hint = (
        f"did you mean {', '.join(offers)}?" if offers else "`aboard status` counts what there is"
    )
    raise NotFound(" or ".join(kinds), name, hint)
