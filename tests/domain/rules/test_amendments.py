"""Corrections and retractions: what they may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.domain.problem import Problem, Refused
from aboard.domain.rules.amendments import targets_missing
from aboard.domain.rules.decisions import Decisions
from aboard.domain.rules.stream import Stream
from tests.build import fact, instant

if TYPE_CHECKING:
    from aboard.events.envelope import Event

NOW = instant("2026-01-01")
LAUNCHED = fact("launched", "2020-03-01T10:00:00Z", id="apple/launched", crew=["ann"])
DOCKED = fact("docked", "2020-03-01T14:00:00Z", id="apple/docked", station="pear", port="north")


def correct(target: str, made: str = "2021-01-01", **said: Any) -> Event:
    return fact("fact.corrected", made, target=target, reason="why", **said)


def retract(target: str, made: str = "2021-01-01", **said: Any) -> Event:
    return fact("fact.retracted", made, target=target, reason="why", **said)


def decided(*facts: Event) -> list[Event]:
    """Return what is recorded of facts that are decided on one after another."""
    deciding = Decisions(Stream, NOW)
    for one in facts:
        deciding.accept(one)
    return deciding.accepted


def refused(*facts: Event) -> Problem:
    """Return why the last of the facts is refused."""
    deciding = Decisions(Stream, NOW)
    for one in facts[:-1]:
        deciding.accept(one)
    with pytest.raises(Refused) as refusal:
        deciding.accept(facts[-1])
    assert refusal.value.problem.event_id == facts[-1].id
    assert len(deciding.accepted) == len(facts) - 1
    return refusal.value.problem


def test_an_amendment_is_the_next_event_of_its_stream() -> None:
    recorded = decided(LAUNCHED, DOCKED, correct("apple/docked", changes={"port": "south"}))
    assert [event.originator_version for event in recorded] == [1, 2, 3]
    again = decided(LAUNCHED, correct("apple/launched", changes={"crew": ["bob"]}), DOCKED)
    assert [event.originator_version for event in again] == [1, 2, 3]


def test_what_would_contradict_the_other_facts_is_refused() -> None:
    early = correct("apple/docked", changes={"happened": "2020-02-01"})
    problem = refused(LAUNCHED, DOCKED, early)
    assert problem.rule == "out-of-order"
    assert problem.message.startswith("with it, docked (apple/docked)")


def test_a_slip_is_held_to_the_same() -> None:
    early = correct("apple/docked", changes={"happened": "2020-02-01"}, transcription=True)
    assert refused(LAUNCHED, DOCKED, early).rule == "out-of-order"


def test_later_facts_are_decided_on_as_amended() -> None:
    late = correct("apple/launched", changes={"happened": "2020-03-02T00:00:00Z"})
    with_known = correct("apple/launched", changes={"crew": []})
    assert decided(LAUNCHED, with_known)
    assert refused(LAUNCHED, late).rule == "wrong-correction"


def test_what_was_retracted_can_be_stated_anew() -> None:
    again = fact("launched", "2020-03-01T10:00:01Z", id="apple/launched-2", crew=["ann"])
    assert refused(LAUNCHED, again).rule == "launched-twice"
    assert len(decided(LAUNCHED, retract("apple/launched"), again)) == 3


def test_a_retraction_is_retracted_only_while_there_is_room_for_the_fact() -> None:
    again = fact("launched", "2020-03-01T10:00:01Z", id="apple/launched-2", crew=["ann"])
    gone = retract("apple/launched", id="apple/gone")
    assert len(decided(LAUNCHED, gone, retract("apple/gone"))) == 3
    assert refused(LAUNCHED, gone, again, retract("apple/gone")).rule == "launched-twice"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [({"prot": "south"}, "prot of apple/docked"), ({"port": 5}, "port of apple/docked")],
)
def test_what_does_not_fit_the_event_is_refused(changes: dict[str, Any], complaint: str) -> None:
    problem = refused(LAUNCHED, DOCKED, correct("apple/docked", changes=changes))
    assert problem.rule == "wrong-correction"
    assert complaint in problem.message
    assert problem.hint == (
        "its fields are: happened, source, note, supersedes, station, to_craft, craft, port, mate"
    )


def test_what_does_not_fit_an_event_as_a_whole_is_refused() -> None:
    moved = fact("relocated", "2020-04-01T10:00:00Z", id="apple/moved",
                 undocked_at="2020-04-01T09:00:00Z")  # fmt: skip
    late = correct("apple/moved", changes={"undocked_at": "2020-04-02"})
    assert "the event of apple/moved" in refused(LAUNCHED, DOCKED, moved, late).message


def test_a_circle_is_refused() -> None:
    one = retract("apple/two", id="apple/one")
    two = retract("apple/one", id="apple/two")
    assert refused(one, two).rule == "circular"


def test_a_chain_is_none() -> None:
    chain = [LAUNCHED, retract("apple/launched", id="apple/1"), retract("apple/1", id="apple/2")]
    assert len(decided(*chain, retract("apple/2", id="apple/3"))) == 4


def test_the_future_is_refused() -> None:
    assert refused(LAUNCHED, retract("apple/launched", "2027-01-01")).rule == "from-the-future"


def test_a_target_that_is_not_recorded_yet_is_missing() -> None:
    early = retract("apple/launched")
    (problem,) = targets_missing([early])
    assert (problem.rule, problem.missing) == ("target-missing", True)
    assert list(targets_missing([early, LAUNCHED])) == []
    assert len(decided(early, LAUNCHED)) == 2


def test_any_kind_of_stream_can_be_amended() -> None:
    pear: dict[str, Any] = {"stream": "station/pear"}
    port = fact("port_added", "2020-01-01", **pear, id="pear/north", port="north", name="North")
    assert decided(port, correct("pear/north", **pear, changes={"name": "Northern port"}))
