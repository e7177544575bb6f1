"""The event store in PostgreSQL: the library's recorder, made append-only as the SQLite one is.

It has the same tables in a schema of its own, and keeps the same promises. Positions follow one
another without a gap, in the order in which transactions are committed: who records takes the lock
of the table first, so that nobody who reads can pass by an event that comes to light later.
"""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
from eventsourcing import postgres as library  # whose own factory is not to be found here
from eventsourcing.persistence import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)
from eventsourcing.utils import get_topic, retry
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row, tuple_row

from aboard.domain.eventlog.sqlite import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from eventsourcing.persistence import StoredEvent
    from eventsourcing.postgres import PostgresDatastore
    from eventsourcing.utils import Environment, EnvType

    from aboard.domain.eventlog.sqlite import Named

SCHEMA = "aboard"
"""The schema of the log."""

CHANNEL = "aboard_log"
"""The channel on which it is told that something was recorded."""

MAKERS, BUILDERS = 0x41424F41_0000, 0x41424F41_0002
"""The advisory locks of who makes the tables, and of who loads a log or builds its read model."""

PATIENCE = 10
"""Seconds within which a server must answer a new connection."""

LISTED = 10_000
"""Rows that are put into one statement."""

TABLES = """
CREATE SCHEMA IF NOT EXISTS aboard;
SET LOCAL search_path TO aboard;
CREATE TABLE stored_events (
    notification_id BIGINT PRIMARY KEY CHECK (notification_id > 0),
    originator_id TEXT COLLATE "C" NOT NULL,
    originator_version BIGINT NOT NULL,
    topic TEXT NOT NULL,
    state BYTEA NOT NULL,
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE event_ids (
    event_id TEXT COLLATE "C" PRIMARY KEY,
    position BIGINT NOT NULL UNIQUE
);
CREATE TABLE log_identity (id TEXT COLLATE "C" PRIMARY KEY);
CREATE UNIQUE INDEX one_identity ON log_identity ((true));
CREATE TABLE named (
    kind TEXT COLLATE "C", id TEXT COLLATE "C", stream TEXT COLLATE "C",
    PRIMARY KEY (kind, id, stream)
);
CREATE TABLE named_reach (made BIGINT NOT NULL, position BIGINT NOT NULL);
INSERT INTO log_identity VALUES (replace(gen_random_uuid()::text, '-', ''));
INSERT INTO named_reach VALUES (0, 0);
CREATE FUNCTION json_each(list text) RETURNS TABLE (value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT one FROM jsonb_array_elements_text(list::jsonb) AS one $$;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE restrict_violation USING MESSAGE = 'the log is append-only'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_ids
    FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_identity
    FOR EACH STATEMENT EXECUTE FUNCTION refuse();
"""

_NAMED = (
    f"INSERT INTO {SCHEMA}.named SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) "  # noqa: S608
    "ON CONFLICT DO NOTHING"
)
_APPEND = f"""
WITH last AS MATERIALIZED (
    SELECT coalesce(max(notification_id), 0) AS at FROM {SCHEMA}.stored_events
), events AS (
    INSERT INTO {SCHEMA}.stored_events
    SELECT last.at + n, stream, version, topic, state
    FROM last, unnest(%s::text[], %s::bigint[], %s::text[], %s::bytea[]) WITH ORDINALITY
        AS new (stream, version, topic, state, n)
), ids AS (
    INSERT INTO {SCHEMA}.event_ids
    SELECT id, last.at + n FROM last, unnest(%s::text[]) WITH ORDINALITY AS new (id, n)
), naming AS ({_NAMED}), reach AS (
    UPDATE {SCHEMA}.named_reach SET position = last.at + %s FROM last WHERE position = last.at
)
SELECT at, pg_notify('{CHANNEL}', (at + %s)::text) FROM last
"""  # noqa: S608 - names of our own
"""What appends events, under the lock of their table, and returns the position before them.

Who listens is told of the position that the log has reached, once they can be seen.
"""
_UNSEEN = (
    f"SELECT 1 FROM {SCHEMA}.stored_events AS told WHERE notification_id > %s "  # noqa: S608
    f"AND EXISTS (SELECT FROM {SCHEMA}.named WHERE kind = 'person' AND id = ANY(%s) "
    "AND stream = told.originator_id) LIMIT 1"
)
"""What was recorded behind a position on a stream that names one of some people."""


@contextmanager
def opened(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Open a database, each statement committed by itself, with the names of the log's tables.

    What goes wrong, meanwhile too, is raised as the library's `OperationalError` when there is no
    server, or none any more, and as its `ProgrammingError` otherwise.
    """
    try:
        with closing(psycopg.connect(url, autocommit=True, connect_timeout=PATIENCE)) as db:
            db.execute(f"SET search_path TO {SCHEMA}".encode())
            yield db
    except psycopg.OperationalError as error:
        raise OperationalError(str(error).strip()) from error
    except psycopg.Error as error:
        raise ProgrammingError(str(error).strip()) from error


def prepare(url: str) -> None:
    """Make the log's tables where there are none; raise `OperationalError` for want of a server."""
    with opened(url) as db:
        if not is_made(db):
            with db.transaction():
                make(db)


def make(db: psycopg.Connection[Any]) -> None:
    """Make the log's tables where there are none, as a part of a transaction."""
    db.execute("SELECT pg_advisory_xact_lock(%s)", (MAKERS,))
    if not is_made(db):
        db.execute(TABLES.encode())


def is_made(db: psycopg.Connection[Any]) -> bool:
    """Whether there are the tables of a log in a database."""
    row = db.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.log_identity",)).fetchone()
    return row is not None and row[0] is not None


def environment(url: str) -> dict[str, str]:
    """Return what the library is told of a log in a database of a server."""
    return {
        "PERSISTENCE_MODULE": __name__,
        "APPLICATION_RECORDER_TOPIC": get_topic(PostgresRecorder),
        "CREATE_TABLE": "n",
        "POSTGRES_SCHEMA": SCHEMA,
        "POSTGRES_POOL_SIZE": "1",
        "POSTGRES_CONNECT_TIMEOUT": "2",  # of ten attempts each
        "POSTGRES_IDLE_IN_TRANSACTION_SESSION_TIMEOUT": "600",
        # The library asks for these one by one, and knows fewer than a URL may say.
        "POSTGRES_DBNAME": "", "POSTGRES_HOST": "", "POSTGRES_USER": "", "POSTGRES_PASSWORD": "",
        "ABOARD_URL": url,
    }  # fmt: skip


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Be the only one who loads a log or builds its read model; wait for who does."""
    with opened(url) as db:
        db.execute("SELECT pg_advisory_lock(%s)", (BUILDERS,))
        yield


class Factory(library.PostgresFactory):
    """The library's, connecting to a database by its URL with all that the URL says."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(cast("Environment", env))
        said = conninfo_to_dict(cast("Environment", env)["ABOARD_URL"])
        options = f"{said.get('options') or ''} -c search_path={SCHEMA}".strip()
        self.datastore.pool.kwargs = {
            "connect_timeout": PATIENCE, "application_name": "aboard", **said,
            "options": options, "row_factory": dict_row,
        }  # fmt: skip


class PostgresRecorder(library.PostgresApplicationRecorder):
    """Records stored events, each under its position, and refuses to change them."""

    def __init__(
        self,
        datastore: PostgresDatastore,
        *,
        events_table_name: str = "stored_events",  # noqa: ARG002 - the library would name it anew
    ) -> None:
        super().__init__(datastore, events_table_name="stored_events")
        self.channel_name = CHANNEL

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

    def index(self, made: int, read: Callable[[int], Iterator[Iterable[Named]]]) -> None:
        """Bring the index level with the log; see `AppendOnlyRecorder.index`."""
        with self._living() as db, db.transaction(), db.cursor() as cursor:
            self._lock_table(cursor)
            cursor.execute(f"SELECT made, position FROM {SCHEMA}.named_reach")  # noqa: S608
            was = cast("dict[str, int]", cursor.fetchone())
            reached = was["position"]
            if was["made"] != made:
                cursor.execute(f"DELETE FROM {SCHEMA}.named")  # noqa: S608 - a name of our own
                reached = 0
            rows: list[Named] = []
            for named in read(reached):
                rows.extend(named)
                if len(rows) >= LISTED:
                    self._index(cursor, rows)
            self._index(cursor, rows)
            cursor.execute(
                f"UPDATE {SCHEMA}.named_reach SET made=%s, position="  # noqa: S608
                f"(SELECT coalesce(max(notification_id), 0) FROM {SCHEMA}.stored_events)",
                (made,),
            )

    @staticmethod
    def _index(cursor: psycopg.Cursor[Any], rows: list[Named]) -> None:
        if rows:
            cursor.execute(_NAMED.encode(), _columns(rows, 3))
            rows.clear()

    @contextmanager
    def _living(self) -> Iterator[psycopg.Connection[Any]]:
        """Lend a connection that is not lost, for what is not tried again when one is."""
        with ExitStack() as stack:
            db = stack.enter_context(self.datastore.get_connection())
            try:
                library.ConnectionPool.check_connection(db)
            except psycopg.OperationalError:
                stack.close()  # the pool makes another in the place of one that is lost
                db = stack.enter_context(self.datastore.get_connection())
            yield db

    @contextmanager
    def looking(self) -> Iterator[Looking]:
        """Open a transaction that reads the log as it stands now."""
        with self._living() as db, db.transaction(force_rollback=True):
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            with db.cursor(row_factory=tuple_row) as cursor:
                yield Looking(cursor)

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def page(self, after: int, most: int) -> list[Any]:
        """Return what is stored on the next positions; see `AppendOnlyRecorder.page`."""
        with self.datastore.get_connection() as db, db.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(
                f"SELECT notification_id, {COLUMNS} FROM {SCHEMA}.stored_events "  # noqa: S608
                "WHERE notification_id > %s ORDER BY notification_id LIMIT %s",
                (after, most),
            )
            return cursor.fetchall()

    def log_identity(self) -> str:
        """Return the id this log was given when it was made."""
        with self.looking() as cursor:
            cursor.execute("SELECT id FROM log_identity")
            return str(cursor.fetchall()[0][0])

    def select_event_ids(self, event_ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those of the given ids that are recorded."""
        with self.looking() as cursor:
            cursor.execute(
                "SELECT event_id, position FROM event_ids WHERE event_id = ANY(?)",
                (list(event_ids),),
            )
            return dict(cursor.fetchall())


def _columns(rows: Iterable[tuple[Any, ...]], number: int) -> list[list[Any]]:
    """Return the columns of rows, which may be none."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(number)]


class Looking:
    """A cursor that takes the statements of a snapshot, with ``?`` for what they are asked with.

    A position is called ``rowid`` in them.
    """

    def __init__(self, cursor: psycopg.Cursor[tuple[Any, ...]]) -> None:
        self._cursor = cursor

    def execute(self, statement: str, asked: Sequence[Any] = ()) -> None:
        """Carry out a statement."""
        translated = statement.replace("?", "%s").replace("rowid", "notification_id")
        self._cursor.execute(translated.encode(), asked)

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row that was found."""
        return self._cursor.fetchone()

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows that were found."""
        return self._cursor.fetchall()
