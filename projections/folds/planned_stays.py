"""How a stay continues, and which stays are planned, as the plans stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from aboard.projections.folds.craft_state import Craft, seat_of, stands
from aboard.projections.folds.presence_state import Presence, StayState, Until

if TYPE_CHECKING:
    from aboard.events.flight_plan import LaunchPlanned
    from aboard.events.time import Time
    from aboard.projections.folds.segments import Piece


def planned_stays(state: Presence, now: int) -> list[Piece]:
    """Return the pieces of the stay that has begun, then those of the planned stays."""
    pieces = _from(state, state.stay, now) if state.stay else []
    flights = [
        (craft.launch, number, craft)
        for craft in state.crafts.values()
        if craft.launch and not craft.launched and stands(craft.launch, now) and not state.died
        for number, planned in enumerate(craft.crew)
        if planned.seat.person == state.person
    ]
    for launch, number, craft in sorted(flights, key=_target) if len(flights) > 1 else flights:
        stay = StayState(
            craft.flight,
            aboard=False,
            start=launch.target,
            launched_on=craft.flight,
            why=(launch.id, craft.crew[number].by),
            first_seat=craft.flight,
            seat=craft.flight,
            bound_for=craft.destination,
            crew_number=number,
            crew_seat=seat_of(craft, state.person),
            planned=True,
        )
        pieces += _from(state, stay, now)
    return pieces


def _target(flight: tuple[LaunchPlanned, int, Craft]) -> Time:
    return flight[0].target


def _from(state: Presence, stay: StayState, now: int) -> list[Piece]:
    """Return a stay and, as far as plans go, what follows it."""
    if stay.aboard:
        return _aboard(state, stay, now)
    craft = state.craft(stay.place)
    docking = craft.docking
    if docking and docking.target.end > max(now, stay.start.earliest):
        until = Until(docking.target, planned=True, on=craft.flight, why=(docking.id,))
        aboard = replace(
            stay,
            place=docking.station,
            aboard=True,
            first_seat=stay.seat,
            start=docking.target,
            why=(docking.id,),
            bound_for=None,
            changes=(),
            planned=True,
        )
        return [stay.piece(until), *_aboard(state, state.as_known_dead(aboard), now)]
    return [stay.piece(_return(state, _home(state, stay), stay, now))]


def _aboard(state: Presence, stay: StayState, now: int) -> list[Piece]:
    home = _home(state, stay)
    leaving = home.undocking if home else None
    if home and leaving and leaving.target.end > max(now, stay.start.earliest):
        until = Until(leaving.target, planned=True, on=home.flight, why=(leaving.id,))
        away = StayState.on_craft(
            home.flight,
            leaving.target,
            leaving.id,
            launched_on=stay.launched_on,
            crew_number=stay.crew_number,
            crew_seat=stay.crew_seat,
            planned=True,
        )
        away = state.as_known_dead(away)
        return [stay.piece(until), away.piece(_return(state, home, away, now))]
    return [stay.piece(_return(state, home, stay, now))]


def _home(state: Presence, stay: StayState) -> Craft | None:
    """Return the vehicle on which this person is to return, if it is known."""
    if stay.planned and not state.stay:
        return _craft(state, state.homeward or stay.launched_on)
    if stay.planned and stay.launched_on != (state.stay and state.stay.launched_on):
        return _craft(state, stay.launched_on)
    return _craft(state, state.homeward or stay.seat)


def _craft(state: Presence, flight: str | None) -> Craft | None:
    return state.craft(flight) if flight else None


def _return(state: Presence, home: Craft | None, stay: StayState, now: int) -> Until:
    """Return the planned end of a stay: a landing aimed at, or one that is overdue."""
    if home is None:
        return Until()
    plan = state.returning(home)
    if plan is None or plan.target.end <= stay.start.earliest:
        return Until(on=home.flight if state.homeward else None, planned=True)
    return Until(
        plan.target,
        planned=True,
        on=home.flight,
        why=(plan.id,),
        overdue=not stay.planned and not stands(plan, now),
    )
