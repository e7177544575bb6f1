"""The current content of a stream, and what follows from it.

Everything is computed on first use. Where further events do not amend earlier ones, the results are
carried over to the longer stream.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, reduce
from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any

from aboard.domain.aggregates.base import AMENDMENTS, STATEMENTS, in_line
from aboard.domain.aggregates.registry import AGGREGATES, Aggregate
from aboard.domain.rules.cross_stream import bears
from aboard.domain.rules.itineraries import is_leg
from aboard.domain.rules.ports import port_stays
from aboard.events.amendments import AT_LAST, amended
from aboard.events.mentions import people_named
from aboard.events.order import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.domain.rules.cross_stream import Bearing
    from aboard.domain.rules.itineraries import Leg
    from aboard.domain.rules.ports import PortStay
    from aboard.events.envelope import Event

ID, VERSION = attrgetter("id"), attrgetter("originator_version")


class Stream:
    """A stream of events. It is immutable: adding events returns another."""

    _follower: Stream | None = None
    """The stream that `followed_by` returned last."""

    def __init__(self, name: str, events: Sequence[Event] = (), version: int = 0) -> None:
        self.name = name
        self.events = tuple(events)
        self.version = max(version, *map(VERSION, self.events), 0)
        """The version of its last event, including the log's own."""
        if not self.events:
            vars(self).update(OF_NOTHING)

    def followed_by(
        self, events: Sequence[Event], version: int = 0, *, state: Any = None
    ) -> Stream:
        """Return the stream with further events; `state` is the one they lead to, where known.

        If the events are the same objects as the last time, so is the stream: after a decision the
        same events are recorded, and everything computed for them is needed again.
        """
        version = max(version, self.version, *map(VERSION, events), 0)
        last = self._follower
        if last and last.version == version and _ends_in(last.events, len(self.events), events):
            return last
        longer = Stream.__new__(Stream)
        longer.name, longer.events, longer.version = self.name, (*self.events, *events), version
        self._follower = longer
        if AMENDMENTS.isdisjoint(map(type, events)) and self.targets.isdisjoint(map(ID, events)):
            self._take_on(longer, events, state)
        return longer

    def _take_on(self, longer: Stream, facts: Sequence[Event], state: Any) -> None:
        """Carry over computed results; these facts amend nothing, and nothing amends them."""
        mine, others = vars(self), vars(longer)
        others |= {"targets": self.targets, "aggregate": self.aggregate}
        if "facts" in mine:
            others["facts"] = (*self.facts, *facts)
        if state is None and "state" in mine:
            plain = [fact for fact in facts if type(fact) not in STATEMENTS]
            state = reduce(self.aggregate.evolve, plain, self.state)
        if state is not None:
            is_current = state.version == longer.version
            others["state"] = state if is_current else replace(state, version=longer.version)
        if "bearing" in mine:
            bearing = [fact for fact in facts if bears(fact)]
            if len(bearing) > 1:
                others["bearing"] = tuple(in_order((*self.bearing, *bearing)))
            elif bearing:
                others["bearing"] = in_line(self.bearing, bearing[0])
            else:
                others |= {name: mine[name] for name in ON_BEARING if name in mine}

    @cached_property
    def aggregate(self) -> Aggregate:
        """The functions of its kind."""
        return AGGREGATES[self.name.partition("/")[0]]

    @cached_property
    def targets(self) -> frozenset[str]:
        """The ids of the events that events on it amend."""
        return frozenset(
            vars(event)["target"] for event in self.events if type(event) in AMENDMENTS
        )

    @cached_property
    def facts(self) -> tuple[Event, ...]:
        """Its facts, as amended, in the order of arrival."""
        return tuple(amended(self.events, AT_LAST)) if self.targets else self.events

    @cached_property
    def state(self) -> Any:
        """The state that its events lead to, as amended."""
        return self.aggregate.of_facts(self.name.partition("/")[2], self.facts, self.version)

    @cached_property
    def bearing(self) -> tuple[Bearing, ...]:
        """Its events that concern other streams, as amended, in the order of happening."""
        return tuple(in_order(fact for fact in self.facts if bears(fact)))

    @cached_property
    def legs(self) -> tuple[Leg, ...]:
        """Its events that may say where people are, in the order of happening."""
        return tuple(event for event in self.bearing if is_leg(event))

    @cached_property
    def people(self) -> frozenset[str]:
        """The ids of the people who are named in its legs."""
        return frozenset(person for leg in self.legs for person in people_named(leg))

    @cached_property
    def stays(self) -> tuple[PortStay, ...]:
        """The stays of its flight at ports."""
        return tuple(port_stays(self.bearing))


def _ends_in(events: Sequence[Event], number: int, others: Sequence[Event]) -> bool:
    """Whether what follows the first of some events are these very objects."""
    return len(events) == number + len(others) and all(map(is_, events[number:], others))


ON_BEARING = ("bearing", "legs", "people", "stays")
"""What is computed from `bearing` alone."""

OF_NOTHING: dict[str, Any] = {
    "targets": frozenset(),
    "facts": (),
    "bearing": (),
    "legs": (),
    "people": frozenset(),
    "stays": (),
}
"""The results for an empty stream."""
