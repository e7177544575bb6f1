"""The aggregates by kind of stream: how a stream of each is begun, evolved and decided on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from aboard.domain import agreement, amending, flight, guards, person, source, spacewalk, station
from aboard.domain.aggregate import State, refuse_the_future
from aboard.domain.consistency import bearing
from aboard.domain.problem import Refused
from aboard.events.effective import AT_LAST, amended
from aboard.events.fact import Amendment, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aboard.domain.consistency import Bearing
    from aboard.domain.problem import Problem
    from aboard.events.envelope import Event
    from aboard.events.station import PortsGuarded


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


class Stream:
    """A stream as it stands, and what its facts come to, worked out when it is first asked for."""

    __slots__ = ("_bearing", "_state", "events", "name", "version")

    def __init__(self, name: str, events: Sequence[Event] = (), version: int = 0) -> None:
        self.name = name
        self.events = tuple(events)
        self.version = max(version, *(event.originator_version for event in self.events), 0)
        """The version of its last event, which may be one of the log's own."""
        self._state: State | None = None
        self._bearing: tuple[Bearing, ...] | None = None

    def followed_by(self, events: Sequence[Event], version: int = 0) -> Stream:
        """Return the stream with further events."""
        longer = Stream(self.name, (*self.events, *events), max(version, self.version))
        if self._state is not None and not longer.is_amended:
            facts = [event for event in events if not isinstance(event, Statement)]
            evolved = reduce(self.aggregate.evolve, facts, self._state)
            longer._state = replace(evolved, version=longer.version)
        return longer

    @property
    def aggregate(self) -> Aggregate:
        """The functions of its kind."""
        return AGGREGATES[self.name.partition("/")[0]]

    @property
    def is_amended(self) -> bool:
        """Whether an event on it amends another."""
        return any(isinstance(event, Amendment) for event in self.events)

    @property
    def state(self) -> Any:
        """The state that its events lead to, as amended."""
        if self._state is None:
            state = self.aggregate.state(self.name.partition("/")[2], self.events)
            self._state = replace(state, version=self.version)
        return self._state

    @property
    def bearing(self) -> tuple[Bearing, ...]:
        """What on it bears on other streams, as amended, in the order of happening."""
        if self._bearing is None:
            self._bearing = bearing(self.events)
        return self._bearing


class Deciding:
    """Decisions on many streams at once, each seeing the ones made before it.

    `read` returns a stream as it is recorded. Nothing is recorded here: `accepted` collects what is
    to be recorded together.
    """

    def __init__(self, read: Callable[[str], Stream], now: int) -> None:
        self._read = read
        self._now = now
        self._streams: dict[str, Stream] = {}
        self.accepted: list[Event] = []

    def stream(self, name: str) -> Stream:
        """Return a stream as it is recorded, with what has been accepted on it."""
        if name not in self._streams:
            self._streams[name] = self._read(name)
        return self._streams[name]

    def accept(self, fact: Event) -> None:
        """Decide on one fact; raise `Refused` and change nothing when it cannot be."""
        stream = self.stream(fact.originator_id)
        if isinstance(fact, Amendment):
            guards.refuse_to_amend(fact)
            anew = self._anew(stream.aggregate, fact.subject)
            amending.decide(stream.events, fact, self._now, anew)
            events: tuple[Event, ...] = (fact.at_version(stream.version + 1),)
        elif isinstance(fact, Statement):
            refuse_the_future(fact, self._now)
            events = (fact.at_version(stream.version + 1),)
        else:
            events = stream.aggregate.decide(stream.state, fact, self._now)
        self._streams[stream.name] = stream.followed_by(events)
        self.accepted.extend(events)

    def accept_all(self, facts: Iterable[Event]) -> Iterator[Refused]:
        """Decide on facts that are to be recorded together; yield the refusals.

        Each is decided on after those before it in the life of a flight. Where some are
        amendments, it is enough when the stream holds together with all of them: a fact may fit
        only because another is corrected or taken back.
        """
        by_stream: dict[str, list[Event]] = {}
        for fact in amending.by_life(facts):
            by_stream.setdefault(fact.originator_id, []).append(fact)
        for name, mine in by_stream.items():
            before, count = self.stream(name), len(self.accepted)
            refusals = []
            for fact in mine:
                try:
                    self.accept(fact)
                except Refused as refusal:
                    refusals.append(refusal)
            if refusals and (together := self._together(before, mine)):
                self._streams[name] = before.followed_by(together)
                self.accepted[count:] = together
                refusals = []
            yield from refusals

    def _together(self, stream: Stream, facts: Sequence[Event]) -> tuple[Event, ...]:
        """Return the facts as they follow on a stream that holds together with all of them.

        Nothing, when it does not, or when none of them amends another.
        """
        whole = (*stream.events, *facts)
        amendments = [fact for fact in facts if isinstance(fact, Amendment)]
        try:
            for fact in facts:
                refuse_the_future(fact, self._now)
            for fact in amendments:
                guards.refuse_to_amend(fact)
                others = [event for event in whole if event is not fact]
                anew = self._anew(stream.aggregate, fact.subject)
                amending.decide(others, fact, self._now, anew)
        except Refused:
            return ()
        return tuple(
            fact.at_version(version)
            for version, fact in enumerate(facts if amendments else (), stream.version + 1)
        )

    def changed(self) -> dict[str, tuple[Stream, Stream]]:
        """Return the streams on which something was accepted, as they were and as they are."""
        return {
            name: (self._read(name), self._streams[name])
            for name in dict.fromkeys(event.originator_id for event in self.accepted)
        }

    def guards(self) -> list[PortsGuarded]:
        """Return what is to be recorded on the streams of stations with what was accepted."""
        causes = {event.originator_id: event for event in reversed(self.accepted)}
        return guards.guards(
            (
                (was.bearing, now.bearing, causes[name])
                for name, (was, now) in self.changed().items()
            ),
            lambda name: self.stream(name).version,
        )

    def _anew(self, aggregate: Aggregate, subject: str) -> Callable[[Event], None]:
        """Return what decides on the facts of a stream one after another, from nothing."""
        state = aggregate.start(subject)

        def decide(event: Event) -> None:
            nonlocal state
            if isinstance(event, Statement):
                return
            state = reduce(aggregate.evolve, aggregate.decide(state, event, self._now), state)

        return decide
