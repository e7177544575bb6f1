"""A read model in PostgreSQL: a connection that takes what an SQLite one takes.

The read model stands in a schema of its own beside that of the log. One that is built anew is
built in another schema, which takes the name when it is committed: who asks meanwhile is answered
from the old one. Texts are compared byte by byte, as SQLite does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, LiteralString, NamedTuple
from uuid import uuid4

import psycopg
from psycopg import errors, sql
from psycopg.adapt import Dumper
from psycopg.pq import TransactionStatus

from aboard.storage.batching import ManyRows, as_json
from aboard.storage.databases import NotMade, StoreError
from aboard.storage.dialect import FUNCTIONS, insertion, translated

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

MANY = 200
"""Rows from which on copying is faster than inserting."""


class _Statements(NamedTuple):
    """The statements that begin a transaction, commit it and undo it."""

    begin: LiteralString
    commit: LiteralString
    undo: LiteralString


_TRANSACTION = _Statements("BEGIN", "COMMIT", "ROLLBACK")
_WITHIN_ANOTHER = _Statements(
    "SAVEPOINT within", "RELEASE SAVEPOINT within", "ROLLBACK TO SAVEPOINT within"
)


class _Bit(Dumper):
    """Writes a truth value as SQLite stores it, as a number."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


@contextmanager
def _told() -> Iterator[None]:
    """Raise what goes wrong as the error of a store."""
    try:
        yield
    except psycopg.Error as error:
        raise _as_told(error) from error


def _as_told(error: psycopg.Error) -> StoreError:
    if isinstance(
        error, errors.UndefinedTable | errors.UndefinedFunction | errors.InvalidSchemaName
    ):
        return NotMade(str(error))
    return StoreError(str(error).strip())


class _Cursor(psycopg.Cursor[Any]):
    """A cursor that tells of errors as a store does, those of statements before its own too."""

    def fetchone(self) -> Any:
        with _told():
            return super().fetchone()

    def fetchall(self) -> list[Any]:
        with _told():
            return super().fetchall()

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except psycopg.Error as error:
            raise _as_told(error) from error


def connect(url: str, *, to_write: bool = False) -> PostgresConnection:
    """Open a database of a server; raise `StoreError` where it cannot be reached.

    One that is opened `to_write` has a read model afterwards, be it one that says nothing.
    """
    with _told():
        db = psycopg.connect(
            url, autocommit=True, connect_timeout=PATIENCE, application_name="aboard",
            cursor_factory=_Cursor,
        )  # fmt: skip
        db.adapters.register_dumper(bool, _Bit)
        db.execute(
            f"SET search_path TO {SCHEMA}; SET client_min_messages TO warning; "
            f"SET default_transaction_read_only TO {'off' if to_write else 'on'}"
        )
        if to_write:
            # Who writes carries out the same few statements, which find rows by their keys. To plan
            # one anew takes longer than what it does, and the planner takes few rows for many.
            db.prepare_threshold = 1
            db.execute(
                "SET plan_cache_mode TO force_generic_plan; SET synchronous_commit TO off; "
                "SET enable_hashjoin TO off; SET enable_mergejoin TO off"
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
        self._pipeline = ExitStack()
        self._new = ""
        self._loaded: Counter[str] = Counter()
        self._analysed: defaultdict[str, int] = defaultdict(lambda: MANY)
        self._many = ManyRows(self)

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
        copied = insertion(statement) if len(rows) >= MANY else None
        with _told():
            if copied:
                (self._load_new if copied.ignoring else self._load)(copied.table, rows)
            elif len(rows) == 1:
                return self._db.execute(translated(statement).encode(), rows[0])
            elif len(rows) > 1 and self._many.can(statement):
                return self._db.execute(self._many.said([statement]), (as_json(rows),))
            cursor = self._db.cursor()
            if not copied:
                cursor.executemany(translated(statement).encode(), rows)
            return cursor

    def carry_out(self, asked: Iterable[tuple[str, list[Any]]]) -> None:
        """Carry out statements, each for many rows; none concerns a row that another does."""
        at_once: list[tuple[str, list[Any]]] = []
        for statement, rows in asked:
            if len(rows) < MANY and self._many.can(statement):
                at_once.append((statement, rows))
            else:
                self.executemany(statement, rows)
        if sum(len(rows) for _, rows in at_once) == 1:
            self.executemany(*at_once[0])
        elif at_once:
            said = self._many.said([statement for statement, _ in at_once])
            with _told():
                self._db.execute(said, [as_json(rows) for _, rows in at_once])

    def _load(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Put many rows into a table."""
        self._leave_pipeline()
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
        self._leave_pipeline()
        with self._db.transaction():
            self.execute(f"CREATE TEMPORARY TABLE coming (LIKE {table}) ON COMMIT DROP")
            self._load("coming", rows)
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
    def writing(self, *, lasting: bool = True) -> Iterator[None]:
        """Open a transaction, alone among those who write to the read model.

        What is not `lasting` may be lost when the server crashes right after it. Statements are
        sent without waiting for one another: what goes wrong with one is raised by a later one that
        has an answer, or at the end.
        """
        self._new = ""
        self._loaded.clear()
        self._analysed.clear()
        old = ""
        is_outermost = self._db.info.transaction_status == TransactionStatus.IDLE
        within = _TRANSACTION if is_outermost else _WITHIN_ANOTHER
        with _told():
            self._pipeline.enter_context(self._db.pipeline())
            try:
                self._db.execute(within.begin)
                if lasting:
                    self._db.execute("SET LOCAL synchronous_commit TO DEFAULT")
                self._db.execute("SELECT pg_advisory_xact_lock(%s)", (WRITERS,))
                yield
                if self._new:
                    old = self._take_over()
                self._db.execute(within.commit)
                self._pipeline.close()
            except BaseException:
                self._undo(within.undo)
                raise
        if old:
            with _told():
                self._forget(old)

    def _undo(self, statement: LiteralString) -> None:
        """Undo a transaction, unless there is none any more."""
        with suppress(psycopg.Error):
            self._pipeline.close()  # it raises what may be on its way already
        with suppress(psycopg.Error):
            if self._db.info.transaction_status != TransactionStatus.IDLE:
                self._db.execute(statement)

    def _leave_pipeline(self) -> None:
        """Wait for every answer, from here to the end of the transaction."""
        with _told():
            self._pipeline.close()

    def clear(self) -> None:
        """Let what is made in this transaction stand beside the old read model until its end."""
        self._leave_pipeline()
        self._new = f"{SCHEMA}_{uuid4().hex}"
        self._many.forget()
        with _told():
            self._db.execute(f"CREATE SCHEMA {self._new}".encode())
            self._db.execute(f"SET LOCAL search_path TO {self._new}".encode())
            self._db.execute(FUNCTIONS)

    def prepare(self) -> None:
        """Make an empty read model where there is none."""
        if "projection" not in self.tables():
            from aboard.projections.tables.schema import TABLES  # noqa: PLC0415 - which need a store

            with self.writing():
                if "projection" not in self.tables():
                    self.clear()
                    for name in ("meta", "projection"):
                        self.execute(f"CREATE TABLE {name} ({TABLES[name]})")

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
