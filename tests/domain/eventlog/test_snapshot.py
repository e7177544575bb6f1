"""The log as it stood at one moment, and the index by which it is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aboard.domain.eventlog import cache as kept
from aboard.domain.eventlog.log import open_log
from aboard.domain.eventlog.name_index import names
from tests.build import fact
from tests.homes import Where, carry_out, log_of

if TYPE_CHECKING:
    from pathlib import Path

LAUNCHED = fact("launched", "2022-09-21", id="apple/launched", crew=["ann"])
DOCKED = fact("docked", "2022-09-22", id="apple/docked", version=2, station="pear", port="north")
PLANNED = fact("planned", "2022", id="plum/planned", stream="flight/plum", name="Plum",
               spacecraft="Fruit", operator="Orchard")  # fmt: skip


@pytest.fixture
def path(place: Where) -> Where:
    with open_log(place) as log:
        log.record([LAUNCHED, DOCKED, PLANNED])
        with log.snapshot() as snapshot:
            assert snapshot.is_indexed
    return place


def looked_up(path: Where) -> list[object]:
    """Return what is found in the index of a log."""
    with open_log(path) as log, log.snapshot() as snapshot:
        return [
            snapshot.naming("person", ["ann", "bob"]),
            snapshot.naming("port", ["north"]),
            snapshot.registered("flight"),
            snapshot.registered("person"),
        ]


FOUND = [{"flight/apple"}, {"flight/apple"}, ["plum"], []]


def test_what_is_named_is_found(path: Where) -> None:
    assert looked_up(path) == FOUND


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE named_reach SET made = 0; DELETE FROM named",
        "UPDATE named_reach SET made = 0; INSERT INTO named VALUES ('person', 'bob', 'flight/x')",
        "UPDATE named_reach SET position = 1; DELETE FROM named WHERE kind = 'port'",
    ],
    ids=["empty", "of another form", "behind"],
)
def test_an_index_that_is_not_level_is_made_so(path: Where, change: str) -> None:
    carry_out(log_of(path), *change.split("; "))
    assert looked_up(path) == FOUND
    assert looked_up(path) == FOUND


def test_a_log_of_an_older_program_has_no_index(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with open_log(path) as log:
        log.record([LAUNCHED, DOCKED, PLANNED])
    carry_out(path, "DROP TABLE named", "DROP TABLE named_reach")
    assert looked_up(path) == FOUND


def test_an_index_is_level_behind_a_guard_too(place: Where) -> None:
    guard = fact("ports_guarded", "2022", stream="station/pear", ports=["north"])
    with open_log(place) as log:
        log.record([LAUNCHED, guard, DOCKED])
    carry_out(log_of(place), "UPDATE named_reach SET made = 0", "DELETE FROM named")
    with open_log(place) as log:
        with log.snapshot() as snapshot:
            assert snapshot.is_indexed
        assert [at for at, _ in log.read()] == [1, 3]
        log.record([PLANNED])
        with log.snapshot() as snapshot:
            assert snapshot.is_indexed
            assert snapshot.registered("flight") == ["plum"]


def test_an_event_is_found_by_its_id(path: Where) -> None:
    with open_log(path) as log, log.snapshot() as snapshot:
        assert snapshot.event("apple/docked") == DOCKED
        assert snapshot.event("apple/landed") is None


def test_a_snapshot_does_not_see_what_is_recorded_later(path: Where) -> None:
    later = fact("undocked", "2022-10-01", id="apple/undocked", version=3, crew=[])
    with open_log(path) as log, open_log(path) as other:
        with log.snapshot() as snapshot:
            assert snapshot.stream("flight/apple").version == 2
            other.record([later])
            assert snapshot.stream("flight/apple").version == 2
            assert snapshot.event("apple/undocked") is None
        assert log.stream("flight/apple") == [LAUNCHED, DOCKED, later]


def test_not_more_streams_are_kept_than_were_meant_to_be(
    path: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "STREAMS", 1)
    with open_log(path) as log:
        for _ in range(2):
            assert log.stream("flight/plum") == [PLANNED]
            assert log.stream("flight/apple") == [LAUNCHED, DOCKED]
        assert list(log._cache.streams) == ["flight/apple"]


def test_a_correction_names_what_it_may_put_into_an_event() -> None:
    inner = {"crew": ["bob"], "port": "south", "note": "A note, and no id.", "payload_kg": 3}
    correction = fact("fact.corrected", "2023", target="apple/a", reason="wrong",
                      changes={"changes": inner})  # fmt: skip
    assert names(correction) == {
        ("event", "apple/a"), *((kind, one) for kind in ("person", "port", "at")
                                for one in ("bob", "south")),
    }  # fmt: skip
