"""The lift: from a fold on one time axis to rectangles on two.

A fold says what is so at each valid time, given some facts. The lift sweeps a subject's facts in
the order in which they became known and folds, at each step, those known so far. An interval that
appears at a step opens a rectangle at that known time, one that vanishes closes it. The steps are
every known time and the end of every target: that a plan lapses is knowledge that can be computed
in advance, so no timer is needed.

The order in which facts were recorded never enters. A fold is resumed at each step from the last
prefix, in the order of happening, that is still valid.
"""

from __future__ import annotations

from bisect import bisect, insort
from dataclasses import dataclass
from heapq import heappop, heappush
from operator import is_not
from typing import TYPE_CHECKING, Generic, TypeVar

from aboard.events.effective import Amended, amended
from aboard.events.envelope import Plan
from aboard.events.fact import Amendment
from aboard.events.order import in_order, is_loose, refined
from aboard.projections.fold import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.projections.fold import Fold, Interval

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Rectangle:
    """An interval of valid time that was known in `[known_from, known_to)`."""

    interval: Interval
    known_from: int
    known_to: int


class ResumableFold(Generic[S]):
    """A fold of facts in the order of happening, resumed from the last prefix still valid."""

    def __init__(self, fold: Fold[S], subject: str) -> None:
        self._fold = fold
        self._folded: list[Event] = []
        self._states: list[S] = [fold.start(subject)]

    def intervals(self, facts: list[Event], now: int) -> list[Interval]:
        """Return what facts, in the order of happening, amount to."""
        if facts is not self._folded:
            pairs = enumerate(zip(facts, self._folded, strict=False))
            same = min(len(facts), len(self._folded))
            valid = next((n for n, (one, other) in pairs if one is not other), same)
            del self._states[valid + 1 :]
            for fact in facts[valid:]:
                self._states.append(self._fold.step(self._states[-1], fact))
            self._folded = facts
        return list(self._fold.finish(self._states[-1], now))


class Knowledge:
    """What is known of a subject, one known time after another: its facts, in order, as amended.

    Facts may be added at any time, and what is known be told again from any instant on.
    """

    def __init__(self) -> None:
        self._coming: list[tuple[int, str, Event]] = []
        """The facts that nothing amends, in the order in which they become known."""
        self._arrived = 0
        self._keys: list[tuple[int, int, str]] = []
        self._sorted: list[Event] = []
        """Those of them that have, in the order of happening, and their places in it."""
        self._loose: list[Event] = []
        self._amended = Amended()
        self._targets: set[str] = set()
        self._instants: set[int] = set()
        """Every instant at which something may change, be it only that a plan lapses."""
        self._changing: set[int] = set()
        """Those at which a fact, or what it says, becomes known."""
        self._ahead: list[int] = []
        self._seen: set[int] = set()

    def add(self, fact: Event) -> int:
        """Take in one more fact; return the instant from which it can make a difference."""
        if isinstance(fact, Amendment):
            self._targets.add(fact.target)
            self._amended.add(fact)
            self._settle(fact.target)
        elif fact.id in self._targets:
            self._amended.add(fact)
        else:
            self._forget(fact.known_from)
            insort(self._coming, (fact.known_from, fact.id, fact))
        self._changing.add(fact.known_from)
        self._instants.add(fact.known_from)
        return _arrives(fact)

    def _settle(self, target: str) -> None:
        """Put a fact that is amended from now on among those that are."""
        for number, (_, key, fact) in enumerate(self._coming):
            if key == target:
                self._amended.add(fact)
                del self._coming[number]
                if number < self._arrived:
                    self._arrived -= 1
                    self._take_out(fact)
                return

    def since(self, instant: int) -> Iterator[tuple[int, list[Event]]]:
        """Yield each instant from one on at which something may change, with what is known then."""
        self._forget(instant)
        self._arrive(instant - 1)
        self._ahead = sorted(one for one in self._instants if one >= instant)
        known: list[Event] | None = None
        while self._ahead:
            now = heappop(self._ahead)
            while self._ahead and self._ahead[0] == now:
                heappop(self._ahead)
            if known is None or now in self._changing:
                self._arrive(now)
                known = self._facts(now)
            yield now, known

    def _forget(self, instant: int) -> None:
        """Take back what became known from an instant on."""
        while self._arrived and self._coming[self._arrived - 1][0] >= instant:
            self._arrived -= 1
            self._take_out(self._coming[self._arrived][2])

    def _arrive(self, now: int) -> None:
        while self._arrived < len(self._coming) and self._coming[self._arrived][0] <= now:
            fact = self._coming[self._arrived][2]
            self._arrived += 1
            place = bisect(self._keys, fact.order)
            self._keys.insert(place, fact.order)
            self._sorted.insert(place, fact)
            if is_loose(fact):
                self._loose.append(fact)
            self._expect(fact, now)

    def _take_out(self, fact: Event) -> None:
        place = bisect(self._keys, fact.order) - 1
        del self._keys[place], self._sorted[place]
        self._loose = [one for one in self._loose if one is not fact]

    def _facts(self, now: int) -> list[Event]:
        facts, loose, keys = list(self._sorted), self._loose, None
        for fact in self._amended.coming(now):
            if fact.known_from > now:
                self._changing.add(fact.known_from)
                self._stop(fact.known_from)
                continue
            keys = list(self._keys) if keys is None else keys
            place = bisect(keys, fact.order)
            keys.insert(place, fact.order)
            facts.insert(place, fact)
            if is_loose(fact):
                loose = [*loose, fact]
            self._expect(fact, now)
        return refined(facts, sorted(loose, key=lambda fact: fact.order)) if loose else facts

    def _expect(self, fact: Event, now: int) -> None:
        """Stop again where the fact's target ends: a plan lapses there."""
        if id(fact) not in self._seen and isinstance(fact, Plan) and fact.target.end > now:
            self._stop(fact.target.end)
        self._seen.add(id(fact))

    def _stop(self, instant: int) -> None:
        self._instants.add(instant)
        heappush(self._ahead, instant)


def _arrives(fact: Event) -> int:
    """Return the instant from which a fact can make a difference.

    A correction of a transcription acts as early as its target, whenever it was made.
    """
    return -FOREVER if isinstance(fact, Amendment) and fact.transcription else fact.known_from


class Lift(Generic[S]):
    """The rectangles of one subject, kept so that what is new takes no more than it changes."""

    def __init__(self, fold: Fold[S], subject: str) -> None:
        self._resumable = ResumableFold(fold, subject)
        self._knowledge = Knowledge()
        self._open: dict[Interval, int] = {}
        self._closed: list[Rectangle] = []

    @property
    def rectangles(self) -> list[Rectangle]:
        """All of them: those that were known up to some instant, and those that are."""
        still = [Rectangle(interval, since, FOREVER) for interval, since in self._open.items()]
        return [*self._closed, *still]

    def add(self, facts: Iterable[Event]) -> tuple[list[Rectangle], list[Rectangle]]:
        """Take in more facts, in whatever order; return the rectangles gone, and those come.

        What was known before the earliest instant at which any of them makes a difference stays.
        """
        since = min((self._knowledge.add(fact) for fact in facts), default=FOREVER)
        before, closed = dict(self._open), self._back_to(since)
        first = len(self._closed)
        told: list[Interval] | None = None
        for now, known in self._knowledge.since(since):
            held = self._resumable.intervals(known, now)
            if told is None or len(held) != len(told) or any(map(is_not, held, told)):
                self._step(held, now)
                told = held
        gone = closed - set(self._closed[first:])
        come = set(self._closed[first:]) - closed
        gone.update(Rectangle(one, then, FOREVER) for one, then in before.items()
                    if self._open.get(one) != then)  # fmt: skip
        come.update(Rectangle(one, then, FOREVER) for one, then in self._open.items()
                    if before.get(one) != then)  # fmt: skip
        return list(gone), list(come)

    def _step(self, intervals: list[Interval], now: int) -> None:
        """Close what is no longer so, and open what is."""
        held = dict.fromkeys(intervals)
        for interval in [one for one in self._open if one not in held]:
            self._closed.append(Rectangle(interval, self._open.pop(interval), now))
        for interval in held:
            self._open.setdefault(interval, now)

    def _back_to(self, instant: int) -> set[Rectangle]:
        """Open again what was closed from an instant on, and forget what was opened from then on.

        Return the rectangles that were closed.
        """
        closed: set[Rectangle] = set()
        for interval in [one for one, since in self._open.items() if since >= instant]:
            del self._open[interval]
        while self._closed and self._closed[-1].known_to >= instant:
            last = self._closed.pop()
            closed.add(last)
            if last.known_from < instant:
                self._open[last.interval] = last.known_from
        return closed


def lift(fold: Fold[S], subject: str, facts: Iterable[Event]) -> Iterator[Rectangle]:
    """Yield the rectangles of one subject, whatever order its facts come in."""
    lifted = Lift(fold, subject)
    lifted.add(facts)
    yield from lifted.rectangles


def fold_directly(
    fold: Fold[S], subject: str, facts: Iterable[Event], at: int, known: int
) -> list[Interval]:
    """Answer one question the slow way: fold what was known, and look.

    What the rectangles are held against in tests, and what a question of the log's prefix uses.
    """
    held = in_order(amended(facts, known))
    intervals = ResumableFold(fold, subject).intervals(held, known)
    return [interval for interval in intervals if interval.start <= at < interval.end]
