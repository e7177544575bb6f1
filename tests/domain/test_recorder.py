"""The recorder: what is recorded stays as it is, and positions are never used twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from aboard.domain.log import open_log
from tests.build import fact

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("stored_events", "event_ids")


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A log of two events."""
    path = tmp_path / "aboard.db"
    with open_log(path) as log:
        log.record(
            [
                fact("launched", "2022-09-21", id="apple/launched", crew=[]),
                fact("docked", "2022-09-22", id="apple/docked", version=2, station="iss"),
            ]
        )
    return path


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    """Return what stands in a table."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608


def test_each_event_stands_under_its_position_with_its_id_beside_it(recorded: Path) -> None:
    assert [row[:4] for row in rows(recorded, "stored_events")] == [
        (1, "flight/apple", 1, "flight.launched"),
        (2, "flight/apple", 2, "flight.docked"),
    ]
    assert rows(recorded, "event_ids") == [("apple/docked", 2), ("apple/launched", 1)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE stored_events SET state = x'00'",
        "UPDATE stored_events SET rowid = rowid + 10",
        "UPDATE event_ids SET position = 9 WHERE event_id = 'apple/docked'",
        "DELETE FROM stored_events",
        "DELETE FROM stored_events WHERE rowid = 2",
        "DELETE FROM event_ids WHERE event_id = 'apple/docked'",
        "INSERT OR REPLACE INTO stored_events VALUES (2, 'flight/apple', 2, 'flight.x', x'00')",
        "INSERT OR REPLACE INTO stored_events VALUES (9, 'flight/apple', 2, 'flight.x', x'00')",
        "INSERT OR REPLACE INTO event_ids VALUES ('apple/docked', 9)",
        (
            "INSERT INTO event_ids VALUES ('apple/docked', 9) "
            "ON CONFLICT DO UPDATE SET position = excluded.position"
        ),
    ],
)
def test_nothing_that_is_recorded_can_be_changed_or_taken_away(recorded: Path, change: str) -> None:
    before = [rows(recorded, table) for table in TABLES]
    with (
        closing(sqlite3.connect(recorded)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
        connection,
    ):
        connection.execute(change)
    assert [rows(recorded, table) for table in TABLES] == before


def test_a_log_may_be_opened_again(recorded: Path) -> None:
    before = [rows(recorded, table) for table in TABLES]
    with open_log(recorded) as log:
        assert log.position == 2
    assert [rows(recorded, table) for table in TABLES] == before
