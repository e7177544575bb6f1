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

from bisect import bisect, bisect_left, insort
from functools import cache
from heapq import heappop, heappush
from itertools import compress, count
from operator import is_not
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import msgspec

from aboard.events.effective import Amended, amended
from aboard.events.envelope import Event, Plan
from aboard.events.fact import Amendment
from aboard.events.order import in_order, is_loose, refined
from aboard.projections.fold import FOREVER, Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeGuard

    from aboard.projections.fold import Fold

S = TypeVar("S")


class Rectangle(msgspec.Struct, frozen=True, cache_hash=True):
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

    def state(self, facts: list[Event]) -> S:
        """Return the state after facts in the order of happening.

        It is the same object as the last time when none of them has changed anything since.
        """
        folded, states, step = self._folded, self._states, self._fold.step
        differing = compress(count(), map(is_not, facts, folded))
        valid = next(differing, min(len(facts), len(folded)))
        del states[valid + 1 :]
        state = states[-1]
        for fact in facts[valid:]:
            state = step(state, fact)
            states.append(state)
        self._folded = facts
        return state

    def stays(self, fact: Event) -> bool:
        """Whether the state stays the same object with one more fact behind the others.

        If it does, the fact is taken in.
        """
        last = self._states[-1]
        if self._fold.step(last, fact) is not last:
            return False
        self._folded = [*self._folded, fact]
        self._states.append(last)
        return True

    def intervals(self, facts: list[Event], now: int) -> list[Interval]:
        """Return what facts, in the order of happening, amount to."""
        return list(self._fold.finish(self.state(facts), now))


class Moment(NamedTuple):
    """An instant at which something may change, and the facts that are known then, in order.

    `lapses` tells whether the time of a plan ends there: only then does what the same facts amount
    to change.
    """

    now: int
    facts: list[Event]
    lapses: bool


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
        self._changing: set[int] = set()
        """The instants at which a fact, or what it says, becomes known."""
        self._lapsing: set[int] = set()
        """Those at which the time of a plan ends."""
        self._instants: list[int] = []
        """All of them in their order, some more than once."""
        self._ahead: list[int] = []

    def add(self, facts: Iterable[Event]) -> int:
        """Take in more facts; return the instant from which they can make a difference.

        A correction of a transcription acts as early as its target, whenever it was made.
        """
        since = FOREVER
        coming: list[tuple[int, str, Event]] = []
        instants: list[int] = []
        for fact in facts:
            known = fact.known_from
            if isinstance(fact, Amendment):
                self._targets.add(fact.target)
                self._amended.add(fact)
                self._settle(fact.target, coming)
                since = min(since, -FOREVER if fact.transcription else known)
            elif fact.id in self._targets:
                self._amended.add(fact)
            else:
                coming.append((known, fact.id, fact))
                if _is_aimed(fact) and fact.target.end > known:
                    self._lapsing.add(fact.target.end)
                    instants.append(fact.target.end)
            self._changing.add(known)
            instants.append(known)
            since = min(since, known)
        if coming:
            self._forget(min(known for known, _, _ in coming))
            _put(self._coming, coming)
        _put(self._instants, instants)
        return since

    def comes_last(self, fact: Event) -> bool:
        """Whether a fact is the last to happen and the last to become known, beyond all doubt."""
        return (
            bool(self._coming)
            and not (self._targets or self._loose)
            and fact.known_from > self._coming[-1][0]
            and fact.order > self._keys[-1]
            and not (isinstance(fact, Amendment) or _is_aimed(fact) or is_loose(fact))
        )

    def follow(self, fact: Event) -> None:
        """Take in a fact that comes last, when everything before it has been told."""
        self._coming.append((fact.known_from, fact.id, fact))
        self._arrived += 1
        self._keys.append(fact.order)
        self._sorted.append(fact)
        self._changing.add(fact.known_from)
        insort(self._instants, fact.known_from)

    def _settle(self, target: str, coming: list[tuple[int, str, Event]]) -> None:
        """Put a fact that is amended from now on among those that are."""
        for facts in (self._coming, coming):
            for number, (_, key, fact) in enumerate(facts):
                if key == target:
                    self._amended.add(fact)
                    del facts[number]
                    if facts is self._coming and number < self._arrived:
                        self._arrived -= 1
                        self._take_out(fact)
                    return

    def since(self, instant: int) -> Iterator[Moment]:
        """Yield each instant from one on at which something may change, with what is known then."""
        self._forget(instant)
        self._arrive(instant - 1)
        self._ahead = self._instants[bisect_left(self._instants, instant) :]
        known: list[Event] | None = None
        while self._ahead:
            now = heappop(self._ahead)
            while self._ahead and self._ahead[0] == now:
                heappop(self._ahead)
            if known is None or now in self._changing:
                self._arrive(now)
                known = self._facts(now)
            yield Moment(now, known, now in self._lapsing)

    def _forget(self, instant: int) -> None:
        """Take back what became known from an instant on."""
        while self._arrived and self._coming[self._arrived - 1][0] >= instant:
            self._arrived -= 1
            self._take_out(self._coming[self._arrived][2])

    def _arrive(self, now: int) -> None:
        """Put what has become known where it stands in the order of happening."""
        coming, number = self._coming, self._arrived
        while number < len(coming) and coming[number][0] <= now:
            fact = coming[number][2]
            order = fact.order
            if not self._keys or order > self._keys[-1]:
                self._keys.append(order)
                self._sorted.append(fact)
            else:
                place = bisect(self._keys, order)
                self._keys.insert(place, order)
                self._sorted.insert(place, fact)
            if is_loose(fact):
                self._loose.append(fact)
            number += 1
        self._arrived = number

    def _take_out(self, fact: Event) -> None:
        place = bisect(self._keys, fact.order) - 1
        del self._keys[place], self._sorted[place]
        self._loose = [one for one in self._loose if one is not fact]

    def _facts(self, now: int) -> list[Event]:
        facts, loose, keys = list(self._sorted), self._loose, None
        for fact in self._amended.coming(now) if self._targets else ():
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
            if _is_aimed(fact) and fact.target.end > now and fact.target.end not in self._lapsing:
                self._lapsing.add(fact.target.end)
                self._stop(fact.target.end)
        return refined(facts, sorted(loose, key=lambda fact: fact.order)) if loose else facts

    def _stop(self, instant: int) -> None:
        """Look at an instant, too, that is still ahead."""
        insort(self._instants, instant)
        heappush(self._ahead, instant)


def _put(held: list[Any], more: list[Any]) -> None:
    """Put more into a sorted list, in which no two are the same."""
    if len(more) > 2:
        held += more
        held.sort()
    else:
        for one in more:
            insort(held, one)


def _is_aimed(fact: Event) -> TypeGuard[Plan]:
    """Whether a fact is a plan with a target."""
    return _has_target(type(fact))


@cache
def _has_target(cls: type[Event]) -> bool:
    """Whether events of a type are plans with a target. There are few; asking of each is slow."""
    return issubclass(cls, Plan)


class Lift(Generic[S]):
    """The rectangles of one subject, kept so that what is new takes no more than it changes."""

    def __init__(self, fold: Fold[S], subject: str) -> None:
        self._fold = fold
        self._resumable = ResumableFold(fold, subject)
        self._knowledge = Knowledge()
        self._open: dict[Interval, int] = {}
        self._closed: list[Rectangle] = []
        self._aims: Callable[[S], Iterable[int]] | None = getattr(fold, "aims", None)

    @property
    def rectangles(self) -> list[Rectangle]:
        """All of them: those that were known up to some instant, and those that are."""
        still = [Rectangle(interval, since, FOREVER) for interval, since in self._open.items()]
        return [*self._closed, *still]

    def add(self, facts: Iterable[Event]) -> tuple[list[Rectangle], list[Rectangle]]:
        """Take in more facts, in whatever order; return the rectangles gone, and those come.

        What was known before the earliest instant at which any of them makes a difference stays.
        """
        facts = list(facts)
        if len(facts) == 1 and self._changes_nothing(facts[0]):
            return [], []
        since = self._knowledge.add(facts)
        if not self._open and not self._closed:
            self._advance(since)
            return [], self.rectangles
        before, closed = set(self._open.items()), self._back_to(since)
        first = len(self._closed)
        self._advance(since)
        gone, come, after = closed, set(self._closed[first:]), set(self._open.items())
        gone, come = gone - come, come - gone
        gone.update(Rectangle(one, then, FOREVER) for one, then in before - after)
        come.update(Rectangle(one, then, FOREVER) for one, then in after - before)
        return list(gone), list(come)

    def _changes_nothing(self, fact: Event) -> bool:
        """Take in a fact that comes last in every order and leaves the state as it is, if it does.

        Most of what is told of a flight is no news to most of those who are on it.
        """
        if not (self._knowledge.comes_last(fact) and self._resumable.stays(fact)):
            return False
        self._knowledge.follow(fact)
        return True

    def _advance(self, since: int) -> None:
        """Open and close what changes at each instant from one on."""
        told: list[Interval] = []
        state: S | None = None
        is_first = True
        for now, facts, lapses in self._knowledge.since(since):
            last, state = state, self._resumable.state(facts)
            if state is last and not is_first and not (lapses and self._may_lapse(state, now)):
                continue
            held = list(self._fold.finish(state, now))
            if is_first:
                told, is_first = list(self._open), False
            self._step(told, held, now)
            told = held

    def _may_lapse(self, state: S, now: int) -> bool:
        """Whether the time of a plan that still stands may end at an instant."""
        return self._aims is None or now in self._aims(state)

    def _step(self, told: list[Interval], held: list[Interval], now: int) -> None:
        """Close what is no longer so, and open what is."""
        same = next(compress(count(), map(is_not, told, held)), min(len(told), len(held)))
        if same == len(told) == len(held):
            return
        new = dict.fromkeys(held[same:])
        for interval in dict.fromkeys(told[same:]):
            if interval not in new and interval not in held[:same]:
                self._closed.append(Rectangle(interval, self._open.pop(interval), now))
        for interval in new:
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
