"""The station: its name, its ports, its expeditions and who commands them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboard.domain.aggregates.base import FactsState, in_line, refuse_a_second, refuse_the_future
from aboard.domain.problem import Problem, Refused
from aboard.events.order import surely_before
from aboard.events.station import (
    CommandHandedOver,
    ExpeditionBegan,
    PortAdded,
    PortMoved,
    PortRemoved,
    StationRegistered,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.events.station import StationEvent

PortEvent = PortAdded | PortMoved | PortRemoved


# stream


def stream_of(station: str) -> str:
    """Return the stream id of a station."""
    return f"station/{station}"


# state


@dataclass(frozen=True, slots=True)
class StationState(FactsState):
    """What is recorded of a station, `facts` in the order of happening."""

    facts: tuple[StationEvent, ...] = ()

    def has(self, kind: type[Event], **said: object) -> bool:
        """Whether a fact of a kind with these values is recorded."""
        return any(
            isinstance(fact, kind) and all(getattr(fact, k) == v for k, v in said.items())
            for fact in self.facts
        )


# evolve


def evolve(state: StationState, event: StationEvent) -> StationState:
    """Return the state with one more event of the stream in it."""
    return StationState(state.id, event.originator_version, in_line(state.facts, event))


# decide


def decide(state: StationState, fact: StationEvent, now: int) -> tuple[StationEvent, ...]:
    """Return the events to record for `fact`, or raise `Refused`."""
    refuse_the_future(fact, now)
    match fact:
        case StationRegistered() if state.has(StationRegistered):
            raise refuse_a_second("station", fact)
        case PortAdded() if state.has(PortAdded, port=fact.port):
            raise refuse_a_second("port", fact)
        case PortRemoved() if state.has(PortRemoved, port=fact.port):
            raise refuse_a_second("port-removed", fact)
        case ExpeditionBegan() if state.has(ExpeditionBegan, number=fact.number):
            raise refuse_a_second("expedition", fact)
        case _:
            pass
    for problem in _contradictions(evolve(state, fact), fact):
        raise Refused(problem)
    return (fact.at_version(state.version + 1),)


def _contradictions(state: StationState, fact: StationEvent) -> Iterator[Problem]:
    for other in _like(fact, state):
        first, second = (fact, other) if surely_before(fact, other) else (other, fact)
        if not surely_before(first, second):
            continue
        if isinstance(first, ExpeditionBegan) and isinstance(second, ExpeditionBegan):
            if first.number > second.number:
                yield _out_of_order(fact, second, first, "expeditions begin in numerical order")
        elif isinstance(first, PortRemoved) or isinstance(second, PortAdded):
            yield _out_of_order(fact, second, first, "a port is added first and removed last")


def _like(fact: StationEvent, state: StationState) -> Iterable[StationEvent]:
    """Return the facts that one can conflict with: expeditions, or those of the same port."""
    if isinstance(fact, ExpeditionBegan):
        return (other for other in state.facts if type(other) is ExpeditionBegan)
    if isinstance(fact, PortEvent):
        port = fact.port
        return (other for other in state.facts if vars(other).get("port") == port)
    return ()


def _out_of_order(fact: Event, second: Event, first: Event, why: str) -> Problem:
    return Problem(
        "out-of-order",
        fact.id,
        f"{second.id} of {second.happened} is after {first.id} of {first.happened}",
        f"{why}; check the two times",
    )


def loose_ends(state: StationState) -> Iterator[Problem]:
    """Yield what is merely missing: a port that was not added, a hand-over that is not recorded."""
    commander: str | None = None
    for fact in state.facts:
        match fact:
            case PortMoved() | PortRemoved() if not state.has(PortAdded, port=fact.port):
                yield _missing("port-missing", fact, f"{fact.port} was never added", "port_added")
            case CommandHandedOver():
                if commander and fact.from_person and commander != fact.from_person:
                    yield _handed_over(fact, commander, fact.from_person)
                commander = fact.to_person
            case ExpeditionBegan() if fact.commander:
                if commander and commander != fact.commander:
                    yield _handed_over(fact, commander, fact.commander)
                commander = fact.commander
            case _:
                pass


def _handed_over(fact: Event, one: str, other: str) -> Problem:
    what = f"{one} held command before, and no hand-over to {other} is recorded"
    return _missing("hand-over-missing", fact, what, "command_handed_over")


def _missing(rule: str, fact: Event, what: str, type_name: str) -> Problem:
    return Problem(rule, fact.id, f"{fact.id}: {what}", f"add the {type_name} event", missing=True)
