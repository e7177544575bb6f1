"""The aggregates by kind of stream: how a stream of each is begun, evolved and decided on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from aboard.domain import agreement, flight, person, source, station

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboard.domain.aggregate import State
    from aboard.domain.problem import Problem
    from aboard.events.envelope import Event


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The pure functions of one kind of stream."""

    start: Callable[[str], Any]
    evolve: Callable[[Any, Any], Any]
    decide: Callable[[Any, Any, int], tuple[Any, ...]]
    loose_ends: Callable[[Any], Iterable[Problem]] | None = None
    """What is merely missing on a stream; absent for a kind on which nothing can be."""

    def state(self, subject: str, events: Iterable[Event]) -> Any:
        """Return the state that a stream's events lead to."""
        return reduce(self.evolve, events, self.start(subject))


AGGREGATES = {
    "flight": Aggregate(flight.Flight, flight.evolve, flight.decide, flight.loose_ends),
    "station": Aggregate(station.Station, station.evolve, station.decide, station.loose_ends),
    "person": Aggregate(person.Person, person.evolve, person.decide),
    "agreement": Aggregate(
        agreement.Agreement, agreement.evolve, agreement.decide, agreement.loose_ends
    ),
    "source": Aggregate(source.Source, source.evolve, source.decide),
}


class Deciding:
    """Decisions on many streams at once, each seeing the ones made before it.

    `read` returns the recorded events of a stream. Nothing is recorded here: `accepted` collects
    what is to be recorded together.
    """

    def __init__(self, read: Callable[[str], Iterable[Event]], now: int) -> None:
        self._read = read
        self._now = now
        self._states: dict[str, State] = {}
        self.accepted: list[Event] = []

    def accept(self, fact: Event) -> None:
        """Decide on one fact; raise `Refused` and change nothing when it cannot be."""
        stream = fact.originator_id
        aggregate = AGGREGATES[stream.partition("/")[0]]
        state = self._states.get(stream)
        if state is None:
            state = aggregate.state(fact.subject, self._read(stream))
        events = aggregate.decide(state, fact, self._now)
        self._states[stream] = reduce(aggregate.evolve, events, state)
        self.accepted.extend(events)
