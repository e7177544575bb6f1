"""What has to hold across streams, whatever order the facts come in.

A fact on one stream can only be at odds with what bears on others: the legs of flights, and the
ports of stations. Whom a change can concern is then found without looking at everything: the people
named in the legs of the flight that changed, and the ports at which it has, or had, another stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aboard.domain.ports import port_problems, port_stays
from aboard.domain.travellers import Leg, people_problems
from aboard.events.effective import AT_LAST, amended
from aboard.events.fact import Amendment
from aboard.events.order import in_order
from aboard.events.station import PortAdded, PortRemoved
from aboard.events.subjects import people_named

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from aboard.domain.ports import Port
    from aboard.domain.problem import Problem
    from aboard.events.envelope import Event

Bearing = Leg | PortAdded | PortRemoved
"""What can be at odds with facts of another stream."""


def bearing(events: Sequence[Event]) -> tuple[Bearing, ...]:
    """Return what of a stream bears on others, as amended, in the order of happening."""
    if any(isinstance(event, Amendment) for event in events):
        events = amended(events, AT_LAST)
    return tuple(in_order(event for event in events if isinstance(event, Bearing)))


def conflicts(events: Iterable[Event], people: Container[str] | None = None) -> Iterator[Problem]:
    """Yield every problem that takes more than one stream to see.

    With `people`, the ways of others are not looked at: not all of their flights may be there.
    """
    ordered = in_order(events)
    yield from people_problems(ordered, people)
    yield from port_problems(ordered)


@dataclass(slots=True)
class Concerned:
    """Whom changes of streams may put at odds with others: people, and the ports of stations."""

    people: set[str] = field(default_factory=set)
    ports: set[Port] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.people or self.ports)

    def add(self, was: Sequence[Bearing], now: Sequence[Bearing]) -> None:
        """Take in what bore on others of one stream, and what does now."""
        for event in (*was, *now):
            if isinstance(event, Leg):
                self.people.update(people_named(event))
            else:
                self.ports.add((event.subject, event.port))
        self.ports |= ports_changed(was, now)


def ports_changed(was: Sequence[Event], now: Sequence[Event]) -> set[Port]:
    """Return the ports at which a flight has another stay than it had."""
    old, new = (
        {(stay.port, stay.start.id, stay.start.happened, stay.end) for stay in port_stays(legs)}
        for legs in (was, now)
    )
    return {port for port, *_ in old ^ new}
