"""Facts of one time: the one that supersedes another holds, in whichever order they arrive."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.events.amendments import amended
from aboard.events.order import in_order
from aboard.events.series import are_rivals
from aboard.events.time import Time
from aboard.projections.fold import links
from aboard.projections.folds.registry import FOLDS
from aboard.projections.lift.lift import lift
from tests.rivals import KINDS, TIMES, background, event, pair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.events.envelope import Event
    from aboard.projections.fold import Interval

PAIRS = 10_000
BEFORE = background()
NOW = Time.parse("2022-12-01").earliest
ASKED = [NOW + 10 * 86_400 * number for number in range(110)]
"""Instants after the facts, and during everything that they plan."""

OF_TIME = ("since", "time", "until")
"""What a value says of the time of a fact, which differs where one happened later."""


def subjects(fold: Any, facts: Iterable[Event]) -> dict[str, list[Event]]:
    """Return the facts that each subject of a fold reads."""
    streams: dict[str, set[str]] = {}
    for fact in facts:
        for subject, stream in links(fold, fact):
            streams.setdefault(subject, set()).add(stream)
    return {
        subject: [fact for fact in facts if fact.originator_id in read]
        for subject, read in streams.items()
    }


def folded(fold: Any, subject: str, facts: list[Event]) -> list[Interval]:
    """Return the intervals of a subject, as known now."""
    state = fold.start(subject)
    for fact in in_order(amended(facts, NOW)):
        state = fold.step(state, fact)
    return list(fold.finish(state, NOW))


def holds(facts: list[Event], *, concerned: set[str]) -> set[tuple[Any, ...]]:
    """Return what holds at each instant asked, without the times of facts."""
    found = set()
    for fold in FOLDS:
        for subject, mine in subjects(fold, facts).items():
            if concerned.isdisjoint(fact.id for fact in mine):
                continue
            for one in folded(fold, subject, mine):
                plan = dict(one.value).get("basis") in ("plan", "planned")
                value = tuple((k, v) for k, v in one.value if plan or k not in OF_TIME)
                found |= {
                    (fold.name, subject, one.place, value, at)
                    for at in ASKED
                    if one.start <= at < one.end
                }
    return found


def test_every_pair_gives_one_answer_and_the_one_stated_later_holds() -> None:
    random = Random(14)  # noqa: S311
    met: set[str] = set()
    tried = 0
    while tried < PAIRS:
        one, other = pair(random)
        time = random.choice(list(TIMES))
        names = random.sample(("9", "10", "crew", "soyuz"), 2)
        first = event(one, time, names[0])
        second = event(other, time, names[1], first.id)
        if not are_rivals(first, second, {fact.id: fact for fact in BEFORE}):
            continue
        tried += 1
        met.add(first.TOPIC)
        together = in_order([*BEFORE, first, second])
        assert together == in_order([second, first, *BEFORE])
        assert together.index(first) < together.index(second)
        if tried % 10 == 0:  # it takes longer
            concerned = {first.id, second.id}
            surely_later = event(other, TIMES[time], names[1])
            assert holds([*BEFORE, second, first], concerned=concerned) == holds(
                [*BEFORE, first, surely_later], concerned=concerned
            ), (first, second)
    assert len(met) > 15


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(KINDS), data=st.data())
def test_any_order_of_arrival_gives_the_same_rectangles(
    seed: int, kind: Any, data: st.DataObject
) -> None:
    random = Random(seed)  # noqa: S311
    time = random.choice(list(TIMES))
    facts = [event(kind(random), time, "9")]
    for name in ("10", "crew"):
        facts.append(event(kind(random), time, name, facts[-1].id))
    arriving = data.draw(st.permutations(facts))
    for fold in FOLDS:
        for subject, mine in subjects(fold, [*BEFORE, *facts]).items():
            others = [fact for fact in [*arriving, *BEFORE] if fact in mine]
            assert set(lift(fold, subject, mine)) == set(lift(fold, subject, others))
