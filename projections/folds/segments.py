"""Pieces of a stay: intervals whose ends may be coarse, planned, or both.

A boundary sits at the earliest instant its time can mean. What that leaves in doubt is kept with
it, so that one look at one instant still finds everything:

- ``maybe`` marks the part of a stay that lies within its own coarse beginning;
- the tail ``ended`` is what follows a coarse end: gone, unless it ended later within the stated
  time;
- the tail ``due`` is what follows the beginning of a planned end: still there as long as nothing is
  known to have ended it, so it counts when the instant asked about is not later than what is known.

A stay whose coarse end can be its own beginning, such as the flight to a station where a docking is
known to the month of the launch, was still a stay. It lingers: it counts until that time is over,
and ``maybe`` marks it; what follows at the next place has the tail ``begun`` until then, and only
might count.

The basis of a stay is ``actual``, or ``planned`` when it begins with a plan; a planned one counts
only for instants later than what is known.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from aboard.events.time import FOREVER
from aboard.projections.fold import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aboard.events.time import Time

Value = tuple[tuple[str, Any], ...]

ACTUAL, PLANNED = ("basis", "actual"), ("basis", "planned")

_MAYBE: Value = (("maybe", True),)
_BEGUN: Value = (("tail", "begun"),)


class SegmentChange(msgspec.Struct, frozen=True):
    """What is different about a stay from the instant `at` on: some of its value, and why."""

    at: int
    value: Value
    why: tuple[str, ...] = ()


class Lingering(NamedTuple):
    """What lingers where a piece begins, and whether the piece lingers itself."""

    held: int = -FOREVER
    """Until when an earlier piece lingers."""
    certain_from: int = FOREVER
    """From when the piece has surely begun, because the one before it has surely ended."""
    lingers: bool = False


ALONE = Lingering()
"""Nothing lingers."""


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
    cut: dict[tuple[int, int, Lingering], Sequence[Interval]] = {}
    """Its intervals by floor, limit and what lingers, as far as they have been worked out."""

    @property
    def may_linger(self) -> bool:
        """Whether its coarse end, by the earliest instant that it can mean, leaves it no time."""
        end = self.end
        return (
            end is not None
            and not (end.exact or end.no_earlier_than)
            and end.earliest <= self.start.earliest
        )


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
    around = ALONE
    for number, piece in enumerate(pieces):
        if piece.planned_start and floor >= FOREVER:
            break
        end, limit = piece.end, FOREVER
        if end is not None and number + 1 < len(pieces) and not end.exact:
            limit = _limit(pieces, number)
            follower = pieces[number + 1]
            if piece.may_linger and follower.start == end and follower.place != piece.place:
                limit = min(end.end, _gone(pieces, number))
                around = Lingering(around.held, around.certain_from, lingers=True)
        key = floor, limit, around
        cut = piece.cut.get(key)
        if cut is None:
            cut = piece.cut[key] = intervals(piece, floor, limit, around)
        found += cut
        if around is not ALONE:
            held = max(around.held, limit) if around.lingers else around.held
            around = Lingering(held, limit if around.lingers else FOREVER, lingers=False)
        floor = behind(piece, floor)
    return found


def _gone(pieces: Sequence[Piece], number: int) -> int:
    """Return the instant by which a piece that lingers has surely ended.

    Somebody has left the next place exactly then, or did something that can only be done there.
    """
    limits = [
        change.at
        for change in pieces[number + 1].changes
        if dict(change.value).get("state") in ("spacewalk", "relocating")
    ]
    limits += [
        piece.end.earliest if piece.end.exact else piece.end.end
        for piece in pieces[number + 1 :]
        if piece.end and not piece.planned_end
    ]
    return min(limits, default=FOREVER)


def behind(piece: Piece, floor: int) -> int:
    """Return the instant that nothing behind a piece may begin before."""
    return max(floor, piece.start.earliest, piece.end.earliest if piece.end else FOREVER)


def _limit(pieces: Sequence[Piece], number: int) -> int:
    """Return the instant by which a piece has surely ended, because a later one has."""
    ends = [piece.end.end for piece in pieces[number + 1 :] if piece.end and not piece.planned_end]
    return min(ends, default=FOREVER)


def intervals(
    piece: Piece, floor: int, limit: int = FOREVER, linger: Lingering = ALONE
) -> Sequence[Interval]:
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
    if not linger.lingers:
        found = _cut(piece, start, end, limit, value, certain_from=linger.certain_from)
        return [*_marked(found, linger.held, _BEGUN)] if start < linger.held else found
    found = _cut(piece, start, max(limit, start), start, value)
    if not piece.planned_end:
        found = [*_marked(found, FOREVER, _MAYBE)]
    return [*_marked(found, linger.held, _BEGUN)]


def _cut(
    piece: Piece, start: int, end: int, limit: int, value: Value, *, certain_from: int = FOREVER
) -> list[Interval]:
    """Return the intervals of a piece that changes, or has a coarse boundary.

    From the instant `certain_from` it has surely begun, even if its time would leave that open.
    """
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
        found = [*_marked(found, min(max(min(first.end, certain_from), start), end), _MAYBE)]
    if last and not last.exact:
        tail = "due" if piece.planned_end and not piece.planned_start else "ended"
        left, right = max(last.earliest, start), min(last.end, limit)
        if left < right:
            found.append(Interval(left, right, place, merged(value, (("tail", tail),)), why))
    return found


def _marked(found: list[Interval], until: int, mark: Value) -> Iterator[Interval]:
    """Yield intervals with whatever is before an instant marked."""
    for one in found:
        if one.start >= until:
            yield one
            continue
        end = min(one.end, until)
        yield Interval(one.start, end, one.place, merged(one.value, mark), one.why)
        if end < one.end:
            yield Interval(end, one.end, one.place, one.value, one.why)
