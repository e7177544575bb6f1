"""Reading the read model, with the standard library alone.

Answers come from one kind of question: which rectangles of a fold hold at a place, at an instant,
as known at another.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.english import with_article
from aboard.projections.tables import point_index
from aboard.projections.tables.fold_versions import VERSIONS
from aboard.projections.tables.name_keys import key_of, near
from aboard.storage import databases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.storage.connection import Connection

connect = databases.connect


class UnknownName(LookupError):  # noqa: N818 - it is an answer, not a failure
    """No such thing by that name; `hint` offers near ones."""

    def __init__(self, kind: str, name: str, hint: str) -> None:
        super().__init__(f"no {kind} is called {name!r}")
        self.hint = hint


class AmbiguousName(LookupError):  # noqa: N818
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


def meta(db: Connection) -> dict[str, str]:
    """Return what the read model says of itself: `built_to`, `log`, `position`, `recorded`."""
    return dict(db.execute("SELECT key, value FROM meta"))


def as_of(db: Connection, projection: str = "") -> dict[str, Any]:
    """Return the position of the log that answers are as of, and when it was recorded.

    Where events are parked that affect them, it says what is ``parked_subjects`` for them.
    """
    known = meta(db)
    answer = {"position": int(known["position"]), "recorded": known["recorded"] or None}
    held = parked_subjects(db, projection) if known["parked"] != "0" else []
    return answer | {"held": held} if held else answer


def parked_subjects(db: Connection, projection: str = "") -> list[dict[str, Any]]:
    """Return the subjects about which answers are as they were before an event that is parked.

    They are answers from the program's own projections, or from the one named. What cannot be read
    is parked in the catalogue, and affects both.
    """
    from aboard.projections.tables.schema import CATALOGUE  # noqa: PLC0415 - rarely needed

    used = (CATALOGUE, projection) if projection else (CATALOGUE, *VERSIONS)
    rows = db.execute("SELECT projection, subject, min(position) FROM parked GROUP BY 1, 2")
    return [
        {"projection": name, "subject": subject, "before": position}
        for name, subject, position in sorted(rows.fetchall())
        if name in used
    ]


def places(db: Connection, fold: str) -> list[str]:
    """Return every place a fold has rectangles at."""
    # From one place to the next: of what each of them has, one row is looked at.
    rows = db.execute(
        f"WITH RECURSIVE found(place) AS (SELECT min(place) FROM {fold} UNION ALL "  # noqa: S608
        f"SELECT (SELECT min(place) FROM {fold} WHERE place>found.place) FROM found "
        "WHERE found.place IS NOT NULL) SELECT place FROM found WHERE place IS NOT NULL"
    )
    return [place for (place,) in rows]


def rows_at(db: Connection, fold: str, place: str, at: int, known: int) -> list[Row]:
    """Return what holds at a place and an instant, as known at another.

    Instants are Unix seconds. Which of the rows count is for the caller to decide: see
    :func:`aboard.projections.queries.who.sift`.
    """
    asked = {"place": place, "at": at, "known": known}
    found = db.execute(point_index.holding(fold), asked).fetchall()
    # All values at once: each by itself would take longer than it takes to find them.
    values = json.loads(f"[{','.join([row[1] for row in found])}]")
    return [
        Row(place, subject, value, why)
        for (subject, _, why), value in zip(found, values, strict=True)
    ]


def entity(db: Connection, kind: str, key: str) -> dict[str, Any]:
    """Return what is registered of a thing, its name at least; an unknown id names itself."""
    row = db.execute("SELECT name, body FROM entity WHERE kind=? AND id=?", (kind, key)).fetchone()
    if row is None:
        return {"id": key, "name": key}
    return {"id": key, **json.loads(row[1]), "name": row[0]}


def name_of(db: Connection, kind: str, key: str | None) -> str:
    """Return the display name of a thing, or its id; nothing for nothing."""
    return str(entity(db, kind, key)["name"]) if key else ""


def names_of(db: Connection, *kinds: str) -> dict[str, str]:
    """Return the display names of everything registered of some kinds, by their ids."""
    marks = ",".join("?" * len(kinds))
    return dict(
        db.execute(f"SELECT id, name FROM entity WHERE kind IN ({marks}) ORDER BY kind", kinds)  # noqa: S608
    )


def place_kind(db: Connection, place: str) -> str:
    """Return what a place of presence is: ``station``, ``flight`` or ``craft``."""
    kinds = ("station", "flight", "craft")
    return next((kind for kind in kinds if entity(db, kind, place)["name"] != place), "flight")


def resolve(db: Connection, kinds: tuple[str, ...], name: str) -> tuple[str, str]:
    """Return the kind and the id of what a name means.

    The kinds are tried in order. Raises `AmbiguousName` or `UnknownName`.
    """
    for kind in kinds:
        if db.execute("SELECT 1 FROM entity WHERE kind=? AND id=?", (kind, name)).fetchone():
            return kind, name
        found = called(db, kind, name)
        if len(found) > 1:
            raise AmbiguousName(name, found)
        if found:
            return kind, found[0]
    marks = ",".join("?" * len(kinds))
    known = dict(db.execute(f"SELECT key, id FROM alias WHERE kind IN ({marks})", kinds))  # noqa: S608
    raise UnknownName(" or ".join(kinds), name, _hint(db, kinds[0], name, near(name, known)))


def called(db: Connection, kind: str, name: str) -> list[str]:
    """Return the ids of what has a name, of one kind."""
    rows = db.execute(
        "SELECT id FROM alias WHERE kind=? AND key=? ORDER BY id", (kind, key_of(name))
    )
    return [key for (key,) in rows]


def _hint(db: Connection, kind: str, name: str, offers: list[str]) -> str:
    """Return a hint for a name that means nothing here."""
    other = db.execute(
        "SELECT kind FROM alias WHERE key=? AND kind<>'port' ORDER BY kind", (key_of(name),)
    ).fetchone()
    if other:
        return f"{name} is {with_article(other[0])}"
    if offers:
        return f"did you mean {', '.join(offers)}?"
    some = db.execute("SELECT id FROM entity WHERE kind=? ORDER BY id DESC LIMIT 4", (kind,))
    names = [one for (one,) in some]
    more = ", ..." if len(names) > 3 else ""
    several = "people" if kind == "person" else f"{kind}s"
    return f"{several} are: {', '.join(names[:3])}{more}" if names else f"no {several} are recorded"


def superseded(bodies: Iterable[str]) -> set[str]:
    """Return the ids of what some facts say that they supersede."""
    return {key for body in bodies for key in json.loads(body).get("supersedes", ())}
