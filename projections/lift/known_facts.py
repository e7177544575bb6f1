"""What is known of a subject, one instant of knowledge after another.

The facts come with three complications, and none of them is the rule. A fact may be amended, and
says something else from then on. It may have happened at a coarse time, and be moved behind what
must have come first. It may be a plan, whose time ends. Where nothing is amended at an instant and
nothing moved, what is known is one sorted list that grows.
"""

from __future__ import annotations

from bisect import bisect, bisect_left, insort
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from aboard.events.amendments import AMENDMENTS, FactVersions
from aboard.events.envelope import Event, Plan
from aboard.events.order import alike, is_loose, refined
from aboard.events.time import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeGuard

    from aboard.events.amendments import Versions

Coming = tuple[int, str, Event]
"""A fact, with the instant from which it is known, and its id."""


Moment = tuple[int, list[Event], int, bool]
"""An instant at which something may change, and the facts that are known then, in order.

The list is another by the next moment. The number behind it tells how many at its beginning are
what the first were at the moment before. What is last tells whether the time of a plan ends there:
only then does what the same facts amount to change.
"""


class Knowledge:
    """What is known of a subject, one known time after another: its facts, in order, as amended.

    Facts may be added at any time, and what is known be told again from any instant on. Those who
    add to `versions` share what amended facts say.
    """

    def __init__(self, versions: Versions | None = None) -> None:
        self._coming: list[Coming] = []
        """The facts, in the order in which they become known for good."""
        self._arrived = 0
        self._keys: list[tuple[int, int, str]] = []
        self._sorted: list[Event] = []
        """Those of them that have, in the order of happening, and their places in it."""
        self._loose: list[Event] = []
        self._horizon = -FOREVER
        """The instant from which on nothing keeps a loose fact from its place."""
        self._refined: list[Event] | None = None
        """The same with the loose facts behind what they must follow, where one is moved."""
        self._is_stale = False
        """Whether that is to be worked out again."""
        self._amended = FactVersions(versions)
        self._targets: set[str] = set()
        self._settled: dict[str, int] = {}
        """Which of those that come are amended facts, as they are for good, and since when."""
        self._unsettled: dict[str, tuple[int, int, Event]] = {}
        """The amended facts from when they are known until what they say is settled."""
        self._lapsing: set[int] = set()
        """The instants at which the time of a plan ends."""
        self._instants: list[int] = []
        """All at which something may change, in their order, some more than once."""
        self._told = self._sorted
        self._same = 0
        """The list that was told last, and how much of its beginning is as it was then."""

    def add(self, facts: Iterable[Event]) -> int:
        """Take in more facts; return the instant from which they can make a difference.

        A correction of a transcription acts as early as its target, whenever it was made.
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
            known = fact.known_from
            instants.append(known)
            if type(fact) in AMENDMENTS:
                known = -FOREVER if fact.transcription else known  # type: ignore[attr-defined]
            elif targets and fact.id in targets:
                amended.append(fact)
            else:
                coming.append((known, fact.id, fact))
                if _has_target(type(fact)):
                    self._aim(fact, known, instants)
            since = min(since, known)
        if amended:
            for fact in amended:
                self._amended.add(fact)
            for key in dict.fromkeys(map(self._amended.root, amended)):
                self._settle(key, coming, instants)
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
            and self._told is self._sorted
            and fact.known_from > self._coming[-1][0]
            and fact.order > self._keys[-1]
            and not (type(fact) in AMENDMENTS or _is_aimed(fact) or is_loose(fact))
        )

    def follow(self, fact: Event) -> None:
        """Take in a fact that comes last, when everything before it has been told."""
        self._coming.append((fact.known_from, fact.id, fact))
        self._arrived += 1
        self._keys.append(fact.order)
        self._sorted.append(fact)
        self._same += 1
        insort(self._instants, fact.known_from)

    def since(self, instant: int) -> Iterator[Moment]:
        """Yield each instant from one on at which something may change, with what is known then."""
        self._forget(instant)
        self._arrive(instant - 1)
        instants, lapsing, coming = self._instants, self._lapsing, self._coming
        number = bisect_left(instants, instant)
        while number < len(instants):  # which more may be added to
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
        """Put facts that are amended from now on among those that are."""
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
        """Let an amended fact come as it is for good, where it is."""
        fact = self._amended.fact(key)
        if fact is None:
            return
        if key in self._settled:
            self._withdraw(key)
        since, version = self._amended.settled(fact)
        if version is not None:
            since = max(since, version.known_from)
            coming.append((since, key, version))
            self._settled[key] = since
            instants.append(since)
            self._aim(version, since, instants)
        if fact.known_from < since:
            self._unsettled[key] = fact.known_from, since, fact
        else:
            self._unsettled.pop(key, None)

    def _withdraw(self, key: str) -> None:
        """Let an amended fact no longer come as it was for good."""
        place = bisect_left(self._coming, (self._settled.pop(key), key))
        _, _, version = self._coming.pop(place)
        if place < self._arrived:
            self._arrived -= 1
            self._take_out(version)

    def _aim(self, fact: Event, since: int, instants: list[int]) -> None:
        """Look at the end of a plan's time, too, where it is yet to come."""
        if _is_aimed(fact) and fact.target.end > since:
            self._lapsing.add(fact.target.end)
            instants.append(fact.target.end)

    def _forget(self, instant: int) -> None:
        """Take back what became known from an instant on."""
        while self._arrived and self._coming[self._arrived - 1][0] >= instant:
            self._arrived -= 1
            self._take_out(self._coming[self._arrived][2])

    def _arrive(self, now: int) -> None:
        """Put what has become known where it stands in the order of happening."""
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
                if self._told is self._sorted and place < self._same:
                    self._same = place
            if is_loose(fact):
                self._loose.append(fact)
                self._horizon = max(self._horizon, fact.happened.end)
                self._is_stale = True
            elif self._loose:
                if not is_last or order[0] < self._horizon:
                    self._is_stale = True
                elif self._refined is not None:
                    self._refined.append(fact)
            number += 1
        self._arrived = number

    def _take_out(self, fact: Event) -> None:
        place = bisect(self._keys, fact.order) - 1
        del self._keys[place], self._sorted[place]
        if self._told is self._sorted and place < self._same:
            self._same = place
        if self._loose:
            self._loose = [one for one in self._loose if one is not fact]
            self._is_stale = True

    def _facts(self, now: int) -> list[Event]:
        """Return what is known at an instant, when everything has arrived."""
        if self._unsettled and (
            unsettled := [
                fact for since, until, fact in self._unsettled.values() if since <= now < until
            ]
        ):
            found = self._with_unsettled(unsettled, now)
        elif not self._loose:
            found = self._sorted
        else:
            if self._is_stale:
                moved = refined(self._sorted, sorted(self._loose, key=_order))
                self._refined = None if moved is self._sorted else moved
                self._is_stale = False
            found = self._sorted if self._refined is None else self._refined
        if found is not self._told:
            self._same = min(self._same, alike(found, self._told))
            self._told = found
        return found

    def _with_unsettled(self, unsettled: list[Event], now: int) -> list[Event]:
        """Return what is known with some facts as they are at an instant, but not for good."""
        facts, keys, loose = list(self._sorted), list(self._keys), self._loose
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
            if is_loose(fact):
                loose = [*loose, fact]
            if _is_aimed(fact) and fact.target.end > now and fact.target.end not in self._lapsing:
                self._lapsing.add(fact.target.end)
                self._stop(fact.target.end)
        return refined(facts, sorted(loose, key=_order)) if loose else facts

    def _stop(self, instant: int) -> None:
        """Look at an instant, too, that is still ahead."""
        place = bisect_left(self._instants, instant)
        if self._instants[place : place + 1] != [instant]:
            self._instants.insert(place, instant)


_order = attrgetter("order")


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
