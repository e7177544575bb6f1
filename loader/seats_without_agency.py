"""Seats that do not state an agency, so that the person's registration stands in for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.events.amendments import AT_LAST, amended
from aboard.events.flight import Launched
from aboard.events.flight_plan import CrewAssigned, CrewReplaced, Seat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aboard.events.envelope import Event
    from aboard.loader.baseline import Baseline, LogBaseline
    from aboard.loader.finding import Finding
    from aboard.loader.parse_entries import Fact

HINT = "state it in the seat: in seats of the launch, or in crew of the assignment"


def seats_without_agency(
    facts: Iterable[Fact], events: Mapping[str, Event], base: Baseline | LogBaseline
) -> Iterator[Finding]:
    """Yield a finding for each person in a crew of the facts whose seat states no agency.

    `events` are those of the facts, as amended. It is stated by any fact about that seat.
    """
    by_stream: dict[str, list[tuple[Fact, Event]]] = {}
    for fact in facts:
        event = events.get(fact.event.id)
        if isinstance(event, Launched | CrewAssigned | CrewReplaced):
            by_stream.setdefault(event.originator_id, []).append((fact, event))
    for stream, stated in by_stream.items():
        before = amended(base.stream(stream).events, AT_LAST)
        seats = (seat for event in (*before, *(one for _, one in stated)) for seat in _seats(event))
        known = {seat.person for seat in seats if seat.agency}
        for fact, event in stated:
            field = "on" if isinstance(event, CrewReplaced) else "crew"
            for person in _people(event):
                if person not in known:
                    known.add(person)
                    message = f"the agency of {person} on this flight is not stated"
                    yield fact.entry.finding(field, "agency-missing", message, HINT)


def _seats(event: Event) -> tuple[Seat, ...]:
    match event:
        case Launched():
            return event.seats or ()
        case CrewAssigned():
            return event.crew
        case CrewReplaced():
            return event.on
        case _:
            return ()


def _people(event: Event) -> tuple[str, ...]:
    if isinstance(event, Launched):
        return event.crew
    return tuple(seat.person for seat in _seats(event))
