"""What happens on a station's stream, `station/<id>`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from aboard.events.envelope import Event, FlightId, Id, Moment, PersonId, Plan, Text
from aboard.events.reference import Reference

OwnPort = Annotated[Id, Reference("port", own=True)]
"""The id of a port of the station that the event is about."""


class StationRegistered(Event):
    """A station is registered; `happened` is the launch of its first element."""

    TOPIC: ClassVar[str] = "station.registered"
    REGISTERS: ClassVar[tuple[str, ...]] = ("station",)
    class_version: ClassVar[int] = 2

    name: Text
    """What it is called."""
    aliases: tuple[Text, ...] = ()
    """What else it is called."""
    operators: tuple[Text, ...] = Field(min_length=1)
    """Who runs it: one, or the partners."""

    @classmethod
    def upcast_v1_v2(cls, state: dict[str, Any]) -> None:
        """The operators were one text: a single name, or several with commas between them."""
        if isinstance(state.get("operator"), str):
            named = state.pop("operator").split(", ")
            state["operators"] = [name for name in named if name.strip()]


class PortAdded(Event):
    """The station has a port from `happened` on."""

    TOPIC: ClassVar[str] = "station.port_added"
    RANK: ClassVar[int] = 1

    port: Annotated[Id, Reference("port", registers=True)]
    """The id of the port, its own within the station."""
    name: Text
    """What it is called."""
    aliases: tuple[Text, ...] = ()
    """What else it is called."""


class PortMoved(Event):
    """A port of the station has another place on it from `happened` on."""

    TOPIC: ClassVar[str] = "station.port_moved"
    RANK: ClassVar[int] = 2

    port: OwnPort
    """The id of the port."""
    place: Text
    """Where it is now, in words."""


class PortRemoved(Event):
    """The station no longer has a port: it left, or something else took its place for good."""

    TOPIC: ClassVar[str] = "station.port_removed"
    RANK: ClassVar[int] = 3

    port: OwnPort
    """The id of the port."""


class CommandHandoverPlanned(Plan):
    """A ceremony in which command passes on is aimed at `target`."""

    TOPIC: ClassVar[str] = "station.command_handover_planned"

    from_person: PersonId | None = None
    """Who is in command until then."""
    to_person: PersonId
    """Who is to take command."""


class CommandHandedOver(Event):
    """Command of the station passes on; `happened` is the ceremony."""

    TOPIC: ClassVar[str] = "station.command_handed_over"
    RANK: ClassVar[int] = 4

    from_person: PersonId | None = None
    """Who was in command; absent where no source says."""
    to_person: PersonId | None = None
    """Who takes command; absent where no source says, and then the commander is unknown."""

    @model_validator(mode="after")
    def _passes_on(self) -> Self:
        if self.from_person == self.to_person:
            raise ValueError("command passes from one person to another, and one of them is named")
        return self


class ExpeditionBegan(Event):
    """An expedition of the station begins: stated by a source, never derived."""

    TOPIC: ClassVar[str] = "station.expedition_began"
    RANK: ClassVar[int] = 5  # after a ceremony of the same instant

    number: Annotated[int, Field(ge=1, le=999)]
    """Its number."""
    flight: FlightId | None = None
    """The flight whose undocking began it, where that is how it began."""
    commander: PersonId | None = None
    """Who is in command as it begins."""


class CoverageStated(Event):
    """The log has every crewed vehicle that was at the station in `[since, until)`.

    A statement about the log and not about the world: outside that time, people may have been
    aboard even if the log has nobody.
    The latest one that was stated holds.
    """

    TOPIC: ClassVar[str] = "station.coverage_stated"
    STAMPED: ClassVar[bool] = True
    DATED: ClassVar[bool] = True
    RANK: ClassVar[int] = 1

    since: Moment
    """From when on."""
    until: Moment
    """Up to when, and not itself."""

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.since.earliest >= self.until.earliest:
            raise ValueError(f"the coverage ends, {self.until}, before it begins, {self.since}")
        return self


class PortsGuarded(Event):
    """The log's own mark that a recording changes who is at these ports.

    Occupation of ports is recorded on the streams of flights. With this mark on the station's
    stream, two writers that both change its ports both write the next version of one stream.
    """

    TOPIC: ClassVar[str] = "station.ports_guarded"
    STAMPED: ClassVar[bool] = True
    BY_THE_LOG: ClassVar[bool] = True

    ports: Annotated[tuple[Id, ...], Field(min_length=1)]
    """The ports that it is about."""


StationEvent = (
    StationRegistered
    | PortAdded
    | PortMoved
    | PortRemoved
    | CommandHandoverPlanned
    | CommandHandedOver
    | ExpeditionBegan
    | CoverageStated
    | PortsGuarded
)
"""Every event that can be on a station's stream."""
