"""The catalogue: names, aliases and the events themselves, for answers to show.

No question of time is answered here; names hold at every instant.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.agreement import AgreementSigned
from aboard.events.flight import FlightPlanned
from aboard.events.person import PersonRegistered
from aboard.events.source import SourceRegistered
from aboard.events.station import CoverageStated, PortAdded, StationRegistered
from aboard.events.subjects import flights_named, people_named
from aboard.projections.names import key_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from aboard.events.envelope import Event

ENVELOPE = frozenset(
    ("id", "originator_id", "originator_version", "happened", "known", "known_assumed", "recorded",
     "recorded_by", "source", "correlation_id", "causation_id")
)  # fmt: skip


def add(db: sqlite3.Connection, position: int, event: Event) -> None:
    """Put one recorded event into the catalogue."""
    said = event.model_dump(mode="json", exclude=set(ENVELOPE), exclude_defaults=True)
    db.execute(
        "INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            event.id,
            position,
            event.originator_id,
            event.TOPIC,
            str(event.happened),
            event.happened.earliest,
            event.RANK,
            str(event.known),
            event.known_from,
            event.known_assumed,
            event.recorded.isoformat(),
            event.recorded_by,
            json.dumps(event.source),
            json.dumps(said, ensure_ascii=False),
            event.originator_version,
            event.correlation_id,
            event.causation_id,
        ),
    )
    for person in people_named(event):
        db.execute("INSERT OR IGNORE INTO person_mention VALUES (?,?)", (person, event.id))
    for flight in flights_named(event):
        db.execute("INSERT OR IGNORE INTO mention VALUES (?,?)", (flight, event.id))
    if isinstance(event, CoverageStated):
        db.execute(
            "INSERT INTO coverage VALUES (?,?,?,?)",
            (event.subject, position, str(event.since), str(event.until)),
        )
    for kind, key, name, aliases in _named(event):
        db.execute(
            "INSERT OR REPLACE INTO entity VALUES (?,?,?,?)",
            (kind, key, name, json.dumps(said, ensure_ascii=False)),
        )
        db.executemany(
            "INSERT OR IGNORE INTO alias VALUES (?,?,?)",
            [(kind, key_of(alias), key) for alias in (key, name, *aliases) if key_of(alias)],
        )


def _named(event: Event) -> Iterator[tuple[str, str, str, tuple[Any, ...]]]:
    """Yield kind, id, name and aliases of what an event gives a name to."""
    match event:
        case PersonRegistered():
            yield "person", event.subject, event.name, (event.family_name, *event.aliases)
        case StationRegistered():
            yield "station", event.subject, event.name, event.aliases
        case FlightPlanned():
            vehicle = (event.vehicle,) if event.vehicle else ()
            yield "flight", event.subject, event.name, (*event.aliases, *vehicle)
        case AgreementSigned():
            yield "agreement", event.subject, event.name, event.aliases
        case PortAdded():
            yield "port", f"{event.subject}/{event.port}", event.name, event.aliases
        case SourceRegistered():
            yield "source", event.subject, event.publisher, ()
        case _:
            return
