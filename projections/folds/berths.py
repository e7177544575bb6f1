"""Berths: which vehicle is at which port of a station, and since when. Subject: a flight.

A relocation that is planned ends the berth and begins another one of the same station. A vehicle
whose return was due is overdue, as the people are who were to come back on it.

Two craft that are docked with each other are a pair: each has a berth whose place is the other one,
without a port. There the subject may also be a further craft of a flight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aboard.events.flight import (
    CraftAdded,
    Docked,
    Landed,
    LaunchAborted,
    Lost,
    Relocated,
    Undocked,
)
from aboard.events.flight_plan import ConditionMet, PlanWithdrawn, RelocationPlanned
from aboard.events.mentions import craft_of, flights_named
from aboard.events.time import FOREVER
from aboard.projections.folds.craft_state import (
    CHANGING,
    Berth,
    Craft,
    advance,
    is_conditional,
    met,
    stands,
)
from aboard.projections.folds.craft_state import aims as craft_aims
from aboard.projections.folds.pairs import (
    Pair,
    advanced,
    crafts_met,
    parted,
    streams_of_pairs,
)
from aboard.projections.folds.segments import Piece, SegmentChange, in_a_row
from aboard.projections.tables.fold_versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.events.time import Time
    from aboard.projections.fold import Interval

name = "berths"
version = VERSIONS[name]


class Berths(Struct, frozen=True, eq=False):
    """The craft, and the berths it has left."""

    craft: Craft
    left: tuple[Piece, ...] = ()
    relocation: RelocationPlanned | None = None
    """The relocation that is planned, until it is fulfilled or withdrawn, or the craft leaves."""
    pairs: tuple[Pair, ...] = ()
    """The craft that it is docked with."""
    parted: tuple[Piece, ...] = ()
    """The pairs that it was part of."""


ENDS = frozenset({Docked, Relocated, Undocked, Landed, Lost})
"""The types of facts that end a berth."""

ENDS_RELOCATION = frozenset({Relocated, Undocked, Landed, Lost, LaunchAborted})
"""The types of facts after which a relocation that was planned before them is planned no longer."""

OF_RELOCATION = ENDS_RELOCATION | {RelocationPlanned, ConditionMet, PlanWithdrawn}
"""The types of facts that may change which relocation is planned."""

heeds = CHANGING
"""The types of facts that it is about."""


def subjects(event: Event) -> Iterable[str]:
    """Return the flight whose stream it is, and further craft that may be docked with another."""
    further = (event.craft,) if isinstance(event, CraftAdded) else crafts_met(event)
    return (*flights_named(event)[:1], *further)


def streams(event: Event) -> Iterable[tuple[str, str]]:
    """Return what else a craft has to read that is docked with another one."""
    return streams_of_pairs(event)


def start(subject: str) -> Berths:
    """Return a flight without facts."""
    return Berths(Craft(subject))


def step(state: Berths, fact: Event) -> Berths:
    """Return the state after one more fact of the flight, or of a craft it is docked with."""
    state = _paired(state, fact)
    if fact.subject != state.craft.flight or craft_of(fact) != state.craft.flight:
        return state  # a further craft of the flight, which takes no port of a station
    state = _intended(state, fact)
    craft, berth = advance(state.craft, fact), state.craft.berth
    if craft is state.craft:
        return state
    if berth and type(fact) in ENDS:
        end = fact.undocked_at if isinstance(fact, Relocated) else fact.happened
        left = (*state.left, _piece(craft.flight, berth, end, fact.id))
        return replace(state, craft=craft, left=left)
    return replace(state, craft=craft)


def _intended(state: Berths, fact: Event) -> Berths:
    """Return the state with the relocation that is planned after a fact."""
    if type(fact) not in OF_RELOCATION:
        return state
    plan = met(state.craft, fact) if isinstance(fact, ConditionMet) else fact
    if isinstance(plan, RelocationPlanned) and not is_conditional(plan):
        return replace(state, relocation=plan)
    withdrawn = isinstance(fact, PlanWithdrawn) and fact.item == "relocation"
    if state.relocation and (withdrawn or type(fact) in ENDS_RELOCATION):
        return replace(state, relocation=None)
    return state


def _paired(state: Berths, fact: Event) -> Berths:
    """Return the state with the pairs that a fact begins or ends."""
    craft = state.craft.flight
    pairs = advanced(state.pairs, craft, fact)
    if pairs is state.pairs:
        return state
    ended = [
        _pair(craft, pair, fact.happened, fact.id) for pair in parted(state.pairs, craft, fact)
    ]
    return replace(state, pairs=pairs, parted=(*state.parted, *ended))


def aims(state: Berths) -> Iterable[int]:
    """Return the ends of the targets of the plans that stand."""
    yield from craft_aims(state.craft)
    if state.relocation:
        yield state.relocation.target.end


def finish(state: Berths, now: int) -> Iterable[Interval]:
    """Return the berths left, the current one, those planned, and the pairs."""
    craft, pieces = state.craft, list(state.left)
    plan = craft.docking
    if craft.berth:
        pieces += _coming(state, craft.berth, now, planned=False)
    elif plan and stands(plan, now) and not craft.landed:
        aim = Berth(plan.station, plan.port, plan.target, (plan.id,))
        pieces += _coming(state, aim, now, planned=True)
    found = in_a_row(pieces, craft.launched.happened.earliest if craft.launched else -FOREVER)
    if state.parted or state.pairs:
        now_paired = [_pair(craft.flight, pair, None) for pair in state.pairs]
        found += in_a_row((*state.parted, *now_paired))
    return found


def _coming(state: Berths, berth: Berth, now: int, *, planned: bool) -> Iterator[Piece]:
    """Yield the berth that a craft has, or is to have, and the one that it is to move to."""
    craft, move = state.craft, state.relocation
    leaving = next((p for p in (craft.undocking, craft.returning) if p and stands(p, now)), None)
    end, why = (leaving.target, (leaving.id,)) if leaving else (None, ())
    late: tuple[SegmentChange, ...] = ()
    if not leaving and craft.returning and not planned:
        due = craft.returning
        late = (SegmentChange(due.target.end, (("state", "overdue"),), (due.id,)),)
    if (
        move
        and stands(move, now)
        and berth.since.latest < move.target.latest
        and (end is None or move.target.earliest < end.earliest)
    ):
        yield _expected(craft.flight, berth, move.target, (move.id,), late, planned=planned)
        reasons = (*berth.why, move.id)
        berth, planned = Berth(berth.station, move.to_port, move.target, reasons), True
    yield _expected(craft.flight, berth, end, why, late, planned=planned)


def _expected(
    flight: str,
    berth: Berth,
    end: Time | None,
    why: tuple[str, ...],
    late: tuple[SegmentChange, ...],
    *,
    planned: bool,
) -> Piece:
    piece = _piece(flight, berth, end, *why)
    return replace(piece, planned_start=planned, planned_end=True, changes=late, cut={})


def _piece(flight: str, berth: Berth, end: Time | None, *why: str) -> Piece:
    mate = () if berth.mate == "hard" else (("mate", berth.mate),)
    value = (("flight", flight), *mate, ("port", berth.port), ("since", str(berth.since)))
    return Piece(berth.station, berth.since, end, value, tuple(dict.fromkeys((*berth.why, *why))))


def _pair(craft: str, pair: Pair, end: Time | None, *why: str) -> Piece:
    mate = () if pair.mate == "hard" else (("mate", pair.mate),)
    value = (("flight", craft), *mate, ("pair", True), ("port", None), ("since", str(pair.since)))
    return Piece(pair.other, pair.since, end, value, tuple(dict.fromkeys((*pair.why, *why))))
