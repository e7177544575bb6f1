"""The log: all of a batch or nothing, in one order, whoever writes and whoever dies."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, ClassVar

import pytest
from eventsourcing.persistence import MapperDeserialisationError

from aboard.domain.eventlog import log as log_module
from aboard.domain.eventlog.log import Log, Prefix, VersionConflict, open_log, position_at
from aboard.events import envelope, vocabulary
from aboard.events.envelope import Event, Id, type_registry
from tests.build import fact
from tests.homes import Where, carry_out, log_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def waved(number: int, flight: str = "apple", version: int | None = None) -> Event:
    """Return an event whose id has a number, which is its version too unless another is given."""
    return fact(
        "anomaly",
        "2022-09-21",
        stream=f"flight/{flight}",
        id=f"{flight}/waved-{number}",
        version=version or number,
        what="a wave",
    )


@pytest.fixture
def path(place: Where) -> Where:
    return place


@pytest.fixture
def log(path: Where) -> Iterator[Log]:
    with open_log(path) as log:
        yield log


def test_an_empty_log_is_at_position_0(log: Log) -> None:
    assert log.position == 0
    assert list(log.read()) == []
    assert log.record([]) == 0


def test_what_was_recorded_reads_back_in_the_order_of_recording(log: Log) -> None:
    events = [waved(1), waved(1, "pear"), waved(2)]
    assert log.record(events[:2]) == 2
    assert log.record(events[2:]) == 3
    assert log.record([]) == 3
    assert list(log.read()) == list(enumerate(events, 1))
    assert list(log.read(after=2)) == [(3, events[2])]
    assert list(log.read(after=3)) == []


def test_a_stream_is_in_the_order_of_its_versions(log: Log) -> None:
    log.record([waved(2), waved(1, "pear"), waved(1)])
    assert log.stream("flight/apple") == [waved(1), waved(2)]
    assert log.stream("flight/plum") == []


def test_a_page_says_how_far_it_goes_and_where_the_log_ends(log: Log) -> None:
    assert log.page(0, 3) == ([], 0, 0)
    events = [waved(number) for number in range(1, 5)]
    log.record(events)
    numbered = list(enumerate(events, 1))
    assert log.page(0, 3) == (numbered[:3], 3, 4)
    assert log.page(0, 4) == (numbered, 4, 4)
    assert log.page(2, 9) == (numbered[2:], 4, 4)
    assert log.page(4, 9) == ([], 4, 4)
    assert log.page(6, 9) == ([], 4, 4), "it ends before that"


def test_a_page_passes_by_the_guards(log: Log) -> None:
    guard = fact("ports_guarded", "2022-09-21", stream="station/pear", ports=["north"])
    log.record([waved(1), guard])
    assert log.page(0, 9) == ([(1, waved(1))], 2, 2)
    assert log.page(1, 1) == ([], 2, 2)
    log.record([waved(2)])
    assert log.page(1, 1) == ([], 2, 3)
    assert list(log.scan()) == [(1, waved(1)), (3, waved(2))]


def test_what_is_recorded_behind_an_empty_page_is_for_the_next(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.record([waved(1)])
    monkeypatch.setattr(Log, "position", property(lambda _: log.record([waved(2)])))
    assert log.page(1, 9) == ([], 1, 1)
    assert log.page(1, 9) == ([(2, waved(2))], 2, 2)


def test_a_log_keeps_what_was_recorded_when_it_is_opened_again(path: Where) -> None:
    with open_log(path) as log:
        log.record([waved(1)])
    with open_log(path) as log:
        assert list(log.read()) == [(1, waved(1))]


@pytest.mark.parametrize("page", [1, 2, 3, 5, 6])
def test_a_log_longer_than_a_page_is_read_to_its_end(
    log: Log, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(log_module, "PAGE", page)
    log.record([waved(number) for number in range(1, 6)])
    assert list(log.read()) == [(number, waved(number)) for number in range(1, 6)]
    assert [position for position, _ in log.read(after=3)] == [4, 5]


def test_recorded_ids_are_found_with_their_positions(log: Log) -> None:
    log.record([waved(1), waved(2)])
    ids = ["apple/waved-2", "apple/waved-3"]
    assert log.recorded_ids(ids) == {"apple/waved-2": 2}
    assert log.recorded_ids([]) == {}


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(waved(3, version=1), id="the stream has moved on"),
        pytest.param(waved(1, version=3), id="the id is recorded"),
        pytest.param(fact("anomaly", "2022", id="apple/waved-1", what="x", stream="flight/pear"),
                     id="the id is recorded on another stream"),
        pytest.param(waved(2, "plum"), id="the batch has the id twice"),
    ],
)  # fmt: skip
def test_a_batch_with_a_conflict_is_not_recorded_at_all(log: Log, late: Event) -> None:
    log.record([waved(1)])
    with pytest.raises(VersionConflict):
        log.record([waved(2), waved(2, "plum"), late])
    assert list(log.read()) == [(1, waved(1))]
    assert log.recorded_ids(["apple/waved-2", "plum/waved-2"]) == {}
    assert log.record([waved(2)]) == 2


# what is stored outlives the classes

STORED = (
    b'{"id":"apple/launched","originator_id":"flight/apple","originator_version":1,'
    b'"happened":"2022-09-21T13:54:49Z","known":"2022-09-21",'
    b'"recorded":"2026-01-01T00:00:00Z","recorded_by":"test","source":["gcat"],"crew":["ann"]}'
)


def insert(path: Where, topic: str) -> None:
    """Write a row as an older program would have."""
    row = "INSERT INTO stored_events VALUES (1, 'flight/apple', 1, ?, ?)"
    carry_out(log_of(path), row, asked=(topic, STORED))
    carry_out(log_of(path), "INSERT INTO event_ids VALUES ('apple/launched', 1)")


def test_a_row_of_an_older_program_is_read_as_todays_event(log: Log, path: Where) -> None:
    insert(path, "flight.launched")
    launched = fact(
        "launched", "2022-09-21T13:54:49Z", "2022-09-21", id="apple/launched", crew=["ann"]
    )
    assert list(log.read()) == [(1, launched)]


def test_a_row_is_read_into_whatever_class_has_its_topic_now(
    log: Log, path: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {topic: cls for topic, cls in type_registry.items() if topic != "flight.launched"}
    monkeypatch.setattr(envelope, "type_registry", own)
    monkeypatch.setattr(vocabulary, "type_registry", own)

    class LiftedOff(Event):
        TOPIC: ClassVar[str] = "flight.launched"

        crew: tuple[Id, ...]

    insert(path, "flight.launched")
    ((position, event),) = log.read()
    assert position == 1
    assert isinstance(event, LiftedOff)
    assert event.crew == ("ann",)
    assert log.stream("flight/apple") == [event]


def test_a_row_with_an_unknown_topic_is_said_to_be_where_it_stands(log: Log, path: Where) -> None:
    insert(path, "flight.evaporated")
    with pytest.raises(
        MapperDeserialisationError,
        match=r"cannot read version 1 of flight/apple, stored as flight\.evaporated",
    ):
        list(log.read())


# other writers, and sudden death

BATCH = 20
IN_BATCHES = f"""
import os, sys
from aboard.domain.eventlog.log import open_log
from tests.domain.eventlog.test_log import waved
from tests.homes import named

print("ready", flush=True)
for _ in sys.stdin:
    if writer := os.fork():
        os.waitpid(writer, 0)
        print("dead", flush=True)
        continue
    print(os.getpid(), flush=True)
    with open_log(named(sys.argv[1])) as log:
        number = log.position
        while True:
            number = log.record([waved(number + k) for k in range(1, {BATCH} + 1)])
            # One write: print makes two of a line when Python is told not to buffer, and a kill
            # between them leaves half a line.
            os.write(1, b"%d\\n" % number)
"""

ROUNDS = 25
IN_TURNS = f"""
import sys
from aboard.domain.eventlog.log import VersionConflict, open_log
from tests.domain.eventlog.test_log import waved
from tests.homes import named

with open_log(named(sys.argv[1])) as log:
    print("ready", flush=True)
    sys.stdin.readline()
    for round in range(1, {ROUNDS} + 1):
        while True:
            stream = {{"originator_id": "flight/apple"}}
            stream["originator_version"] = len(log.stream("flight/apple")) + 1
            try:
                log.record([waved(round, sys.argv[2]).model_copy(update=stream)])
            except VersionConflict:
                continue
            break
"""


class Program:
    """A program in a process of its own, which we talk to line by line and do not outlive."""

    def __init__(self, text: str, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", text, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.hear() == "ready"

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)

    def say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def end(self) -> int:
        """Return the exit code when it has ended."""
        self.process.communicate(timeout=60)
        return self.process.returncode


def test_a_writer_killed_at_any_moment_leaves_all_of_a_batch_or_nothing(path: Where) -> None:
    moments = random.Random(1986)  # noqa: S311 - any moments will do
    announced = 0
    with Program(IN_BATCHES, path) as program:
        for killed in itertools.count():
            # On a busy machine a writer may need longer before it has anything to announce.
            if killed >= 24 and (announced or killed >= 240):
                break
            program.say("go")
            writer = int(program.hear())
            time.sleep(moments.uniform(0, 0.1 * (1 + killed // 24)))
            os.kill(writer, signal.SIGKILL)
            while (line := program.hear()) != "dead":
                announced = int(line)
            with open_log(path) as log:
                events = list(log.read())
            assert len(events) % BATCH == 0
            assert len(events) >= announced
            assert events == [(number, waved(number)) for number in range(1, len(events) + 1)]
        assert announced > 0
        assert program.end() == 0


def test_two_writers_on_one_stream_lose_nothing_and_double_nothing(path: Where) -> None:
    with Program(IN_TURNS, path, "ann") as ann, Program(IN_TURNS, path, "bob") as bob:
        for writer in (ann, bob):
            writer.say("go")
        assert [writer.end() for writer in (ann, bob)] == [0, 0]
    with open_log(path) as log:
        events = [event for _, event in log.read()]
    assert [event.originator_version for event in events] == list(range(1, 2 * ROUNDS + 1))
    assert Counter(event.id for event in events) == Counter(
        f"{name}/waved-{number}" for name in ("ann", "bob") for number in range(1, ROUNDS + 1)
    )


def test_a_prefix_of_a_log_is_the_log_as_it_stood(path: Where) -> None:
    with open_log(path) as log:
        facts = [fact("hatch_opened", "2022-01-01", version=n) for n in (1, 2, 3)]
        log.record(facts)
        prefix = Prefix(log, 2)
        assert (prefix.identity, prefix.position) == (log.identity, 2)
        assert list(prefix.scan()) == [(1, facts[0]), (2, facts[1])]
        assert list(prefix.scan(1)) == [(2, facts[1])]
        assert prefix.stream("flight/apple") == facts[:2]
        assert prefix.stream("flight/pear") == []
        assert prefix.page(0, 1) == ([(1, facts[0])], 1, 2)
        assert prefix.page(0, 9) == ([(1, facts[0]), (2, facts[1])], 2, 2)
        assert prefix.page(2, 9) == ([], 2, 2)
        assert Prefix(log, 9).position == 3
        recorded = int(facts[0].recorded.timestamp())
        assert [position_at(log, recorded + n) for n in (-1, 0)] == [0, 3]
