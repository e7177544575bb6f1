"""What is known of one flight: its plans that still hold, and how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from aboard.events import flight as facts
from aboard.events import flight_plan as plans
from aboard.events.vocabulary import every_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aboard.events.envelope import Event, Plan
    from aboard.events.time import Time


SeatValue = tuple[str | None, str | None, str | None]
"""The agency, the nationality and the role of a person on a flight."""


class PlannedSeat(Struct, frozen=True):
    """A seat of the planned crew, and the event that gave it."""

    seat: plans.Seat
    by: str


class Berth(Struct, frozen=True, eq=False):
    """Where a flight is docked, since when, and the events that say so."""

    station: str
    port: str | None
    since: Time
    why: tuple[str, ...]
    mate: str = "hard"


class Craft(Struct, frozen=True, eq=False):
    """A craft as the facts so far leave it. A plan is dropped when it is fulfilled.

    A flight's first craft has the flight's id, and its plans; a further one has an id of its own.
    """

    flight: str
    destination: str | None = None
    crew: tuple[PlannedSeat, ...] = ()
    launch: plans.LaunchPlanned | None = None
    docking: plans.DockingPlanned | None = None
    undocking: plans.UndockingPlanned | None = None
    returning: plans.ReturnPlanned | None = None
    launched: facts.Launched | None = None
    berth: Berth | None = None
    landed: bool = False
    height: str = "orbit"
    conditional: tuple[Event, ...] = ()
    """The plans that wait for their condition."""


CONDITIONAL = frozenset(cls for cls in every_type().values() if "condition" in cls.model_fields)
"""The types of plans that may have a condition."""


def is_conditional(fact: Event) -> bool:
    """Whether a fact is a plan that has a condition."""
    return type(fact) in CONDITIONAL and fact.condition is not None  # type: ignore[attr-defined]


def advance(craft: Craft, fact: Event) -> Craft:
    """Return the craft after one more fact of its stream, in the order of happening.

    It is the same object when the fact says nothing that is kept of a craft.
    """
    moved = _ADVANCES.get(type(fact))
    if moved is None:
        return craft
    if is_conditional(fact):
        return replace(craft, conditional=(*craft.conditional, fact))
    return moved(craft, fact)


def _manned(craft: Craft, fact: plans.CrewAssigned | plans.CrewReplaced) -> Craft:
    return replace(craft, crew=next_crew(craft.crew, fact))


def _condition_met(craft: Craft, fact: plans.ConditionMet) -> Craft:
    plan = met(craft, fact)
    return advance(craft, plan) if plan else craft


def _launched(craft: Craft, fact: facts.Launched) -> Craft:
    return replace(craft, launch=None, launched=fact, height=fact.height or craft.height)


def _aborted(craft: Craft, fact: facts.LaunchAborted) -> Craft:
    return replace(
        craft, launch=None, docking=None, undocking=None, returning=None, height=fact.height
    )


def _docked(craft: Craft, fact: facts.Docked) -> Craft:
    if not fact.station:
        return craft
    why = _why_docked(craft.berth, fact, fact.station)
    berth = Berth(fact.station, fact.port, fact.happened, why, fact.mate)
    return replace(craft, docking=None, berth=berth)


def _relocated(craft: Craft, fact: facts.Relocated) -> Craft:
    if not craft.berth:
        return craft
    why = (craft.berth.why[0], fact.id)
    return replace(craft, berth=Berth(craft.berth.station, fact.to_port, fact.happened, why))


def _lost(craft: Craft, fact: facts.Lost) -> Craft:
    height = fact.height or craft.height
    return replace(craft, returning=None, landed=True, berth=None, height=height)


def _why_docked(before: Berth | None, fact: facts.Docked, station: str) -> tuple[str, ...]:
    """Return what a berth rests on: a hard mate on the soft one before it, too."""
    if before and (before.station, before.mate) == (station, "soft"):
        return before.why[0], fact.id
    return (fact.id,)


def _withdrawn(craft: Craft, fact: plans.PlanWithdrawn) -> Craft:
    match fact.item:
        case "launch":
            return replace(craft, launch=None)
        case "docking":
            return replace(craft, docking=None)
        case "undocking":
            return replace(craft, undocking=None)
        case "return":
            return replace(craft, returning=None)
        case "crew":
            return replace(craft, crew=())
        case _:
            return craft


def met(craft: Craft, fact: plans.ConditionMet) -> Event | None:
    """Return the plan whose condition has come true, as a plan like another; None without one."""
    for plan in craft.conditional:
        if plan.id == fact.plan:
            return plan.model_copy(update={"condition": None})
    return None


def next_crew(
    crew: tuple[PlannedSeat, ...], fact: plans.CrewAssigned | plans.CrewReplaced
) -> tuple[PlannedSeat, ...]:
    """Return the planned crew after people were assigned or replaced.

    A newcomer takes the seat of the person they replace; who is already seated keeps the seat.
    """
    seats = list(crew)
    if isinstance(fact, plans.CrewReplaced):
        off, newcomers = fact.off, fact.on
    else:
        off, newcomers = (), fact.crew
    taken = dict(zip(off, newcomers, strict=False))
    kept: list[PlannedSeat] = []
    for planned in seats:
        if planned.seat.person not in off:
            kept.append(planned)
        elif newcomer := taken.pop(planned.seat.person, None):
            kept.append(PlannedSeat(newcomer, fact.id))
    seated = {planned.seat.person: place for place, planned in enumerate(kept)}
    for newcomer in newcomers:
        place = seated.get(newcomer.person)
        if place is None:
            kept.append(PlannedSeat(newcomer, fact.id))
        else:
            seat = kept[place].seat.with_later(newcomer)
            if seat != kept[place].seat:
                kept[place] = PlannedSeat(seat, fact.id)
    return tuple(kept)


def seat_of(craft: Craft, person: str) -> SeatValue | None:
    """Return what a person's seat on a flight says of them: what the launch says, then the plan.

    It is their agency, their nationality and their role; nothing if none of them is stated.
    """
    seat = next((one.seat for one in craft.crew if one.seat.person == person), None)
    for later in (craft.launched.seats or ()) if craft.launched else ():
        if later.person == person:
            seat = seat.with_later(later) if seat else later
    said = seat and (seat.agency, seat.nationality, seat.role)
    return said if said and any(said) else None


def aims(craft: Craft) -> Iterator[int]:
    """Yield the ends of the targets of the plans that stand."""
    for plan in (craft.launch, craft.docking, craft.undocking, craft.returning):
        if plan is not None:
            yield plan.target.end


def stands(plan: Plan | None, now: int) -> bool:
    """Whether there is a plan and its target has not passed."""
    return plan is not None and plan.target.end > now


_ADVANCES: dict[type[Event], Callable[[Craft, Any], Craft]] = {
    # Any plan is kept while it waits for its condition.
    **dict.fromkeys(CONDITIONAL, lambda craft, _fact: craft),
    plans.FlightPlanned: lambda craft, fact: replace(
        craft, destination=fact.destination, height=fact.height
    ),
    plans.CrewAssigned: _manned,
    plans.CrewReplaced: _manned,
    plans.LaunchPlanned: lambda craft, fact: replace(craft, launch=fact),
    plans.DockingPlanned: lambda craft, fact: replace(craft, docking=fact),
    plans.UndockingPlanned: lambda craft, fact: replace(craft, undocking=fact),
    plans.ReturnPlanned: lambda craft, fact: replace(craft, returning=fact),
    plans.PlanWithdrawn: _withdrawn,
    plans.ConditionMet: _condition_met,
    facts.LaunchScrubbed: lambda craft, _fact: replace(craft, launch=None),
    facts.Launched: _launched,
    facts.LaunchAborted: _aborted,
    facts.Docked: _docked,
    facts.Relocated: _relocated,
    facts.Undocked: lambda craft, _fact: replace(craft, undocking=None, berth=None),
    facts.Landed: lambda craft, _fact: replace(craft, returning=None, landed=True, berth=None),
    facts.Lost: _lost,
}
"""What each type of fact does to a craft; the others do nothing."""

CHANGING = frozenset(_ADVANCES)
"""The types of facts that change what is known of a craft."""
