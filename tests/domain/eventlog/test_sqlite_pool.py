"""The connections of a log: each compiles a statement once, and is given back whatever happens."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, cast

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError

from aboard.domain.eventlog.log import open_log
from tests.build import fact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aboard.domain.eventlog.log import Log

LAUNCHED = fact("launched", "2022-09-21", crew=[], id="apple/launched")
DOCKED = fact("docked", "2022-09-22", station="iss", id="apple/docked", version=2)
LANDED = fact("landed", "2022-09-23", crew=[], id="apple/landed", version=3)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """A log with one event in it."""
    with open_log(tmp_path / "log.sqlite") as log:
        log.record([LAUNCHED])
        yield log


def pool(log: Log) -> Any:
    """Return the pool of a log's connections."""
    return cast("Any", log.recorder).datastore.pool


def test_a_statement_is_compiled_once(log: Log) -> None:
    connection = pool(log).get_connection(is_writer=False)
    pool(log).put_connection(connection)
    compiled: list[str | None] = []

    def seen(_action: int, one: str | None, *_more: str | None) -> int:
        compiled.append(one)
        return sqlite3.SQLITE_OK

    connection._sqlite_conn.set_authorizer(seen)  # which is asked when a statement is compiled
    with log.snapshot() as snapshot:
        snapshot.event("apple/launched")
    log.record([DOCKED])
    assert "stored_events" in compiled
    compiled.clear()
    with log.snapshot() as snapshot:
        assert snapshot.event("apple/docked") == DOCKED
    log.record([LANDED])

    assert set(compiled) == {"ROLLBACK", "COMMIT"}  # which the driver compiles anew
    assert pool(log).num_in_use == 0


def test_who_asks_next_is_given_the_connection_used_last(log: Log) -> None:
    one, other = (pool(log).get_connection(is_writer=False) for _ in range(2))
    pool(log).put_connection(other)
    pool(log).put_connection(one)
    for connection in (one, one):
        with cast("Any", log.recorder).reading() as cursor:
            assert cursor.sqlite_cursor.connection is connection._sqlite_conn


def test_a_look_that_fails_gives_its_connection_back(log: Log) -> None:
    recorder = cast("Any", log.recorder)
    with (
        pytest.raises(OperationalError, match="no such table"),
        recorder.reading() as cursor,
    ):
        cursor.execute("SELECT 1 FROM elsewhere")
    assert pool(log).num_in_use == 0
    assert [event for _, event in log.read()] == [LAUNCHED]


def test_a_recording_that_fails_leaves_nothing(log: Log) -> None:
    stored = [log.mapper.to_stored_event(cast("Any", event)) for event in (DOCKED, LAUNCHED)]
    with pytest.raises(IntegrityError):
        log.recorder.insert_events(
            stored, event_ids=["apple/docked", "apple/launched"], named=[], seen=None, people=()
        )
    assert (pool(log).num_in_use, log.position) == (0, 1)
    assert log.record([DOCKED, LANDED]) == 3


def test_a_transaction_that_cannot_begin_gives_its_connection_back(log: Log) -> None:
    recorder = cast("Any", log.recorder)
    with recorder.reading() as cursor:
        connection = cursor.sqlite_cursor.connection
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError), recorder.reading():
        raise AssertionError("it began")
    assert pool(log).num_in_use == 0
