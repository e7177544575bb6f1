"""Corrections and retractions: what they may change, decided on any stream.

An amendment is accepted when the stream would still hold together with it: every fact as amended is
decided on again.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from aboard.domain.aggregates.base import AMENDMENTS, refuse_the_future
from aboard.domain.problem import Problem, Refused
from aboard.events.amendments import AT_LAST, FactVersions, amended, corrected
from aboard.events.fact import UNCORRECTABLE, Amendment, Corrected
from aboard.events.order import LIFELINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aboard.events.envelope import Event


def decide(
    recorded: Sequence[Event], fact: Amendment, now: int, decide_again: Callable[[Event], object]
) -> None:
    """Refuse an impossible amendment; `recorded` is the current content of its stream.

    `decide_again` is called with every fact of the stream as amended, in the order of `by_life`,
    and raises `Refused` for one that no longer fits.
    """
    refuse_the_future(fact, now)
    by_id = {event.id: event for event in recorded}
    target = by_id.get(fact.target)
    _refuse_a_circle(by_id, fact)
    if target is not None and isinstance(fact, Corrected):
        _refuse_what_does_not_fit(recorded, target, fact)
    try:
        for event in by_life(amended([*recorded, fact], AT_LAST)):
            decide_again(event)
    except Refused as refusal:
        problem = refusal.problem
        raise Refused(
            Problem(problem.rule, fact.id, f"with it, {problem.message}", problem.hint)
        ) from None


class HeldBack(NamedTuple):
    """Until when a correction does not act yet, and why."""

    until: int
    why: str


def held_back(recorded: Iterable[Event], fact: Corrected) -> HeldBack | None:
    """Return what holds a correction back after it has become known; None if nothing does.

    `recorded` is the content of its stream, with or without the correction.
    """
    world = FactVersions()
    for event in {event.id: event for event in (*recorded, fact)}.values():
        world.add(event)
    target = world.fact(world.root(fact))
    if target is None or fact.transcription:
        return None
    version = world.version(target, fact.known_from)
    if version is None or version.known_from <= fact.known_from:
        return None
    until = version.known_from
    if until == version.happened.earliest:
        return HeldBack(until, f"{target.id} has not happened before {version.happened}")
    return HeldBack(until, f"{target.id} is stated to be known since {version.known}, not before")


def by_life(facts: Iterable[Event]) -> list[Event]:
    """Return facts in an order to decide on them in: a flight's life, the rest, amendments."""
    return sorted(facts, key=_in_life)


def _in_life(fact: Event) -> tuple[Any, ...]:
    return _stage(type(fact)), fact.order


@cache
def _stage(cls: type[Event]) -> tuple[bool, bool, int]:
    """Return the place of the facts of a type in that order."""
    return cls in AMENDMENTS, cls.RANK not in LIFELINE, cls.RANK


def _refuse_a_circle(by_id: dict[str, Event], fact: Amendment) -> None:
    seen, target = {fact.id}, fact.target
    while (event := by_id.get(target)) is not None and isinstance(event, Amendment):
        if event.target in seen:
            raise Refused(
                Problem(
                    "circular",
                    fact.id,
                    f"{event.id} amends {event.target}, which would amend it in turn",
                    "correct the fact itself",
                )
            )
        seen.add(target)
        target = event.target


def _refuse_what_does_not_fit(recorded: Sequence[Event], target: Event, fact: Corrected) -> None:
    world = FactVersions()
    for event in recorded:
        world.add(event)
    current: Any = world.version(target, AT_LAST) or target
    try:
        corrected(current, fact)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in detail["loc"]) or "the event"
        wrong = detail["msg"].removeprefix("Value error, ")
        if detail["type"] == "extra_forbidden":
            wrong = "there is no such field"
        raise Refused(
            Problem(
                "wrong-correction",
                fact.id,
                f"{field} of {target.id}: {wrong}",
                f"its fields are: {', '.join(own_fields(type(target)))}",
            )
        ) from None


def own_fields(cls: type[Event]) -> Iterator[str]:
    """Yield the fields of an event type that a correction may change."""
    return (name for name in cls.model_fields if name not in UNCORRECTABLE)


def targets_missing(events: Iterable[Event]) -> Iterator[Problem]:
    """Yield the amendments of events that are not recorded yet."""
    amendments = [event for event in events if isinstance(event, Amendment)]
    known = {event.id for event in events} if amendments else ()
    for event in amendments:
        if event.target not in known:
            yield Problem(
                "target-missing",
                event.id,
                f"no event is called {event.target!r}",
                "state it, or correct the target",
                missing=True,
            )
