"""The contract of a log's adapter: what every `LogDatabase` does, whichever database is behind it.

An adapter for another database is right when it passes these tests: `tests/homes.py` lists the
databases that they run against.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import pytest
from eventsourcing.persistence import PersistenceError

from aboard.domain.eventlog.adapter import TABLE_COLUMNS, NoLog, NotEmpty
from aboard.domain.eventlog.find_adapter import log_database
from aboard.domain.eventlog.log import Log, VersionConflict, open_log
from aboard.domain.eventlog.name_index import INDEX_FORM, rows_of
from aboard.domain.eventlog.notifications import open_notifications
from aboard.storage.log_header import NO_LOG, LogHeader, read_header, recorded_ids
from tests.build import fact
from tests.domain.eventlog.test_log import waved
from tests.homes import carry_out, log_of, new_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.domain.eventlog.adapter import Recorder
    from tests.homes import Where

LAUNCHED = fact("launched", "2022-09-21", stream="flight/apple", id="apple/launched", crew=["ann"])


@pytest.fixture
def log(place: Where) -> Iterator[Log]:
    """A log with one event in it."""
    with open_log(place) as log:
        log.record([LAUNCHED])
        yield log


@pytest.fixture
def empty_place(place: Where, request: pytest.FixtureRequest) -> Where:
    """Another place, of the kind that `place` is."""
    kind: str = request.node.callspec.params["place"]
    return new_place(kind, request, "other")


def recorder_of(log: Log) -> Recorder:
    return cast("Recorder", log.recorder)


def test_a_log_is_created_once(place: Where) -> None:
    assert read_header(place) == NO_LOG
    for _ in range(2):
        log_database(place).environment()
        with open_log(place) as log:
            assert read_header(place) == LogHeader(log.identity, 0)
    with open_log(place) as again:
        assert again.identity == log.identity == recorder_of(again).log_identity()


def test_positions_follow_one_another_without_a_gap(log: Log, place: Where) -> None:
    with pytest.raises(VersionConflict):
        log.record([waved(1, "pear"), waved(1, "pear")])
    assert log.record([waved(1, "pear"), waved(2, "pear")]) == 3
    assert [tuple(row)[:3] for row in recorder_of(log).page(0, 9)] == [
        (1, "flight/apple", 1),
        (2, "flight/pear", 1),
        (3, "flight/pear", 2),
    ]
    assert read_header(place) == (log.identity, 3)


def test_a_page_begins_after_a_position_and_has_no_more_than_is_asked_for(log: Log) -> None:
    log.record([waved(1, "pear"), waved(2, "pear")])
    assert [row[0] for row in recorder_of(log).page(1, 1)] == [2]
    assert [row[0] for row in recorder_of(log).page(1, 9)] == [2, 3]
    assert recorder_of(log).page(3, 9) == []


def test_neither_a_version_nor_an_id_is_recorded_twice(log: Log, place: Where) -> None:
    for event in (LAUNCHED, fact("launched", "2022-09-21", stream="flight/pear", crew=[],
                                 id="apple/launched")):  # fmt: skip
        with pytest.raises(VersionConflict):
            log.record([event])
    assert recorder_of(log).select_event_ids(["apple/launched", "pear/launched"]) == {
        "apple/launched": 1
    }
    assert recorded_ids(place) == {"apple/launched"}


def test_a_recording_about_the_same_people_in_between_is_a_conflict(log: Log) -> None:
    second = fact("launched", "2022-09-22", stream="flight/pear", id="pear/launched", crew=["ann"])
    third = fact("launched", "2022-09-23", stream="flight/plum", id="plum/launched", crew=["ann"])
    log.record([second], seen=1, people=["ann"])
    with pytest.raises(VersionConflict):
        log.record([third], seen=1, people=["ann"])
    assert log.record([third], seen=2, people=["ann"]) == 3


@pytest.mark.parametrize("table", ["stored_events", "event_ids", "log_identity"])
def test_what_is_recorded_cannot_be_changed(log: Log, place: Where, table: str) -> None:
    column = TABLE_COLUMNS[table].rpartition(", ")[2]
    for statement in (f"UPDATE {table} SET {column}={column}", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises(Exception, match="append-only"):
            carry_out(log_of(place), statement)
    assert log.position == 1


def test_a_reading_transaction_does_not_see_what_is_recorded_later(log: Log) -> None:
    with recorder_of(log).reading() as cursor:
        for _ in range(2):
            cursor.execute("SELECT max(rowid) FROM stored_events WHERE topic<>?", ("",))
            assert tuple(cursor.fetchone()) == (1,)
            log.record([waved(log.position, "pear")])
    assert log.position == 3


def test_an_index_of_another_form_is_built_again(log: Log) -> None:
    recorder = recorder_of(log)
    for form, after in ((INDEX_FORM, 0), (INDEX_FORM, 1), (INDEX_FORM + 1, 0)):
        asked: list[int] = []

        def read(position: int, asked: list[int] = asked) -> Iterator[list[tuple[str, str, str]]]:
            asked.append(position)
            return iter([rows_of(LAUNCHED)] if position == 0 else [])

        recorder.index(form, read)
        assert asked == [after]
        with recorder.reading() as cursor:
            cursor.execute("SELECT stream FROM named WHERE kind='person' AND id='ann'")
            assert [tuple(row) for row in cursor.fetchall()] == [("flight/apple",)]


def test_a_log_is_waited_for_until_it_grows(place: Where) -> None:
    with open_notifications(place) as notifications:
        assert notifications.wait(0, 0) == 0
        with open_log(place) as log:
            assert notifications.wait(0, 0) == 0
            log.record([LAUNCHED])
            assert notifications.wait(0, 60) == 1
            writer = threading.Thread(target=log.record, args=([waved(1, "pear")],))
            writer.start()
            assert notifications.wait(1, 60) == 2
            writer.join()


def test_the_tables_of_a_log_can_be_put_into_another(
    log: Log, place: Where, empty_place: Where
) -> None:
    log.record([waved(1, "pear")])
    source, target = log_database(place).tables(), log_database(empty_place).tables()
    with source.reading(), target.filling(log.identity):
        for table in TABLE_COLUMNS:
            if table != "log_identity":
                target.insert(table, source.rows(table))
        rows = {table: [tuple(row) for row in source.rows(table)] for table in TABLE_COLUMNS}
        assert rows == {
            table: [tuple(row) for row in target.rows(table)] for table in TABLE_COLUMNS
        }
    with open_log(empty_place) as copied:
        assert [*copied.read()] == [*log.read()]
        assert copied.identity == log.identity
    with pytest.raises(NotEmpty), target.filling(log.identity):
        raise AssertionError("there is a log")


def test_where_there_is_no_log_there_are_no_tables(place: Where) -> None:
    tables = log_database(place).tables()
    with pytest.raises(NoLog), tables.reading():
        raise AssertionError("there is none")


def test_a_copy_that_is_interrupted_leaves_nothing(place: Where) -> None:
    tables = log_database(place).tables()
    with suppress(ZeroDivisionError), tables.filling("pear"):
        tables.insert("event_ids", [(1, "apple/launched")])
        _ = 1 / 0
    with open_log(place) as log:
        assert log.position == 0
        assert log.identity != "pear"


def test_a_recorder_that_fails_leaves_the_log_as_it_was(log: Log) -> None:
    stored = [log.mapper.to_stored_event(cast("object", waved(1, "pear")))]  # type: ignore[arg-type]
    with pytest.raises(PersistenceError):
        log.recorder.insert_events(
            stored, event_ids=["apple/launched"], named=[], seen=None, people=()
        )
    assert log.position == 1
    assert log.record([waved(1, "pear")]) == 2
