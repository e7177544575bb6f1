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


def _source(db: Connection, key: str, fields: Sequence[str]) -> dict[str, Any]:
    if key == UNSOURCED:
        return {"key": key, "publisher": "unsourced"}
    about = reader.entity(db, "source", key)
    known = {name: about[name] for name in fields if about.get(name)}
    return {"key": key, "publisher": about["name"], **known}
