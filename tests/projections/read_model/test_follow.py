"""Following a log: nothing lost and nothing doubled, wherever a follower is killed."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import closing
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pytest

from aboard.domain.eventlog.log import open_log
from aboard.domain.eventlog.notifications import open_notifications
from aboard.events.time import Time
from aboard.projections.folds.registry import FOLDS
from aboard.projections.queries import reader
from aboard.projections.queries.wait import wait
from aboard.projections.read_model import follow as following
from aboard.projections.read_model.follow import follow
from aboard.projections.read_model.read_model import Overtaken, ReadModel, catch_up, open_to_write
from aboard.projections.tables.fold_versions import VERSIONS
from tests.build import fact, instant
from tests.homes import home_of, read_model_of
from tests.homes import tables as every_row
from tests.memory import in_memory
from tests.projections.folding import POISON, changed, with_fragile
from tests.projections.model import ListLog, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from aboard.events.envelope import Event
    from tests.homes import Where

DAY = 86_400


def history(flights: int) -> list[Event]:
    """Return some flights to one station, one after another, each with a plan and a correction."""
    events: list[Event] = []
    for number in range(flights):
        name, start = f"flight-{number}", instant("2020-01-01T00:00:00Z") + number * 7 * DAY
        crew = [f"person-{number % 9}", f"person-{(number + 4) % 9}"]

        def said(kind: str, day: float, name: str = name, start: int = start, **more: Any) -> Event:
            version = 1 + sum(1 for one in events if one.subject == name)
            return fact(kind, str(Time.at(int(start + day * DAY))), stream=f"flight/{name}",
                        version=version, id=f"{name}/step-{version}", **more)  # fmt: skip

        planned = str(Time.at(start + 5 * DAY))
        for kind, day, more in (
            ("launched", 0, {"crew": crew}),
            ("docked", 0.2, {"station": "pear", "port": "north"}),
            ("return_planned", 1, {"target": planned}),
            ("undocked", 4, {"crew": crew}),
            ("landed", 4.2, {"crew": crew}),
            ("fact.corrected", 6, {"target": f"{name}/step-5", "reason": "it was later",
                                   "changes": {"happened": planned}}),
        ):  # fmt: skip
            events.append(said(kind, day, **more))
    return events


HISTORY = history(40)

LONG = 300
"""Seconds that no wait takes which an event ends, however busy the machine is."""


def contents(log: Where) -> dict[str, Any]:
    """Return the rows of the read model of a log but what says how far it has come."""
    found = every_row(read_model_of(log))
    return {k: v for k, v in found.items() if k != "meta"}


def directly(events: Sequence[Event], folds: Any = FOLDS) -> dict[str, Any]:
    db = in_memory()
    ReadModel(db, folds).rebuild(ListLog(events))
    return tables(db)


def reached(model: Where) -> int:
    """Return the position that answers are as of."""
    with closing(reader.connect(model)) as db:
        return int(reader.meta(db)["position"])


def built_beside(model: Where) -> int:
    """Return how far a version of presence that is newer than the program's has come."""
    with closing(reader.connect(model)) as db:
        row = db.execute(
            "SELECT position FROM projection WHERE name='presence' AND version=?",
            (VERSIONS["presence"] + 1,),
        ).fetchone()
    if row is None:
        return 0
    return len(HISTORY) if row[0] is None else int(row[0])


def follower(place: Where, folds: Any, most: int = 5) -> None:
    """Follow a log for ever."""
    with (
        open_log(place) as log,
        open_to_write(home_of(place).read_model) as db,
        open_notifications(place) as news,
    ):
        follow(
            ReadModel(db, folds),
            log,
            news,
            on_batch=lambda _: None,
            stopped=lambda: False,
            most=most,
        )


def killed(
    place: Where, folds: Any, how_far: Callable[[Where], int], goal: int, jitter: float
) -> int:
    """Start a follower, kill it some seconds after it has come so far; return where it was."""
    child = get_context("fork").Process(target=follower, args=(place, folds), daemon=True)
    child.start()
    until = time.monotonic() + LONG
    while how_far(home_of(place).read_model) < goal:
        assert time.monotonic() < until, "it does not get on"
    time.sleep(jitter)
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    child.join(LONG)
    assert child.exitcode == -signal.SIGKILL
    return how_far(home_of(place).read_model)


def test_killed_twenty_times_a_follower_loses_nothing_and_doubles_nothing(place: Where) -> None:
    """Ten times while it catches up with a log that grows, ten while it builds a changed fold."""
    chance, events = random.Random(22), list(HISTORY)  # noqa: S311 - any moments will do
    model, seen = home_of(place).read_model, []
    # A read model that is there and behind: it is taken further in small batches.
    with open_log(place) as log, open_to_write(model) as db:
        catch_up(db, log)
    share = len(events) // 10
    for number in range(10):
        with open_log(place) as log:
            log.record(events[number * share : (number + 1) * share])
        goal = chance.randint(number * share, (number + 1) * share)
        seen.append(killed(place, FOLDS, reached, goal, chance.uniform(0, 0.005)))
    assert seen == sorted(seen)
    assert sum(at < (number + 1) * share for number, at in enumerate(seen)) > 2, seen
    with open_log(place) as log, open_to_write(model) as db:
        assert catch_up(db, log) == len(events)
    assert contents(place) == directly(events)

    folds, besides = changed("presence"), []
    for number in range(10):
        goal = chance.randint(number * share // 2, (number + 1) * share // 2)
        besides.append(killed(place, folds, built_beside, goal, chance.uniform(0, 0.002)))
    assert besides == sorted(besides)
    assert sum(0 < at < len(events) for at in besides) > 2, besides
    with open_log(place) as log, open_to_write(model) as db:
        assert ReadModel(db, folds).catch_up(log) == len(events)
    assert contents(place) == directly(events, folds)


def test_several_followers_at_once_do_no_harm(place: Where) -> None:
    model = home_of(place).read_model
    with open_log(place) as log, open_to_write(model) as db:
        catch_up(db, log)
    context = get_context("fork")
    children = [
        context.Process(target=follower, args=(place, FOLDS, most), daemon=True)
        for most in (6, 10, 14)
    ]
    for child in children:
        child.start()
    with open_log(place) as log:
        for first in range(0, len(HISTORY), 30):
            log.record(HISTORY[first : first + 30])
        assert wait(model, len(HISTORY), 30) == len(HISTORY)
    assert [child.is_alive() for child in children] == [True] * 3
    for child in children:
        child.kill()
        child.join(LONG)
    assert contents(place) == directly(HISTORY)


@pytest.mark.parametrize("step", [1, 3])
def test_followers_in_turns_never_go_on_from_what_they_remember(place: Where, step: int) -> None:
    model, events = home_of(place).read_model, HISTORY[:60]
    with open_log(place) as log, open_to_write(model) as one, open_to_write(model) as other:
        followers = ReadModel(one), ReadModel(other)
        for number, first in enumerate(range(0, len(events), step)):
            log.record(events[first : first + step])
            # Each goes on twice before the other does, and remembers what it did last.
            turn = (number // 2) % 2
            assert followers[turn].catch_up(log) == first + step
            assert followers[turn].advance(log).events == 0
    assert contents(place) == directly(events)


def test_a_follower_behind_another_does_not_take_it_back(tmp_path: Path) -> None:
    """Not even with a page on which there is nothing, which no row that is there would refuse."""

    class Guarded(ListLog):
        def page(self, after: int, most: int) -> Any:
            told, until, end = super().page(after, most)
            return [one for one in told if one[0] != 6], until, end

    log, model = Guarded(HISTORY[:4]), tmp_path / "model"
    with open_to_write(model) as one, open_to_write(model) as other:
        slow = ReadModel(one)
        for end in (4, 5):
            log.events = HISTORY[:end]
            slow.catch_up(log)
        log.events = HISTORY[:8]
        assert ReadModel(other).catch_up(log) == 8
        assert slow.advance(log, most=1).position == 8
        assert one.execute("SELECT value FROM meta WHERE key='position'").fetchone() == ("8",)


def test_what_another_has_parked_since_stays_parked(place: Where) -> None:
    model, broken = home_of(place).read_model, with_fragile()
    poison = fact("hatch_opened", "2026-01-01", stream="flight/apple", version=1, note=POISON)
    with open_log(place) as log, open_to_write(model) as one, open_to_write(model) as other:
        first, second = ReadModel(one, broken), ReadModel(other, broken)
        for number, event in enumerate(HISTORY[:4]):
            log.record([event])
            assert first.catch_up(log) == number + 1
        log.record([poison])
        assert second.catch_up(log) == 5
        log.record(HISTORY[4:8])
        assert first.catch_up(log) == 9
        second.skip(log, 5, "nobody is there")
        log.record(HISTORY[8:12])
        assert first.catch_up(log) == 13
        assert one.execute("SELECT count(*) FROM parked").fetchone() == (0,)
        assert one.execute("SELECT event FROM skipped").fetchall() == [(poison.id,)]
        assert one.execute("SELECT value FROM meta WHERE key='skipped'").fetchone() == ("1",)


def test_what_is_recorded_is_included_when_it_is_notified(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing but a notification ends the follower's wait in time.
    monkeypatch.setattr(following, "LONGEST_WAIT", 2 * LONG)
    model, stop = home_of(place).read_model, threading.Event()
    told: list[Any] = []

    def run() -> None:
        with (
            open_log(place) as log,
            open_to_write(model) as db,
            open_notifications(place) as news,
        ):
            follow(
                ReadModel(db),
                log,
                news,
                on_batch=told.append,
                stopped=stop.is_set,
                interval=2 * LONG,
            )

    with open_log(place) as log:
        thread = threading.Thread(target=run)
        thread.start()
        try:
            for number, event in enumerate(HISTORY[:20], 1):
                log.record([event])
                assert wait(model, number, LONG) == number
        finally:
            stop.set()
            log.record([HISTORY[20]])
            thread.join(LONG)
    assert sum(step.events for step in told) == 20
    assert all(step.events for step in told[1:]), "it says nothing where there is nothing to say"


def test_it_stops_in_the_middle_of_a_batch_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    """As when it is terminated while it builds everything anew, which may take long."""
    log = ListLog(HISTORY)
    told: list[Any] = []
    asked: list[None] = []
    with open_to_write(tmp_path / "model") as db:
        catch_up(db, ListLog(HISTORY[:6]))
        before = tables(db)

        def stopped() -> bool:
            asked.append(None)
            return len(asked) > 9

        for _ in range(2):
            with open_notifications(tmp_path / "none") as news:
                follow(ReadModel(db), log, news, on_batch=told.append, stopped=stopped)
        assert tables(db) == before
        assert told == []
        assert len(asked) > 9
        assert catch_up(db, log) == len(HISTORY)


def test_waiting_ends_with_what_has_been_reached(tmp_path: Path) -> None:
    assert wait(tmp_path / "none", 0, 0) == 0
    assert wait(tmp_path / "none", 1, 0.01) == 0
    with open_to_write(tmp_path / "model") as db:
        catch_up(db, ListLog(HISTORY[:6]))
    assert wait(tmp_path / "model", 6, 0) == 6
    assert wait(tmp_path / "model", 7, 0.01) == 6


def test_it_looks_by_itself_where_no_news_come(tmp_path: Path) -> None:
    class Deaf:
        """News that never come."""

        def wait(self, after: int, timeout: float) -> int:
            time.sleep(min(timeout, 0.01))
            return after

    log = ListLog(HISTORY[:3])
    rounds: list[int] = []
    asked: list[None] = []

    def stopped() -> bool:
        asked.append(None)
        if len(asked) > 20:
            log.events = HISTORY[:6]
        return len(rounds) == 2

    with open_to_write(tmp_path / "model") as db:
        follow(
            ReadModel(db), log, Deaf(), on_batch=lambda step: rounds.append(step.position),
            stopped=stopped, interval=0.03,
        )  # fmt: skip
    assert rounds == [3, 6], "it says nothing where there is nothing to say"


def test_it_gives_way_to_a_newer_program(tmp_path: Path) -> None:
    log, old = ListLog(HISTORY[:6]), VERSIONS["presence"]
    said = f"presence is answered by version {old + 1}, and this .* {old}"
    with open_to_write(tmp_path / "model") as db:
        ReadModel(db, changed("presence")).catch_up(log)
        older = ReadModel(db, gives_way=True)
        with pytest.raises(Overtaken, match=said):
            older.advance(log)
        assert ReadModel(db, changed("presence", by=2), gives_way=True).catch_up(log) == 6
