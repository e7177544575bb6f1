"""Citing: the sources of an event, as an answer shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.storage.connection import Connection

UNSOURCED = "unsourced"
"""The key of general knowledge that has no citable source; the same as the envelope's."""

FIELDS = ("kind", "title", "url", "published", "licence")
"""What is shown of a source besides its key and its publisher, where it is known."""


def cited(db: Connection, keys: str, fields: Sequence[str] = FIELDS) -> list[dict[str, Any]]:
    """Return each source of a JSON list of keys: its key, its publisher and the fields it has."""
    return [_source(db, key, fields) for key in json.loads(keys)]


def registered(db: Connection, kind: str, key: str) -> list[dict[str, Any]]:
    """Return the sources of the event that registered a person or a station; none without one."""
    row = db.execute(
        "SELECT source FROM event WHERE stream=? AND type=? ORDER BY position DESC",
        (f"{kind}/{key}", f"{kind}.registered"),
    ).fetchone()
    return cited(db, row[0]) if row else []


def _source(db: Connection, key: str, fields: Sequence[str]) -> dict[str, Any]:
    if key == UNSOURCED:
        return {"key": key, "publisher": "unsourced"}
    about = reader.entity(db, "source", key)
    known = {name: about[name] for name in fields if about.get(name)}
    return {"key": key, "publisher": about["name"], **known}
