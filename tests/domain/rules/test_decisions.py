"""Deciding on all that is stated at once comes to what deciding on one after another does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.domain.problem import Problem, Refused
from aboard.domain.rules.amendments import by_life
from aboard.domain.rules.decisions import Decisions
from aboard.domain.rules.stream import ON_BEARING, Stream
from aboard.events.fact import Amendment
from tests.build import fact, instant
from tests.projections.histories import histories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.events.envelope import Event

NOW = instant("2040-01-01")


def reading(recorded: Sequence[Event]) -> Decisions:
    """Return decisions on streams on which some events are recorded, as they were numbered."""
    streams: dict[str, Stream] = {}
    for event in recorded:
        stream = streams.setdefault(event.originator_id, Stream(event.originator_id))
        streams[stream.name] = stream.followed_by([event.at_version(stream.version + 1)])
    return Decisions(lambda name: streams.get(name) or Stream(name), NOW)


def one_by_one(deciding: Decisions, facts: Sequence[Event]) -> list[Problem]:
    """Decide on facts one after another; return the problems of those that were refused."""
    streams: dict[str, list[Event]] = {}
    for event in by_life(facts):
        streams.setdefault(event.originator_id, []).append(event)
    refused = []
    for mine in streams.values():
        for event in mine:
            try:
                deciding.accept(event)
            except Refused as refusal:
                refused.append(refusal.problem)
    return refused


@settings(max_examples=60, deadline=None)
@given(data=st.data(), facts=histories())
def test_all_at_once_as_one_by_one(data: st.DataObject, facts: list[Event]) -> None:
    order = data.draw(st.permutations(facts))
    recorded = order[: data.draw(st.integers(0, len(order)))]
    again = [
        event.model_copy(update={"id": f"{event.id}-{number}"})
        for number, event in enumerate(data.draw(st.lists(st.sampled_from(facts), max_size=3)))
    ]
    remarks = [
        fact("fact.claimed", "2030", stream=event.originator_id, says="otherwise")
        for event in data.draw(st.lists(st.sampled_from(facts), max_size=3))
    ]
    # Amendments are decided on together: they may be what makes another fact fit.
    new = [
        event
        for event in (*order[len(recorded) :], *again, *remarks)
        if not isinstance(event, Amendment)
    ]
    at_once, in_turn = reading(recorded), reading(recorded)

    refused = [refusal.problem for refusal in at_once.accept_all(new)]

    assert refused == one_by_one(in_turn, new)
    assert at_once.accepted == in_turn.accepted
    assert at_once.people() == in_turn.people()
    assert at_once.guards() == in_turn.guards()
    for name, (was, now) in at_once.changed().items():
        assert now.events == in_turn.stream(name).events
        same = Stream(name, now.events)
        assert (was.name, now.version, now.state) == (name, same.version, same.state)
        for worked_out in ("facts", "targets", *ON_BEARING):
            assert getattr(now, worked_out) == getattr(same, worked_out), worked_out


def test_what_is_refused_leaves_the_others() -> None:
    launched = fact("launched", "2022-09-21", crew=[])
    early = fact("docked", "2022-09-20", station="iss")
    claim = fact("fact.claimed", "2022-10-01", says="a day later")
    landed = fact("landed", "2022-10-02", crew=[])
    deciding = Decisions(Stream, NOW)

    (refusal,) = deciding.accept_all([claim, landed, early, launched])

    assert (refusal.problem.rule, refusal.problem.event_id) == ("out-of-order", early.id)
    assert [(event.id, event.originator_version) for event in deciding.accepted] == [
        (launched.id, 1),
        (landed.id, 2),
        (claim.id, 3),
    ]
    assert deciding.stream("flight/apple").state.version == 3
