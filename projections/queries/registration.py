"""What is registered of a person, a station or a flight, as known when, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.projections.queries import reader
from aboard.projections.queries.citations import cited
from aboard.projections.queries.shown_event import marks_of_all, stored_event

if TYPE_CHECKING:
    from aboard.projections.queries.shown_event import StoredEvent
    from aboard.storage.connection import Connection

FIRST = {
    "person": "person.registered",
    "station": "station.registered",
    "flight": "flight.planned",
}
"""The type of the event that registers a thing of each kind."""


def registration(
    db: Connection, kind: str, key: str, known: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is registered of a thing, and what an answer shows of who says so.

    It is as amended by what is known at an instant. A registration that was not known by then is
    used all the same, as it was when it became known; so is the name of a thing without one.
    """
    event = _registering(db, kind, key, known)
    about = reader.entity(db, kind, key)
    if event is None or event.is_retracted:
        return about, {"sources": []}
    said = {"id": key, **event.said, "name": event.said.get("name", about["name"])}
    return said, {"sources": cited(db, event.source), **marks_of_all([event])}


def _registering(db: Connection, kind: str, key: str, known: int) -> StoredEvent | None:
    row = db.execute(
        "SELECT id, known_from FROM event WHERE stream=? AND type=? ORDER BY position DESC",
        (f"{kind}/{key}", FIRST[kind]),
    ).fetchone()
    return stored_event(db, row[0], max(known, row[1])) if row else None
