"""The station: its name and its ports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboard.domain.aggregate import State, refuse_a_second, refuse_the_future
from aboard.events.station import PortAdded, StationRegistered

if TYPE_CHECKING:
    from aboard.events.station import StationEvent


# stream


def stream_of(station: str) -> str:
    """Return the stream id of a station."""
    return f"station/{station}"


# state


@dataclass(frozen=True, slots=True)
class Station(State):
    """What is recorded of a station."""

    registered: bool = False
    ports: frozenset[str] = frozenset()


# evolve


def evolve(state: Station, event: StationEvent) -> Station:
    """Return the state with one more event of the stream in it."""
    state = replace(state, version=event.originator_version)
    match event:
        case StationRegistered():
            return replace(state, registered=True)
        case PortAdded():
            return replace(state, ports=state.ports | {event.port})
        case _:
            return state


# decide


def decide(state: Station, fact: StationEvent, now: int) -> tuple[StationEvent, ...]:
    """Return the events to record for `fact`, or raise `Refused`."""
    refuse_the_future(fact, now)
    match fact:
        case StationRegistered() if state.registered:
            raise refuse_a_second("station", fact)
        case PortAdded() if fact.port in state.ports:
            raise refuse_a_second("port", fact)
        case _:
            return (fact.at_version(state.version + 1),)
