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

from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from aboard.events.envelope import Plan
from aboard.events.order import is_loose, refined
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
    """A fold of facts that arrive in any order, resumed from the last prefix still valid."""

    def __init__(self, fold: Fold[S], subject: str) -> None:
        self._fold = fold
        self._keys: list[tuple[int, int, str]] = []
        self._sorted: list[Event] = []
        self._any_loose = False
        self._folded: list[Event] = []
        self._states: list[S] = [fold.start(subject)]

    def add(self, fact: Event) -> None:
        """Put one more fact where it belongs."""
        key = fact.order
        place = bisect(self._keys, key)
        self._keys.insert(place, key)
        self._sorted.insert(place, fact)
        self._any_loose = self._any_loose or is_loose(fact)

    def intervals(self, now: int) -> list[Interval]:
        """Return what all facts so far amount to."""
        facts = refined(self._sorted) if self._any_loose else self._sorted
        valid = 0
        for one, other in zip(facts, self._folded, strict=False):
            if one is not other:
                break
            valid += 1
        del self._states[valid + 1 :]
        for fact in facts[valid:]:
            self._states.append(self._fold.step(self._states[-1], fact))
        self._folded = list(facts)
        return list(self._fold.finish(self._states[-1], now))


def steps(facts: Iterable[Event]) -> list[tuple[int, list[Event]]]:
    """Return the known times at which something changes, with the facts that become known."""
    at: dict[int, list[Event]] = {}
    for fact in facts:
        at.setdefault(fact.known_from, []).append(fact)
        if isinstance(fact, Plan) and fact.target.end > fact.known_from:
            at.setdefault(fact.target.end, [])
    return sorted(at.items(), key=lambda item: item[0])


def lift(fold: Fold[S], subject: str, facts: Iterable[Event]) -> Iterator[Rectangle]:
    """Yield the rectangles of one subject, whatever order its facts come in."""
    resumable = ResumableFold(fold, subject)
    open_since: dict[Interval, int] = {}
    for now, arrived in steps(facts):
        for fact in arrived:
            resumable.add(fact)
        held = set(resumable.intervals(now))
        for interval in [interval for interval in open_since if interval not in held]:
            yield Rectangle(interval, open_since.pop(interval), now)
        for interval in held:
            open_since.setdefault(interval, now)
    for interval, since in open_since.items():
        yield Rectangle(interval, since, FOREVER)


def fold_directly(
    fold: Fold[S], subject: str, facts: Iterable[Event], at: int, known: int
) -> list[Interval]:
    """Answer one question the slow way: fold what was known, and look.

    What the rectangles are held against in tests, and what a question of the log's prefix uses.
    """
    resumable = ResumableFold(fold, subject)
    for fact in facts:
        if fact.known_from <= known:
            resumable.add(fact)
    return [i for i in resumable.intervals(known) if i.start <= at < i.end]
