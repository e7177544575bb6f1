"""What happens on a flight's stream, `flight/<id>`: the life of one vehicle's flight.

Plans and actuals are different events, and crews belong to legs: a launch, an undocking and a
landing each state who is on that leg, because a vehicle can go up with a crew and come down empty,
or the reverse.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from aboard.events.envelope import Event, Id, Moment, Part, People, Plan, Text

Role = Literal[
    "commander",
    "pilot",
    "flight engineer",
    "mission specialist",
    "payload specialist",
    "spaceflight participant",
]
"""What a crew member is on that flight, in the words the agencies use."""

Days = Annotated[int, Field(gt=0, le=2_000)]


class Seat(Part):
    """A person's place in a planned crew."""

    person: Id
    role: Role | None = None


class FlightPlanned(Event):
    """A flight comes to be known by a name: what flies, for whom, and where to."""

    TOPIC: ClassVar[str] = "flight.planned"

    name: Text
    aliases: tuple[Text, ...] = ()
    spacecraft: Text
    """The type of craft, such as Soyuz MS or Crew Dragon."""
    vehicle: Text | None = None
    """The craft's own name, such as Endurance."""
    operator: Text
    destination: Id | None = None
    """The station it is bound for; absent for a free flight."""


class _CrewPlan(Event, abstract=True):
    RANK: ClassVar[int] = 2
    INTENTION: ClassVar[bool] = True

    condition: Text | None = None
    """What must come true first. A conditional plan is shown, and supersedes nothing."""


class CrewAssigned(_CrewPlan):
    """People are given seats, after those who already have one."""

    TOPIC: ClassVar[str] = "flight.crew_assigned"

    crew: tuple[Seat, ...] = Field(min_length=1)


class CrewReplaced(_CrewPlan):
    """People lose their seats and others take them, one for one as far as both lists go."""

    TOPIC: ClassVar[str] = "flight.crew_replaced"

    off: People = ()
    on: tuple[Seat, ...] = ()

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


class LaunchPlanned(Plan):
    """A lift-off is aimed at `target`."""

    TOPIC: ClassVar[str] = "flight.launch_planned"

    rocket: Text | None = None
    site: Text | None = None


class DockingPlanned(Plan):
    """A docking with `station` is aimed at `target`."""

    TOPIC: ClassVar[str] = "flight.docking_planned"

    station: Id
    port: Id | None = None


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


class LaunchScrubbed(Event):
    """An attempt to launch is called off; no new date comes with it."""

    TOPIC: ClassVar[str] = "flight.launch_scrubbed"
    RANK: ClassVar[int] = 1  # before a new plan of the same instant

    reason: Text | None = None


class RolledOut(Event):
    """The rocket is brought to the pad."""

    TOPIC: ClassVar[str] = "flight.rolled_out"
    RANK: ClassVar[int] = 8

    rocket: Text | None = None
    site: Text | None = None


class Launched(Event):
    """Lift-off; for an air-launched craft, the drop."""

    TOPIC: ClassVar[str] = "flight.launched"
    RANK: ClassVar[int] = 10

    crew: People
    """Who is on it; empty for a vehicle that goes up without people."""
    rocket: Text | None = None
    site: Text | None = None
    payload_kg: Annotated[int, Field(gt=0)] | None = None
    """Cargo beside the crew, kilograms."""
    payload_approximate: bool = False


class Docked(Event):
    """A hard mate with a station; a port that the source does not name is unknown."""

    TOPIC: ClassVar[str] = "flight.docked"
    RANK: ClassVar[int] = 20

    station: Id
    port: Id | None = None


class HatchOpened(Event):
    """The hatch between vehicle and station opens."""

    TOPIC: ClassVar[str] = "flight.hatch_opened"
    RANK: ClassVar[int] = 22


class Anomaly(Event):
    """Something goes wrong with the vehicle."""

    TOPIC: ClassVar[str] = "flight.anomaly"
    RANK: ClassVar[int] = 24

    what: Text


class SeatMoved(Event):
    """A person's seat liner moves into this flight's vehicle: it is what they would leave on."""

    TOPIC: ClassVar[str] = "flight.seat_moved"
    RANK: ClassVar[int] = 26

    person: Id
    from_flight: Id | None = None


class Relocated(Event):
    """The vehicle moves to another port of the same station; `happened` is the new docking."""

    TOPIC: ClassVar[str] = "flight.relocated"
    RANK: ClassVar[int] = 30

    undocked_at: Moment
    from_port: Id | None = None
    to_port: Id | None = None
    crew: People | None = None
    """Who rides: absent means unknown, empty means nobody."""

    @model_validator(mode="after")
    def _undocks_first(self) -> Self:
        if self.undocked_at.earliest > self.happened.latest:
            raise ValueError(
                f"a relocation undocks before it docks: {self.undocked_at} is after {self.happened}"
            )
        return self


class HatchClosed(Event):
    """The hatch between vehicle and station closes before departure."""

    TOPIC: ClassVar[str] = "flight.hatch_closed"
    RANK: ClassVar[int] = 38


class Undocked(Event):
    """The vehicle leaves the station for good, or for another one."""

    TOPIC: ClassVar[str] = "flight.undocked"
    RANK: ClassVar[int] = 40

    crew: People
    """Who is on it; empty for a vehicle that leaves without people."""


class Landed(Event):
    """The vehicle is back on the ground or in the water."""

    TOPIC: ClassVar[str] = "flight.landed"
    RANK: ClassVar[int] = 50

    crew: People
    """Who is on it; empty for a vehicle that comes down without people."""
    place: Text | None = None


FlightEvent = (
    FlightPlanned
    | CrewAssigned
    | CrewReplaced
    | HomewardVehicleAssigned
    | LaunchPlanned
    | DockingPlanned
    | UndockingPlanned
    | ReturnPlanned
    | LaunchScrubbed
    | RolledOut
    | Launched
    | Docked
    | HatchOpened
    | Anomaly
    | SeatMoved
    | Relocated
    | HatchClosed
    | Undocked
    | Landed
)
"""Everything that can stand on a flight's stream."""
