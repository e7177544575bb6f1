"""Guards: marks on the stream of a station that let two writers at one port conflict.

Occupation of ports is recorded on the streams of flights. Two writers for two flights write to two
streams: both would see the port free, and neither would conflict with the other. So a writer that
changes who is at a station's ports also writes the next version of the station's stream, once for
each station and recording, in the same transaction.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aboard.domain.problem import Problem, Refused
from aboard.domain.rules.cross_stream import stays_changed
from aboard.events.station import PortsGuarded
from aboard.events.time import Time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboard.domain.rules.stream import Stream
    from aboard.events.envelope import Event
    from aboard.events.fact import Amendment

OWN_ID = re.compile(r"[^/]+/ports-guarded-\d+")
"""The ids that are reserved for guards."""


def refuse_to_amend(fact: Amendment) -> None:
    """Refuse an amendment of a guard: it states nothing that could be wrong."""
    if OWN_ID.fullmatch(fact.target):
        raise Refused(
            Problem(
                "reserved-id",
                fact.id,
                f"{fact.target} is one of the log's own events, which state no fact",
                "amend the fact it was recorded with",
            )
        )


def guards(
    changed: Iterable[tuple[Stream, Stream, Event]],
    version: Callable[[str], int],
) -> list[PortsGuarded]:
    """Return the guards that are to be recorded with changes of flights' streams.

    A change is a stream as it was, as it is, and the first event that was added. `version` returns
    the version that a stream has with the changes.
    """
    ports: dict[str, set[str]] = {}
    causes: dict[str, Event] = {}
    for was, now, cause in changed:
        for station, port in stays_changed(was, now):
            ports.setdefault(station, set()).add(port)
            causes.setdefault(station, cause)
    return [_guard(station, causes[station], ports[station], version) for station in sorted(ports)]


def _guard(
    station: str, cause: Event, ports: Iterable[str], version: Callable[[str], int]
) -> PortsGuarded:
    stream = f"station/{station}"
    number = version(stream) + 1
    moment = Time.at(int(cause.recorded.timestamp()))
    return PortsGuarded(
        id=f"{station}/ports-guarded-{number}",
        originator_id=stream,
        originator_version=number,
        happened=moment,
        known=moment,
        recorded=cause.recorded,
        recorded_by=cause.recorded_by,
        source=cause.source,
        correlation_id=cause.correlation_id,
        causation_id=cause.id,
        ports=tuple(sorted(ports)),
    )
