"""What happens on a station's stream, `station/<id>`."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

from aboard.events.envelope import Event, Id, Moment, Text


class StationRegistered(Event):
    """A station comes to be known by a name; `happened` is the launch of its first element."""

    TOPIC: ClassVar[str] = "station.registered"

    name: Text
    aliases: tuple[Text, ...] = ()
    operator: Text


class PortAdded(Event):
    """The station has a port from `happened` on."""

    TOPIC: ClassVar[str] = "station.port_added"
    RANK: ClassVar[int] = 1

    port: Id
    name: Text
    aliases: tuple[Text, ...] = ()


class CoverageStated(Event):
    """A claim of this log to hold every crewed vehicle at the station in `[since, until)`.

    A statement about the log and not about the world: outside it, nobody found is not nobody there.
    The latest one that was stated holds.
    """

    TOPIC: ClassVar[str] = "station.coverage_stated"
    STAMPED: ClassVar[bool] = True
    RANK: ClassVar[int] = 1

    since: Moment
    until: Moment

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.since.earliest >= self.until.earliest:
            raise ValueError(f"the coverage ends, {self.until}, before it begins, {self.since}")
        return self


StationEvent = StationRegistered | PortAdded | CoverageStated
"""Everything that can stand on a station's stream."""
