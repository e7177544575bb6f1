"""A read model in PostgreSQL: a connection that takes what an SQLite one takes.

The read model stands in a schema of its own beside that of the log. One that is built anew is
built in another schema, which takes the name when it is committed: who asks meanwhile is answered
from the old one. Texts are compared byte by byte, as SQLite does.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
from psycopg import errors, sql
from psycopg.adapt import Dumper

from aboard.projections.store import NotMade, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LOG_SCHEMA = "aboard"
"""The schema of the log; the same name as the recorder uses."""

SCHEMA = "aboard_read_model"
"""The schema of the read model."""

WRITERS = 0x41424F41_0001
"""The advisory lock of who writes to the read model."""

PATIENCE = 10
"""Seconds within which a server must answer a new connection."""

FUNCTIONS = """
CREATE FUNCTION json_extract(body text, path text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN body::jsonb ->> substr(path, 3);
CREATE FUNCTION json_each(list text) RETURNS TABLE (value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT one FROM jsonb_array_elements_text(list::jsonb) AS one $$;
CREATE FUNCTION strftime(form text, moment text) RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN floor(extract(epoch FROM moment::timestamptz))::bigint;
CREATE FUNCTION max(bigint, bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN greatest($1, $2);
CREATE FUNCTION max(bigint, bigint, bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN greatest($1, $2, $3);
CREATE FUNCTION min(bigint, bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN least($1, $2);
"""
"""What the statements use of SQLite's functions, on arguments such as theirs.

A path is that of one field, and a form asks for seconds since 1970.
"""

INSERTION = re.compile(r"INSERT (OR IGNORE )?INTO (\w+) VALUES \([?,]+\)")
"""A statement that puts whole rows into a table."""

MANY = 200
"""Rows from which on copying is faster than inserting."""

TOKEN = re.compile(r"'(?:[^']|'')*'|\?|(?<!:):([a-z_]+)|%")
TYPES = {"TEXT": 'TEXT COLLATE "C"', "INTEGER": "BIGINT", " WITHOUT ROWID": ""}


class _Bit(Dumper):
    """Writes a truth value as SQLite stores it, as a number."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


@lru_cache(maxsize=1_000)
def translated(statement: str) -> str:
    """Return a statement of SQLite's in PostgreSQL's dialect, with psycopg's marks."""
    ignoring = statement.startswith("INSERT OR IGNORE ")
    if ignoring:
        statement = statement.replace(" OR IGNORE", "", 1) + " ON CONFLICT DO NOTHING"
    if statement.startswith(("CREATE TABLE", "CREATE TEMPORARY TABLE")):
        statement = re.sub("TEXT|INTEGER| WITHOUT ROWID", lambda one: TYPES[one[0]], statement)
    return TOKEN.sub(_marked, statement)


def _marked(token: re.Match[str]) -> str:
    if token[1]:
        return f"%({token[1]})s"
    return "%s" if token[0] == "?" else token[0].replace("%", "%%")


@contextmanager
def _told() -> Iterator[None]:
    """Raise what goes wrong as the error of a store."""
    try:
        yield
    except (errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName) as error:
        raise NotMade(str(error)) from error
    except psycopg.Error as error:
        raise StoreError(str(error).strip()) from error


def connect(url: str, *, to_write: bool = False) -> PostgresConnection:
    """Open a database of a server; raise `StoreError` where it cannot be reached.

    One that is opened `to_write` has a read model afterwards, be it one that says nothing.
    """
    with _told():
        db = psycopg.connect(
            url, autocommit=True, connect_timeout=PATIENCE, application_name="aboard"
        )
        db.adapters.register_dumper(bool, _Bit)
        db.execute(
            f"SET search_path TO {SCHEMA}; SET client_min_messages TO warning; "
            f"SET default_transaction_read_only TO {'off' if to_write else 'on'}"
        )
    opened = PostgresConnection(db)
    if to_write:
        opened.prepare()
    return opened


def log_state(url: str) -> tuple[str, int]:
    """Return identity and position of a log; no identity, and 0, where there is none."""
    with closing(connect(url)) as db:
        try:
            ((identity, position),) = db.execute(
                f"SELECT (SELECT id FROM {LOG_SCHEMA}.log_identity), "  # noqa: S608 - our names
                f"(SELECT max(notification_id) FROM {LOG_SCHEMA}.stored_events)"
            )
        except NotMade:
            return "", 0
    return identity or "", position or 0


class PostgresConnection:
    """A connection to a read model in PostgreSQL, which commits each statement by itself."""

    def __init__(self, db: psycopg.Connection[Any]) -> None:
        self._db = db
        self._new = ""
        self._loaded: Counter[str] = Counter()
        self._analysed: defaultdict[str, int] = defaultdict(lambda: MANY)

    def execute(
        self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), /
    ) -> psycopg.Cursor[Any]:
        """Carry out a statement, which may be one of SQLite's."""
        with _told():
            return self._db.execute(translated(statement).encode(), parameters)

    def executemany(
        self, statement: str, parameters: Iterable[Sequence[Any]], /
    ) -> psycopg.Cursor[Any]:
        """Carry out a statement for each row of what it is asked with."""
        rows = parameters if isinstance(parameters, list) else list(parameters)
        insertion = INSERTION.fullmatch(statement) if len(rows) >= MANY else None
        with _told():
            cursor = self._db.cursor()
            if insertion is None:
                cursor.executemany(translated(statement).encode(), rows)
            elif insertion[1]:
                self._load_new(insertion[2], rows)
            else:
                self.load(insertion[2], rows)
            return cursor

    def load(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Put many rows into a table."""
        copying = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
        with _told(), self._db.cursor() as cursor:
            with cursor.copy(copying) as copy:
                for row in rows:
                    copy.write_row(row)
            self._loaded[table] += cursor.rowcount
            if self._loaded[table] >= 10 * self._analysed[table]:
                # Nobody else sees the rows yet: the planner is told of them here, or not at all.
                cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
                self._analysed[table] = self._loaded[table]

    def _load_new(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Put those of many rows into a table that are not there."""
        with self._db.transaction():
            self.execute(f"CREATE TEMPORARY TABLE coming (LIKE {table}) ON COMMIT DROP")
            self.load("coming", rows)
            self.execute(f"INSERT INTO {table} SELECT * FROM coming ON CONFLICT DO NOTHING")  # noqa: S608
            self.execute("DROP TABLE coming")
            del self._loaded["coming"], self._analysed["coming"]

    def tables(self) -> list[str]:
        """Return the names of the read model's tables, in the order of the alphabet."""
        rows = self.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname=current_schema() ORDER BY 1"
        )
        return [name for (name,) in rows]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction, alone among those who write to the read model."""
        old = ""
        with _told(), self._db.transaction():
            self._db.execute("SELECT pg_advisory_xact_lock(%s)", (WRITERS,))
            self._new = ""
            self._loaded.clear()
            self._analysed.clear()
            yield
            if self._new:
                old = self._take_over()
        if old:
            with _told():
                self._forget(old)

    def clear(self) -> None:
        """Let what is made in this transaction stand beside the old read model until its end."""
        self._new = f"{SCHEMA}_{uuid4().hex}"
        with _told():
            self._db.execute(f"CREATE SCHEMA {self._new}".encode())
            self._db.execute(f"SET LOCAL search_path TO {self._new}".encode())
            self._db.execute(FUNCTIONS)

    def prepare(self) -> None:
        """Make an empty read model where there is none."""
        if "meta" not in self.tables():
            with self.writing():
                if "meta" not in self.tables():
                    self.clear()
                    self.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let what is read stay as it is."""
        with _told(), self._db.transaction(force_rollback=True):
            self._db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self._db.execute("SELECT 1")
            yield

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end what was written."""
        with _told(), self._db.transaction(force_rollback=True):
            yield

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _take_over(self) -> str:
        """Give the new schema the name; return what the old one is called from now on, if any."""
        for table in self.tables():
            self._db.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
        old = f"{self._new}_old"
        there = self._db.execute("SELECT to_regnamespace(%s)", (SCHEMA,)).fetchone()
        if there and there[0]:
            self._db.execute(f"ALTER SCHEMA {SCHEMA} RENAME TO {old}".encode())
        else:
            old = ""
        self._db.execute(f"ALTER SCHEMA {self._new} RENAME TO {SCHEMA}".encode())
        return old

    def _forget(self, old: str) -> None:
        """Drop a schema, and any that is left of others, unless somebody still reads in it."""
        left = self._db.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", (f"{SCHEMA}\\_%\\_old",)
        ).fetchall()
        for name in {old, *(name for (name,) in left)}:
            with suppress(errors.LockNotAvailable), self._db.transaction():
                self._db.execute("SET LOCAL lock_timeout TO '200ms'")
                self._db.execute(
                    sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name))
                )
