"""The agreement: two parties or more, and what they agree on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboard.domain.aggregate import State, refuse_a_second, refuse_the_future

if TYPE_CHECKING:
    from aboard.events.agreement import AgreementEvent


# stream


def stream_of(agreement: str) -> str:
    """Return the stream id of an agreement."""
    return f"agreement/{agreement}"


# state


@dataclass(frozen=True, slots=True)
class Agreement(State):
    """What is recorded of an agreement."""

    signed: bool = False


# evolve


def evolve(state: Agreement, event: AgreementEvent) -> Agreement:
    """Return the state with one more event of the stream in it."""
    return replace(state, version=event.originator_version, signed=True)


# decide


def decide(state: Agreement, fact: AgreementEvent, now: int) -> tuple[AgreementEvent, ...]:
    """Return the events to record for `fact`, or raise `Refused`."""
    refuse_the_future(fact, now)
    if state.signed:
        raise refuse_a_second("agreement", fact)
    return (fact.at_version(state.version + 1),)
