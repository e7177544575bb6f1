"""The rules that span several streams, whatever order the facts arrive in.

A fact on one stream can conflict with another stream only through the legs of flights and the ports
of stations. So what a change affects is found without reading everything: the people named in the
legs of the flight that changed, and the ports at which its stays have changed.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Protocol, TypeGuard

from aboard.domain.rules.itineraries import LEGS, Leg, people_problems, way_problems
from aboard.domain.rules.ports import clash, port_problems
from aboard.events.order import in_order
from aboard.events.station import PortAdded, PortRemoved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aboard.domain.problem import Problem
    from aboard.domain.rules.ports import Port, PortStay
    from aboard.domain.rules.stream import Stream
    from aboard.events.envelope import Event

    StreamChange = tuple[Stream, Stream]
    """A stream as it was, and as it is."""

Bearing = Leg | PortAdded | PortRemoved
"""The events that can conflict with facts of another stream."""

_BEARING = LEGS | {PortAdded, PortRemoved}


class StreamLookup(Protocol):
    """Looks up the other streams that a change may conflict with."""

    def stream(self, name: str) -> Stream:
        """Return a stream."""
        ...

    def event(self, event_id: str) -> Event | None:
        """Return the event that has an id."""
        ...

    def naming(self, kind: str, ids: Iterable[str]) -> set[str]:
        """Return the streams that name any of these things."""
        ...

    def at_port(self, station: str, port: str) -> set[str]:
        """Return the streams that may have a stay at a port of a station."""
        ...


def bears(event: Event) -> TypeGuard[Bearing]:
    """Whether an event can conflict with facts of another stream."""
    return type(event) in _BEARING


def conflicts(events: Iterable[Event]) -> Iterator[Problem]:
    """Yield every problem that involves more than one stream, looking at everything."""
    ordered = in_order(events)
    yield from people_problems(ordered)
    yield from port_problems(ordered)


def new_conflicts(changed: Iterable[StreamChange], around: StreamLookup) -> set[Problem]:
    """Return the problems between streams that the changes have caused.

    They are the results of `conflicts` now that were not among its results before.
    """
    moved = {now.name: (was, now) for was, now in changed if was.bearing != now.bearing}
    return _of_people(moved, around) | _of_ports(moved, around) if moved else set()


def _of_people(moved: Mapping[str, StreamChange], around: StreamLookup) -> set[Problem]:
    """Return the new problems of the people who are named in the legs of a stream."""
    named: dict[str, list[StreamChange]] = defaultdict(list)
    for was, now in moved.values():
        for person in was.people | now.people:
            named[person].append((was, now))
    found: set[Problem] = set()
    for person, changes in named.items():
        others = [
            stream
            for name in around.naming("person", [person]) - moved.keys()
            if person in (stream := around.stream(name)).people
        ]
        if problems := _way(person, [*others, *(now for _, now in changes)]):
            found.update(problems - _way(person, [*others, *(was for was, _ in changes)]))
    return found


def _way(person: str, streams: Iterable[Stream]) -> set[Problem]:
    ways = [stream.legs for stream in streams if person in stream.people]
    # The legs of one stream are already in order.
    legs = in_order(chain.from_iterable(ways)) if len(ways) > 1 else list(*ways)
    return set(way_problems(person, legs))


def _of_ports(moved: Mapping[str, StreamChange], around: StreamLookup) -> set[Problem]:
    """Return the new problems at ports that have changed, or whose stays have."""
    at: tuple[dict[Port, list[PortStay]], dict[Port, list[PortStay]]]
    at = defaultdict(list), defaultdict(list)
    concerned: dict[Port, bool] = {}
    for was, now in moved.values():
        concerned |= dict.fromkeys(stays_changed(was, now), False)
        for number, stream in enumerate((was, now)):
            for stay in stream.stays:
                at[number][stay.port].append(stay)
    for was, now in moved.values():
        concerned |= dict.fromkeys(_ports_changed(was, now), True)
    clashing = set()
    for port, changed in concerned.items():
        station = moved.get(f"station/{port[0]}") or (around.stream(f"station/{port[0]}"),) * 2
        others = [
            stay
            for name in around.at_port(*port) - moved.keys()
            for stay in around.stream(name).stays
            if stay.port == port
        ]
        for stays, stream in zip(at, station, strict=True):
            # Where the port itself has changed, every stay at it has to be checked again.
            mine, rest = ([*stays[port], *others], []) if changed else (stays[port], others)
            if clash(port, mine, rest, stream.bearing):
                clashing.add(port)
    return _port_conflicts(clashing, moved, around) if clashing else set()


def _port_conflicts(
    ports: Iterable[Port], moved: Mapping[str, StreamChange], around: StreamLookup
) -> set[Problem]:
    """Return the new problems at some ports, considering everything ever docked there."""
    names = {name for port in ports for name in around.at_port(*port)}
    names |= {f"station/{station}" for station, _ in ports}
    others = [event for name in names - moved.keys() for event in around.stream(name).bearing]
    before, after = (
        set(port_problems(in_order([*others, *bearing])))
        for bearing in (
            [event for was, _ in moved.values() for event in was.bearing],
            [event for _, now in moved.values() for event in now.bearing],
        )
    )
    return after - before


def stays_changed(was: Stream, now: Stream) -> set[Port]:
    """Return the ports at which the stays of a flight have changed."""
    if was.stays is now.stays or not (was.stays or now.stays):
        return set()
    old, new = (
        {(stay.port, stay.start.id, stay.start.happened, stay.end) for stay in stream.stays}
        for stream in (was, now)
    )
    return {port for port, *_ in old ^ new}


def _ports_changed(was: Stream, now: Stream) -> set[Port]:
    """Return the ports of a station whose events have changed."""
    old, new = (
        {event.id: event for event in stream.bearing if isinstance(event, PortAdded | PortRemoved)}
        for stream in (was, now)
    )
    return {
        (event.subject, event.port)
        for key in old.keys() | new.keys()
        if old.get(key) != new.get(key)
        for event in (old.get(key), new.get(key))
        if event is not None
    }
