"""The event store in PostgreSQL: the library's recorder, made append-only as the SQLite one is.

It has the same tables in a schema of its own, and keeps the same promises. Positions follow one
another without a gap, in the order in which transactions are committed: a writer locks the table
first, so that no reader can pass by an event that becomes visible later.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
from eventsourcing import postgres as library  # whose own factory must not be found here
from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError
from eventsourcing.utils import retry
from psycopg.rows import dict_row, tuple_row

from aboard.domain.eventlog.adapter import COLUMNS
from aboard.storage.dialect import translated
from aboard.storage.log_header import IDENTITY
from aboard.storage.postgres_server import LOG_CHANNEL, LOG_SCHEMA, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from eventsourcing.persistence import StoredEvent
    from eventsourcing.postgres import PostgresDatastore
    from eventsourcing.utils import Environment, EnvType

    from aboard.domain.eventlog.adapter import IndexRow

ROWS_AT_ONCE = 10_000
"""Rows that are inserted by one statement."""

_NAMED = (
    f"INSERT INTO {LOG_SCHEMA}.named SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) "  # noqa: S608
    "ON CONFLICT DO NOTHING"
)
_APPEND = f"""
WITH last AS MATERIALIZED (
    SELECT coalesce(max(notification_id), 0) AS at FROM {LOG_SCHEMA}.stored_events
), events AS (
    INSERT INTO {LOG_SCHEMA}.stored_events
    SELECT last.at + n, stream, version, topic, state
    FROM last, unnest(%s::text[], %s::bigint[], %s::text[], %s::bytea[]) WITH ORDINALITY
        AS new (stream, version, topic, state, n)
), ids AS (
    INSERT INTO {LOG_SCHEMA}.event_ids
    SELECT id, last.at + n FROM last, unnest(%s::text[]) WITH ORDINALITY AS new (id, n)
), naming AS ({_NAMED}), reach AS (
    UPDATE {LOG_SCHEMA}.named_reach SET position = last.at + %s FROM last WHERE position = last.at
)
SELECT at, pg_notify('{LOG_CHANNEL}', (at + %s)::text) FROM last
"""  # noqa: S608 - names of our own
"""The statement that appends events, under a lock on the table, and returns the position before.

Listeners are notified of the position that the log has reached, once the events can be seen.
"""
_UNSEEN = (
    f"SELECT 1 FROM {LOG_SCHEMA}.stored_events AS event WHERE notification_id > %s "  # noqa: S608
    f"AND EXISTS (SELECT FROM {LOG_SCHEMA}.named WHERE kind = 'person' AND id = ANY(%s) "
    "AND stream = event.originator_id) LIMIT 1"
)
"""The statement that finds an event after a position on a stream that names any of some people."""


class Factory(library.PostgresFactory):
    """The library's factory, which connects by a URL with everything that the URL says."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(cast("Environment", env))
        url = cast("Environment", env)["ABOARD_URL"]
        self.datastore.pool.kwargs = {**settings(url, LOG_SCHEMA), "row_factory": dict_row}


class PostgresRecorder(library.PostgresApplicationRecorder):
    """Records events, each under its position, and refuses to change them."""

    def __init__(
        self,
        datastore: PostgresDatastore,
        *,
        events_table_name: str = "stored_events",  # noqa: ARG002 - the library passes a name of its own
    ) -> None:
        super().__init__(datastore, events_table_name="stored_events")
        self.channel_name = LOG_CHANNEL

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Append events with their ids and what they name; return their positions."""
        if not stored_events:
            return []
        rows = [(one.originator_id, one.originator_version, one.topic, one.state)
                for one in stored_events]  # fmt: skip
        named = list(kwargs["named"])
        asked = [*_columns(rows, 4), list(kwargs["event_ids"]), *_columns(named, 3),
                 len(rows), len(rows)]  # fmt: skip
        with self.datastore.transaction(commit=True) as cursor:
            self._lock_table(cursor)
            if kwargs.get("seen") is not None and kwargs.get("people"):
                cursor.execute(_UNSEEN.encode(), (kwargs["seen"], [*kwargs["people"]]))
                if cursor.fetchone():
                    raise IntegrityError("somebody else has recorded where one of these people is")
            cursor.execute(_APPEND.encode(), asked)
            after = cast("dict[str, int]", cursor.fetchone())["at"]
        return range(after + 1, after + len(rows) + 1)

    def index(self, form: int, read: Callable[[int], Iterator[Iterable[IndexRow]]]) -> None:
        """Bring the index up to date with the log; see `Recorder.index`."""
        with self._live_connection() as db, db.transaction(), db.cursor() as cursor:
            self._lock_table(cursor)
            cursor.execute(f"SELECT made, position FROM {LOG_SCHEMA}.named_reach")  # noqa: S608
            before = cast("dict[str, int]", cursor.fetchone())
            reached = before["position"]
            if before["made"] != form:
                cursor.execute(f"DELETE FROM {LOG_SCHEMA}.named")  # noqa: S608 - a name of our own
                reached = 0
            rows: list[IndexRow] = []
            for named in read(reached):
                rows.extend(named)
                if len(rows) >= ROWS_AT_ONCE:
                    self._index(cursor, rows)
            self._index(cursor, rows)
            cursor.execute(
                f"UPDATE {LOG_SCHEMA}.named_reach SET made=%s, position="  # noqa: S608
                f"(SELECT coalesce(max(notification_id), 0) FROM {LOG_SCHEMA}.stored_events)",
                (form,),
            )

    @staticmethod
    def _index(cursor: psycopg.Cursor[Any], rows: list[IndexRow]) -> None:
        if rows:
            cursor.execute(_NAMED.encode(), _columns(rows, 3))
            rows.clear()

    @contextmanager
    def _live_connection(self) -> Iterator[psycopg.Connection[Any]]:
        """Lend a connection that is known to be open, for work that is not retried."""
        with ExitStack() as stack:
            db = stack.enter_context(self.datastore.get_connection())
            try:
                library.ConnectionPool.check_connection(db)
            except psycopg.OperationalError:
                stack.close()  # the pool replaces a connection that is lost
                db = stack.enter_context(self.datastore.get_connection())
            yield db

    @contextmanager
    def reading(self) -> Iterator[TranslatingCursor]:
        """Open a transaction that reads the log as it is now."""
        with self._live_connection() as db, db.transaction(force_rollback=True):
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            with db.cursor(row_factory=tuple_row) as cursor:
                yield TranslatingCursor(cursor)

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def page(self, after: int, most: int) -> list[Any]:
        """Return the next events; see `Recorder.page`."""
        with self.datastore.get_connection() as db, db.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(
                f"SELECT notification_id, {COLUMNS} FROM {LOG_SCHEMA}.stored_events "  # noqa: S608
                "WHERE notification_id > %s ORDER BY notification_id LIMIT %s",
                (after, most),
            )
            return cursor.fetchall()

    def log_identity(self) -> str:
        """Return the id that this log was given when it was created."""
        with self.reading() as cursor:
            cursor.execute(IDENTITY)
            return str(cursor.fetchall()[0][0])

    def select_event_ids(self, event_ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those of the given ids that are recorded."""
        with self.reading() as cursor:
            cursor.execute(
                "SELECT event_id, position FROM event_ids WHERE event_id = ANY(?)",
                (list(event_ids),),
            )
            return dict(cursor.fetchall())


def _columns(rows: Iterable[tuple[Any, ...]], number: int) -> list[list[Any]]:
    """Return rows as columns; there may be no rows."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(number)]


class TranslatingCursor:
    """A cursor that executes statements in SQLite's dialect."""

    def __init__(self, cursor: psycopg.Cursor[tuple[Any, ...]]) -> None:
        self._cursor = cursor

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement, in which the position is called ``rowid``."""
        self._cursor.execute(translated(statement).encode(), parameters)

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row that was found."""
        return self._cursor.fetchone()

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the remaining rows."""
        return self._cursor.fetchall()
