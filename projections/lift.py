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
from heapq import heappop, heappush
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
        valid = 0
        for one, other in zip(facts, self._folded, strict=False):
            if one is not other:
                break
            valid += 1
        del self._states[valid + 1 :]
        for fact in facts[valid:]:
            self._states.append(self._fold.step(self._states[-1], fact))
        self._folded = facts
        return list(self._fold.finish(self._states[-1], now))


class Knowledge:
    """What is known of a subject, one known time after another: its facts, in order, as amended."""

    def __init__(self, facts: Iterable[Event]) -> None:
        self._coming: list[tuple[int, int, Event]] = []
        self._instants: list[int] = []
        self._seen: set[int] = set()
        self._amended: Amended | None = None
        self._keys: list[tuple[int, int, str]] = []
        self._sorted: list[Event] = []
        self._any_loose = False
        for number, fact in enumerate(facts):
            heappush(self._coming, (_arrives(fact), number, fact))
            if isinstance(fact, Amendment):
                self._amended = Amended()

    def __iter__(self) -> Iterator[tuple[int, list[Event]]]:
        """Yield each instant at which something may change, with what is known from then on."""
        while self._coming or self._instants:
            now = min(
                self._coming[0][0] if self._coming else FOREVER,
                self._instants[0] if self._instants else FOREVER,
            )
            while self._instants and self._instants[0] == now:
                heappop(self._instants)
            while self._coming and self._coming[0][0] == now:
                self._arrive(heappop(self._coming)[2], now)
            yield now, self._facts(now)

    def _arrive(self, fact: Event, now: int) -> None:
        if self._amended is not None:
            self._amended.add(fact)
            if fact.known_from > now:
                heappush(self._instants, fact.known_from)
            return
        key = fact.order
        place = bisect(self._keys, key)
        self._keys.insert(place, key)
        self._sorted.insert(place, fact)
        self._any_loose = self._any_loose or is_loose(fact)
        self._expect(fact, now)

    def _facts(self, now: int) -> list[Event]:
        if self._amended is None:
            return list(refined(self._sorted) if self._any_loose else self._sorted)
        held = []
        for fact in self._amended.coming(now):
            if fact.known_from > now:
                heappush(self._instants, fact.known_from)
            else:
                held.append(fact)
                self._expect(fact, now)
        return in_order(held)

    def _expect(self, fact: Event, now: int) -> None:
        """Stop again where the fact's target ends: a plan lapses there."""
        if id(fact) not in self._seen and isinstance(fact, Plan) and fact.target.end > now:
            heappush(self._instants, fact.target.end)
        self._seen.add(id(fact))


def _arrives(fact: Event) -> int:
    """Return the instant from which a fact can make a difference.

    A correction of a transcription acts as early as its target, whenever it was made.
    """
    return -FOREVER if isinstance(fact, Amendment) and fact.transcription else fact.known_from


def lift(fold: Fold[S], subject: str, facts: Iterable[Event]) -> Iterator[Rectangle]:
    """Yield the rectangles of one subject, whatever order its facts come in."""
    resumable = ResumableFold(fold, subject)
    open_since: dict[Interval, int] = {}
    for now, known in Knowledge(facts):
        held = set(resumable.intervals(known, now))
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
    held = in_order(amended(facts, known))
    intervals = ResumableFold(fold, subject).intervals(held, known)
    return [interval for interval in intervals if interval.start <= at < interval.end]
