"""The interface to the database that a log is in.

An adapter for another database implements :class:`LogDatabase`. The contract tests in
``tests/domain/eventlog`` say what it has to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

Row = tuple[Any, ...]

IndexRow = tuple[str, str, str]
"""A row of the index: the kind and the id of something, and a stream that names it."""

COLUMNS = "originator_id, originator_version, topic, state"
"""The columns of an event besides its position."""


class LogCursor(Protocol):
    """The cursor through which a snapshot of a log is read."""

    def execute(self, statement: str, parameters: Sequence[Any] = ..., /) -> object:
        """Execute a statement in SQLite's dialect, in which the position is called ``rowid``."""
        ...

    def fetchone(self) -> Any:
        """Return the next row that was found."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the remaining rows."""
        ...


class Recorder(Protocol):
    """What a log needs of its recorder in addition to the library's interface."""

    def reading(self) -> AbstractContextManager[LogCursor]:
        """Open a transaction that reads the log as it is now."""
        ...

    def index(self, form: int, read: Callable[[int], Iterator[Iterable[IndexRow]]]) -> None:
        """Bring the index up to date with the log, as after an older program has written to it.

        An index of another `form` is built from scratch. `read` yields the rows for each event
        after a position.
        """
        ...

    def page(self, after: int, most: int) -> list[Any]:
        """Return the next events: the position of each, followed by its `COLUMNS`."""
        ...

    def log_identity(self) -> str:
        """Return the id that the log was given when it was created."""
        ...

    def select_event_ids(self, event_ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those of the given ids that are recorded."""
        ...


class Notifications(Protocol):
    """What waits for a log to grow."""

    def wait(self, after: int, timeout: float) -> int:
        """Return the log's position once it is after `after`, or as it is after `timeout` seconds.

        With a `timeout` of 0 it looks once, and does not wait. Raises `ConnectionError` if a server
        could not be reached all the while.
        """
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class LogTables(Protocol):
    """A log as rows of tables, for a copy of it."""

    def reading(self) -> AbstractContextManager[None]:
        """Open a transaction that reads; raise `NoLog` where there is none."""
        ...

    def filling(self, identity: str) -> AbstractContextManager[None]:
        """Open a transaction that creates a log of an identity; raise `NotEmpty` for another."""
        ...

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table, one of `TABLE_COLUMNS`, in the order of its first column."""
        ...

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Insert rows into a table."""
        ...


class LogDatabase(Protocol):
    """A database that a log is in, or can be created in."""

    def environment(self) -> dict[str, str]:
        """Create the log where there is none; return the settings with which the library opens it.

        They name the factory and the class of the recorder, which is a `Recorder`.
        """
        ...

    def notifications(self) -> Notifications:
        """Return what waits for the log to grow; it need not exist yet."""
        ...

    def tables(self) -> LogTables:
        """Return the log as rows of tables."""
        ...


TABLE_COLUMNS = {
    "stored_events": "rowid, originator_id, originator_version, topic, state",
    "event_ids": "position, event_id",
    "named": "kind, id, stream",
    "named_reach": "made, position",
    "log_identity": "id",
}
"""The columns of each table of a log."""


class CopyRefused(Exception):  # noqa: N818 - it is a refusal
    """A copy was refused, and nothing was changed; the message says why."""


class NoLog(CopyRefused):
    """There is no log to copy."""


class NotEmpty(CopyRefused):
    """The target already holds events."""


class NotTheSame(CopyRefused):
    """What is stored in the target is not what was read from the source."""
