"""Folds for tests, beside those of the program."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from aboard.events.time import FOREVER
from aboard.projections.fold import Interval
from aboard.projections.folds.registry import FOLDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aboard.events.envelope import Event
    from aboard.projections.fold import Fold

POISON = "poison"
"""The note of an event on which `fragile` raises."""


def changed(name: str, by: int = 1, **functions: Any) -> tuple[Fold[Any], ...]:
    """Return the folds of the program, one of which has another version, and may do otherwise."""
    return tuple(_changed(fold, by, functions) if fold.name == name else fold for fold in FOLDS)


def _changed(fold: Any, by: int, functions: dict[str, Any]) -> Any:
    parts = ("name", "version", "subjects", "streams", "start", "step", "finish")
    same = {part: getattr(fold, part) for part in parts if hasattr(fold, part)}
    return SimpleNamespace(**same | {"version": fold.version + by} | functions)


def fragile(version: int = 1, raises_on: str = POISON, **functions: Any) -> Any:
    """Return a fold that says when the hatch of a flight was opened, and raises on a note.

    With `raises_on` ``subjects:`` and a note it raises when it is asked whom an event is about.
    """
    where, _, word = raises_on.rpartition(":")

    def subjects(event: Event) -> Iterator[str]:
        if where and event.note == word:
            raise LookupError("nobody knows whose it is")
        if event.TOPIC.startswith("flight."):
            yield event.subject

    def step(state: tuple[Event, ...], fact: Event) -> tuple[Event, ...]:
        if not where and fact.note == word:
            raise ZeroDivisionError("the fact is poison")
        return (*state, fact) if fact.TOPIC == "flight.hatch_opened" else state

    def finish(state: tuple[Event, ...], now: int) -> Iterator[Interval]:
        for fact in state:
            yield Interval(
                fact.happened.earliest, FOREVER, fact.subject, (("since", str(fact.happened)),),
                (fact.id,),
            )  # fmt: skip

    own = {"subjects": subjects, "start": lambda _subject: (), "step": step, "finish": finish}
    return SimpleNamespace(name="fragile", version=version, **own | functions)


def with_fragile(**said: Any) -> Sequence[Fold[Any]]:
    """Return the folds of the program and a fragile one."""
    return (*FOLDS, fragile(**said))
