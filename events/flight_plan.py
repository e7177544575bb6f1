"""What is intended of a flight, on its stream, `flight/<id>`: who is to fly, when, and where to.

The plans of a kind form a series. Of those that are known, the latest made holds. A plan with a
condition supersedes nothing until that is met, and a plan can be withdrawn with no successor.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from aboard.events.envelope import (
    Event,
    Id,
    OwnEventRef,
    Part,
    People,
    PersonId,
    Plan,
    PortId,
    StationId,
    Text,
)
from aboard.events.reference import Reference

Role = Literal[
    "commander",
    "pilot",
    "flight engineer",
    "mission specialist",
    "payload specialist",
    "spaceflight participant",
    "pilot-cosmonaut",
    "cosmonaut researcher",
    "co-pilot",
    "second pilot",
    "mission pilot",
    "science pilot",
    "command module pilot",
    "lunar module pilot",
    "docking module pilot",
    "mission commander",
    "vehicle commander",
    "joint operations commander",
    "operator",
    "laboratory operator",
    "orbital module operator",
    "re-entry module operator",
    "test engineer",
    "scientist",
    "physician",
    "physician cosmonaut",
    "physician researcher",
    "medical officer",
    "astronaut instructor",
]
"""What a crew member is on that flight, in the words the agencies use."""

Height = Literal["orbit", "above 100 km", "above 80 km", "below 80 km"]
"""How high a flight reached: what decides whether the people on it count as having been in space.

A flight is classified as a whole; no moment of it is.
"""

OtherFlight = Annotated[Id, Reference("flight", in_story=True)]
"""The id of another flight, of whose story the event is a part as well."""

Days = Annotated[int, Field(gt=0, le=2_000)]


class Seat(Part):
    """A person's place in a crew, and what they are on that flight: on another it may differ."""

    person: PersonId
    """The id of the person."""
    role: Role | None = None
    """What they are on that flight."""
    agency: Text | None = None
    """Whose astronaut they are on that flight."""
    nationality: Text | None = None
    """Their country at the time of that flight."""

    def with_later(self, later: Seat) -> Seat:
        """Return the seat as a later statement leaves it, which says all or some of it."""
        if later == self:
            return self
        return Seat(
            person=self.person,
            role=later.role or self.role,
            agency=later.agency or self.agency,
            nationality=later.nationality or self.nationality,
        )


class FlightPlanned(Event):
    """A flight is announced: its name, its craft, its operator and its destination."""

    TOPIC: ClassVar[str] = "flight.planned"
    REGISTERS: ClassVar[tuple[str, ...]] = ("flight", "craft")

    name: Text
    """What the flight is called."""
    aliases: tuple[Text, ...] = ()
    """What else it is called."""
    spacecraft: Text
    """The type of craft, such as Soyuz MS or Crew Dragon."""
    vehicle: Text | None = None
    """The craft's own name, such as Endurance."""
    operator: Text
    """Who flies it."""
    destination: StationId | None = None
    """The station it is bound for; absent for a free flight."""
    height: Height = "orbit"
    """How high it is meant to go."""


class _CrewPlan(Event, abstract=True):
    RANK: ClassVar[int] = 2
    INTENTION: ClassVar[bool] = True

    condition: Text | None = None
    """What must come true first. A conditional plan supersedes nothing until it has."""


class CrewAssigned(_CrewPlan):
    """People are given seats, after those who already have one."""

    TOPIC: ClassVar[str] = "flight.crew_assigned"

    crew: tuple[Seat, ...] = Field(min_length=1)
    """The seats they are given."""


class CrewReplaced(_CrewPlan):
    """People lose their seats and others take them, one for one as far as both lists go."""

    TOPIC: ClassVar[str] = "flight.crew_replaced"

    off: People = ()
    """The ids of the people who lose a seat."""
    on: tuple[Seat, ...] = ()
    """The seats that others take."""

    @model_validator(mode="after")
    def _somebody_changes(self) -> Self:
        if not self.off and not self.on:
            raise ValueError("a replacement names who is off, who is on, or both")
        return self


class HomewardVehicleAssigned(Event):
    """It is decided that these people are to come home on this flight."""

    TOPIC: ClassVar[str] = "flight.homeward_vehicle_assigned"
    RANK: ClassVar[int] = 2
    INTENTION: ClassVar[bool] = True

    people: Annotated[People, Field(min_length=1)]
    """The ids of the people who come home on it."""


class LaunchPlanned(Plan):
    """A lift-off is aimed at `target`."""

    TOPIC: ClassVar[str] = "flight.launch_planned"

    rocket: Text | None = None
    """What it is to fly on."""
    site: Text | None = None
    """Where from."""


class DockingPlanned(Plan):
    """A docking with a station is aimed at `target`."""

    TOPIC: ClassVar[str] = "flight.docking_planned"

    station: StationId
    """The id of the station."""
    port: PortId | None = None
    """The port aimed at."""


class RelocationPlanned(Plan):
    """A move to another port of the station is aimed at `target`."""

    TOPIC: ClassVar[str] = "flight.relocation_planned"

    from_port: PortId | None = None
    """The port it is to leave."""
    to_port: PortId | None = None
    """The port aimed at."""


class SeatMovePlanned(Plan):
    """A person's seat liner is to move into this flight's vehicle at `target`."""

    TOPIC: ClassVar[str] = "flight.seat_move_planned"

    person: PersonId
    """The id of the person whose seat liner moves."""
    from_flight: OtherFlight | None = None
    """The id of the flight the seat is in."""


class UndockingPlanned(Plan):
    """A final undocking is aimed at `target`."""

    TOPIC: ClassVar[str] = "flight.undocking_planned"


class ReturnPlanned(Plan):
    """A landing of this flight's vehicle is aimed at `target`."""

    TOPIC: ClassVar[str] = "flight.return_planned"

    duration_days: Days | None = None
    """The length of the mission, where the source states it."""
    crew: People | None = None
    """Who is to come down: absent, everyone whose way home it is; empty, nobody."""


Item = Literal[
    "launch",
    "docking",
    "relocation",
    "seat move",
    "undocking",
    "return",
    "crew",
    "homeward vehicle",
]
"""What the plans of a flight are about. The plans of each form a series; the latest holds."""


class PlanWithdrawn(Event):
    """A plan no longer holds, and nothing replaces it."""

    TOPIC: ClassVar[str] = "flight.plan_withdrawn"
    RANK: ClassVar[int] = 1  # before a new plan of the same instant
    INTENTION: ClassVar[bool] = True

    item: Item
    """Whose series of plans is left without one."""
    person: PersonId | None = None
    """The person whose seat move or way home it is; absent, everyone's."""
    reason: Text | None = None
    """Why, in words."""


class ConditionMet(Event):
    """The condition of a plan has been met: from then on it is a plan like any other."""

    TOPIC: ClassVar[str] = "flight.condition_met"
    RANK: ClassVar[int] = 4  # after a plan of the same instant

    plan: OwnEventRef
    """The id of the conditional plan."""


FlightPlanEvent = (
    FlightPlanned
    | CrewAssigned
    | CrewReplaced
    | HomewardVehicleAssigned
    | LaunchPlanned
    | DockingPlanned
    | RelocationPlanned
    | SeatMovePlanned
    | UndockingPlanned
    | ReturnPlanned
    | PlanWithdrawn
    | ConditionMet
)
"""Every plan of a flight."""
