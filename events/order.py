"""The order of facts: that in which things happened, never that in which they were recorded.

Facts are ordered by `(happened, earliest instant; rank; event id)`. One refinement: a coarse time
may start before the exact time of what must have come first, as when a flight is known to have
landed on a day and to have undocked at 07:19 of it. There the rank decides: what comes later in
the life of the same flight, and may by its stated time have come later, does.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import partial
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
    """Whether the refinement may move this fact: on a flight's lifeline, at a coarse time."""
    time = fact.happened
    return time.end > time.earliest + 1 and fact.RANK in LIFELINE


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


def refined(ordered: list[E], loose: Iterable[E] | None = None) -> list[E]:
    """Return facts sorted by `order`, with the loose ones moved after those they must follow.

    A caller that knows the loose ones, in their order, can pass them to save time.
    """
    is_moved = False
    for fact in [one for one in ordered if is_loose(one)] if loose is None else loose:
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


def alike(some: Sequence[object], others: Sequence[object]) -> int:
    """Return the length of the common beginning of two lists, by identity."""
    return next(compress(count(), map(is_not, some, others)), min(len(some), len(others)))
