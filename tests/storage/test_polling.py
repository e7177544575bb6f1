"""Polling: the last look decides, and no wait outlasts its timeout."""

from __future__ import annotations

from itertools import count

import pytest

from aboard.storage import polling
from aboard.storage.polling import FIRST_DELAY, poll


class Clock:
    """A clock that only a sleep moves on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.delays: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.delays.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(polling, "time", clock)
    return clock


def test_what_is_enough_at_once_is_not_waited_for(clock: Clock) -> None:
    assert poll(lambda: 7, lambda found: found == 7, 60) == 7
    assert clock.delays == []


def test_it_looks_until_it_is_enough(clock: Clock) -> None:
    numbers = count()
    assert poll(lambda: next(numbers), lambda found: found >= 5, 60) == 5
    assert len(clock.delays) == 5


def test_the_delay_grows_to_the_longest(clock: Clock) -> None:
    numbers = count()
    poll(lambda: next(numbers), lambda found: found >= 100, 60, longest_delay=0.002)
    assert clock.delays[0] == FIRST_DELAY
    assert clock.delays == sorted(clock.delays)
    assert clock.delays[-1] == 0.002


@pytest.mark.parametrize("timeout", [0, 0.5])
def test_after_the_timeout_it_returns_what_it_found_last(clock: Clock, timeout: float) -> None:
    looks = count(1)
    assert poll(lambda: next(looks), lambda _found: False, timeout) == next(looks) - 1
    assert clock.now == pytest.approx(100 + timeout)
