"""The aggregates by kind of stream: how a stream of each is begun, evolved and decided on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from aboard.domain import agreement, amending, flight, person, source, spacewalk, station
from aboard.domain.aggregate import State, refuse_the_future
from aboard.events.effective import AT_LAST, amended
from aboard.events.fact import Amendment, Statement

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
    """What is merely missing on a stream; absent for a kind on which nothing can be."""

    def state(self, subject: str, events: Iterable[Event]) -> Any:
        """Return the state that a stream's events lead to, as amended."""
        recorded = list(events)
        state = self.start(subject)
        for event in amended(recorded, AT_LAST):
            if not isinstance(event, Statement):
                state = self.evolve(state, event)
        return replace(state, version=max((e.originator_version for e in recorded), default=0))


AGGREGATES = {
    "flight": Aggregate(flight.Flight, flight.evolve, flight.decide, flight.loose_ends),
    "station": Aggregate(station.Station, station.evolve, station.decide, station.loose_ends),
    "person": Aggregate(person.Person, person.evolve, person.decide),
    "agreement": Aggregate(
        agreement.Agreement, agreement.evolve, agreement.decide, agreement.loose_ends
    ),
    "spacewalk": Aggregate(
        spacewalk.Spacewalk, spacewalk.evolve, spacewalk.decide, spacewalk.loose_ends
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
        self._streams: dict[str, list[Event]] = {}
        self._states: dict[str, State] = {}
        self.accepted: list[Event] = []

    def accept(self, fact: Event) -> None:
        """Decide on one fact; raise `Refused` and change nothing when it cannot be."""
        stream = fact.originator_id
        aggregate = AGGREGATES[stream.partition("/")[0]]
        if stream not in self._streams:
            self._streams[stream] = list(self._read(stream))
            self._states[stream] = aggregate.state(fact.subject, self._streams[stream])
        recorded, state = self._streams[stream], self._states[stream]
        if isinstance(fact, Amendment):
            amending.decide(recorded, fact, self._now, self._anew(aggregate, fact.subject))
            events: tuple[Event, ...] = (fact.at_version(state.version + 1),)
        elif isinstance(fact, Statement):
            refuse_the_future(fact, self._now)
            events = (fact.at_version(state.version + 1),)
        else:
            events = aggregate.decide(state, fact, self._now)
        recorded.extend(events)
        if isinstance(fact, Statement):
            self._states[stream] = replace(state, version=state.version + 1)
        elif any(isinstance(event, Amendment) for event in recorded):
            self._states[stream] = aggregate.state(fact.subject, recorded)
        else:
            self._states[stream] = reduce(aggregate.evolve, events, state)
        self.accepted.extend(events)

    def _anew(self, aggregate: Aggregate, subject: str) -> Callable[[Event], None]:
        """Return what decides on the facts of a stream one after another, from nothing."""
        state = aggregate.start(subject)

        def decide(event: Event) -> None:
            nonlocal state
            if isinstance(event, Statement):
                return
            state = reduce(aggregate.evolve, aggregate.decide(state, event, self._now), state)

        return decide
