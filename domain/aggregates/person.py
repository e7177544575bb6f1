"""The person: one id, however the name is spelt; and one death."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboard.domain.aggregates.base import StreamState, refuse_a_second, refuse_the_future
from aboard.events.person import Died

if TYPE_CHECKING:
    from aboard.events.person import PersonEvent


# stream


def stream_of(person: str) -> str:
    """Return the stream id of a person."""
    return f"person/{person}"


# state


@dataclass(frozen=True, slots=True)
class PersonState(StreamState):
    """What is recorded of a person."""

    registered: bool = False
    died: bool = False


# evolve


def evolve(state: PersonState, event: PersonEvent) -> PersonState:
    """Return the state with one more event of the stream in it."""
    dies = isinstance(event, Died)
    registered, died = state.registered or not dies, state.died or dies
    return PersonState(state.id, event.originator_version, registered, died)


# decide


def decide(state: PersonState, fact: PersonEvent, now: int) -> tuple[PersonEvent, ...]:
    """Return the events to record for `fact`, or raise `Refused`."""
    refuse_the_future(fact, now)
    if isinstance(fact, Died):
        if state.died:
            raise refuse_a_second("death", fact)
    elif state.registered:
        raise refuse_a_second("person", fact)
    return (fact.at_version(state.version + 1),)
