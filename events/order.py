"""The order of facts: that in which things happened, never that in which they were recorded.

Facts are ordered by `(happened, earliest instant; rank; since when it was known)`. Two refinements:

- A coarse time may start before the exact time of what must have come first, as when a flight is
  known to have landed on a day and to have undocked at 07:19 of it. There the rank decides: what
  comes later in the life of the same flight, and may by its stated time have come later, does.
- A fact that says that it supersedes another comes after it, if it may by its stated time.

What the ids are never decides which of two facts holds: :mod:`aboard.events.series` says which can
supersede one another, and one of two such facts that nothing else puts in order is not recorded.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import compress, count
from operator import attrgetter, is_, is_not
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboard.events.envelope import Event

E = TypeVar("E", bound="Event")

LIFELINE = frozenset({10, 20, 30, 40, 50})
"""The ranks that a flight passes through: launched, docked, relocated, undocked, landed."""


_order = attrgetter("order")


def is_loose(fact: Event) -> bool:
    """Whether the life of its flight may move this fact: on the lifeline, at a coarse time."""
    time = fact.happened
    return time.end > time.earliest + 1 and fact.RANK in LIFELINE


def is_movable(fact: Event) -> bool:
    """Whether this fact may come after one that stands behind it in `order`."""
    return bool(fact.supersedes) or is_loose(fact)


def surely_before(one: Event, other: Event) -> bool:
    """Whether `one` happened before `other`, whichever instants within their times are true."""
    return one.happened.end <= other.happened.earliest


def comes_first(rank: int, earliest: int, later_rank: int, latest: int) -> bool:
    """Whether a fact precedes another of the same flight, whose coarse time may begin before it.

    The other is later in the flight's life, and by its `latest` instant may have happened after the
    first began.
    """
    return rank in LIFELINE and rank < later_rank and earliest <= latest


def in_order(facts: Iterable[E]) -> list[E]:
    """Return the facts in the order of happening."""
    return refined(sorted(facts, key=_order))


def refined(ordered: list[E], movable: Iterable[E] | None = None) -> list[E]:
    """Return facts sorted by `order`, with the movable ones moved after those they must follow.

    A caller that knows the movable ones, in their order, can pass them to save time.
    """
    some = [one for one in ordered if is_movable(one)] if movable is None else list(movable)
    if not some:
        return ordered
    ordered = _along_life(ordered, [one for one in some if is_loose(one)])
    return _superseding(ordered) if any(one.supersedes for one in some) else ordered


def _along_life(ordered: list[E], loose: Iterable[E]) -> list[E]:
    """Return sorted facts with the loose ones moved after those that precede them in a life."""
    is_moved = False
    for fact in loose:
        if is_moved:
            place = behind = next(compress(count(), map(partial(is_, fact), ordered)))
        else:  # they are still sorted
            place = behind = bisect_left(ordered, fact.order, key=_order)
        for later in range(place + 1, len(ordered)):
            other = ordered[later]
            if other.happened.earliest > fact.happened.latest:
                break
            if other.originator_id == fact.originator_id and comes_first(
                other.RANK, other.happened.earliest, fact.RANK, fact.happened.latest
            ):
                behind = later
        if behind > place:
            is_moved = True
            ordered = [
                *ordered[:place],
                *ordered[place + 1 : behind + 1],
                fact,
                *ordered[behind + 1 :],
            ]
    return ordered


def _superseding(ordered: list[E]) -> list[E]:
    """Return facts with each that supersedes others moved after them, as far as times allow.

    Facts that supersede one another in a circle, which no recording accepts, stay as they are.
    """
    places = {fact.id: place for place, fact in enumerate(ordered)}
    followers: dict[int, list[int]] = {}
    waits = [0] * len(ordered)
    is_moved = False
    for place, fact in enumerate(ordered):
        for target in fact.supersedes:
            before = places.get(target)
            if before is not None and not surely_before(fact, ordered[before]):
                followers.setdefault(before, []).append(place)
                waits[place] += 1
                is_moved = is_moved or before > place
    if not is_moved:
        return ordered
    ready = [place for place, number in enumerate(waits) if not number]
    heapify(ready)
    found: list[int] = []
    while ready:
        place = heappop(ready)
        found.append(place)
        for follower in followers.get(place, ()):
            waits[follower] -= 1
            if not waits[follower]:
                heappush(ready, follower)
    if len(found) < len(ordered):
        return ordered
    return [ordered[place] for place in found]


def alike(some: Sequence[object], others: Sequence[object]) -> int:
    """Return the length of the common beginning of two lists, by identity."""
    return next(compress(count(), map(is_not, some, others)), min(len(some), len(others)))
