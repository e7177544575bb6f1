"""The source: what a fact can cite by its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboard.domain.aggregates.base import StreamState, refuse_a_second, refuse_the_future

if TYPE_CHECKING:
    from aboard.events.source import SourceEvent


# stream


def stream_of(key: str) -> str:
    """Return the stream id of a source."""
    return f"source/{key}"


# state


@dataclass(frozen=True, slots=True)
class SourceState(StreamState):
    """What is recorded of a source."""

    registered: bool = False


# evolve


def evolve(state: SourceState, event: SourceEvent) -> SourceState:
    """Return the state with one more event of the stream in it."""
    return SourceState(state.id, event.originator_version, registered=True)


# decide


def decide(state: SourceState, fact: SourceEvent, now: int) -> tuple[SourceEvent, ...]:
    """Return the events to record for `fact`, or raise `Refused`."""
    refuse_the_future(fact, now)
    if state.registered:
        raise refuse_a_second("source", fact)
    return (fact.at_version(state.version + 1),)
