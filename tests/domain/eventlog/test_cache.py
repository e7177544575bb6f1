"""What a log remembers is never older than what is looked at, whoever has written meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from eventsourcing.persistence import MapperDeserialisationError

from aboard.domain.eventlog import cache as kept
from aboard.domain.eventlog import snapshot as snapshot_module
from aboard.domain.eventlog.log import Log, open_log
from tests.build import fact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aboard.events.envelope import Event
    from tests.homes import Where

APPLE = (
    fact("launched", "2022-09-21", id="apple/launched", crew=["ann"]),
    fact("docked", "2022-09-22", id="apple/docked", version=2, station="pear", port="north"),
)


def plum(version: int, kind: str, happened: str, **said: Any) -> Event:
    """Return an event of another flight."""
    name = f"plum/{kind.rpartition('.')[2].replace('_', '-')}-{version}"
    return fact(kind, happened, stream="flight/plum", id=name, version=version, **said)


PLUM = (
    plum(1, "launched", "2023-09-21", crew=["ann", "bob"]),
    plum(2, "docked", "2023-09-22", station="pear", port="north"),
    plum(3, "relocated", "2023-10-22", undocked_at="2023-10-22", from_port="north",
         to_port="south"),
    plum(4, "fact.corrected", "2023-11-22", target="plum/docked-2", reason="misread",
         changes={"station": "quince"}),
)  # fmt: skip
GUARD = fact("ports_guarded", "2023", stream="station/pear", id="pear/ports-guarded-1",
             ports=["north"])  # fmt: skip


@pytest.fixture
def path(place: Where) -> Where:
    return place


@pytest.fixture
def log(path: Where) -> Iterator[Log]:
    with open_log(path) as log:
        log.record(APPLE)
        yield log


def seen(log: Log) -> list[object]:
    """Return what a look at a log finds."""
    with log.snapshot() as snapshot:
        streams = [snapshot.stream(name) for name in ("flight/apple", "flight/plum")]
        return [
            snapshot.position,
            snapshot.stream("station/pear").version,
            [(stream.version, stream.events) for stream in streams],
            [(stream.facts, stream.state, stream.bearing, stream.legs) for stream in streams],
            [(stream.people, stream.stays, stream.targets) for stream in streams],
            *(snapshot.naming("person", [person]) for person in ("ann", "bob")),
            *(at_now(log, port) for port in (("pear", "north"), ("pear", "south"),
                                             ("quince", "north"), ("quince", "south"))),
        ]  # fmt: skip


def at_now(log: Log, port: tuple[str, str]) -> set[str]:
    """Return the streams that have a stay at a port, of those that may have one."""
    with log.snapshot() as snapshot:
        return {
            name
            for name in snapshot.at_port(*port)
            if any(stay.port == port for stay in snapshot.stream(name).stays)
        }


def anew(path: Where) -> list[object]:
    """Return what a look finds of somebody who remembers nothing."""
    with open_log(path) as log:
        return seen(log)


def test_nothing_is_found_in_an_empty_log(path: Where) -> None:
    with open_log(path) as log, log.snapshot() as snapshot:
        assert snapshot.position == 0
        assert snapshot.event("apple/launched") is None
        assert snapshot.naming("person", ["ann"]) == set()
        assert snapshot.stream("flight/apple").events == ()


def test_what_was_worked_out_to_decide_is_not_worked_out_again(log: Log) -> None:
    for event in PLUM[:3]:
        seen(log)
        with log.snapshot() as snapshot:
            before = snapshot.stream("flight/plum")
        other = before.followed_by([PLUM[3].at_version(event.originator_version)])
        decided = before.followed_by([event])
        assert before.followed_by([event]) is decided is not other
        assert decided.events == (*before.events, event)
        log.record([event])
        with log.snapshot() as snapshot:
            assert snapshot.stream("flight/plum") is decided
    assert before.followed_by([event], 7).version == 7


@pytest.mark.parametrize("own", [True, False], ids=["by itself", "by another"])
def test_what_is_recorded_is_taken_in(log: Log, path: Where, *, own: bool) -> None:
    with open_log(path) as other:
        for event in (*PLUM, GUARD):
            assert seen(log) == anew(path)
            (log if own else other).record([event])
        assert seen(log) == anew(path)
        assert at_now(log, ("pear", "north")) == {"flight/apple"}
        assert at_now(log, ("quince", "south")) == {"flight/plum"}


def test_who_follows_page_by_page_reads_no_stream_twice(
    log: Log, path: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_log(path) as follower:
        assert follower.stream("flight/plum", follower.position) == []
        for event in (*PLUM, GUARD):
            log.record([event])
            after = follower.page(0, 1_000)[1] - 1
            told, until, _ = follower.page(after, 1_000)
            assert [one for _, one in told] == ([] if event is GUARD else [event])
            with monkeypatch.context() as patched:
                patched.setattr(type(follower), "_reading", None)
                follower_has = follower.stream("flight/plum", until)
            assert follower_has == log.stream("flight/plum")
        with monkeypatch.context() as patched:
            patched.setattr(type(follower), "_reading", None)
            with pytest.raises(TypeError):
                follower.stream("flight/plum", until - 2)
        assert follower.stream("flight/plum", until - 2) == list(PLUM[:3])


def test_two_who_record_in_turns_see_what_both_have(log: Log, path: Where) -> None:
    with open_log(path) as other:
        for number, event in enumerate((*PLUM, GUARD)):
            (log, other)[number % 2].record([event])
            assert seen(log) == seen(other) == anew(path)


@pytest.mark.parametrize("own", [True, False], ids=["by itself", "by another"])
def test_much_at_once_is_read_again(
    log: Log, path: Where, monkeypatch: pytest.MonkeyPatch, *, own: bool
) -> None:
    seen(log)
    for module in (kept, snapshot_module):
        monkeypatch.setattr(module, "MOST_NEW", 2)
    with open_log(path) as other:
        (log if own else other).record(PLUM)
    with log.snapshot():
        assert log._cache.streams == {}
    assert seen(log) == anew(path)


def test_a_stream_that_is_not_remembered_may_be_at_any_port(log: Log, path: Where) -> None:
    with log.snapshot() as snapshot:
        assert snapshot.at_port("pear", "north") == {"flight/apple"}
    log.record(PLUM[:2])
    with log.snapshot() as snapshot:
        assert snapshot.at_port("pear", "north") == {"flight/apple", "flight/plum"}
    assert seen(log) == anew(path)


def test_a_port_that_nobody_has_asked_for_is_not_remembered(log: Log, path: Where) -> None:
    with log.snapshot() as snapshot:
        assert snapshot.at_port("pear", "north") == {"flight/apple"}
        assert snapshot.stream("flight/plum").events == ()
    log.record([PLUM[0], plum(2, "docked", "2023-09-22", station="pear", port="south")])
    assert list(log._cache.at_port) == [("pear", "north")]
    assert seen(log) == anew(path)


def test_no_more_lookups_are_remembered_than_were_meant_to_be(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LOOKUPS", 1)
    with log.snapshot() as snapshot:
        snapshot.naming("person", ["ann"])
    assert log._cache.named
    with log.snapshot() as snapshot:
        assert snapshot.naming("person", ["ann"]) == {"flight/apple"}
        snapshot.at_port("pear", "north")
    assert (log._cache.named, log._cache.at_port) == ({}, {})


def test_what_cannot_be_read_is_in_nobodys_way_but_its_readers(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with open_log(path) as log:
        log.record(APPLE)
        seen(log)
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(
                "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
                "VALUES ('flight/plum', 1, 'flight.evaporated', '{}')"
            )
            db.execute("UPDATE named_reach SET position = 3")
        with log.snapshot() as snapshot:
            assert snapshot.stream("flight/apple").events == APPLE
            with pytest.raises(MapperDeserialisationError):
                snapshot.stream("flight/plum")


def test_two_looks_at_once_are_each_as_of_their_own_position(log: Log, path: Where) -> None:
    with log.snapshot() as before:
        with open_log(path) as other:
            other.record(PLUM[:1])
        assert log.stream("flight/plum") == [PLUM[0]]
        assert before.stream("flight/plum").events == ()
        assert before.stream("flight/plum") is before.stream("flight/plum")
        assert before.naming("person", ["bob"]) == set()
        assert before.at_port("pear", "north") == {"flight/apple"}
    assert log.stream("flight/plum") == [PLUM[0]]
    assert seen(log) == anew(path)


def test_what_cannot_be_taken_in_is_read_again(
    log: Log, path: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen(log)

    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(log._cache, "_add_index_rows", fail)
        with pytest.raises(RuntimeError):
            log.record(PLUM[:1])
    assert seen(log) == anew(path)
