"""What every aggregate's state has, and the refusals they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from aboard.domain.problem import Problem, Refused
from aboard.events.fact import Amendment, Statement
from aboard.events.order import LIFELINE, in_order, is_loose, is_movable
from aboard.events.time import Time

if TYPE_CHECKING:
    from aboard.events.envelope import Event

E = TypeVar("E", bound="Event")

AMENDMENTS = frozenset(get_args(Amendment))
"""The types that change what another event says."""

STATEMENTS = frozenset(get_args(Statement))
"""The types of statements about facts, which change no state."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """A stream as far as it has been read: its id and its version, 0 before the first event."""

    id: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class FactsState(StreamState):
    """A stream whose state is what has happened on it: `facts`, in the order of happening."""

    facts: tuple[Any, ...] = ()

    def first(self, kind: type[E]) -> E | None:
        """Return the first fact of a kind, or None."""
        return next((fact for fact in self.facts if type(fact) is kind), None)


def in_line(facts: tuple[E, ...], fact: E) -> tuple[E, ...]:
    """Return facts that are in order with one more, in order.

    The latest goes last, unless a coarse time leaves the decision to the rank or to what
    supersedes what: then all are sorted.
    """
    comes_last = not facts or (facts[-1].order < fact.order and not is_movable(facts[-1]))
    if (
        comes_last
        and (fact.RANK not in LIFELINE or not _may_follow(facts, fact))
        and not _is_superseded(facts, fact)
    ):
        return (*facts, fact)
    return tuple(in_order((*facts, fact)))


def _may_follow(facts: tuple[Event, ...], fact: Event) -> bool:
    """Whether one of the facts, having a coarse time, may have come after the given one."""
    rank, since = fact.RANK, fact.happened.earliest
    return any(rank < one.RANK and one.happened.end > since and is_loose(one) for one in facts)


def _is_superseded(facts: tuple[Event, ...], fact: Event) -> bool:
    """Whether one of the facts says that it supersedes the given one."""
    return any(one.supersedes and fact.id in one.supersedes for one in facts)


def refuse_the_future(fact: Event, now: int) -> None:
    """Refuse a fact that happened, or became known, after the instant `now`.

    Only the `target` of a plan may be in the future.
    """
    if fact.happened.earliest <= now and fact.known.earliest <= now:
        return
    clocks = [("happened", fact.happened), ("known", fact.known)]
    if fact.happened == fact.known and not fact.known_assumed:
        clocks.reverse()  # a plan states when it became known
    for clock, time in clocks:
        if time.earliest > now:
            raise Refused(
                Problem(
                    "from-the-future",
                    fact.id,
                    f"{clock} {time} is later than now, {Time.at(now)}",
                    "state what is expected as a plan, with a target",
                )
            )


def refuse_a_second(kind: str, fact: Event) -> Refused:
    """Return the refusal of a second event of a kind that a stream can have only once."""
    return Refused(
        Problem(
            f"{kind}-twice",
            fact.id,
            f"{fact.originator_id} already has such an event",
            "this is stated only once; something else needs another id",
        )
    )
