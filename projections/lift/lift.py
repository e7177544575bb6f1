"""The lift: from a fold on one time axis to rectangles on two.

A fold says what is the case at each valid time, given some facts. The lift takes a subject's facts
in the order in which they became known, and at each known time folds those known by then. An
interval that appears there opens a rectangle, and one that disappears closes it.

A worked example. Apple docks on 3 March, which is known at once. It undocks on the 9th. On the 12th
it becomes known that it had docked on the 2nd::

    known
      |
      | CCCCCCCCCCCCCCCCCCC          C: from the 2nd to the 9th
    12+ ===================
      |    BBBBBBBBBBBBBBBB          B: from the 3rd to the 9th
     9+    =======================
      |    AAAAAAAAAAAAAAAAAAAAAA >  A: from the 3rd on
     3+    =======================
      |
      +-+--+--------------+--------> valid
        2  3              9

Each letter is a rectangle: an interval of valid time from left to right, and from bottom to top the
known times at which it was believed. On the 9th A vanishes and B appears, on the 12th B makes way
for C. A question is a point, ``(at, known)``, and its answer is the rectangle in which that lies::

    >>> from aboard.events.time import FOREVER, Time
    >>> from aboard.projections.folds import berths
    >>> from aboard.projections.testing import event
    >>> docked = event("docked", "flight/apple", "2022-03-03T00:00:00Z", station="pear",
    ...                id="docked")
    >>> left = event("undocked", "flight/apple", "2022-03-09T00:00:00Z", crew=[], id="left")
    >>> radar = event("fact.corrected", "flight/apple", "2022-03-12T00:00:00Z", target="docked",
    ...               changes={"happened": "2022-03-02T00:00:00Z"}, reason="radar", id="radar")
    >>> def day(instant):
    ...     return "" if instant == FOREVER else str(Time.at(instant))[8:10]
    >>> for one in sorted(lift(berths, "apple", [radar, left, docked]), key=lambda r: r.known_from):
    ...     print(f"known {day(one.known_from)}-{day(one.known_to)}:",
    ...           f"valid {day(one.interval.start)}-{day(one.interval.end)}", one.interval.why)
    known 03-09: valid 03- ('docked',)
    known 09-12: valid 03-09 ('docked', 'left')
    known 12-: valid 02-09 ('docked', 'left')

The facts were given there in another order than they became known: the order of recording never
matters. What the lift goes through is every known time and the end of every target, since it can be
computed in advance when a plan lapses, and no timer is needed.

To fold everything again at every known time would be slow. :class:`Prefixes` keeps the state of the
fold after each fact, so that only the facts from the first different one on are folded again; and
:class:`Lift` keeps what is open, so that a new fact goes back no further than it has to.
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
"""Up to this many intervals, searching a list is faster than building a set."""


class Rectangle(msgspec.Struct, frozen=True, cache_hash=True):
    """An interval of valid time that was known in `[known_from, known_to)`."""

    interval: Interval
    known_from: int
    known_to: int


class Prefixes(Generic[S]):
    """The state of a fold after each of some facts, in the order of happening."""

    def __init__(self, fold: Fold[S], subject: str) -> None:
        self._fold = fold
        self._states: list[S] = [fold.start(subject)]

    def resume(self, facts: list[Event], same: int) -> S:
        """Return the state after some facts, the first `same` of which are as they were last time.

        It is the same object as last time if none of the other facts changes anything.
        """
        states, step = self._states, self._fold.step
        del states[same + 1 :]
        state = states[-1]
        for fact in facts[same:]:
            state = step(state, fact)
            states.append(state)
        return state

    def stays(self, fact: Event) -> bool:
        """Whether one more fact leaves the state the same object; if so, add it."""
        last = self._states[-1]
        if self._fold.step(last, fact) is not last:
            return False
        self._states.append(last)
        return True


class ResumableFold(Generic[S]):
    """A fold of facts in the order of happening, resumed from the last valid prefix."""

    def __init__(self, fold: Fold[S], subject: str) -> None:
        self._fold = fold
        self._prefixes = Prefixes(fold, subject)
        self._folded: list[Event] = []

    def intervals(self, facts: list[Event], now: int) -> list[Interval]:
        """Return the intervals that result from facts in the order of happening."""
        state = self._prefixes.resume(facts, alike(facts, self._folded))
        self._folded = facts
        return list(self._fold.finish(state, now))


class Lift(Generic[S]):
    """The rectangles of one subject, kept so that a new fact costs no more than what it changes."""

    def __init__(self, fold: Fold[S], subject: str, versions: Versions | None = None) -> None:
        self._fold = fold
        self._prefixes = Prefixes(fold, subject)
        self._knowledge = Knowledge(versions)
        self._open: dict[Interval, int] = {}
        self._was_open: dict[Interval, int | None] = {}
        """The intervals opened or closed by the current `add`, and since when each was open."""
        self._closed: list[Rectangle] = []
        self._aims: Callable[[S], Iterable[int]] | None = getattr(fold, "aims", None)
        heeds: Iterable[type[Event]] | None = getattr(fold, "heeds", None)
        self._heeds = None if heeds is None else AMENDMENTS.union(heeds)

    @property
    def rectangles(self) -> list[Rectangle]:
        """All rectangles: those that are closed, and those that are open."""
        still = [Rectangle(interval, since, FOREVER) for interval, since in self._open.items()]
        return [*self._closed, *still]

    def add(self, facts: Iterable[Event]) -> tuple[list[Rectangle], list[Rectangle]]:
        """Add facts, in any order; return the rectangles that are removed and those added.

        Nothing changes before the first known time at which one of the facts makes a difference.
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

        Those are the types that the fold heeds, amendments, and facts that another may have to
        follow.
        """
        if (heeds := self._heeds) is None:
            return list(facts)
        return [
            fact
            for fact in facts
            if type(fact) in heeds or fact.RANK in LIFELINE or fact.supersedes
        ]

    def _changes_nothing(self, fact: Event) -> bool:
        """Add a fact if it comes last in every order and leaves the state as it is; say whether.

        Most events of a flight change nothing for most of the people on it.
        """
        if not (self._knowledge.comes_last(fact) and self._prefixes.stays(fact)):
            return False
        self._knowledge.follow(fact)
        return True

    def _advance(self, since: int) -> None:
        """Open and close what changes at each known time from an instant on."""
        before: list[Interval] = []
        state: S | None = None
        is_first = True
        for now, facts, same, lapses in self._knowledge.since(since):
            last, state = state, self._prefixes.resume(facts, same)
            if state is last and not is_first and not (lapses and self._may_lapse(state, now)):
                continue
            after = list(self._fold.finish(state, now))
            if is_first:
                before, is_first = list(self._open), False
            self._step(before, after, now)
            before = after

    def _may_lapse(self, state: S, now: int) -> bool:
        """Whether the target of a plan that still stands may end at an instant."""
        return self._aims is None or now in self._aims(state)

    def _step(self, before: list[Interval], after: list[Interval], now: int) -> None:
        """Close the intervals that are gone, and open the new ones."""
        # An interval may have been computed again, and be equal to the last one without being it.
        same = 0
        for one, other in zip(before, after):  # noqa: B905 - whichever is shorter
            if one is not other and one != other:
                break
            same += 1
        if same == len(before) == len(after):
            return
        still, was = self._open, self._was_open
        found = set(after) if len(after) > FEW else after
        for interval in before[same:]:
            if interval not in found:
                since = still.pop(interval, None)
                if since is not None:  # None: a fold yielded it twice, and it is closed
                    was.setdefault(interval, since)
                    self._closed.append(Rectangle(interval, since, now))
        for interval in after[same:]:
            if interval not in still:
                still[interval] = now
                was.setdefault(interval, None)

    def _back_to(self, instant: int) -> set[Rectangle]:
        """Reopen what was closed from an instant on, and forget what was opened from then on.

        Return the rectangles that had been closed.
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
    """Yield the rectangles of one subject, whatever the order of its facts."""
    lifted = Lift(fold, subject)
    lifted.add(facts)
    yield from lifted.rectangles


def fold_directly(
    fold: Fold[S], subject: str, facts: Iterable[Event], at: int, known: int
) -> list[Interval]:
    """Answer one question the slow way: fold what was known, and look.

    Tests compare the rectangles with it.
    """
    known_facts = in_order(amended(facts, known))
    intervals = ResumableFold(fold, subject).intervals(known_facts, known)
    return [interval for interval in intervals if interval.start <= at < interval.end]
