"""Berths: which vehicle is at which port of a station, and since when. Subject: a flight.

Two craft that are docked with each other are a pair: each has a berth whose place is the other one,
without a port. There the subject may also be a further craft of a flight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aboard.events.flight import CraftAdded, Docked, Landed, Lost, Relocated, Undocked
from aboard.events.mentions import craft_of, flights_named
from aboard.events.time import FOREVER
from aboard.projections.folds.craft_state import CHANGING, Berth, Craft, advance, stands
from aboard.projections.folds.craft_state import aims as craft_aims
from aboard.projections.folds.pairs import (
    Pair,
    advanced,
    crafts_met,
    parted,
    streams_of_pairs,
)
from aboard.projections.folds.segments import Piece, in_a_row
from aboard.projections.tables.fold_versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.events.envelope import Event
    from aboard.events.time import Time
    from aboard.projections.fold import Interval

name = "berths"
version = VERSIONS[name]


class Berths(Struct, frozen=True, eq=False):
    """The craft, and the berths it has left."""

    craft: Craft
    left: tuple[Piece, ...] = ()
    pairs: tuple[Pair, ...] = ()
    """The craft that it is docked with."""
    parted: tuple[Piece, ...] = ()
    """The pairs that it was part of."""


ENDS = frozenset({Docked, Relocated, Undocked, Landed, Lost})
"""The types of facts that end a berth."""

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
    craft, berth = advance(state.craft, fact), state.craft.berth
    if craft is state.craft:
        return state
    if berth and type(fact) in ENDS:
        end = fact.undocked_at if isinstance(fact, Relocated) else fact.happened
        left = (*state.left, _piece(craft.flight, berth, end, fact.id))
        return replace(state, craft=craft, left=left)
    return replace(state, craft=craft)


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
    return craft_aims(state.craft)


def finish(state: Berths, now: int) -> Iterable[Interval]:
    """Return the berths left, the current one, the one planned, and the pairs."""
    craft, pieces = state.craft, list(state.left)
    leaving = next((p for p in (craft.undocking, craft.returning) if p and stands(p, now)), None)
    end, why = (leaving.target, (leaving.id,)) if leaving else (None, ())
    plan = craft.docking
    if craft.berth:
        current = _piece(craft.flight, craft.berth, end, *why)
        pieces.append(replace(current, planned_end=True, cut={}))
    elif plan and stands(plan, now) and not craft.landed:
        aim = Berth(plan.station, plan.port, plan.target, (plan.id,))
        planned = _piece(craft.flight, aim, end, *why)
        pieces.append(replace(planned, planned_start=True, planned_end=True, cut={}))
    found = in_a_row(pieces, craft.launched.happened.earliest if craft.launched else -FOREVER)
    if state.parted or state.pairs:
        now_paired = [_pair(craft.flight, pair, None) for pair in state.pairs]
        found += in_a_row((*state.parted, *now_paired))
    return found


def _piece(flight: str, berth: Berth, end: Time | None, *why: str) -> Piece:
    mate = () if berth.mate == "hard" else (("mate", berth.mate),)
    value = (("flight", flight), *mate, ("port", berth.port), ("since", str(berth.since)))
    return Piece(berth.station, berth.since, end, value, tuple(dict.fromkeys((*berth.why, *why))))


def _pair(craft: str, pair: Pair, end: Time | None, *why: str) -> Piece:
    mate = () if pair.mate == "hard" else (("mate", pair.mate),)
    value = (("flight", craft), *mate, ("pair", True), ("port", None), ("since", str(pair.since)))
    return Piece(pair.other, pair.since, end, value, tuple(dict.fromkeys((*pair.why, *why))))
