"""The recorder: what is recorded stays as it is, and positions are never used twice."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pytest

from aboard.domain.eventlog.log import open_log
from tests.build import fact
from tests.homes import Where, carry_out, log_of, tables

TABLES = ("stored_events", "event_ids")

REPLACING = (
    "INSERT OR REPLACE INTO stored_events VALUES (2, 'flight/apple', 2, 'flight.x', x'00')",
    "INSERT OR REPLACE INTO stored_events VALUES (9, 'flight/apple', 2, 'flight.x', x'00')",
    "INSERT OR REPLACE INTO event_ids VALUES ('apple/docked', 9)",
)
"""Three insertions that would replace a row, in SQLite's way."""

IN_POSTGRESQL = {
    "UPDATE stored_events SET state = x'00'": "UPDATE stored_events SET state = ''",
    "UPDATE stored_events SET rowid = rowid + 10": "UPDATE stored_events SET notification_id = 10",
    "DELETE FROM stored_events WHERE rowid = 2": "DELETE FROM stored_events WHERE topic = ''",
    REPLACING[0]: "INSERT INTO stored_events VALUES (2, 'flight/apple', 2, 'flight.x', '') "
    "ON CONFLICT (notification_id) DO UPDATE SET topic = excluded.topic",
    REPLACING[1]: "INSERT INTO stored_events VALUES (9, 'flight/apple', 2, 'flight.x', '') "
    "ON CONFLICT (originator_id, originator_version) DO UPDATE SET topic = excluded.topic",
    REPLACING[2]: "TRUNCATE event_ids",
    "INSERT INTO event_ids VALUES ('apple/docked', 9) "
    "ON CONFLICT DO UPDATE SET position = excluded.position":
    "INSERT INTO event_ids VALUES ('apple/docked', 9) "
    "ON CONFLICT (event_id) DO UPDATE SET position = excluded.position",
}  # fmt: skip
"""What is tried there in the place of each."""


@pytest.fixture
def recorded(place: Where) -> Where:
    """A log of two events."""
    with open_log(place) as log:
        log.record(
            [
                fact("launched", "2022-09-21", id="apple/launched", crew=[]),
                fact("docked", "2022-09-22", id="apple/docked", version=2, station="iss"),
            ]
        )
    return place


def rows(log: Where, table: str) -> list[tuple[Any, ...]]:
    """Return what stands in a table."""
    return tables(log_of(log))[table]


def test_each_event_stands_under_its_position_with_its_id_beside_it(recorded: Where) -> None:
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
        "DELETE FROM log_identity",
        *REPLACING,
        (
            "INSERT INTO event_ids VALUES ('apple/docked', 9) "
            "ON CONFLICT DO UPDATE SET position = excluded.position"
        ),
    ],
)
def test_nothing_that_is_recorded_can_be_changed_or_taken_away(
    recorded: Where, change: str
) -> None:
    before = [rows(recorded, table) for table in TABLES]
    if isinstance(recorded, str):
        change = IN_POSTGRESQL.get(change, change)
    with pytest.raises(
        (sqlite3.IntegrityError, psycopg.errors.RestrictViolation), match="append-only"
    ):
        carry_out(log_of(recorded), change)
    assert [rows(recorded, table) for table in TABLES] == before


def test_a_log_may_be_opened_again(recorded: Where) -> None:
    before = [rows(recorded, table) for table in TABLES]
    with open_log(recorded) as log:
        assert log.position == 2
    assert [rows(recorded, table) for table in TABLES] == before
