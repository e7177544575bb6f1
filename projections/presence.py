"""Presence: where a person is, and on what they would leave. Subject: a person.

The place is a station from docking to undocking, and a craft before and after. What holds is the
actual, else the overdue, else the planned, and a planned stay never overlaps the others: nobody is
in two places.

`seat_on` is the vehicle the person would leave on: the craft they last arrived on while it is
docked, unless their seat has moved; once that vehicle has gone, the homeward vehicle that was
assigned, and otherwise unknown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aboard.events.flight import (
    Docked,
    HomewardVehicleAssigned,
    Landed,
    Launched,
    Relocated,
    ReturnPlanned,
    SeatMoved,
    Undocked,
)
from aboard.events.subjects import people_named
from aboard.projections.craft import advance
from aboard.projections.pieces import in_a_row
from aboard.projections.prospects import prospects
from aboard.projections.stay import Presence, Stay
from aboard.projections.versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def finish(state: Presence, now: int) -> Iterable[Interval]:
    """Return the stays that are over, the one that has begun, and those planned after it."""
    return in_a_row((*state.done, *prospects(state, now)))


def step(state: Presence, fact: Event) -> Presence:
    """Return the state after one more fact of a flight the person has to do with."""
    if not fact.originator_id.startswith("flight/"):
        return state
    before = state
    craft = advance(state.craft(fact.subject), fact)
    state = replace(state, crafts={**state.crafts, fact.subject: craft})
    match fact:
        case Launched() if state.person in fact.crew:
            return _launched(state, fact)
        case Docked():
            return _docked(state, fact)
        case Relocated() if state.person in (fact.crew or ()):
            return _relocated(state, fact)
        case Undocked():
            return _undocked(state, fact)
        case Landed():
            return _landed(state, fact)
        case SeatMoved() if fact.person == state.person:
            return _seat_moved(state, fact.subject, fact)
        case HomewardVehicleAssigned() if state.person in fact.people:
            return _homeward(state, fact)
        case ReturnPlanned() if state.person in (fact.crew or ()):
            return _homeward(state, fact)
        case ReturnPlanned() if fact.crew is not None and state.homeward == fact.subject:
            return replace(state, homeward=None)
        case _:
            return state if state.crafts != before.crafts else before


def _launched(state: Presence, fact: Launched) -> Presence:
    craft = state.craft(fact.subject)
    stay = Stay.on_craft(
        fact.subject,
        fact.happened,
        fact.id,
        launched_on=fact.subject,
        bound_for=craft.destination,
        crew_number=fact.crew.index(state.person),
    )
    return state.begun(stay, fact.happened, fact.id, fact.subject)


def _docked(state: Presence, fact: Docked) -> Presence:
    stay = state.stay
    if stay is None or stay.place != fact.subject:
        return state
    aboard = replace(
        stay,
        place=fact.station,
        aboard=True,
        start=fact.happened,
        why=(fact.id,),
        bound_for=None,
        changes=(),
    )
    return state.begun(aboard, fact.happened, fact.id, fact.subject)


def _relocated(state: Presence, fact: Relocated) -> Presence:
    if state.stay is None or not state.stay.aboard:
        return state
    return replace(state, stay=state.stay.relocating(fact.undocked_at, fact.happened, fact.id))


def _undocked(state: Presence, fact: Undocked) -> Presence:
    stay = state.stay
    if state.person in fact.crew:
        away = Stay.on_craft(
            fact.subject,
            fact.happened,
            fact.id,
            launched_on=stay.launched_on if stay else None,
            crew_number=stay.crew_number if stay else 0,
        )
        return replace(state.begun(away, fact.happened, fact.id, fact.subject), homeward=None)
    homeward = None if state.homeward == fact.subject else state.homeward
    state = replace(state, homeward=homeward)
    if stay and stay.aboard and stay.seat == fact.subject:
        return replace(state, stay=stay.with_seat(homeward, fact.happened, fact.id))
    return state


def _landed(state: Presence, fact: Landed) -> Presence:
    stay = state.stay
    if stay is None or not (state.person in fact.crew or stay.place == fact.subject):
        return state
    return replace(state.ended(fact.happened, fact.id, fact.subject), homeward=None)


def _seat_moved(state: Presence, flight: str, fact: Event) -> Presence:
    if state.stay is None:
        return state
    return replace(state, stay=state.stay.with_seat(flight, fact.happened, fact.id))


def _homeward(state: Presence, fact: Event) -> Presence:
    state = replace(state, homeward=fact.subject)
    if state.stay and state.stay.aboard and state.stay.seat is None:
        return _seat_moved(state, fact.subject, fact)
    return state
