"""The catalogue: names, aliases and the events themselves, for answers to show.

No question of time is answered here; names hold at every instant.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from aboard.events.agreement import AgreementSigned
from aboard.events.effective import Amended
from aboard.events.envelope import Event
from aboard.events.fact import Amendment, Claimed, GapStated, Ruled
from aboard.events.flight import CraftAdded
from aboard.events.flight_plan import FlightPlanned
from aboard.events.person import PersonRegistered
from aboard.events.source import SourceRegistered
from aboard.events.station import CoverageStated, PortAdded, StationRegistered
from aboard.events.subjects import flights_named, people_named
from aboard.projections.fold import FOREVER
from aboard.projections.names import key_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence


ENVELOPE = set(Event.model_fields) - {"note"}
"""What every event carries, which has columns of its own."""


def add(db: sqlite3.Connection, position: int, event: Event) -> None:
    """Put one recorded event into the catalogue."""
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
            _said(event),
            event.originator_version,
            event.correlation_id,
            event.causation_id,
        ),
    )
    for person in people_named(event):
        db.execute("INSERT OR IGNORE INTO person_mention VALUES (?,?)", (person, event.id))
    for flight in flights_named(event):
        db.execute("INSERT OR IGNORE INTO mention VALUES (?,?)", (flight, event.id))
    _describe(db, position, event)


def is_amended_by(news: Sequence[Event], stream: Sequence[Event]) -> bool:
    """Whether what is new on a stream changes what its other events say, or is itself amended."""
    targets = {event.target for event in stream if isinstance(event, Amendment)}
    return bool(targets) and any(
        isinstance(event, Amendment | CoverageStated) or event.id in targets or any(_named(event))
        for event in news
    )


def amend(db: sqlite3.Connection, events: Sequence[Event]) -> None:
    """Put what a stream says as amended in the place of what it said.

    Names and coverage are as amended at last; what each event said, and from when, is kept beside
    it.
    """
    world = Amended()
    for event in events:
        world.add(event)
        for kind, key, _name, _aliases in _named(event):
            db.execute("DELETE FROM entity WHERE kind=? AND id=?", (kind, key))
            db.execute("DELETE FROM alias WHERE kind=? AND id=?", (kind, key))
        if isinstance(event, CoverageStated):
            db.execute("DELETE FROM coverage WHERE station=?", (event.subject,))
        db.execute("DELETE FROM about WHERE statement=?", (event.id,))
        db.execute("DELETE FROM gap WHERE event=?", (event.id,))
    for event in events:
        db.execute("DELETE FROM amended WHERE event=?", (event.id,))
        versions = world.versions(event)
        for (since, version), (until, _) in pairwise([*versions, (FOREVER, None)]):
            if version is not event:
                said = None if version is None else _said(version)
                held = version or event
                row = (event.id, since, until, str(held.happened), held.happened.earliest, said)
                db.execute("INSERT INTO amended VALUES (?,?,?,?,?,?)", row)
        last = versions[-1][1] if versions else None
        if last is not None:
            (position,) = db.execute(
                "SELECT position FROM event WHERE id=?", (event.id,)
            ).fetchone()
            _describe(db, position, last)


def _said(event: Event) -> str:
    said = event.model_dump(mode="json", exclude=ENVELOPE, exclude_defaults=True)
    return json.dumps(said, ensure_ascii=False)


def _describe(db: sqlite3.Connection, position: int, event: Event) -> None:
    """Put the names an event gives, and what it states of others, where they are looked up."""
    if isinstance(event, CoverageStated):
        db.execute(
            "INSERT INTO coverage VALUES (?,?,?,?)",
            (event.subject, position, str(event.since), str(event.until)),
        )
    if isinstance(event, GapStated):
        db.executemany(
            "INSERT OR IGNORE INTO gap VALUES (?,?,?,?,?)",
            [(key, event.id, *span, event.what) for key, *span in _touched(event)],
        )
    db.executemany(
        "INSERT OR IGNORE INTO about VALUES (?,?)",
        [(target, event.id) for target in _talks_about(event)],
    )
    for kind, key, name, aliases in _named(event):
        db.execute(
            "INSERT OR REPLACE INTO entity VALUES (?,?,?,?)", (kind, key, name, _said(event))
        )
        db.executemany(
            "INSERT OR IGNORE INTO alias VALUES (?,?,?)",
            [(kind, key_of(alias), key) for alias in (key, name, *aliases) if key_of(alias)],
        )


def _touched(event: GapStated) -> Iterator[tuple[str, int, int]]:
    """Yield what a gap touches, and from when to when: its stream, people, and an event always."""
    since = event.since.earliest if event.since else -FOREVER
    until = event.until.end if event.until else FOREVER
    yield event.originator_id, since, until
    for person in event.people:
        yield f"person/{person}", since, until
    if event.about:
        yield f"event:{event.about}", -FOREVER, FOREVER


def _talks_about(event: Event) -> tuple[str, ...]:
    """Return the ids of the events that a claim, a ruling or a gap is about."""
    match event:
        case Claimed() | GapStated() if event.about:
            return (event.about,)
        case Ruled():
            return (event.holds, *event.against)
        case _:
            return ()


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
        case CraftAdded():
            yield "craft", event.craft, event.name, event.aliases
        case AgreementSigned():
            yield "agreement", event.subject, event.name, event.aliases
        case PortAdded():
            yield "port", f"{event.subject}/{event.port}", event.name, event.aliases
        case SourceRegistered():
            yield "source", event.subject, event.publisher, ()
        case _:
            return
