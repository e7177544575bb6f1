"""The catalogue: names, aliases and the events themselves, for answers to show.

No question of time is answered here; names hold at every instant.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

import msgspec
from pydantic import BaseModel

from aboard.events.agreement import AgreementSigned
from aboard.events.amendments import AMENDMENTS
from aboard.events.envelope import Event
from aboard.events.fact import Claimed, GapStated, Ruled, Statement
from aboard.events.flight import CraftAdded
from aboard.events.flight_plan import FlightPlanned
from aboard.events.mentions import flights_named, ids_named
from aboard.events.person import PersonRegistered
from aboard.events.source import SourceRegistered
from aboard.events.station import CoverageStated, PortAdded, StationRegistered
from aboard.events.time import FOREVER
from aboard.projections.ingest.rectangle_rows import AT_ONCE, encoded
from aboard.projections.tables.name_keys import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.events.fact import Amendment
    from aboard.storage.connection import Connection


ENVELOPE = set(Event.model_fields) - {"note", "supersedes"}
"""What every event carries, which has columns of its own."""

DESCRIBED = (
    AgreementSigned, Claimed, CoverageStated, CraftAdded, FlightPlanned, GapStated,
    PersonRegistered, PortAdded, Ruled, SourceRegistered, StationRegistered,
)  # fmt: skip
"""The types of events that give names, or state something of others."""


LOOKED_UP = ("person", "flight", "station")
"""The kinds of thing by which events that name one are looked up."""

EVENT = "INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
REFERENCE = "INSERT OR IGNORE INTO reference VALUES (?,?,?)"
MENTION = "INSERT OR IGNORE INTO mention VALUES (?,?)"
ALIAS = "INSERT OR IGNORE INTO alias VALUES (?,?,?)"
AMENDMENT = "INSERT OR IGNORE INTO amendment VALUES (?,?)"
COVERAGE = "INSERT INTO coverage VALUES (?,?,?,?)"
GAP = "INSERT OR IGNORE INTO gap VALUES (?,?,?,?,?)"
ABOUT = "INSERT OR IGNORE INTO about VALUES (?,?)"

WRITING = (EVENT, REFERENCE, MENTION, ALIAS, AMENDMENT, COVERAGE, GAP, ABOUT)
"""The statements that write what events add to the catalogue, except the names they give."""

NAMING = (
    "INSERT INTO entity VALUES (?,?,?,?) "
    "ON CONFLICT (kind, id) DO UPDATE SET name=excluded.name, body=excluded.body"
)
"""What gives a thing its name, the latest if it has had another."""


class CatalogueRows:
    """What events put into the catalogue: rows, by the statements that write them."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[Any, ...]]] = {statement: [] for statement in WRITING}
        self._names: dict[tuple[str, str], tuple[str, str]] = {}

    def add(self, position: int, event: Event) -> None:
        """Put one recorded event into the catalogue."""
        key, rows = event.id, self._rows
        if is_described(type(event)):
            self.describe(position, event)
        if type(event) in AMENDMENTS:
            rows[AMENDMENT].append((event.originator_id, cast("Amendment", event).target))
        rows[EVENT].append(
            (
                key,
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
                _json(event.source),
                fields_as_json(event),
                event.originator_version,
                event.correlation_id,
                event.causation_id,
            )
        )
        rows[REFERENCE] += [
            (kind, named, key) for kind in LOOKED_UP for named in ids_named(event, kind)
        ]
        rows[MENTION] += [(flight, key) for flight in flights_named(event)]

    def describe(self, position: int, event: Event) -> None:
        """Put the names an event gives, and what it states of others, where they are looked up."""
        rows = self._rows
        if isinstance(event, CoverageStated):
            rows[COVERAGE].append((event.subject, position, str(event.since), str(event.until)))
        if isinstance(event, GapStated):
            rows[GAP] += [(key, event.id, *span, event.what) for key, *span in _touched(event)]
        rows[ABOUT] += [(target, event.id) for target in _talks_about(event)]
        for kind, key, name, aliases in names_in(event):
            self._names[kind, key] = name, fields_as_json(event)
            for alias in (key, name, *aliases):
                if found := key_of(alias):
                    rows[ALIAS].append((kind, found, key))

    def take_rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows, and keep none; of a thing that has several names, the latest."""
        rows = {statement: some for statement, some in self._rows.items() if some}
        if self._names:
            rows[NAMING] = [(*key, *said) for key, said in self._names.items()]
        self._rows = {statement: [] for statement in WRITING}
        self._names = {}
        return rows


class CatalogueWriter(CatalogueRows):
    """The events of one catch-up, put into the catalogue many at a time."""

    def __init__(self, db: Connection) -> None:
        super().__init__()
        self._db = db

    def add(self, position: int, event: Event) -> None:
        """Put one recorded event into the catalogue."""
        super().add(position, event)
        if len(self._rows[EVENT]) >= AT_ONCE:
            self.flush()

    def take(self, rows: dict[str, list[tuple[Any, ...]]]) -> None:
        """Put what another process has made of the events that follow into the catalogue."""
        for statement, some in rows.items():
            if statement == NAMING:
                self._names.update({(kind, key): (name, said) for kind, key, name, said in some})
            else:
                self._rows[statement] += some
        if len(self._rows[EVENT]) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        self._db.execute_batches((one, sorted(rows)) for one, rows in self.take_rows().items())


@lru_cache(maxsize=10_000)
def _json(source: tuple[str, ...]) -> str:
    """Return the keys of some sources as JSON. Many events cite the same ones."""
    return encoded(source).decode()


def fields_as_json(event: Event) -> str:
    """Return the fields of an event that are not of the envelope or the default, as JSON."""
    held = vars(event)  # where its fields are, which it takes longer to ask for one by one
    said = {name: held[name] for name, default in _own_fields(type(event)) if held[name] != default}
    return _ENCODER.encode(said).decode()


@cache
def _own_fields(cls: type[Event]) -> list[tuple[str, Any]]:
    """Return the names of a type's fields that the envelope has not, each with its default."""
    return [
        (name, about.get_default(call_default_factory=True))
        for name, about in cls.model_fields.items()
        if name not in ENVELOPE
    ]


def _plain(value: Any) -> Any:
    """Return what JSON has for a time, or for a part of an event."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    return str(value)


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


@cache
def is_described(cls: type[Event]) -> bool:
    """Whether `CatalogueWriter.describe` has anything to do with events of a type."""
    return issubclass(cls, DESCRIBED)


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
    return ids_named(event, "event") if isinstance(event, Statement) else ()


def names_in(event: Event) -> Iterator[tuple[str, str, str, tuple[Any, ...]]]:
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
