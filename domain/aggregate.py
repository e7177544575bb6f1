"""What every aggregate's state has, and the refusals they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboard.domain.problem import Problem, Refused
from aboard.events.time import Time

if TYPE_CHECKING:
    from aboard.events.envelope import Event


@dataclass(frozen=True, slots=True)
class State:
    """A stream as far as it has been read: its id and its version, 0 before the first event."""

    id: str
    version: int = 0


def refuse_the_future(fact: Event, now: int) -> None:
    """Refuse a fact that happened, or became known, after the instant `now`.

    An aim lies in the future and may: it is a plan's `target`, not what happened.
    """
    clocks = [("happened", fact.happened), ("known", fact.known)]
    if fact.happened == fact.known and not fact.known_assumed:
        clocks.reverse()  # what a plan states is when it became known
    for clock, time in clocks:
        if time.earliest > now:
            raise Refused(
                Problem(
                    "from-the-future",
                    fact.id,
                    f"{clock} {time} is later than now, {Time.at(now)}",
                    "what is expected is a plan, with a target",
                )
            )


def refuse_a_second(kind: str, fact: Event) -> Refused:
    """Return the refusal of a second event of a kind that a stream has once."""
    return Refused(
        Problem(
            f"{kind}-twice",
            fact.id,
            f"{fact.originator_id} already has an event that says so",
            "each of these happens once on a stream; take another id for another one",
        )
    )
