"""Pieces of a stay: intervals whose ends may be coarse, planned, or both.

A boundary sits at the earliest instant its time can mean. What that leaves in doubt is kept with
it, so that one look at one instant still finds everything:

- ``maybe`` marks the part of a stay that lies within its own coarse beginning;
- the tail ``ended`` is what follows a coarse end: gone, unless it ended later within the stated
  time;
- the tail ``due`` is what follows the beginning of a planned end: still there as long as nothing is
  known to have ended it, so it counts when the instant asked about is not later than what is known.

The basis of a stay is ``actual``, or ``planned`` when it begins with a plan; a planned one counts
only for instants later than what is known.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from aboard.events.time import FOREVER
from aboard.projections.fold import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aboard.events.time import Time

Value = tuple[tuple[str, Any], ...]

ACTUAL, PLANNED = ("basis", "actual"), ("basis", "planned")


class SegmentChange(msgspec.Struct, frozen=True):
    """What is different about a stay from the instant `at` on: some of its value, and why."""

    at: int
    value: Value
    why: tuple[str, ...] = ()


class Piece(msgspec.Struct, frozen=True, eq=False):
    """A stay at `place` from `start` to `end`, with the changes on the way.

    `planned_start` and `planned_end` say whether a boundary is planned; an absent end is open.
    """

    place: str
    start: Time
    end: Time | None
    value: Value
    why: tuple[str, ...]
    changes: tuple[SegmentChange, ...] = ()
    planned_start: bool = False
    planned_end: bool = False
    cut: dict[tuple[int, int], Sequence[Interval]] = {}
    """Its intervals by floor and limit, as far as they have been worked out."""


_at = attrgetter("at")


def merged(value: Value, more: Value | Mapping[str, Any]) -> Value:
    """Return `value`, which is in order of name, with the pairs of `more` over it, in order too."""
    pairs = more if type(more) is tuple else tuple(more.items())  # type: ignore[union-attr]
    for pair in pairs:
        # Before any pair of that name, whatever it says of it.
        place = bisect_left(value, pair[:1])
        is_there = place < len(value) and value[place][0] == pair[0]
        value = (*value[:place], pair, *value[place + is_there :])
    return value


def in_a_row(pieces: Sequence[Piece], floor: int = -FOREVER) -> list[Interval]:
    """Return the intervals of pieces that follow one another, none of them before `floor`.

    What comes later narrows a coarse time: who undocked some time on a day and landed at 10:27 of
    it had undocked by then. Nothing that is planned follows what has no end.
    """
    found: list[Interval] = []
    for number, piece in enumerate(pieces):
        if piece.planned_start and floor >= FOREVER:
            break
        end, limit = piece.end, FOREVER
        if end is not None and number + 1 < len(pieces) and not end.exact:
            limit = _limit(pieces, number)
        cut = piece.cut.get((floor, limit))
        if cut is None:
            cut = piece.cut[floor, limit] = intervals(piece, floor, limit)
        found += cut
        floor = behind(piece, floor)
    return found


def behind(piece: Piece, floor: int) -> int:
    """Return the instant that nothing behind a piece may begin before."""
    return max(floor, piece.start.earliest, piece.end.earliest if piece.end else FOREVER)


def _limit(pieces: Sequence[Piece], number: int) -> int:
    """Return the instant by which a piece has surely ended, because a later one has."""
    ends = [piece.end.end for piece in pieces[number + 1 :] if piece.end and not piece.planned_end]
    return min(ends, default=FOREVER)


def intervals(piece: Piece, floor: int, limit: int = FOREVER) -> Sequence[Interval]:
    """Return the intervals of a piece, none of them before the instant `floor`.

    By the instant `limit` it has surely ended.
    """
    value, basis = piece.value, (PLANNED if piece.planned_start else ACTUAL,)
    value = basis + value if value and value[0][0] > "basis" else merged(value, basis)
    start = max(piece.start.earliest, floor)
    end = max(piece.end.earliest, start) if piece.end else FOREVER
    if not piece.changes and piece.start.exact and (piece.end is None or piece.end.exact):
        if start >= end:
            return ()
        return (Interval(start, end, piece.place, value, piece.why),)
    return _cut(piece, start, end, limit, value)


def _cut(piece: Piece, start: int, end: int, limit: int, value: Value) -> list[Interval]:
    """Return the intervals of a piece that changes, or has a coarse boundary."""
    place, why, first, last = piece.place, piece.why, piece.start, piece.end
    found: list[Interval] = []
    since, changes = start, piece.changes
    for change in sorted(changes, key=_at) if len(changes) > 1 else changes:
        until = min(max(change.at, since), end)
        if since < until:
            found.append(Interval(since, until, place, value, why))
            since = until
        value, why = merged(value, change.value), why + change.why
    if since < end:
        found.append(Interval(since, end, place, value, why))
    if not first.exact:
        found = [*_doubted(found, min(max(first.end, start), end))]
    if last and not last.exact:
        tail = "due" if piece.planned_end and not piece.planned_start else "ended"
        left, right = max(last.earliest, start), min(last.end, limit)
        if left < right:
            found.append(Interval(left, right, place, merged(value, (("tail", tail),)), why))
    return found


def _doubted(certain: list[Interval], certain_from: int) -> Iterator[Interval]:
    """Yield intervals with whatever is before an instant marked as doubtful."""
    for one in certain:
        if one.start >= certain_from:
            yield one
            continue
        doubtful = merged(one.value, (("maybe", True),))
        until = min(one.end, certain_from)
        yield Interval(one.start, until, one.place, doubtful, one.why)
        if until < one.end:
            yield Interval(until, one.end, one.place, one.value, one.why)
