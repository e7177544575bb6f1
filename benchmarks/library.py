"""The event sourcing library's own way to a read model: what a rebuild is measured against.

A projection of the library is told of one event at a time, and commits what it changes together
with the position of the event. What it keeps here is less than Aboard's read model does: who is at
which station and on which craft, which vehicle is at which port, and who commands, as known at the
end; one row a stay, from and to. It knows no plans and no corrections, and keeps nothing of what
was known earlier. Its statements are the same for SQLite and for PostgreSQL.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, LiteralString

from eventsourcing.application import Application
from eventsourcing.persistence import ListenNotifySubscription, Tracking, TrackingRecorder
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteTrackingRecorder
from eventsourcing.utils import get_topic
from psycopg.sql import SQL

from aboard.domain.eventlog.mapper import EventMapper
from aboard.events.flight import Docked, Landed, Launched, Lost, Relocated, Undocked
from aboard.events.station import CommandHandedOver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eventsourcing.postgres import PostgresDatastore
    from eventsourcing.sqlite import SQLiteDatastore

    from aboard.events.envelope import Event

AT_ONCE = 500
"""Events that the library saves in one transaction."""

Statement = tuple[str, tuple[Any, ...]]
"""A statement with ``?`` for what it is asked with."""

TABLES: tuple[LiteralString, ...] = (
    """CREATE TABLE IF NOT EXISTS presence (
        person TEXT, place TEXT, since BIGINT, until BIGINT, PRIMARY KEY (person, since))""",
    "CREATE INDEX IF NOT EXISTS presence_place ON presence (place, since)",
    """CREATE TABLE IF NOT EXISTS berths (
        flight TEXT, station TEXT, port TEXT, since BIGINT, until BIGINT,
        PRIMARY KEY (flight, since))""",
    "CREATE INDEX IF NOT EXISTS berths_station ON berths (station, since)",
    """CREATE TABLE IF NOT EXISTS command (
        station TEXT, person TEXT, since BIGINT, until BIGINT, PRIMARY KEY (station, since))""",
)

_LEAVES = "UPDATE presence SET until=? WHERE person=? AND until IS NULL"
_IS_THERE = "INSERT INTO presence VALUES (?,?,?,NULL) ON CONFLICT DO NOTHING"
_ALL_ARE_THERE = """
    INSERT INTO presence SELECT person, ?, ?, NULL FROM presence
    WHERE place=? AND until IS NULL ON CONFLICT DO NOTHING"""
_ALL_LEAVE = "UPDATE presence SET until=? WHERE place=? AND until IS NULL"
_BERTHS = "INSERT INTO berths VALUES (?,?,?,?,NULL) ON CONFLICT DO NOTHING"
_UNBERTHS = "UPDATE berths SET until=? WHERE flight=? AND until IS NULL"
_IS_MOVED = """
    INSERT INTO berths SELECT flight, station, ?, ?, NULL FROM berths
    WHERE flight=? AND until IS NULL ON CONFLICT DO NOTHING"""
_WAS_MOVED = "UPDATE berths SET until=? WHERE flight=? AND until IS NULL AND since<?"
_LAYS_DOWN = "UPDATE command SET until=? WHERE station=? AND until IS NULL"
_TAKES_OVER = "INSERT INTO command VALUES (?,?,?,NULL) ON CONFLICT DO NOTHING"


def changes(event: Event) -> list[Statement]:
    """Return what an event changes in the view."""
    at, subject = event.happened.earliest, event.subject
    match event:
        case Launched():
            return _moved(event.crew, subject, at)
        case Docked() if event.puts_aboard:
            return [
                (_BERTHS, (subject, event.station, event.port, at)),
                (_ALL_ARE_THERE, (event.station, at, subject)),
                (_ALL_LEAVE, (at, subject)),
            ]
        case Relocated():
            left = event.undocked_at.earliest
            return [
                (_IS_MOVED, (event.to_port, at, subject)),
                (_WAS_MOVED, (left, subject, at)),
            ]
        case Undocked():
            return [(_UNBERTHS, (at, subject)), *_moved(event.crew, subject, at)]
        case Landed() | Lost():
            return [(_LEAVES, (at, person)) for person in event.crew]
        case CommandHandedOver():
            return [
                (_LAYS_DOWN, (at, subject)),
                (_TAKES_OVER, (subject, event.to_person, at)),
            ]
        case _:
            return []


def _moved(people: Sequence[str], place: str, at: int) -> list[Statement]:
    return [
        statement
        for person in people
        for statement in ((_LEAVES, (at, person)), (_IS_THERE, (person, place, at)))
    ]


class View(TrackingRecorder):
    """What the projection writes to."""

    @abstractmethod
    def apply(self, statements: Sequence[Statement], tracking: Tracking) -> None:
        """Carry out statements, and record the position, in one transaction."""


class SQLiteView(SQLiteTrackingRecorder, View):
    """The view in an SQLite file."""

    def __init__(self, datastore: SQLiteDatastore, **more: Any) -> None:
        super().__init__(datastore, **more)

    def construct_create_table_statements(self) -> list[str]:
        """Return the statements that make the tables."""
        return [*super().construct_create_table_statements(), *TABLES]

    def apply(self, statements: Sequence[Statement], tracking: Tracking) -> None:
        """Carry out statements, and record the position, in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            for statement, asked in statements:
                cursor.execute(statement, asked)
            self._insert_tracking(cursor, tracking)


class PostgresView(PostgresTrackingRecorder, View):
    """The view in a database of a PostgreSQL server."""

    def __init__(self, datastore: PostgresDatastore, **more: Any) -> None:
        super().__init__(datastore, **more)
        self.sql_create_statements.extend(SQL(table).format() for table in TABLES)

    def apply(self, statements: Sequence[Statement], tracking: Tracking) -> None:
        """Carry out statements, and record the position, in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            for statement, asked in statements:
                cursor.execute(statement.replace("?", "%s"), asked)
            self._insert_tracking(cursor, tracking)


class Presence(Projection[View]):
    """The library's projection: one event, one transaction."""

    name = "presence_view"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Put what an event changes into the view."""
        self.view.apply(changes(domain_event), tracking)


class PollingSubscription(ListenNotifySubscription[SQLiteApplicationRecorder]):
    """A subscription to an SQLite file, which cannot notify: here all of it is there already."""


class PollingRecorder(SQLiteApplicationRecorder):
    """The library's recorder, with the subscription that it lacks."""

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> PollingSubscription:
        """Return a subscription to what is recorded behind a position."""
        return PollingSubscription(self, gt, topics)


class Plain(Application[str]):
    """The library's application and its own tables, with our form of a stored event."""

    env: ClassVar[dict[str, str]] = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "ORIGINATOR_ID_TYPE": "text",
        "MAPPER_TOPIC": get_topic(EventMapper),
        "APPLICATION_RECORDER_TOPIC": get_topic(PollingRecorder),
    }


def plain(path: Path) -> Plain:
    """Open the library's application in an SQLite file."""
    return Plain({"SQLITE_DBNAME": str(path)})


def save(application: Plain, events: Sequence[Event]) -> None:
    """Save events as the library does, some hundreds in a transaction."""
    for first in range(0, len(events), AT_ONCE):
        some: Sequence[Any] = events[first : first + AT_ONCE]
        application.save(*some)


def project(view: type[View], env: dict[str, str], last: int) -> None:
    """Let the library's runner project everything that is recorded, up to a position."""
    runner: ProjectionRunner[Any, View] = ProjectionRunner(
        application_class=Plain, projection_class=Presence, view_class=view, env=env
    )
    with runner:
        runner.wait(last, timeout=3_600)
