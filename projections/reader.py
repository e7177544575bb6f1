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

LOG_APPLICATION_ID = 0x41424F41
"""The mark of a log in its file's header; the same number as the recorder writes."""

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
    """Return what the read model says of itself: `built_to`, `log`, `position`, `recorded`."""
    return dict(db.execute("SELECT key, value FROM meta"))


def as_of(db: sqlite3.Connection) -> dict[str, Any]:
    """Return the position of the log that answers are as of, and when it was recorded."""
    known = meta(db)
    return {"position": int(known["position"]), "recorded": known["recorded"] or None}


def log_state(path: Path) -> tuple[str, int]:
    """Return identity and position of a log file; no identity, and 0, for an absent or empty one.

    Raises `sqlite3.DatabaseError` for a file that is something else.
    """
    try:
        db = connect(path)
    except sqlite3.OperationalError:
        return "", 0
    with closing(db) as log:
        (whose,) = log.execute("PRAGMA application_id").fetchone()
        (tables,) = log.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables:
            return "", 0
        if whose != LOG_APPLICATION_ID:
            raise sqlite3.DatabaseError("it is a database, and no log of Aboard")
        ((identity,),) = log.execute("SELECT id FROM log_identity")
        (position,) = log.execute("SELECT max(rowid) FROM stored_events").fetchone()
    return identity, position or 0


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


def place_kind(db: sqlite3.Connection, place: str) -> str:
    """Return what a place of presence is: ``station``, ``flight`` or ``craft``."""
    kinds = ("station", "flight", "craft")
    return next((kind for kind in kinds if entity(db, kind, place)["name"] != place), "flight")


def agencies(db: sqlite3.Connection) -> list[str]:
    """Return every agency that a person is registered with."""
    rows = db.execute(
        "SELECT DISTINCT json_extract(body, '$.agency') FROM entity WHERE kind='person' ORDER BY 1"
    )
    return [agency for (agency,) in rows if agency]


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
    raise NotFound(" or ".join(kinds), name, _hint(db, kinds[0], name, near(name, known)))


def _hint(db: sqlite3.Connection, kind: str, name: str, offers: list[str]) -> str:
    """Return what may help who asked for a name that means nothing here."""
    other = db.execute(
        "SELECT kind FROM alias WHERE key=? AND kind<>'port' ORDER BY kind", (key_of(name),)
    ).fetchone()
    if other:
        return f"{name} is a {other[0]}"
    if offers:
        return f"did you mean {', '.join(offers)}?"
    some = db.execute("SELECT id FROM entity WHERE kind=? ORDER BY id DESC LIMIT 4", (kind,))
    names = [one for (one,) in some]
    more = ", ..." if len(names) > 3 else ""
    return f"of the kind {kind} there are: {', '.join(names[:3]) or 'none so far'}{more}"
