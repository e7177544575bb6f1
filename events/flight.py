"""What happens on a flight's stream, `flight/<id>`: the life of one vehicle's flight.

Plans and actuals are different events, and crews belong to legs: a launch, an undocking and a
landing each state who is on that leg, because a vehicle can go up with a crew and come down empty,
or the reverse.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from aboard.events.envelope import (
    CraftId,
    Event,
    Id,
    Moment,
    People,
    PersonId,
    PortId,
    StationId,
    Text,
)
from aboard.events.flight_plan import FlightPlanEvent, Height, OtherFlight, Seat
from aboard.events.reference import Reference

OtherCraft = Annotated[Id, Reference("craft", in_story=True)]
"""The id of another craft; where it is a flight's, the event is a part of its story as well."""


class LaunchScrubbed(Event):
    """An attempt to launch is called off; no new date comes with it."""

    TOPIC: ClassVar[str] = "flight.launch_scrubbed"
    RANK: ClassVar[int] = 1  # before a new plan of the same instant

    reason: Text | None = None
    """Why, in words."""


class CraftAdded(Event):
    """The flight has a further craft, such as a lunar module.

    Events that carry its id as `craft` are its own; the rest are of the flight's first craft, which
    has the flight's id. Crews belong to craft.
    """

    TOPIC: ClassVar[str] = "flight.craft_added"
    RANK: ClassVar[int] = 0

    craft: Annotated[Id, Reference("craft", registers=True)]
    """The id of the craft."""
    name: Text
    """What it is called."""
    aliases: tuple[Text, ...] = ()
    """What else it is called."""
    spacecraft: Text
    """The type of craft."""


class RolledOut(Event):
    """The rocket is brought to the pad."""

    TOPIC: ClassVar[str] = "flight.rolled_out"
    RANK: ClassVar[int] = 8

    rocket: Text | None = None
    """What it flies on."""
    site: Text | None = None
    """The pad."""


class RolledBack(Event):
    """The rocket is taken off the pad again."""

    TOPIC: ClassVar[str] = "flight.rolled_back"
    RANK: ClassVar[int] = 9

    reason: Text | None = None
    """Why, in words."""


class Launched(Event):
    """Lift-off; for an air-launched craft, the drop."""

    TOPIC: ClassVar[str] = "flight.launched"
    RANK: ClassVar[int] = 10

    crew: People
    """Who is on it; empty for a vehicle that goes up without people."""
    seats: Annotated[tuple[Seat, ...], Field(min_length=1)] | None = None
    """What they are on this flight, where that was not stated when they were assigned to it."""
    rocket: Text | None = None
    """What it flies on."""
    site: Text | None = None
    """Where from."""
    payload_kg: Annotated[int, Field(gt=0)] | None = None
    """Cargo in addition to the crew, in kilograms."""
    payload_approximate: bool = False
    """Whether `payload_kg` is about that."""
    height: Height | None = None
    """How high the flight reached, where that is not what was planned."""

    @model_validator(mode="after")
    def _seats_are_of_the_crew(self) -> Self:
        seated = [seat.person for seat in self.seats or ()]
        if strangers := [person for person in seated if person not in self.crew]:
            raise ValueError(f"a seat is of somebody in the crew, and {strangers[0]} is not in it")
        if len(set(seated)) < len(seated):
            raise ValueError("each of the crew has one seat")
        return self


class LaunchAborted(Event):
    """A launch is given up, on the pad or in flight, and the craft saves itself."""

    TOPIC: ClassVar[str] = "flight.launch_aborted"
    RANK: ClassVar[int] = 12

    height: Height = "below 80 km"
    """How high the flight reached."""
    reason: Text | None = None
    """Why, in words."""


class _Docking(Event, abstract=True):
    station: StationId | None = None
    """The id of the station it docks with."""
    to_craft: OtherCraft | None = None
    """The craft it docks with: the id of a flight, or of a further craft of one."""
    craft: CraftId | None = None
    """Which craft of the flight docks; absent, its first."""
    port: PortId | None = None
    """The station's port; one that the source does not name is unknown."""

    @model_validator(mode="after")
    def _has_one_target(self) -> Self:
        if (self.station is None) == (self.to_craft is None):
            raise ValueError("a docking is with a station or with a craft: name one of them")
        if self.to_craft is not None and self.port is not None:
            raise ValueError("only a docking with a station has a port")
        return self


class DockingFailed(_Docking):
    """A docking is attempted and fails, or does not hold."""

    TOPIC: ClassVar[str] = "flight.docking_failed"
    RANK: ClassVar[int] = 18

    reason: Text | None = None
    """Why, in words."""


class Docked(_Docking):
    """A mate with a station, or with another craft.

    Only a hard mate with a station puts people aboard it. Two docked craft are not a station:
    each stays the place of the people on it.
    """

    TOPIC: ClassVar[str] = "flight.docked"
    RANK: ClassVar[int] = 20

    mate: Literal["hard", "soft"] = "hard"
    """Whether the latches hold (hard), or the probe alone (soft)."""

    @property
    def puts_aboard(self) -> bool:
        """Whether the people on it are aboard a station from then on."""
        return self.station is not None and self.mate == "hard"


class HatchOpened(Event):
    """The hatch between vehicle and station opens."""

    TOPIC: ClassVar[str] = "flight.hatch_opened"
    RANK: ClassVar[int] = 22


class Anomaly(Event):
    """Something goes wrong with the vehicle."""

    TOPIC: ClassVar[str] = "flight.anomaly"
    RANK: ClassVar[int] = 24

    what: Text
    """What goes wrong, in a sentence."""


class SeatMoved(Event):
    """A person's seat liner moves into this flight's vehicle: it is what they would leave on."""

    TOPIC: ClassVar[str] = "flight.seat_moved"
    RANK: ClassVar[int] = 26

    person: PersonId
    """The id of the person whose seat liner moves."""
    from_flight: OtherFlight | None = None
    """The id of the flight the seat was in."""


class Transferred(Event):
    """People move into this flight's craft for good, from another craft that it is docked with.

    Through a hatch or by a spacewalk. A visit is not a transfer.
    """

    TOPIC: ClassVar[str] = "flight.transferred"
    RANK: ClassVar[int] = 27

    people: Annotated[People, Field(min_length=1)]
    """The ids of the people who move."""
    from_craft: OtherCraft | None = None
    """The craft they leave."""
    craft: CraftId | None = None
    """Which craft of the flight they move into; absent, its first."""
    by: Literal["hatch", "spacewalk"] | None = None
    """Which way they go."""


class Relocated(Event):
    """The vehicle moves to another port of the same station; `happened` is the new docking."""

    TOPIC: ClassVar[str] = "flight.relocated"
    RANK: ClassVar[int] = 30

    undocked_at: Moment
    """When it left the old port."""
    from_port: PortId | None = None
    """The port it left."""
    to_port: PortId | None = None
    """The port it is at now."""
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
    """The vehicle leaves the station, or the craft, that it was docked with."""

    TOPIC: ClassVar[str] = "flight.undocked"
    RANK: ClassVar[int] = 40

    crew: People
    """Who is on it; empty for a vehicle that leaves without people."""
    craft: CraftId | None = None
    """Which craft of the flight leaves; absent, its first."""


class Landed(Event):
    """The vehicle is back on the ground or in the water."""

    TOPIC: ClassVar[str] = "flight.landed"
    RANK: ClassVar[int] = 50

    crew: People
    """Who is on it; empty for a vehicle that comes down without people."""
    place: Text | None = None
    """Where, in words."""


class Lost(Event):
    """The vehicle is destroyed in flight: its flight ends without a landing."""

    TOPIC: ClassVar[str] = "flight.lost"
    RANK: ClassVar[int] = 50

    crew: People
    """Who is on it; empty for a vehicle without people."""
    height: Height | None = None
    """How high the flight reached, where that is not what was planned."""
    reason: Text | None = None
    """Why, in words."""


FlightEvent = (
    FlightPlanEvent
    | CraftAdded
    | LaunchScrubbed
    | RolledOut
    | RolledBack
    | Launched
    | LaunchAborted
    | DockingFailed
    | Docked
    | HatchOpened
    | Anomaly
    | SeatMoved
    | Transferred
    | Relocated
    | HatchClosed
    | Undocked
    | Landed
    | Lost
)
"""Every event that can be on a flight's stream."""
