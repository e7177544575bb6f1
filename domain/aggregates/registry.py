"""The aggregates by kind of stream: how each starts, evolves and decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from aboard.domain.aggregates import agreement, flight, person, source, spacewalk, station
from aboard.domain.aggregates.base import STATEMENTS, FactsState
from aboard.events.amendments import AT_LAST, amended
from aboard.events.order import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboard.domain.problem import Problem
    from aboard.events.envelope import Event


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The pure functions of one kind of stream."""

    start: Callable[[str], Any]
    evolve: Callable[[Any, Any], Any]
    decide: Callable[[Any, Any, int], tuple[Any, ...]]
    loose_ends: Callable[[Any], Iterable[Problem]] | None = None
    """What is merely missing on a stream; absent where nothing can be missing."""

    def state(self, subject: str, events: Iterable[Event]) -> Any:
        """Return the state that a stream's events lead to, as amended."""
        recorded = list(events)
        version = max((event.originator_version for event in recorded), default=0)
        return self.of_facts(subject, amended(recorded, AT_LAST), version)

    def of_facts(self, subject: str, facts: Iterable[Event], version: int) -> Any:
        """Return the state that facts lead to; they are amended already."""
        state = self.start(subject)
        if not version:
            return state  # there are none
        facts_alone = [fact for fact in facts if type(fact) not in STATEMENTS]
        if isinstance(state, FactsState):
            return replace(state, facts=tuple(in_order(facts_alone)), version=version)
        return replace(reduce(self.evolve, facts_alone, state), version=version)


AGGREGATES = {
    "flight": Aggregate(flight.FlightState, flight.evolve, flight.decide, flight.loose_ends),
    "station": Aggregate(station.StationState, station.evolve, station.decide, station.loose_ends),
    "person": Aggregate(person.PersonState, person.evolve, person.decide),
    "agreement": Aggregate(
        agreement.AgreementState, agreement.evolve, agreement.decide, agreement.loose_ends
    ),
    "spacewalk": Aggregate(
        spacewalk.SpacewalkState, spacewalk.evolve, spacewalk.decide, spacewalk.loose_ends
    ),
    "source": Aggregate(source.SourceState, source.evolve, source.decide),
}
