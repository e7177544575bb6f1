"""What is known of a subject, at one known time after another.

The lift needs, at each known time, the facts known by then in the order in which they happened.
Mostly that is one sorted list that grows. Three things make it harder:

- A fact may be amended, and says something else from then on.
- A fact may have happened at a coarse time, and has to be moved behind what must have come first,
  or behind what it says that it supersedes.
- A fact may be a plan, and when its target has passed something may change with no new fact.

A worked example. A launch is planned on 1 March for the 5th, and takes place on the 6th at 10:00.
On the 7th it becomes known that the rocket had rolled out on the 4th, and on the 8th that it lifted
off at 9:00::

    known     the facts, in the order in which they happened
    1 March   plan
    6 March   plan                              the target has passed: perhaps the plan has lapsed
    6, 10:00  plan              launched 10:00
    7 March   plan  rolled-out  launched 10:00  a late fact goes to its place
    8 March   plan  rolled-out  launched 9:00   an amended fact takes the place of the first

Each line is a :data:`Moment`. Besides the facts it says how many at the beginning are the same as
on the line before: those need not be folded again::

    >>> from aboard.events.time import Time
    >>> from aboard.projections.testing import event
    >>> known = Knowledge()
    >>> since = known.add([
    ...     event("launch_planned", "flight/apple", "2022-03-01", target="2022-03-05", id="plan"),
    ...     event("launched", "flight/apple", "2022-03-06T10:00:00Z", crew=[], id="launched"),
    ...     event("rolled_out", "flight/apple", "2022-03-04", "2022-03-07", id="rolled-out"),
    ...     event("fact.corrected", "flight/apple", "2022-03-08", target="launched",
    ...           changes={"happened": "2022-03-06T09:00:00Z"}, reason="radar"),
    ... ])
    >>> for now, facts, same, lapses in known.since(since):
    ...     print(str(Time.at(now))[8:16], [fact.id for fact in facts], same, lapses)
    01T00:00 ['plan'] 0 False
    06T00:00 ['plan'] 1 True
    06T10:00 ['plan', 'launched'] 1 False
    07T00:00 ['plan', 'rolled-out', 'launched'] 1 False
    08T00:00 ['plan', 'rolled-out', 'launched'] 2 False

A fact that is never amended is in one list, `_coming`, in the order of known times; `_arrived` says
how many of them are in `_sorted`, which is in the order of happening. An amended fact is among them
as it is in the end, from when that is settled; until then it is among the `_unsettled`, which are
looked at one by one.
"""

from __future__ import annotations

from bisect import bisect, bisect_left, insort
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from aboard.events.amendments import AMENDMENTS, FactVersions
from aboard.events.envelope import Event, Plan
from aboard.events.order import alike, is_movable, refined
from aboard.events.time import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeGuard

    from aboard.events.amendments import Versions

Coming = tuple[int, str, Event]
"""The instant from which a fact is known, its id, and the fact."""


Moment = tuple[int, list[Event], int, bool]
"""A known time at which something may change, and the facts known then, in the order of happening.

The list may be changed in place before the next moment. The number is how many facts at its
beginning are the same as at the moment before. The flag says whether the target of a plan ends
there: only then can the same facts have another result.
"""


class Knowledge:
    """What is known of a subject at one known time after another: its facts in order, as amended.

    Facts may be added at any time, and `since` may begin again at any instant. Instances that are
    given the same `versions` share the amended versions of facts.
    """

    def __init__(self, versions: Versions | None = None) -> None:
        self._coming: list[Coming] = []
        """The facts in the order in which they become known, amended ones as they end up."""
        self._arrived = 0
        self._keys: list[tuple[int, int, int, str]] = []
        self._sorted: list[Event] = []
        """The facts that have arrived, in the order of happening, with their sort keys."""
        self._movable: list[Event] = []
        """Those of them that a coarse time, or what they supersede, may move behind others."""
        self._horizon = -FOREVER
        """The instant after which no fact can move one of those."""
        self._refined: list[Event] | None = None
        """`_sorted` with those behind what they must follow; None if none of them moves."""
        self._is_stale = False
        """Whether `_refined` has to be computed again."""
        self._amended = FactVersions(versions)
        self._targets: set[str] = set()
        self._settled: dict[str, int] = {}
        """The amended facts that are in `_coming` as they end up, and since when."""
        self._unsettled: dict[str, tuple[int, int, Event]] = {}
        """The amended facts, with when they may become known and when what they say is settled."""
        self._lapsing: set[int] = set()
        """The instants at which the target of a plan ends."""
        self._instants: list[int] = []
        """All instants at which something may change, in order; some occur more than once."""
        self._yielded = self._sorted
        self._same = 0
        """The list that was yielded last, and how much of its beginning has not changed since."""

    def add(self, facts: Iterable[Event]) -> int:
        """Add facts; return the first known time at which they can make a difference.

        A correction of a transcription takes effect with its target, whenever it was made.
        """
        facts = list(facts)
        since = FOREVER
        amendments = [fact for fact in facts if type(fact) in AMENDMENTS]
        if amendments:
            self._set_apart({fact.target for fact in amendments})  # type: ignore[attr-defined]
        amended: list[Event] = list(amendments)
        coming: list[Coming] = []
        instants: list[int] = []
        targets = self._targets
        for fact in facts:
            if type(fact) in AMENDMENTS:
                continue
            known = fact.known_from
            instants.append(known)
            since = min(since, known)
            if targets and fact.id in targets:
                amended.append(fact)
            else:
                coming.append((known, fact.id, fact))
                if _has_target(type(fact)):
                    self._aim(fact, known, instants)
        if amended:
            for fact in amended:
                self._amended.add(fact)
            since = min(since, *map(self._amended.first, amended))
            for key in dict.fromkeys(map(self._amended.root, amended)):
                self._settle(key, coming, instants)
        if coming:
            self._forget(min(known for known, _, _ in coming))
            _insert(self._coming, coming)
        _insert(self._instants, instants)
        return since

    def comes_last(self, fact: Event) -> bool:
        """Whether a fact is certainly the last to happen and the last to become known."""
        return (
            bool(self._coming)
            and not (self._targets or self._movable)
            and self._yielded is self._sorted
            and fact.known_from > self._coming[-1][0]
            and fact.order > self._keys[-1]
            and not (type(fact) in AMENDMENTS or _is_aimed(fact) or is_movable(fact))
        )

    def follow(self, fact: Event) -> None:
        """Add a fact that comes last, once everything before it has been yielded."""
        self._coming.append((fact.known_from, fact.id, fact))
        self._arrived += 1
        self._keys.append(fact.order)
        self._sorted.append(fact)
        self._same += 1
        insort(self._instants, fact.known_from)

    def since(self, instant: int) -> Iterator[Moment]:
        """Yield each moment from an instant on."""
        self._forget(instant)
        self._arrive(instant - 1)
        instants, lapsing, coming = self._instants, self._lapsing, self._coming
        number = bisect_left(instants, instant)
        while number < len(instants):  # to which `_stop` may add
            now = instants[number]
            number += 1
            if number < len(instants) and instants[number] == now:
                continue
            if self._arrived < len(coming) and coming[self._arrived][0] <= now:
                self._arrive(now)
            facts = self._facts(now)
            same, self._same = self._same, len(facts)
            yield now, facts, same, now in lapsing

    def _set_apart(self, targets: set[str]) -> None:
        """Move facts that now turn out to be amended from the ordinary ones to the amended ones."""
        new = targets - self._targets
        self._targets |= new
        kept, arrived = [], self._arrived
        for number, one in enumerate(self._coming):
            if one[1] not in new:
                kept.append(one)
                continue
            if number < arrived:
                self._arrived -= 1
                self._take_out(one[2])
            self._amended.add(one[2])
        self._coming = kept

    def _settle(self, key: str, coming: list[Coming], instants: list[int]) -> None:
        """Put an amended fact, as it ends up, among those to come; unless it is retracted."""
        fact = self._amended.fact(key)
        if fact is None:
            return
        if key in self._settled:
            self._withdraw(key)
        known = self._amended.instants(fact)
        instants += known
        since, version = self._amended.settled(fact)
        if version is not None:
            since = max(since, version.known_from)
            coming.append((since, key, version))
            self._settled[key] = since
            instants.append(since)
            self._aim(version, since, instants)
        if (first := min(known)) < since:
            self._unsettled[key] = first, since, fact
        else:
            self._unsettled.pop(key, None)

    def _withdraw(self, key: str) -> None:
        """Take back how an amended fact ended up so far."""
        place = bisect_left(self._coming, (self._settled.pop(key), key))
        _, _, version = self._coming.pop(place)
        if place < self._arrived:
            self._arrived -= 1
            self._take_out(version)

    def _aim(self, fact: Event, since: int, instants: list[int]) -> None:
        """Add the end of a plan's target as an instant to look at, if it is still to come."""
        if _is_aimed(fact) and fact.target.end > since:
            self._lapsing.add(fact.target.end)
            instants.append(fact.target.end)

    def _forget(self, instant: int) -> None:
        """Undo the arrival of what became known from an instant on."""
        while self._arrived and self._coming[self._arrived - 1][0] >= instant:
            self._arrived -= 1
            self._take_out(self._coming[self._arrived][2])

    def _arrive(self, now: int) -> None:
        """Insert what has become known into the order of happening."""
        coming, keys, number = self._coming, self._keys, self._arrived
        while number < len(coming) and coming[number][0] <= now:
            fact = coming[number][2]
            order = fact.order
            is_last = not keys or order > keys[-1]
            if is_last:
                keys.append(order)
                self._sorted.append(fact)
            else:
                place = bisect(keys, order)
                keys.insert(place, order)
                self._sorted.insert(place, fact)
                if self._yielded is self._sorted and place < self._same:
                    self._same = place
            if is_movable(fact):
                self._movable.append(fact)
                self._horizon = max(self._horizon, fact.happened.end)
                self._is_stale = True
            elif self._movable:
                if not is_last or order[0] < self._horizon:
                    self._is_stale = True
                elif self._refined is not None:
                    self._refined.append(fact)
            number += 1
        self._arrived = number

    def _take_out(self, fact: Event) -> None:
        place = bisect(self._keys, fact.order) - 1
        del self._keys[place], self._sorted[place]
        if self._yielded is self._sorted and place < self._same:
            self._same = place
        if self._movable:
            self._movable = [one for one in self._movable if one is not fact]
            self._is_stale = True

    def _facts(self, now: int) -> list[Event]:
        """Return what is known at an instant, once everything known by then has arrived."""
        if self._unsettled and (
            unsettled := [
                fact for since, until, fact in self._unsettled.values() if since <= now < until
            ]
        ):
            found = self._with_unsettled(unsettled, now)
        elif not self._movable:
            found = self._sorted
        else:
            if self._is_stale:
                moved = refined(self._sorted, sorted(self._movable, key=_order))
                self._refined = None if moved is self._sorted else moved
                self._is_stale = False
            found = self._sorted if self._refined is None else self._refined
        if found is not self._yielded:
            self._same = min(self._same, alike(found, self._yielded))
            self._yielded = found
        return found

    def _with_unsettled(self, unsettled: list[Event], now: int) -> list[Event]:
        """Return what is known, with some facts as they are at an instant but will not remain."""
        facts, keys, movable = list(self._sorted), list(self._keys), self._movable
        for one in unsettled:
            fact = self._amended.version(one, now)
            if fact is None:
                continue
            if fact.known_from > now:
                self._stop(fact.known_from)
                continue
            place = bisect(keys, fact.order)
            keys.insert(place, fact.order)
            facts.insert(place, fact)
            if is_movable(fact):
                movable = [*movable, fact]
            if _is_aimed(fact) and fact.target.end > now and fact.target.end not in self._lapsing:
                self._lapsing.add(fact.target.end)
                self._stop(fact.target.end)
        return refined(facts, sorted(movable, key=_order)) if movable else facts

    def _stop(self, instant: int) -> None:
        """Add an instant to look at that is still ahead."""
        place = bisect_left(self._instants, instant)
        if self._instants[place : place + 1] != [instant]:
            self._instants.insert(place, instant)


_order = attrgetter("order")


def _insert(items: list[Any], more: list[Any]) -> None:
    """Add items to a sorted list, in which no two are the same."""
    if len(more) > 2:
        items += more
        items.sort()
    else:
        for one in more:
            insort(items, one)


def _is_aimed(fact: Event) -> TypeGuard[Plan]:
    """Whether a fact is a plan with a target."""
    return _has_target(type(fact))


@cache
def _has_target(cls: type[Event]) -> bool:
    """Whether events of a type are plans with a target; cached, since `issubclass` is slow."""
    return issubclass(cls, Plan)
