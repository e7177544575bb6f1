"""A read model in PostgreSQL, behind the same interface as one in SQLite.

The read model has a schema of its own next to that of the log. One that is built from scratch is
built in another schema, which takes over the name when it is committed; until then readers see the
old one. Texts are compared byte by byte, as SQLite does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, LiteralString, NamedTuple
from uuid import uuid4

import psycopg
from psycopg import errors, sql
from psycopg.adapt import Dumper
from psycopg.pq import TransactionStatus

from aboard.storage import postgres_server as server
from aboard.storage.batching import BatchStatements, as_json
from aboard.storage.dialect import FUNCTIONS, insertion, translated
from aboard.storage.postgres_server import as_storage_error, storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

SCHEMA = server.READ_MODEL_SCHEMA

COPY_FROM = 200
"""Rows from which on copying is faster than inserting."""


class _Statements(NamedTuple):
    """The statements that begin a transaction, commit it and roll it back."""

    begin: LiteralString
    commit: LiteralString
    rollback: LiteralString


_TRANSACTION = _Statements("BEGIN", "COMMIT", "ROLLBACK")
_SAVEPOINT = _Statements(
    "SAVEPOINT within", "RELEASE SAVEPOINT within", "ROLLBACK TO SAVEPOINT within"
)


class _Bit(Dumper):
    """Writes a truth value as a number, which is how SQLite stores it."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


class _Cursor(psycopg.Cursor[Any]):
    """A cursor that raises errors of the storage, also those of statements before its own."""

    def fetchone(self) -> Any:
        with storage_errors():
            return super().fetchone()

    def fetchall(self) -> list[Any]:
        with storage_errors():
            return super().fetchall()

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except psycopg.Error as error:
            raise as_storage_error(error) from error


def connect(url: str, schema: str = SCHEMA) -> PostgresConnection:
    """Open a database for reading; raise `StorageError` where it cannot be reached."""
    return PostgresConnection(server.connect(url, schema, default_transaction_read_only="on"))


def connect_to_write(url: str, first_tables: Sequence[str]) -> PostgresConnection:
    """Open a read model for writing; create one by some statements where there is none."""
    # A writer executes the same few statements, which find rows by their keys. Planning each of
    # them again takes longer than executing it, and the planner overestimates the number of rows.
    raw = server.connect(
        url, SCHEMA, plan_cache_mode="force_generic_plan", synchronous_commit="off",
        enable_hashjoin="off", enable_mergejoin="off",
    )  # fmt: skip
    raw.prepare_threshold = 1
    db = PostgresConnection(raw)
    try:
        db.create(first_tables)
    except BaseException:
        db.close()
        raise
    return db


class PostgresConnection:
    """A PostgreSQL connection; see :class:`aboard.storage.connection.Connection`."""

    def __init__(self, db: psycopg.Connection[Any]) -> None:
        self._db = db
        db.cursor_factory = _Cursor
        db.adapters.register_dumper(bool, _Bit)
        self._pipeline = ExitStack()
        self._new = ""
        self._loaded: Counter[str] = Counter()
        self._analysed: defaultdict[str, int] = defaultdict(lambda: COPY_FROM)
        self._batches = BatchStatements(self)

    def execute(
        self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), /
    ) -> psycopg.Cursor[Any]:
        """Execute a statement, which may be in SQLite's dialect."""
        with storage_errors():
            return self._db.execute(translated(statement).encode(), parameters)

    def executemany(
        self, statement: str, parameters: Iterable[Sequence[Any]], /
    ) -> psycopg.Cursor[Any]:
        """Execute a statement once for each row of parameters."""
        rows = parameters if isinstance(parameters, list) else list(parameters)
        copied = insertion(statement) if len(rows) >= COPY_FROM else None
        with storage_errors():
            if copied:
                (self._load_new if copied.ignoring else self._load)(copied.table, rows)
            elif len(rows) == 1:
                return self._db.execute(translated(statement).encode(), rows[0])
            elif len(rows) > 1 and self._batches.supports(statement):
                return self._db.execute(self._batches.combined([statement]), (as_json(rows),))
            cursor = self._db.cursor()
            if not copied:
                cursor.executemany(translated(statement).encode(), rows)
            return cursor

    def execute_batches(self, batches: Iterable[tuple[str, list[Any]]]) -> None:
        """Execute statements, each for many rows; no two of them may affect the same row."""
        at_once: list[tuple[str, list[Any]]] = []
        for statement, rows in batches:
            if len(rows) < COPY_FROM and self._batches.supports(statement):
                at_once.append((statement, rows))
            else:
                self.executemany(statement, rows)
        if sum(len(rows) for _, rows in at_once) == 1:
            self.executemany(*at_once[0])
        elif at_once:
            combined = self._batches.combined([statement for statement, _ in at_once])
            with storage_errors():
                self._db.execute(combined, [as_json(rows) for _, rows in at_once])

    def _load(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Copy many rows into a table."""
        self._leave_pipeline()
        copying = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
        with storage_errors(), self._db.cursor() as cursor:
            with cursor.copy(copying) as copy:
                for row in rows:
                    copy.write_row(row)
            self._loaded[table] += cursor.rowcount
            if self._loaded[table] >= 10 * self._analysed[table]:
                # No other session can see the rows yet, and analyse them for the planner.
                cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
                self._analysed[table] = self._loaded[table]

    def _load_new(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Copy those of many rows into a table that are not there yet."""
        self._leave_pipeline()
        with self._db.transaction():
            self.execute(f"CREATE TEMPORARY TABLE coming (LIKE {table}) ON COMMIT DROP")
            self._load("coming", rows)
            self.execute(f"INSERT INTO {table} SELECT * FROM coming ON CONFLICT DO NOTHING")  # noqa: S608
            self.execute("DROP TABLE coming")
            del self._loaded["coming"], self._analysed["coming"]

    def table_names(self) -> list[str]:
        """Return the names of the read model's tables in alphabetical order."""
        rows = self.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname=current_schema() ORDER BY 1"
        )
        return [name for (name,) in rows]

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[None]:
        """Open a transaction, as the only writer to the read model.

        Without `durable` it may be lost if the server crashes right after it. Statements are sent
        without waiting for the results of those before: an error is raised by a later statement
        whose result is read, or at the end.
        """
        self._new = ""
        self._loaded.clear()
        self._analysed.clear()
        old = ""
        is_outermost = self._db.info.transaction_status == TransactionStatus.IDLE
        statements = _TRANSACTION if is_outermost else _SAVEPOINT
        with storage_errors():
            self._pipeline.enter_context(self._db.pipeline())
            try:
                self._db.execute(statements.begin)
                if durable:
                    self._db.execute("SET LOCAL synchronous_commit TO DEFAULT")
                self._db.execute("SELECT pg_advisory_xact_lock(%s)", (server.READ_MODEL_LOCK,))
                yield
                if self._new:
                    old = self._take_over()
                self._db.execute(statements.commit)
                self._pipeline.close()
            except BaseException:
                self._roll_back(statements.rollback)
                raise
        if old:
            with storage_errors():
                self._forget(old)

    def _roll_back(self, statement: LiteralString) -> None:
        """Roll a transaction back, unless it has ended already."""
        with suppress(psycopg.Error):
            self._pipeline.close()  # it raises an error that may be on its way already
        with suppress(psycopg.Error):
            if self._db.info.transaction_status != TransactionStatus.IDLE:
                self._db.execute(statement)

    def _leave_pipeline(self) -> None:
        """From here to the end of the transaction, wait for the result of every statement."""
        with storage_errors():
            self._pipeline.close()

    def start_empty(self) -> None:
        """Start with no tables; the new ones replace the old ones when they are committed."""
        self._leave_pipeline()
        self._new = f"{SCHEMA}_{uuid4().hex}"
        self._batches.forget()
        with storage_errors():
            self._db.execute(f"CREATE SCHEMA {self._new}".encode())
            self._db.execute(f"SET LOCAL search_path TO {self._new}".encode())
            self._db.execute(FUNCTIONS)

    def create(self, first_tables: Sequence[str]) -> None:
        """Create the first tables by some statements, unless there is a read model already."""
        if not self.table_names():
            with self.transaction():
                if not self.table_names():
                    self.start_empty()
                    for statement in first_tables:
                        self.execute(statement)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Open a transaction whose reads all see the same state."""
        with storage_errors(), self._db.transaction(force_rollback=True):
            self._db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self._db.execute("SELECT 1")
            yield

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Roll back at the end everything that was written."""
        with storage_errors(), self._db.transaction(force_rollback=True):
            yield

    def large_cache(self) -> AbstractContextManager[None]:
        """Do nothing: how much memory the server uses is not decided here."""
        return nullcontext()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _take_over(self) -> str:
        """Let the new schema take over the name; return the new name of the old one, if any."""
        for table in self.table_names():
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
        """Drop a replaced schema, and others that are left, unless they are still being read."""
        left = self._db.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", (f"{SCHEMA}\\_%\\_old",)
        ).fetchall()
        for name in {old, *(name for (name,) in left)}:
            with suppress(errors.LockNotAvailable), self._db.transaction():
                self._db.execute("SET LOCAL lock_timeout TO '200ms'")
                self._db.execute(
                    sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name))
                )
