"""The aggregates together: decisions on many streams, each seeing the ones before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aboard.domain.aggregates.registry import AGGREGATES
from aboard.domain.problem import Refused
from aboard.domain.rules.decisions import Decisions
from aboard.domain.rules.stream import Stream
from aboard.events.vocabulary import KINDS
from tests.build import fact, instant
from tests.domain.given import TODAY, source

if TYPE_CHECKING:
    from aboard.events.envelope import Event

LAUNCHED = fact("launched", "2022-09-21", crew=[], id="apple/launched")
DOCKED = fact("docked", "2022-09-22", station="iss", id="apple/docked")
TOO_EARLY = fact("docked", "2022-09-20", station="iss", id="apple/docked-early")
OTHER = fact("launched", "2022-09-23", crew=[], stream="flight/pear", id="pear/launched")


def deciding(*recorded: Event) -> Decisions:
    """Return decisions on streams on which these events are recorded."""

    def read(stream: str) -> Stream:
        return Stream(stream, [event for event in recorded if event.originator_id == stream])

    return Decisions(read, instant(TODAY))


def test_there_is_an_aggregate_for_every_kind_of_stream() -> None:
    assert tuple(AGGREGATES) == KINDS


def test_facts_are_numbered_along_their_streams() -> None:
    decisions = deciding(LAUNCHED)
    for event in (DOCKED, OTHER, fact("hatch_opened", "2022-09-22"), source("gcat")):
        decisions.accept(event)
    assert [(event.originator_id, event.originator_version) for event in decisions.accepted] == [
        ("flight/apple", 2),
        ("flight/pear", 1),
        ("flight/apple", 3),
        ("source/gcat", 1),
    ]


def test_a_decision_sees_the_ones_before_it() -> None:
    decisions = deciding()
    decisions.accept(LAUNCHED)
    with pytest.raises(Refused, match="out-of-order: docked"):
        decisions.accept(TOO_EARLY)


def test_a_refusal_changes_nothing() -> None:
    decisions = deciding(LAUNCHED)
    with pytest.raises(Refused) as refusal:
        decisions.accept(TOO_EARLY)
    assert refusal.value.problem.event_id == TOO_EARLY.id
    assert decisions.accepted == []
    decisions.accept(DOCKED)
    assert decisions.accepted == [DOCKED.at_version(2)]


def test_a_refusal_reads_as_its_rule_its_message_and_its_hint() -> None:
    with pytest.raises(Refused) as refusal:
        deciding(LAUNCHED).accept(fact("launched", "2022-10-01", crew=[]))
    assert str(refusal.value) == (
        "launched-twice: flight/apple already has such an event "
        "(this is stated only once; something else needs another id)"
    )


CLAIM = fact("fact.claimed", "2022-10-01", says="a day later", about="apple/docked", id="apple/no")
GAP = fact("fact.gap_stated", "2022-10-01", what="who rode", id="apple/gap")


def test_a_statement_stands_beside_the_facts_and_decides_nothing() -> None:
    decisions = deciding(LAUNCHED, CLAIM.at_version(2))
    for event in (GAP, DOCKED):
        decisions.accept(event)
    assert [event.originator_version for event in decisions.accepted] == [3, 4]
    plain, beside = (
        AGGREGATES["flight"].state("apple", events)
        for events in ([LAUNCHED], [LAUNCHED, CLAIM.at_version(2)])
    )
    assert (plain.facts, plain.version, beside.version) == (beside.facts, 1, 2)


def test_a_statement_can_be_amended_as_a_fact_can() -> None:
    mended = fact("fact.corrected", "2022-11-01", target="apple/no", reason="a slip",
                  changes={"says": "two days later"})  # fmt: skip
    back = fact("fact.retracted", "2022-12-01", target="apple/no", reason="misread")
    decisions = deciding(LAUNCHED, CLAIM.at_version(2))
    for event in (mended, back, GAP):
        decisions.accept(event)
    assert [event.originator_version for event in decisions.accepted] == [3, 4, 5]
    wrong = fact("fact.corrected", "2022-11-01", target="apple/gap", reason="a slip",
                 changes={"colour": "red"})  # fmt: skip
    with pytest.raises(Refused, match="wrong-correction"):
        decisions.accept(wrong)


def test_nobody_states_what_they_cannot_know_yet() -> None:
    late = fact("fact.claimed", "2026-02-01", says="a day later")
    with pytest.raises(Refused, match="from-the-future"):
        deciding().accept(late)
