"""Copying: a log is the same log in its other home, or there is none."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from aboard.domain.eventlog.copy import NoLog, NotEmpty, NotTheSame, copy
from aboard.domain.eventlog.log import open_log
from aboard.domain.eventlog.postgres_log import PostgresTables
from aboard.domain.eventlog.sqlite_log import SqliteTables
from tests.build import fact
from tests.domain.eventlog.test_log import Program, waved
from tests.homes import HOMES, Where, carry_out, log_of, new_place, tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


EVENTS = [waved(1), waved(1, "pear"), waved(2), waved(3)]


@pytest.fixture(params=HOMES)
def target(request: pytest.FixtureRequest) -> Where:
    return new_place(request.param, request, "target")


@pytest.fixture
def source(place: Where) -> Where:
    with open_log(place) as log:
        log.record(EVENTS[:2])
        log.record(EVENTS[2:])
    return place


def ignore(_done: int, _total: int) -> None:
    """Report no progress."""


def of_the_log(where: Where) -> dict[str, list[tuple[Any, ...]]]:
    """Return what a log holds, without the tables that a home has for itself."""
    found = tables(log_of(where))
    return {name: rows for name, rows in found.items() if name != "sqlite_sequence"}


def test_everything_is_kept(source: Where, target: Where) -> None:
    told: list[tuple[int, int]] = []
    copied = copy(source, target, lambda done, total: told.append((done, total)))

    assert of_the_log(target) == of_the_log(source)
    with open_log(source) as log, open_log(target) as other:
        assert list(other.read()) == list(enumerate(EVENTS, 1))
        assert other.identity == log.identity == copied.identity
        with other.snapshot() as snapshot:
            assert snapshot.is_indexed
        assert other.record([waved(4)]) == 5
        assert log.position == 4
    assert copied[:2] == (4, 4)
    assert told[-1] == (8, 8)


def test_the_digest_can_be_worked_out_by_anyone(source: Where, target: Where) -> None:
    copied = copy(source, target, ignore)

    said = b"".join(
        len(part).to_bytes(8, "big") + part
        for row in tables(log_of(target))["stored_events"]
        for part in (str(row[0]).encode(), row[1].encode(), str(row[2]).encode(), row[3].encode(),
                     bytes(row[4]))
    )  # fmt: skip
    assert copied.digest == hashlib.sha256(said).hexdigest()


def test_what_is_copied_stays_as_it_is(source: Where, target: Where) -> None:
    copy(source, target, ignore)
    for table in ("stored_events", "event_ids", "log_identity"):
        with pytest.raises(Exception, match="append-only"):
            carry_out(log_of(target), f"DELETE FROM {table}")  # noqa: S608
    with pytest.raises(Exception, match="append-only"):
        carry_out(log_of(target), "UPDATE log_identity SET id = 'mine'")


def test_a_log_without_events_is_no_obstacle_and_gets_the_identity(
    source: Where, target: Where
) -> None:
    with open_log(target) as log:
        own = log.identity
    copied = copy(source, target, ignore)
    with open_log(target) as log:
        assert log.identity == copied.identity != own


def test_a_target_that_holds_events_is_refused(source: Where, target: Where) -> None:
    with open_log(target) as log:
        log.record([waved(1)])
    before = of_the_log(target)
    with pytest.raises(NotEmpty, match="it holds events already"):
        copy(source, target, ignore)
    with pytest.raises(NotEmpty):
        copy(source, source, ignore)
    assert of_the_log(target) == before


def test_where_there_is_no_log_there_is_nothing_to_copy(place: Where, target: Where) -> None:
    with pytest.raises(NoLog):
        copy(place, target, ignore)
    assert tables(log_of(target)) == {}


def test_an_empty_file_is_no_log_and_another_programs_is_refused(tmp_path: Path) -> None:
    empty, other = tmp_path / "empty", tmp_path / "other"
    empty.touch()
    carry_out(other, "CREATE TABLE stored_events (title TEXT)")
    with pytest.raises(NoLog):
        copy(empty, tmp_path / "log.sqlite", ignore)
    with pytest.raises(sqlite3.DatabaseError, match="no log of Aboard"):
        copy(other, tmp_path / "log.sqlite", ignore)
    with open_log(empty) as log:
        log.record([waved(1)])
    with pytest.raises(sqlite3.DatabaseError, match="no log of Aboard"):
        copy(empty, other, ignore)
    assert tables(other) == {"stored_events": []}


def test_a_log_of_an_older_program_is_copied_without_an_index(
    tmp_path: Path, target: Where
) -> None:
    source = tmp_path / "older.sqlite"
    with open_log(source) as log:
        log.record([fact("launched", "2022-09-21", id="apple/launched", crew=["ann"])])
    carry_out(source, "DROP TABLE named", "DROP TABLE named_reach")
    copy(source, target, ignore)
    with open_log(target) as log, log.snapshot() as snapshot:
        assert snapshot.naming("person", ["ann"]) == {"flight/apple"}


@pytest.mark.parametrize("table", ["stored_events", "event_ids"])
def test_a_copy_that_is_not_the_same_is_not_kept(
    source: Where, target: Where, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for database in (SqliteTables, PostgresTables):
        insert = database.insert

        def losing(self: Any, name: str, rows: Iterable[Any], insert: Any = insert) -> None:
            kept = list(rows)
            insert(self, name, kept[:-1] if name == table else kept)

        monkeypatch.setattr(database, "insert", losing)
    with pytest.raises(NotTheSame, match="4 events were read"):
        copy(source, target, ignore)
    assert of_the_log(target).get("stored_events", []) == []


COPYING = """
import os, sys
from aboard.domain.eventlog.copy import copy
from tests.homes import named

print("ready", flush=True)
sys.stdin.readline()

def told(done, total):
    os.write(1, b"%d\\n" % done)
    if done == int(sys.argv[3]):
        sys.stdin.readline()

import aboard.domain.eventlog.copy
aboard.domain.eventlog.copy.PAGE = 1
copy(named(sys.argv[1]), named(sys.argv[2]), told)
"""


@pytest.mark.parametrize("point", [1, 4, 8])
def test_killed_at_any_point_it_leaves_the_target_empty(
    source: Where, target: Where, point: int
) -> None:
    with Program(COPYING, source, target, point) as program:
        program.say("go")
        while program.hear() != str(point):
            pass
        os.kill(program.process.pid, signal.SIGKILL)
        program.process.wait(30)
    assert of_the_log(target).get("stored_events", []) == []
    assert copy(source, target, ignore).events == 4
