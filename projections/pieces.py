"""Pieces of a stay: intervals whose ends may be coarse, planned, or both.

A boundary sits at the earliest instant its time can mean. What that leaves in doubt is kept beside
it, so that one look at one instant still finds everything:

- ``maybe`` marks the part of a stay that lies within its own coarse beginning;
- the tail ``ended`` is what follows a coarse end: gone, unless it ended later within the stated
  time;
- the tail ``due`` is what follows the beginning of a planned end: still there as long as nothing is
  known to have ended it, so it counts when the instant asked about is not later than what is known.

The basis of a stay is ``actual``, or ``planned`` when it begins with an aim; a planned one counts
only for instants later than what is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from aboard.projections.fold import FOREVER, Interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aboard.events.time import Time

Value = tuple[tuple[str, Any], ...]

ACTUAL, PLANNED = ("basis", "actual"), ("basis", "planned")


class Change(msgspec.Struct, frozen=True):
    """What is different about a stay from the instant `at` on: some of its value, and why."""

    at: int
    value: Value
    why: tuple[str, ...] = ()


class Piece(msgspec.Struct, frozen=True, eq=False):
    """A stay at `place` from `start` to `end`, with the changes on the way.

    `planned_start` and `planned_end` tell whether a boundary is an aim; an absent end is open.
    """

    place: str
    start: Time
    end: Time | None
    value: Value
    why: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    planned_start: bool = False
    planned_end: bool = False
    cut: dict[tuple[int, int], tuple[Interval, ...]] = {}
    """Its intervals by floor and limit, as far as they have been worked out."""


def merged(value: Value, more: Value | Mapping[str, Any]) -> Value:
    """Return `value` with the pairs of `more` over it, in order of name."""
    return tuple(sorted({**dict(value), **dict(more)}.items()))


def in_a_row(pieces: Sequence[Piece], floor: int = -FOREVER) -> list[Interval]:
    """Return the intervals of pieces that follow one another, none of them before `floor`.

    What comes later narrows a coarse time: who undocked some time on a day and landed at 10:27 of
    it had undocked by then. Nothing that is planned follows what has no end.
    """
    found: list[Interval] = []
    for number, piece in enumerate(pieces):
        if piece.planned_start and floor >= FOREVER:
            break
        limit = FOREVER if piece.end is None or piece.end.exact else _limit(pieces, number)
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


def intervals(piece: Piece, floor: int, limit: int = FOREVER) -> tuple[Interval, ...]:
    """Return the intervals of a piece, none of them before the instant `floor`.

    By the instant `limit` it has surely ended.
    """
    first = (PLANNED if piece.planned_start else ACTUAL,)
    if not piece.value or piece.value[0][0] > "basis":
        value = first + piece.value
    else:
        value = merged(piece.value, first)
    start = max(piece.start.earliest, floor)
    end = max(piece.end.earliest, start) if piece.end else FOREVER
    is_exact = piece.start.end == piece.start.earliest + 1
    if is_exact and not piece.changes and (piece.end is None or piece.end.exact):
        if start >= end:
            return ()
        return (Interval(start, end, piece.place, value, piece.why),)
    return tuple(_cut(piece, start, end, limit, value))


def _cut(piece: Piece, start: int, end: int, limit: int, value: Value) -> Iterator[Interval]:
    """Yield the intervals of a piece that changes, or has a coarse end."""
    why = piece.why
    certain_from = min(max(piece.start.end if not piece.start.exact else start, start), end)

    def cut(since: int, until: int) -> Iterator[Interval]:
        if since < certain_from and since < until:
            doubtful = merged(value, (("maybe", True),))
            yield Interval(since, min(until, certain_from), piece.place, doubtful, why)
        if (left := max(since, certain_from)) < until:
            yield Interval(left, until, piece.place, value, why)

    since = start
    for change in sorted(piece.changes, key=lambda change: change.at):
        until = min(max(change.at, since), end)
        yield from cut(since, until)
        since = until
        value, why = merged(value, change.value), why + change.why
    yield from cut(since, end)
    if piece.end and not piece.end.exact:
        tail = "due" if piece.planned_end and not piece.planned_start else "ended"
        left, right = max(piece.end.earliest, start), min(piece.end.end, limit)
        if left < right:
            yield Interval(left, right, piece.place, merged(value, (("tail", tail),)), why)
