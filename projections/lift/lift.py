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

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from aboard.events.amendments import AMENDMENTS, amended
from aboard.events.order import LIFELINE, alike, in_order
from aboard.events.time import FOREVER
from aboard.projections.lift.known_facts import Knowledge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aboard.events.amendments import Versions
    from aboard.events.envelope import Event
    from aboard.projections.fold import Fold, Interval

S = TypeVar("S")

FEW = 12
"""Intervals among which one is found sooner by looking at each of them than by a set."""


class Rectangle(msgspec.Struct, frozen=True, cache_hash=True):
    """An interval of valid time that was known in `[known_from, known_to)`."""

    interval: Interval
    known_from: int
    known_to: int


class Prefixes(Generic[S]):
    """The states of a fold after each beginning of some facts, in the order of happening."""

    def __init__(self, fold: Fold[S], subject: str) -> None:
        self._fold = fold
        self._states: list[S] = [fold.start(subject)]

    def resume(self, facts: list[Event], same: int) -> S:
        """Return the state after facts of which the first `same` are those of the last time.

        It is the same object as then when none of the others has changed anything since.
        """
        states, step = self._states, self._fold.step
        del states[same + 1 :]
        state = states[-1]
        for fact in facts[same:]:
            state = step(state, fact)
            states.append(state)
        return state

    def stays(self, fact: Event) -> bool:
        """Whether the state stays the same object with one more fact behind the others.

        If it does, the fact is taken in.
        """
        last = self._states[-1]
        if self._fold.step(last, fact) is not last:
            return False
        self._states.append(last)
        return True


class ResumableFold(Generic[S]):
    """A fold of facts in the order of happening, resumed from the last prefix still valid."""

    def __init__(self, fold: Fold[S], subject: str) -> None:
        self._fold = fold
        self._prefixes = Prefixes(fold, subject)
        self._folded: list[Event] = []

    def intervals(self, facts: list[Event], now: int) -> list[Interval]:
        """Return what facts, in the order of happening, amount to."""
        state = self._prefixes.resume(facts, alike(facts, self._folded))
        self._folded = facts
        return list(self._fold.finish(state, now))


class Lift(Generic[S]):
    """The rectangles of one subject, kept so that what is new takes no more than it changes."""

    def __init__(self, fold: Fold[S], subject: str, versions: Versions | None = None) -> None:
        self._fold = fold
        self._prefixes = Prefixes(fold, subject)
        self._knowledge = Knowledge(versions)
        self._open: dict[Interval, int] = {}
        self._was_open: dict[Interval, int | None] = {}
        """Since when those were open that have been opened or closed by what is being added."""
        self._closed: list[Rectangle] = []
        self._aims: Callable[[S], Iterable[int]] | None = getattr(fold, "aims", None)
        heeds: Iterable[type[Event]] | None = getattr(fold, "heeds", None)
        self._heeds = None if heeds is None else AMENDMENTS.union(heeds)

    @property
    def rectangles(self) -> list[Rectangle]:
        """All of them: those that were known up to some instant, and those that are."""
        still = [Rectangle(interval, since, FOREVER) for interval, since in self._open.items()]
        return [*self._closed, *still]

    def add(self, facts: Iterable[Event]) -> tuple[list[Rectangle], list[Rectangle]]:
        """Take in more facts, in whatever order; return the rectangles gone, and those come.

        What was known before the earliest instant at which any of them makes a difference stays.
        """
        facts = self._heeded(facts)
        if not facts or (len(facts) == 1 and self._changes_nothing(facts[0])):
            return [], []
        since = self._knowledge.add(facts)
        if not self._open and not self._closed:
            self._advance(since)
            self._was_open.clear()
            return [], self.rectangles
        closed = self._back_to(since)
        first = len(self._closed)
        self._advance(since)
        closing = set(self._closed[first:])
        gone, come = [*(closed - closing)], [*(closing - closed)]
        for interval, before in self._was_open.items():
            after = self._open.get(interval)
            if before != after:
                if before is not None:
                    gone.append(Rectangle(interval, before, FOREVER))
                if after is not None:
                    come.append(Rectangle(interval, after, FOREVER))
        self._was_open.clear()
        return gone, come

    def _heeded(self, facts: Iterable[Event]) -> list[Event]:
        """Return the facts that can make a difference.

        They are those that the fold heeds, what amends them, and what others may have to follow.
        """
        if (heeds := self._heeds) is None:
            return list(facts)
        return [fact for fact in facts if type(fact) in heeds or fact.RANK in LIFELINE]

    def _changes_nothing(self, fact: Event) -> bool:
        """Take in a fact that comes last in every order and leaves the state as it is, if it does.

        Most of what is told of a flight is no news to most of those who are on it.
        """
        if not (self._knowledge.comes_last(fact) and self._prefixes.stays(fact)):
            return False
        self._knowledge.follow(fact)
        return True

    def _advance(self, since: int) -> None:
        """Open and close what changes at each instant from one on."""
        told: list[Interval] = []
        state: S | None = None
        is_first = True
        for now, facts, same, lapses in self._knowledge.since(since):
            last, state = state, self._prefixes.resume(facts, same)
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
        # What was so before may have been worked out anew, and be the same in other objects.
        same = 0
        for one, other in zip(told, held):  # noqa: B905 - whichever is shorter
            if one is not other and one != other:
                break
            same += 1
        if same == len(told) == len(held):
            return
        still, was = self._open, self._was_open
        found = set(held) if len(held) > FEW else held
        for interval in told[same:]:
            if interval not in found:
                since = still.pop(interval, None)
                if since is not None:  # one that a fold has told twice is closed already
                    was.setdefault(interval, since)
                    self._closed.append(Rectangle(interval, since, now))
        for interval in held[same:]:
            if interval not in still:
                still[interval] = now
                was.setdefault(interval, None)

    def _back_to(self, instant: int) -> set[Rectangle]:
        """Open again what was closed from an instant on, and forget what was opened from then on.

        Return the rectangles that were closed.
        """
        closed: set[Rectangle] = set()
        still, was = self._open, self._was_open
        for interval in [one for one, since in still.items() if since >= instant]:
            was[interval] = still.pop(interval)
        while self._closed and self._closed[-1].known_to >= instant:
            last = self._closed.pop()
            closed.add(last)
            if last.known_from < instant:
                was.setdefault(last.interval, None)
                still[last.interval] = last.known_from
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
