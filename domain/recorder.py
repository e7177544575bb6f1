"""The embedded event store: the library's SQLite recorder, made append-only.

Beside the library's columns the table has its position as a key of its own, which is never used
twice, and event ids stand in a second table, so that no id can be recorded twice whichever stream
it stands on. Triggers refuse every change to what is recorded.

A third table says which streams name what. It is an index: it follows from the events, and grows in
the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventsourcing.sqlite import SQLiteApplicationRecorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from eventsourcing.persistence import StoredEvent
    from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore


def _refusing(table: str, verb: str, when: str = "") -> str:
    """Return the statement that makes a trigger to refuse a kind of change to a table."""
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_{verb.lower()} BEFORE {verb} ON {table} {when}"
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
    )


def _index(c: SQLiteCursor, named: Iterable[Named], first: int, last: int) -> None:
    """Put what the events of some positions name into the index.

    It has reached the last of them if it had reached all before the first.
    """
    c.executemany("INSERT OR IGNORE INTO named VALUES (?,?,?)", named)
    c.execute("UPDATE named_reach SET position=? WHERE position=?", (last, first - 1))


Named = tuple[str, str, str]
"""A row of the index: the kind and the id of something, and a stream that names it."""

APPLICATION_ID = 0x41424F41
"""What SQLite keeps in the file's header to tell a log of Aboard: "ABOA"."""


class AppendOnlyRecorder(SQLiteApplicationRecorder):
    """Records stored events, each under its position, and refuses to change them."""

    def __init__(
        self, datastore: SQLiteDatastore, events_table_name: str = "stored_events"
    ) -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = (
            f"INSERT INTO {events_table_name} "  # noqa: S608 - a name of our own
            "(originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )

    def construct_create_table_statements(self) -> list[str]:
        """Return the statements that make the tables and the triggers."""
        table = self.events_table_name
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
        # The identity ties a read model to its log; the application id says whose file it is.
        identity = "CREATE TABLE IF NOT EXISTS log_identity (id TEXT PRIMARY KEY) WITHOUT ROWID"
        named = (
            "INSERT INTO log_identity SELECT lower(hex(randomblob(16))) "
            "WHERE NOT EXISTS (SELECT 1 FROM log_identity)"
        )
        # The index may be dropped and made anew, from the events; rows of it are never changed.
        index = (
            "CREATE TABLE IF NOT EXISTS named (kind TEXT, id TEXT, stream TEXT, "
            "PRIMARY KEY (kind, id, stream)) WITHOUT ROWID"
        )
        reach = "CREATE TABLE IF NOT EXISTS named_reach (made INTEGER, position INTEGER)"
        nowhere = "INSERT INTO named_reach SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM named_reach)"
        statements = [f"PRAGMA application_id={APPLICATION_ID}", events, event_ids, identity, named,
                      index, reach, nowhere]  # fmt: skip
        same_event = (
            "rowid = NEW.rowid OR (originator_id = NEW.originator_id "
            "AND originator_version = NEW.originator_version)"
        )
        for name, same in ((table, same_event), ("event_ids", "event_id = NEW.event_id")):
            statements += [_refusing(name, verb) for verb in ("UPDATE", "DELETE")]
            # REPLACE deletes what is in its way without firing a trigger: it is refused itself.
            there = f"WHEN EXISTS (SELECT 1 FROM {name} WHERE {same}) "  # noqa: S608 - our names
            statements.append(_refusing(name, "INSERT", there))
        statements += [_refusing("log_identity", verb) for verb in ("UPDATE", "DELETE")]
        return statements

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,
    ) -> Sequence[int] | None:
        positions = super()._insert_events(c, stored_events, **kwargs) or ()
        c.executemany(
            "INSERT INTO event_ids VALUES (?,?)",
            list(zip(kwargs["event_ids"], positions, strict=True)),
        )
        if positions:
            _index(c, kwargs["named"], positions[0], positions[-1])
        return positions

    def index(self, made: int, read: Callable[[int], Iterator[Iterable[Named]]]) -> None:
        """Bring the index level with the log, as after an older program has written to it.

        `made` is the number of what is indexed now: an index of another number is made anew.
        `read` yields what each event behind a position names.
        """
        with self.datastore.transaction(commit=True) as c:
            c.execute("UPDATE named_reach SET position=position")  # from here on nobody else writes
            c.execute("SELECT made, position FROM named_reach")
            was, reached = c.fetchone()
            if was != made:
                c.execute("DELETE FROM named")
                reached = 0
            for named in read(reached):
                c.executemany("INSERT OR IGNORE INTO named VALUES (?,?,?)", named)
            level = self._max_notification_id(c) or 0
            c.execute("UPDATE named_reach SET made=?, position=?", (made, level))

    def log_identity(self) -> str:
        """Return the id this log was given when it was made."""
        with self.datastore.transaction(commit=False) as c:
            c.execute("SELECT id FROM log_identity")
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
