"""Ports: one vehicle at a port at a time, and no vehicle at a port that does not exist."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import TYPE_CHECKING

from aboard.domain.problem import Problem
from aboard.events.flight import Docked, Landed, Lost, Relocated, Undocked
from aboard.events.mentions import craft_of
from aboard.events.order import surely_before
from aboard.events.station import PortAdded, PortRemoved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aboard.events.envelope import Event
    from aboard.events.time import Time

Port = tuple[str, str]
"""A station and a port of it."""


@dataclass(frozen=True, slots=True)
class PortStay:
    """A vehicle's time at a port; an absent end is not recorded."""

    port: Port
    start: Event
    end: Time | None

    def can_end_before(self, other: PortStay) -> bool:
        """Whether this stay may have ended before the other begins."""
        return self.end is not None and self.end.earliest <= other.start.happened.latest

    def outlasts(self, gone: Event) -> bool:
        """Whether some of it is surely after the port was removed."""
        ended_later = self.end is not None and gone.happened.latest < self.end.earliest
        return ended_later or surely_before(gone, self.start)


def port_problems(ordered: Sequence[Event]) -> Iterator[Problem]:
    """Yield what is wrong with who is at which port, given facts in the order of happening."""
    added = {(e.subject, e.port): e for e in ordered if isinstance(e, PortAdded)}
    removed = {(e.subject, e.port): e for e in ordered if isinstance(e, PortRemoved)}
    stays: dict[Port, list[PortStay]] = defaultdict(list)
    for stay in port_stays(ordered):
        stays[stay.port].append(stay)
        since = added.get(stay.port)
        if since and surely_before(stay.start, since):
            yield Problem(
                "no-such-port-yet",
                stay.start.id,
                f"{stay.start.subject} is at {stay.port[1]} on {stay.start.happened}, "
                f"but the port was added on {since.happened}",
                "check the port and the time",
            )
        gone = removed.get(stay.port)
        if gone and stay.outlasts(gone):
            yield Problem(
                "port-gone",
                stay.start.id,
                f"{stay.start.subject} is at {stay.port[1]} from {stay.start.happened} to "
                f"{stay.end or 'now'}, but the port was removed on {gone.happened}",
                "check the port and the time",
            )
    for at_port in stays.values():
        yield from _taken(at_port)


def _taken(stays: Iterable[PortStay]) -> Iterator[Problem]:
    """Yield the pairs of stays at one port that must overlap."""
    reported: set[str] = set()
    for one, other in combinations(stays, 2):
        if one.can_end_before(other) or other.can_end_before(one) or other.start.id in reported:
            continue
        reported.add(other.start.id)
        station, port = other.port
        since = one.start.happened
        stay = (
            f"was from {since} to {one.end}"
            if one.end
            else f"has been since {since}, with no undocking recorded"
        )
        yield Problem(
            "port-taken",
            other.start.id,
            f"{other.start.subject} docks at {station}'s {port} on {other.start.happened}, where "
            f"{one.start.subject} {stay}",
            "only one vehicle can be at a port at a time; check the port and both times",
        )


def clash(
    port: Port, mine: Sequence[PortStay], others: Iterable[PortStay], station: Iterable[Event]
) -> bool:
    """Whether anything is wrong with some stays at a port, alone or with others there.

    `station` has the cross-stream events of the port's station.
    """
    before, after = None, None
    for event in station:
        if isinstance(event, PortAdded) and event.port == port[1]:
            before = event
        elif isinstance(event, PortRemoved) and event.port == port[1]:
            after = event
    if before and any(surely_before(stay.start, before) for stay in mine):
        return True
    if after and any(stay.outlasts(after) for stay in mine):
        return True
    pairs = chain(combinations(mine, 2), product(mine, others))
    return any(not one.can_end_before(two) and not two.can_end_before(one) for one, two in pairs)


_AT_PORTS = frozenset((Docked, Relocated, Undocked, Landed, Lost))


def port_stays(ordered: Sequence[Event]) -> Iterator[PortStay]:
    """Yield the stays of every flight at every port that a fact names."""
    open_stays: dict[str, tuple[Port, Event]] = {}
    stations: dict[str, str] = {}
    for event in ordered:
        if type(event) not in _AT_PORTS:
            continue
        if craft_of(event) != event.subject or (isinstance(event, Docked) and not event.station):
            continue  # two craft that are docked take no port of a station
        flight = event.subject
        if flight in open_stays:
            port, start = open_stays.pop(flight)
            left = event.undocked_at if isinstance(event, Relocated) else event.happened
            yield PortStay(port, start, left)
        if isinstance(event, Docked) and event.station:
            stations[flight] = event.station
        name = {Docked: "port", Relocated: "to_port"}.get(type(event))
        taken = getattr(event, name) if name else None
        if taken and flight in stations:
            open_stays[flight] = ((stations[flight], taken), event)
    for port, start in open_stays.values():
        yield PortStay(port, start, None)
