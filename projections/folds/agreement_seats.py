"""The seats exchanged under an agreement, planned or flown. Subject: an agreement.

A seat is planned from the exchange until its flight lifts off, or until its traveller is taken off
the flight's crew, and flown from a lift-off with that traveller on. The launch stands on another
stream and does not name the agreement: `streams` has the agreement read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aboard.events.agreement import SeatExchanged
from aboard.events.flight import Launched
from aboard.events.flight_plan import CrewAssigned, CrewReplaced
from aboard.events.mentions import people_named
from aboard.events.time import FOREVER
from aboard.projections.fold import Interval
from aboard.projections.tables.fold_versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event

name = "agreement_seats"
version = VERSIONS[name]

CrewFact = CrewAssigned | CrewReplaced | Launched

heeds = frozenset({SeatExchanged, CrewAssigned, CrewReplaced, Launched})
"""The types of facts that it is about."""


class Seats(Struct, frozen=True, eq=False):
    """The exchanges, and what was said of the crews of flights, in the order of happening."""

    agreement: str
    exchanges: tuple[SeatExchanged, ...] = ()
    crews: tuple[CrewFact, ...] = ()


def subjects(event: Event) -> Iterable[str]:
    """Return the agreement whose stream it is."""
    return (event.subject,) if event.originator_id.startswith("agreement/") else ()


def streams(event: Event) -> Iterable[tuple[str, str]]:
    """Return the agreement and the stream of the flight on which it exchanges a seat."""
    if type(event) is SeatExchanged:
        return ((event.subject, f"flight/{event.flight}"),)
    return ()


def start(subject: str) -> Seats:
    """Return an agreement without facts."""
    return Seats(subject)


def step(state: Seats, fact: Event) -> Seats:
    """Return the state after one more fact of the agreement, or of a flight it has a seat on."""
    match fact:
        case SeatExchanged():
            return replace(state, exchanges=(*state.exchanges, fact))
        case Launched():
            return replace(state, crews=(*state.crews, fact))
        case CrewAssigned() | CrewReplaced() if fact.condition is None:
            return replace(state, crews=(*state.crews, fact))
        case _:
            return state


def aims(state: Seats) -> tuple[int, ...]:  # noqa: ARG001 - as every fold is asked
    """Return nothing: no target is looked at."""
    return ()


def finish(state: Seats, now: int) -> Iterator[Interval]:  # noqa: ARG001 - no target is looked at
    """Yield the stretches of each seat, planned and flown."""
    for exchange in state.exchanges:
        crews = [fact for fact in state.crews if fact.subject == exchange.flight]
        for since, end, reasons in _stretches(exchange, crews):
            value = (
                ("carrier", exchange.carrier),
                ("flight", exchange.flight),
                ("person", exchange.person),
                ("since", str(since.happened)),
                ("state", "flown" if isinstance(since, Launched) else "planned"),
                ("traveller_of", exchange.traveller_of),
            )
            begin = since.happened.earliest
            if begin < end:
                yield Interval(begin, end, state.agreement, value, reasons)


def _stretches(
    exchange: SeatExchanged, crews: list[CrewFact]
) -> Iterator[tuple[Event, int, tuple[str, ...]]]:
    """Yield from which event to which instant a seat is planned or flown, and why."""
    person = exchange.person
    planned: Event | None = exchange
    launch = next((fact for fact in crews if isinstance(fact, Launched)), None)
    for fact in crews:
        if isinstance(fact, Launched) or fact.order < exchange.order:
            continue
        seated = person in people_named(fact)
        if planned and seated and _loses(person, fact):
            yield planned, fact.happened.earliest, _why(exchange, planned)
            planned = None
        elif planned is None and seated:
            planned = fact
    if planned:
        end = launch.happened.earliest if launch else FOREVER
        yield planned, end, _why(exchange, planned)
    if launch and person in launch.crew:
        yield launch, FOREVER, _why(exchange, launch)


def _loses(person: str, fact: Event) -> bool:
    """Whether a fact takes a person off a crew."""
    on = [seat.person for seat in fact.on] if isinstance(fact, CrewReplaced) else [person]
    return person not in on


def _why(exchange: Event, since: Event) -> tuple[str, ...]:
    return tuple(dict.fromkeys((exchange.id, since.id)))
