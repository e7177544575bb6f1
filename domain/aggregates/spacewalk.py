"""The spacewalk: it begins once, and then ends once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboard.domain.aggregates.base import StreamState, refuse_a_second, refuse_the_future
from aboard.domain.problem import Problem, Refused
from aboard.events.order import surely_before
from aboard.events.spacewalk import SpacewalkBegan, SpacewalkEnded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.events.spacewalk import SpacewalkEvent


# stream


def stream_of(spacewalk: str) -> str:
    """Return the stream id of a spacewalk."""
    return f"spacewalk/{spacewalk}"


# state


@dataclass(frozen=True, slots=True)
class SpacewalkState(StreamState):
    """What is recorded of a spacewalk."""

    began: SpacewalkBegan | None = None
    ended: SpacewalkEnded | None = None


# evolve


def evolve(state: SpacewalkState, event: SpacewalkEvent) -> SpacewalkState:
    """Return the state with one more event of the stream in it."""
    if isinstance(event, SpacewalkBegan):
        return SpacewalkState(state.id, event.originator_version, event, state.ended)
    return SpacewalkState(state.id, event.originator_version, state.began, event)


# decide


def decide(state: SpacewalkState, fact: SpacewalkEvent, now: int) -> tuple[SpacewalkEvent, ...]:
    """Return the events to record for `fact`, or raise `Refused`."""
    refuse_the_future(fact, now)
    if isinstance(fact, SpacewalkBegan) and state.began:
        raise refuse_a_second("spacewalk-began", fact)
    if isinstance(fact, SpacewalkEnded) and state.ended:
        raise refuse_a_second("spacewalk-ended", fact)
    after = evolve(state, fact)
    if after.began and after.ended and surely_before(after.ended, after.began):
        raise Refused(
            Problem(
                "out-of-order",
                fact.id,
                f"it ends on {after.ended.happened} and begins on {after.began.happened}",
                "a spacewalk begins before it ends; check the two times",
            )
        )
    return (fact.at_version(state.version + 1),)


def loose_ends(state: SpacewalkState) -> Iterator[Problem]:
    """Yield what is merely missing: the beginning of a spacewalk that ended."""
    if state.ended and not state.began:
        yield Problem(
            "spacewalk-unnamed",
            state.ended.id,
            f"{state.ended.id}: its beginning is not recorded",
            "add the began event",
            missing=True,
        )
