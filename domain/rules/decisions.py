"""Decisions on many streams at once, each seeing the ones made before it."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from aboard.domain.aggregates.base import AMENDMENTS, STATEMENTS, refuse_the_future
from aboard.domain.problem import Refused
from aboard.domain.rules import amendments as amending
from aboard.domain.rules import port_guards as guards
from aboard.events.fact import Amendment, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aboard.domain.aggregates.registry import Aggregate
    from aboard.domain.rules.stream import Stream
    from aboard.events.envelope import Event
    from aboard.events.station import PortsGuarded


class Decisions:
    """Decisions on many streams at once, each seeing the ones made before it.

    `read` returns a stream as it is recorded. Nothing is recorded here: `accepted` collects what is
    to be recorded together.
    """

    def __init__(self, read: Callable[[str], Stream], now: int) -> None:
        self._read = read
        self._now = now
        self._recorded: dict[str, Stream] = {}
        self._streams: dict[str, Stream] = {}
        self.accepted: list[Event] = []

    def stream(self, name: str) -> Stream:
        """Return a stream as it is recorded, with what has been accepted on it."""
        if name not in self._streams:
            self._recorded[name] = self._streams[name] = self._read(name)
        return self._streams[name]

    def accept(self, fact: Event) -> None:
        """Decide on one fact; raise `Refused` and change nothing if it is impossible."""
        stream = self.stream(fact.originator_id)
        fact = fact.at_version(stream.version + 1)
        events: tuple[Event, ...] = (fact,)
        if isinstance(fact, Amendment):
            guards.refuse_to_amend(fact)
            decide_again = self._decider(stream.aggregate, fact.subject)
            amending.decide(stream.events, fact, self._now, decide_again)
        elif isinstance(fact, Statement):
            refuse_the_future(fact, self._now)
        else:
            events = stream.aggregate.decide(stream.state, fact, self._now)
        self._streams[stream.name] = stream.followed_by(events)
        self.accepted.extend(events)

    def accept_all(self, facts: Iterable[Event]) -> Iterator[Refused]:
        """Decide on facts that are to be recorded together; yield the refusals.

        Each is decided on after those before it in the life of a flight. Where some are
        amendments, it is enough that the stream is consistent with all of them: a fact may fit
        only because another is corrected or retracted.
        """
        by_stream: dict[str, list[Event]] = {}
        for fact in amending.by_life(facts):
            by_stream.setdefault(fact.originator_id, []).append(fact)
        for name, mine in by_stream.items():
            before, count = self.stream(name), len(self.accepted)
            refusals = (
                self._accept_plain(before, mine)
                if _is_plain(before, mine)
                else [refusal for fact in mine if (refusal := self._refusal(fact))]
            )
            if refusals and (together := self._together(before, mine)):
                self._streams[name] = before.followed_by(together)
                self.accepted[count:] = together
                refusals = []
            yield from refusals

    def _refusal(self, fact: Event) -> Refused | None:
        """Decide on one fact; return the refusal if it is impossible."""
        try:
            self.accept(fact)
        except Refused as refusal:
            return refusal
        return None

    def _accept_plain(self, stream: Stream, facts: Iterable[Event]) -> list[Refused]:
        """Decide on facts of one stream that have nothing to do with amendments.

        The state is updated fact by fact, and the stream is built once, at the end.
        """
        aggregate, state, version = stream.aggregate, stream.state, stream.version
        accepted: list[Event] = []
        refusals = []
        for unnumbered in facts:
            fact = unnumbered.at_version(version + 1)
            events: tuple[Event, ...] = (fact,)
            try:
                if type(fact) in STATEMENTS:
                    refuse_the_future(fact, self._now)
                    state = replace(state, version=version + 1)
                else:
                    events = aggregate.decide(state, fact, self._now)
                    state = reduce(aggregate.evolve, events, state)
            except Refused as refusal:
                refusals.append(refusal)
                continue
            version += len(events)
            accepted += events
        if accepted:
            self._streams[stream.name] = stream.followed_by(accepted, state=state)
            self.accepted += accepted
        return refusals

    def _together(self, stream: Stream, facts: Sequence[Event]) -> tuple[Event, ...]:
        """Return the facts with their versions if the stream is consistent with all of them.

        Nothing if it is not, or if none of them amends another.
        """
        whole = (*stream.events, *facts)
        amendments = [fact for fact in facts if isinstance(fact, Amendment)]
        try:
            for fact in facts:
                refuse_the_future(fact, self._now)
            for fact in amendments:
                guards.refuse_to_amend(fact)
                others = [event for event in whole if event is not fact]
                decide_again = self._decider(stream.aggregate, fact.subject)
                amending.decide(others, fact, self._now, decide_again)
        except Refused:
            return ()
        return tuple(
            fact.at_version(version)
            for version, fact in enumerate(facts if amendments else (), stream.version + 1)
        )

    def changed(self) -> dict[str, tuple[Stream, Stream]]:
        """Return the streams on which something was accepted, as they were and as they are."""
        return {
            name: (was, now)
            for name, was in self._recorded.items()
            if (now := self._streams[name]) is not was
        }

    def _moved(self) -> dict[str, tuple[Stream, Stream]]:
        """Return the changed streams whose effects on other streams have changed."""
        return {
            name: (was, now)
            for name, (was, now) in self.changed().items()
            if was.bearing is not now.bearing
        }

    def people(self) -> frozenset[str]:
        """Return the ids of the people whose itineraries what was accepted may change."""
        moved = self._moved().values()
        return frozenset(person for was, now in moved for person in was.people | now.people)

    def guards(self) -> list[PortsGuarded]:
        """Return the guards to be recorded on the streams of stations with what was accepted."""
        moved = self._moved()
        if not moved:
            return []
        causes = {event.originator_id: event for event in reversed(self.accepted)}
        return guards.guards(
            ((was, now, causes[name]) for name, (was, now) in moved.items()),
            lambda name: self.stream(name).version,
        )

    def _decider(self, aggregate: Aggregate, subject: str) -> Callable[[Event], None]:
        """Return a function that decides on the facts of a stream one by one, from its start."""
        state = aggregate.start(subject)

        def decide(event: Event) -> None:
            nonlocal state
            if isinstance(event, Statement):
                return
            state = reduce(aggregate.evolve, aggregate.decide(state, event, self._now), state)

        return decide


def _is_plain(stream: Stream, facts: Sequence[Event]) -> bool:
    """Whether facts of a stream amend nothing, and nothing on it amends one of them."""
    return all(type(fact) not in AMENDMENTS for fact in facts) and (
        not stream.targets or stream.targets.isdisjoint(fact.id for fact in facts)
    )
