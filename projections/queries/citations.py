"""Citing: the sources of an event, and of the rows that rest on events, as an answer shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboard.storage.connection import Connection

UNSOURCED = "unsourced"
"""The key of general knowledge that has no citable source; the same as the envelope's."""

FIELDS = ("kind", "title", "url", "published", "licence")
"""What is shown of a source besides its key and its publisher, where it is known."""


AMENDED_EVENT = (
    "event LEFT JOIN amended ON amended.event = event.id "
    "AND amended.known_from <= :known AND amended.known_to > :known"
)
"""The events with what amends each as ``:known``; as recorded where that is NULL."""

SOURCE = "coalesce(amended.shown_source, event.source)"
"""The sources of what an event says, as amended, as a JSON list of their keys."""


WHO_SAYS = (
    f"SELECT event.id, {SOURCE} FROM {AMENDED_EVENT} "  # noqa: S608 - our own names
    "WHERE event.id IN (SELECT value FROM json_each(:wanted))"
)
"""The sources of some events, as amended."""


def mark_sources(db: Connection, rows: Iterable[dict[str, Any]], known: int) -> None:
    """Say of each row of an answer who says what it rests on, as known at an instant.

    A row has the ids of events in `why`. It is given the keys of their sources, and is `unsourced`
    if none of the events has a source that can be cited.
    """
    marked = [row for row in rows if row["why"]]
    found = db.execute(
        WHO_SAYS,
        {"known": known, "wanted": json.dumps([key for row in marked for key in row["why"]])},
    ).fetchall()
    # All at once: each by itself would take longer than it takes to find them.
    keys = json.loads(f"[{','.join([sources for _, sources in found])}]")
    said_by = dict(zip([event for event, _ in found], keys, strict=True))
    for row in marked:
        sources = [key for event in row["why"] for key in said_by.get(event, ())]
        row["sources"] = list(dict.fromkeys(sources))
        if row["sources"] == [UNSOURCED]:
            row["unsourced"] = True


def cited(db: Connection, keys: str, fields: Sequence[str] = FIELDS) -> list[dict[str, Any]]:
    """Return each source of a JSON list of keys: its key, its publisher and the fields it has."""
    return [_source(db, key, fields) for key in json.loads(keys)]


def _source(db: Connection, key: str, fields: Sequence[str]) -> dict[str, Any]:
    if key == UNSOURCED:
        return {"key": key, "publisher": "unsourced"}
    about = reader.entity(db, "source", key)
    known = {name: about[name] for name in fields if about.get(name)}
    return {"key": key, "publisher": about["name"], **known}
