"""Tests of a fold: given some facts, when asked at two instants, then this holds.

    given(hatch, opened, closed).when(at="2022-12-25", known="2023").then("apple", state="open")

Whatever is asked is answered in three ways, by the rectangles of the facts in the order given, by
those of the facts the other way round, and by folding what was known directly. They agree for every
fold that is pure; one that is not fails here with an error that says so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.events.vocabulary import class_of
from aboard.projections.fold import links
from aboard.projections.lift.lift import fold_directly, lift

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.events.envelope import Event
    from aboard.projections.fold import Fold, Interval
    from aboard.projections.lift.lift import Rectangle

Held = tuple[str, dict[str, Any]]
"""A place, and the value that holds there."""


def event(kind: str, stream: str, happened: str, known: str | None = None, /, **said: Any) -> Event:
    """Return an event: `kind` is its type, such as ``docked``, `stream` such as ``flight/apple``.

    Without `known` it is known when it happened. Without an `id` it gets one of its type, its
    stream and when it happened.
    """
    topic = kind if "." in kind else f"{stream.partition('/')[0]}.{kind}"
    moment = "".join(one.lower() if one.isalnum() else "-" for one in happened).strip("-")
    name = f"{topic.partition('.')[2]}-{moment}".replace("_", "-")
    state = {
        "id": f"{stream.partition('/')[2]}/{name}",
        "originator_id": stream,
        "originator_version": 1,
        "happened": happened,
        "known": known or happened,
        "recorded": "2000-01-01T00:00:00Z",
        "recorded_by": "test",
        "source": ["unsourced"],
        **said,
    }
    return class_of(topic).model_validate_json(json.dumps(state))


def given(fold: Fold[Any], *facts: Event) -> Given:
    """Return a fold with some facts, recorded in this order."""
    return Given(fold, facts)


class Given:
    """A fold, and the facts that are recorded."""

    def __init__(self, fold: Fold[Any], facts: Iterable[Event]) -> None:
        self._fold = fold
        self._facts = tuple(facts)

    def when(self, *, at: str, known: str = "2999-12-31") -> When:
        """Return what is asked: what holds `at` an instant, as `known` at another.

        A time means its first instant for `at` and its last for `known`.
        """
        instant, knowledge = Time.parse(at).earliest, Time.parse(known).latest
        return When(self._holds(instant, knowledge), f"at {at}, as known at {known}")

    def rectangles(self) -> list[tuple[str, Rectangle]]:
        """Return every rectangle with its subject, as the read model would hold them."""
        return [
            (subject, one)
            for subject, facts in self._subjects().items()
            for one in _both_ways(self._fold, subject, facts)
        ]

    def _subjects(self) -> dict[str, list[Event]]:
        """Return the facts that each subject reads: those of every stream that is about it."""
        streams: dict[str, set[str]] = {}
        for fact in self._facts:
            for subject, stream in links(self._fold, fact):
                streams.setdefault(subject, set()).add(stream)
        return {
            subject: [fact for fact in self._facts if fact.originator_id in read]
            for subject, read in sorted(streams.items())
        }

    def _holds(self, at: int, known: int) -> list[Interval]:
        held: list[Interval] = []
        for subject, facts in self._subjects().items():
            found = {
                one.interval
                for one in _both_ways(self._fold, subject, facts)
                if one.interval.start <= at < one.interval.end
                and one.known_from <= known < one.known_to
            }
            directly = set(fold_directly(self._fold, subject, facts, at, known))
            _agree(found == directly, subject, found, directly)
            held += found
        return sorted(held, key=lambda one: (one.place, one.start, one.end, repr(one.value)))


class When:
    """What holds at an instant, as known at another."""

    def __init__(self, intervals: list[Interval], asked: str) -> None:
        self.intervals = intervals
        self._asked = asked

    def then(self, place: str, /, **value: Any) -> When:
        """Assert that this holds at a place: its value has these fields, and may have others."""
        there = [dict(one.value) for one in self.intervals if one.place == place]
        if not any(value.items() <= one.items() for one in there):
            raise AssertionError(
                f"{self._asked}, {value} does not hold at {place!r}; there: {there or 'nothing'}"
            )
        return self

    def then_nothing(self, place: str = "") -> When:
        """Assert that nothing holds, at a place or anywhere."""
        there = [one for one in self.intervals if place in ("", one.place)]
        if there:
            raise AssertionError(f"{self._asked}, this holds: {there}")
        return self

    def then_exactly(self, *held: Held) -> When:
        """Assert that this holds and nothing else: places with whole values, in any order."""
        found = [(one.place, dict(one.value)) for one in self.intervals]
        if sorted(found, key=repr) != sorted(held, key=repr):
            raise AssertionError(f"{self._asked}, this holds: {found}; expected: {list(held)}")
        return self

    def because_of(self, *why: str) -> When:
        """Assert that what holds rests on these events, by their ids, and on no others."""
        found = sorted({event for one in self.intervals for event in one.why})
        if found != sorted(why):
            raise AssertionError(f"{self._asked}, it is because of {found}")
        return self


def _both_ways(fold: Fold[Any], subject: str, facts: list[Event]) -> set[Rectangle]:
    """Return the rectangles of a subject, whatever order its facts come in."""
    forwards = set(lift(fold, subject, facts))
    backwards = set(lift(fold, subject, reversed(facts)))
    _agree(forwards == backwards, subject, forwards, backwards)
    return forwards


def _agree(same: bool, subject: str, one: object, other: object) -> None:
    if not same:
        raise AssertionError(
            f"the fold is not pure: of {subject!r} it makes {one} once, and {other} again. "
            "`step` must leave the old state as it was, and depend on nothing but what it is given"
        )
