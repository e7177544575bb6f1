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

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aboard.projections.fold import FOREVER, Interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aboard.events.time import Time

Value = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What is different about a stay from the instant `at` on: some of its value, and why."""

    at: int
    value: Value
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
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
    cut: dict[tuple[int, int], tuple[Interval, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """Its intervals by floor and limit, as far as they have been worked out."""


def merged(value: Value, more: Value | Mapping[str, Any]) -> Value:
    """Return `value` with the pairs of `more` over it, in order of name."""
    return tuple(sorted({**dict(value), **dict(more)}.items()))


def in_a_row(pieces: Sequence[Piece], floor: int = -FOREVER) -> Iterator[Interval]:
    """Yield the intervals of pieces that follow one another, none of them before `floor`.

    What comes later narrows a coarse time: who undocked some time on a day and landed at 10:27 of
    it had undocked by then. Nothing that is planned follows what has no end.
    """
    limits, limit = [], FOREVER
    for piece in reversed(pieces):
        limits.append(limit)
        if piece.end and not piece.planned_end:
            limit = min(limit, piece.end.end)
    for piece in pieces:
        if piece.planned_start and floor >= FOREVER:
            return
        limit = limits.pop()
        found = piece.cut.get((floor, limit))
        if found is None:
            found = piece.cut[floor, limit] = tuple(intervals(piece, floor, limit))
        yield from found
        floor = max(floor, piece.start.earliest, piece.end.earliest if piece.end else FOREVER)


def intervals(piece: Piece, floor: int, limit: int = FOREVER) -> Iterator[Interval]:
    """Yield the intervals of a piece, none of them before the instant `floor`.

    By the instant `limit` it has surely ended.
    """
    basis = "planned" if piece.planned_start else "actual"
    start = max(piece.start.earliest, floor)
    end = max(piece.end.earliest, start) if piece.end else FOREVER
    value, why = merged(piece.value, {"basis": basis}), piece.why
    certain_from = min(max(piece.start.end if not piece.start.exact else start, start), end)

    def cut(since: int, until: int) -> Iterator[Interval]:
        for left, right in ((since, min(until, certain_from)), (max(since, certain_from), until)):
            if left < right:
                doubt = {"maybe": True} if left < certain_from else {}
                yield Interval(left, right, piece.place, merged(value, doubt), why)

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
            yield Interval(left, right, piece.place, merged(value, {"tail": tail}), why)
