"""Presence: where a person is, and on what they would leave. Subject: a person.

The place is a station from docking to undocking, and a craft before and after. What holds is the
actual, else the overdue, else the planned, and a planned stay never overlaps the others: nobody is
in two places.

`seat_on` is the vehicle the person would leave on: the craft they last arrived on while it is
docked, unless their seat has moved; once that vehicle has gone, the homeward vehicle that was
assigned; and otherwise the vehicle that they left on in the end, once that is known.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from aboard.events.flight import (
    Docked,
    Landed,
    Launched,
    Lost,
    Relocated,
    SeatMoved,
    Transferred,
    Undocked,
)
from aboard.events.flight_plan import (
    ConditionMet,
    CrewAssigned,
    CrewReplaced,
    HomewardVehicleAssigned,
    PlanWithdrawn,
    ReturnPlanned,
)
from aboard.events.mentions import craft_of, people_named
from aboard.events.person import Died
from aboard.events.spacewalk import SpacewalkBegan, SpacewalkEnded
from aboard.projections.folds.craft_state import (
    CHANGING,
    Craft,
    advance,
    is_conditional,
    met,
    seat_of,
)
from aboard.projections.folds.craft_state import aims as craft_aims
from aboard.projections.folds.planned_stays import planned_stays
from aboard.projections.folds.presence_state import Presence, StayState
from aboard.projections.folds.segments import Piece, in_a_row, merged
from aboard.projections.tables.fold_versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboard.events.envelope import Event
    from aboard.projections.fold import Interval

name = "presence"
version = VERSIONS[name]


def subjects(event: Event) -> Iterable[str]:
    """Return the people an event names."""
    return people_named(event)


def start(subject: str) -> Presence:
    """Return a person without facts."""
    return Presence(subject)


def aims(state: Presence) -> Iterable[int]:
    """Return the ends of the targets of the plans that stand, of every flight there is to it."""
    return chain.from_iterable(map(craft_aims, state.crafts.values()))


def finish(state: Presence, now: int) -> Iterable[Interval]:
    """Return the stays that are over, the one that has begun, and those planned after it."""
    coming = planned_stays(state, now)
    for craft in state.crafts.values():
        if craft.height != "orbit":
            return in_a_row([_classified(state, piece) for piece in (*state.done, *coming)])
    if not state.done:
        return in_a_row(coming)
    if state.done[-1].may_linger:
        return in_a_row([*state.done, *coming])
    if not state.over:
        state.over.extend(in_a_row(state.done))
    # The future never shortens what is over: that ends as planned, if at all.
    return state.over + in_a_row(coming, state.floor) if coming else state.over


def _classified(state: Presence, piece: Piece) -> Piece:
    """Return a piece with the height that its flight reached, where that is not orbit."""
    flight = dict(piece.value)["launched_on"]
    height = state.craft(flight).height if flight else "orbit"
    if height == "orbit":
        return piece
    return replace(piece, value=merged(piece.value, {"height": height}), cut={})


def step(state: Presence, fact: Event) -> Presence:
    """Return the state after one more fact of a stream the person has to do with."""
    if fact.originator_id.startswith("flight/"):
        return _flown(state, fact)
    match fact:
        case Died() if fact.subject == state.person:
            return _died(state, fact)
        case SpacewalkBegan() if state.person in fact.people:
            return _went_outside(state, fact)
        case SpacewalkEnded() if state.outside == fact.originator_id:
            return _came_in(state, fact)
        case _:
            return state


def _flown(state: Presence, fact: Event) -> Presence:
    """Return the state after one more fact of a flight.

    It is the same object when nothing has changed for the person.
    """
    key = craft_of(fact)
    before = state.crafts.get(key)
    if type(fact) is ConditionMet:
        plan = met(before or Craft(key), fact)
        return _flown(state, plan) if plan else state
    craft = advance(before or Craft(key), fact)
    if craft is not before:
        state = replace(state, crafts={**state.crafts, key: craft})
    changes = _CHANGES.get(type(fact))
    return changes(state, fact) if changes and not is_conditional(fact) else state


def _launched(state: Presence, fact: Launched) -> Presence:
    if state.person not in fact.crew:
        return state
    craft = state.craft(fact.subject)
    stay = StayState.on_craft(
        fact.subject,
        fact.happened,
        fact.id,
        launched_on=fact.subject,
        bound_for=craft.destination,
        crew_number=fact.crew.index(state.person),
        crew_seat=seat_of(craft, state.person),
    )
    return state.begun(stay, fact.happened, fact.id, fact.subject)


def _docked(state: Presence, fact: Docked) -> Presence:
    stay = state.stay
    if not (fact.station and fact.puts_aboard) or stay is None or stay.place != craft_of(fact):
        return state
    aboard = replace(
        stay,
        place=fact.station,
        aboard=True,
        first_seat=stay.seat,
        start=fact.happened,
        why=(fact.id,),
        bound_for=None,
        changes=(),
    )
    return state.begun(aboard, fact.happened, fact.id, fact.subject)


def _transferred(state: Presence, fact: Transferred) -> Presence:
    stay, craft = state.stay, craft_of(fact)
    if state.person not in fact.people or stay is None or stay.aboard or stay.place == craft:
        return state
    moved = StayState.on_craft(
        craft,
        fact.happened,
        fact.id,
        launched_on=stay.launched_on,
        crew_number=stay.crew_number,
        crew_seat=stay.crew_seat,
    )
    if state.outside:
        moved = moved.in_state("spacewalk", fact.happened, fact.id)
    return replace(state.begun(moved, fact.happened, fact.id, craft), outside=state.outside)


def _went_outside(state: Presence, fact: SpacewalkBegan) -> Presence:
    if state.stay is None:
        return state
    stay = state.stay.in_state("spacewalk", fact.happened, fact.id)
    return replace(state, stay=stay, outside=fact.originator_id)


def _came_in(state: Presence, fact: SpacewalkEnded) -> Presence:
    stay = state.stay  # which they have: whatever ends a stay ends their being outside
    inside = "aboard" if stay and stay.aboard else "in_space"
    stay = stay and stay.in_state(inside, fact.happened, fact.id)
    return replace(state, stay=stay, outside=None)


def _died(state: Presence, fact: Died) -> Presence:
    stay = state.stay.dead(fact.happened, fact.id) if state.stay else None
    return replace(state, stay=stay, died=fact)


def _relocated(state: Presence, fact: Relocated) -> Presence:
    if state.person not in (fact.crew or ()) or state.stay is None or not state.stay.aboard:
        return state
    return replace(state, stay=state.stay.relocating(fact.undocked_at, fact.happened, fact.id))


def _undocked(state: Presence, fact: Undocked) -> Presence:
    stay = state.stay
    craft = craft_of(fact)
    if state.person in fact.crew:
        if stay and stay.place == craft:
            # From another craft, or a soft mate with a station: they stay where they are.
            return replace(state, homeward=None)
        away = StayState.on_craft(
            craft,
            fact.happened,
            fact.id,
            launched_on=stay.launched_on if stay else None,
            crew_number=stay.crew_number if stay else 0,
            crew_seat=stay.crew_seat if stay else None,
        )
        return replace(state.begun(away, fact.happened, fact.id, craft), homeward=None)
    homeward = state.homeward
    if homeward == fact.subject:
        homeward, state = None, replace(state, homeward=None)
    if stay and stay.aboard and stay.seat == fact.subject:
        return replace(state, stay=stay.with_seat(homeward, fact.happened, fact.id, planned=True))
    return state


def _landed(state: Presence, fact: Landed | Lost) -> Presence:
    stay = state.stay
    if stay is None or not (state.person in fact.crew or stay.place == fact.subject):
        return state
    # Who was on a craft that was lost left it on none.
    on = fact.subject if isinstance(fact, Landed) else None
    return replace(state.ended(fact.happened, fact.id, on), homeward=None)


def _seat_moved(state: Presence, fact: SeatMoved) -> Presence:
    if fact.person != state.person or state.stay is None:
        return state
    return replace(state, stay=state.stay.with_seat(fact.subject, fact.happened, fact.id))


def _manned(state: Presence, fact: CrewAssigned | CrewReplaced) -> Presence:
    """Return the state with what is stated of a seat at a time that is after the launch."""
    if not state.stay or state.stay.launched_on != fact.subject:
        return state
    seat = seat_of(state.craft(fact.subject), state.person)
    if seat is None or seat == state.stay.crew_seat:
        return state
    return replace(state, stay=replace(state.stay, crew_seat=seat))


def _assigned(state: Presence, fact: HomewardVehicleAssigned) -> Presence:
    return _homeward(state, fact) if state.person in fact.people else state


def _return_planned(state: Presence, fact: ReturnPlanned) -> Presence:
    if state.person in (fact.crew or ()):
        return _homeward(state, fact)
    if fact.crew is not None and state.homeward == fact.subject:
        return _no_longer_homeward(state, fact)
    return state


def _withdrawn(state: Presence, fact: PlanWithdrawn) -> Presence:
    is_theirs = state.homeward == fact.subject and fact.person in (None, state.person)
    if fact.item == "homeward vehicle" and is_theirs:
        return _no_longer_homeward(state, fact)
    return state


def _homeward(state: Presence, fact: Event) -> Presence:
    state = replace(state, homeward=fact.subject)
    if state.stay and state.stay.aboard and state.stay.seat is None:
        seated = state.stay.with_seat(fact.subject, fact.happened, fact.id, planned=True)
        return replace(state, stay=seated)
    return state


def _no_longer_homeward(state: Presence, fact: Event) -> Presence:
    """Return the state with no way home assigned, and no seat where there was none but by that."""
    state = replace(state, homeward=None)
    if state.stay and state.stay.seat_planned and state.stay.seat == fact.subject:
        return replace(state, stay=state.stay.with_seat(None, fact.happened, fact.id))
    return state


_CHANGES: dict[type[Event], Callable[[Presence, Any], Presence]] = {
    Launched: _launched,
    Docked: _docked,
    Transferred: _transferred,
    Relocated: _relocated,
    Undocked: _undocked,
    Landed: _landed,
    Lost: _landed,
    SeatMoved: _seat_moved,
    CrewAssigned: _manned,
    CrewReplaced: _manned,
    HomewardVehicleAssigned: _assigned,
    ReturnPlanned: _return_planned,
    PlanWithdrawn: _withdrawn,
}
"""What each type of a flight's facts changes for a person, besides the state of the craft."""

heeds = CHANGING | {*_CHANGES, Died, SpacewalkBegan, SpacewalkEnded}
"""The types of facts that it is about."""
