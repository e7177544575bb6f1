"""The embedded event store: the library's SQLite recorder, made append-only.

In addition to the library's columns, the table has the position as its own key, which is never used
twice, and event ids are in a second table, so that no id can be recorded twice on any stream.
Triggers refuse every change to what is recorded.

A third table says which streams name what. It is an index, which is derived from the events and
grows in the same transaction.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import IntegrityError
from eventsourcing.sqlite import SQLiteApplicationRecorder

from aboard.domain.eventlog.adapter import COLUMNS
from aboard.domain.eventlog.sqlite_pool import LogTransaction
from aboard.storage.log_header import APPLICATION_ID, IDENTITY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from eventsourcing.persistence import StoredEvent
    from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore

    from aboard.domain.eventlog.adapter import IndexRow, LogCursor


def _refusing(table: str, verb: str, when: str = "") -> str:
    """Return the statement that creates a trigger which refuses a kind of change to a table."""
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_{verb.lower()} BEFORE {verb} ON {table} {when}"
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
    )


def _index(c: SQLiteCursor, named: Iterable[IndexRow], first: int, last: int) -> None:
    """Add what the events of some positions name to the index.

    The index then reaches the last position, provided that it reached the one before the first.
    """
    c.executemany("INSERT OR IGNORE INTO named VALUES (?,?,?)", named)
    c.execute("UPDATE named_reach SET position=? WHERE position=?", (last, first - 1))


def _refuse_unseen(c: SQLiteCursor, seen: int | None, first: int, people: Collection[str]) -> None:
    """Refuse a recording if another one about the same people came in between.

    That is one at a position after the one on which the decision was based, and before its own.
    """
    if seen is None or not people or first == seen + 1:
        return
    c.execute(
        "SELECT 1 FROM named WHERE kind='person' AND id IN (SELECT value FROM json_each(?)) "
        "AND stream IN (SELECT originator_id FROM stored_events WHERE rowid>? AND rowid<?)",
        (json.dumps([*people]), seen, first),
    )
    if c.fetchone():
        raise IntegrityError("somebody else has recorded where one of these people is")


def statements(table: str = "stored_events") -> list[str]:
    """Return the statements that create those tables and triggers that a log does not have yet."""
    events = (
        f"CREATE TABLE IF NOT EXISTS {table} ("
        "rowid INTEGER PRIMARY KEY AUTOINCREMENT, "
        "originator_id TEXT NOT NULL, "
        "originator_version INTEGER NOT NULL, "
        "topic TEXT NOT NULL, "
        "state BLOB NOT NULL, "
        "UNIQUE (originator_id, originator_version))"
    )
    event_ids = (
        "CREATE TABLE IF NOT EXISTS event_ids ("
        "event_id TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID"
    )
    # The identity ties a read model to its log; the application id marks the file as ours.
    identity = "CREATE TABLE IF NOT EXISTS log_identity (id TEXT PRIMARY KEY) WITHOUT ROWID"
    named = (
        "INSERT INTO log_identity SELECT lower(hex(randomblob(16))) "
        "WHERE NOT EXISTS (SELECT 1 FROM log_identity)"
    )
    # The index can be dropped and built again from the events; its rows are never changed.
    index = (
        "CREATE TABLE IF NOT EXISTS named (kind TEXT, id TEXT, stream TEXT, "
        "PRIMARY KEY (kind, id, stream)) WITHOUT ROWID"
    )
    reach = "CREATE TABLE IF NOT EXISTS named_reach (made INTEGER, position INTEGER)"
    nowhere = "INSERT INTO named_reach SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM named_reach)"
    created = [f"PRAGMA application_id={APPLICATION_ID}", events, event_ids, identity, named,
                  index, reach, nowhere]  # fmt: skip
    same_event = (
        "rowid = NEW.rowid OR (originator_id = NEW.originator_id "
        "AND originator_version = NEW.originator_version)"
    )
    for name, same in ((table, same_event), ("event_ids", "event_id = NEW.event_id")):
        created += [_refusing(name, verb) for verb in ("UPDATE", "DELETE")]
        # REPLACE deletes conflicting rows without firing a trigger, so it is refused itself.
        there = f"WHEN EXISTS (SELECT 1 FROM {name} WHERE {same}) "  # noqa: S608 - our names
        created.append(_refusing(name, "INSERT", there))
    created += [_refusing("log_identity", verb) for verb in ("UPDATE", "DELETE")]
    return created


class SqliteRecorder(SQLiteApplicationRecorder):
    """Records events, each under its position, and refuses to change them."""

    def __init__(
        self, datastore: SQLiteDatastore, events_table_name: str = "stored_events"
    ) -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = (
            f"INSERT INTO {events_table_name} "  # noqa: S608 - a name of our own
            "(originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )

    def construct_create_table_statements(self) -> list[str]:
        """Return the statements that create the tables and the triggers."""
        return statements(self.events_table_name)

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,
    ) -> Sequence[int] | None:
        if not stored_events:
            return ()
        c.executemany(
            self.insert_events_statement,
            [(s.originator_id, s.originator_version, s.topic, s.state) for s in stored_events],
        )
        # There is no other writer meanwhile, so the positions are consecutive.
        c.execute("SELECT last_insert_rowid()")
        last = c.fetchone()[0]
        positions = range(last - len(stored_events) + 1, last + 1)
        _refuse_unseen(c, kwargs.get("seen"), positions[0], kwargs.get("people", ()))
        c.executemany(
            "INSERT INTO event_ids VALUES (?,?)",
            list(zip(kwargs["event_ids"], positions, strict=True)),
        )
        _index(c, kwargs["named"], positions[0], positions[-1])
        return positions

    def index(self, form: int, read: Callable[[int], Iterator[Iterable[IndexRow]]]) -> None:
        """Bring the index up to date with the log; see `Recorder.index`."""
        with self.datastore.transaction(commit=True) as c:
            c.execute(
                "UPDATE named_reach SET position=position"
            )  # from here on there is no other writer
            c.execute("SELECT made, position FROM named_reach")
            before, reached = c.fetchone()
            if before != form:
                c.execute("DELETE FROM named")
                reached = 0
            for named in read(reached):
                c.executemany("INSERT OR IGNORE INTO named VALUES (?,?,?)", named)
            last = self._max_notification_id(c) or 0
            c.execute("UPDATE named_reach SET made=?, position=?", (form, last))

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Record events in one transaction; return their positions."""
        with LogTransaction(self.datastore.pool, commit=True) as c:
            return self._insert_events(c, stored_events, **kwargs)

    def reading(self) -> AbstractContextManager[LogCursor]:
        """Open a transaction that reads the log as it is now."""
        return LogTransaction(self.datastore.pool, commit=False)

    def page(self, after: int, most: int) -> list[Any]:
        """Return the next events: the position of each, followed by its `COLUMNS`."""
        with self.datastore.get_connection(commit=False) as db:
            c = db.cursor()
            c.execute(
                f"SELECT rowid, {COLUMNS} FROM {self.events_table_name} "  # noqa: S608 - our names
                "WHERE rowid>? ORDER BY rowid LIMIT ?",
                (after, most),
            )
            return list(c.fetchall())

    def log_identity(self) -> str:
        """Return the id that this log was given when it was created."""
        with self.datastore.transaction(commit=False) as c:
            c.execute(IDENTITY)
            return str(c.fetchone()[0])

    def select_event_ids(self, event_ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those of the given ids that are recorded."""
        found: dict[str, int] = {}
        with self.datastore.transaction(commit=False) as c:
            for event_id in event_ids:
                c.execute("SELECT position FROM event_ids WHERE event_id=?", (event_id,))
                row = c.fetchone()
                if row is not None:
                    found[event_id] = row[0]
        return found
