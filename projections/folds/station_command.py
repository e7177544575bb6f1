"""Command: who commands a station, and which expedition it is. Subject: a station, and the place.

The commander is the last person to whom command was handed, from the ceremony on; an expedition
that begins with a commander says that this person is in command by then. The expedition is the last
one that began, by an event that says so: it is never derived from arrivals and departures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aboard.events.station import CommandHandedOver, ExpeditionBegan
from aboard.projections.folds.segments import Piece, in_a_row
from aboard.projections.tables.fold_versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.projections.fold import Interval

name = "command"
version = VERSIONS[name]


heeds = frozenset({CommandHandedOver, ExpeditionBegan})
"""The types of facts that it is about."""


class CommandState(Struct, frozen=True, eq=False):
    """The commands and the expeditions so far, each series in its order, the last one open."""

    station: str
    commanders: tuple[Piece, ...] = ()
    expeditions: tuple[Piece, ...] = ()


def subjects(event: Event) -> Iterable[str]:
    """Return the station whose command or expedition it is about."""
    return (event.subject,) if type(event) in heeds else ()


def start(subject: str) -> CommandState:
    """Return a station without facts."""
    return CommandState(subject)


def step(state: CommandState, fact: Event) -> CommandState:
    """Return the state after one more fact of the station."""
    match fact:
        case CommandHandedOver():
            return _commanded(state, fact.to_person, fact)
        case ExpeditionBegan():
            begun = _next(state.station, state.expeditions, "expedition", fact.number, fact)
            state = replace(state, expeditions=begun)
            return _commanded(state, fact.commander, fact) if fact.commander else state
        case _:
            return state


def aims(state: CommandState) -> tuple[int, ...]:  # noqa: ARG001 - as every fold is asked
    """Return nothing: no target is looked at."""
    return ()


def finish(state: CommandState, now: int) -> Iterator[Interval]:  # noqa: ARG001 - there is no plan in it
    """Yield who commanded the station when, and which expedition it was."""
    for series in (state.commanders, state.expeditions):
        yield from in_a_row(series)


def _commanded(state: CommandState, person: str | None, fact: Event) -> CommandState:
    """Return the state with a person in command, perhaps the same as before."""
    if state.commanders and dict(state.commanders[-1].value)["id"] == person:
        return state
    commanders = _next(state.station, state.commanders, "commander", person, fact)
    return replace(state, commanders=commanders)


def _next(
    station: str, series: tuple[Piece, ...], item: str, key: str | int | None, fact: Event
) -> tuple[Piece, ...]:
    """Return a series in which the last piece ends as a new one begins."""
    value = (("id", key), ("item", item), ("since", str(fact.happened)))
    ended = tuple(replace(piece, end=fact.happened, cut={}) for piece in series[-1:])
    piece = Piece(station, fact.happened, None, value, (fact.id,))
    return (*series[:-1], *ended, piece)
