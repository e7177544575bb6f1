"""The spacewalk: once begun, once ended, in that order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.domain.aggregates.registry import AGGREGATES
from aboard.domain.aggregates.spacewalk import SpacewalkState, loose_ends, stream_of
from tests.build import fact
from tests.domain.given import given

if TYPE_CHECKING:
    from aboard.events.envelope import Event

EVA = "spacewalk/us-81"
BEGAN = fact("began", "2022-11-15T14:14Z", stream=EVA, people=["ann", "bob"], station="iss")
ENDED = fact("ended", "2022-11-15T21:25Z", stream=EVA)


def test_a_spacewalk_stands_on_a_stream_of_its_own() -> None:
    assert stream_of("us-81") == EVA


def test_it_begins_and_ends_recorded_in_either_order() -> None:
    given(BEGAN).when(ENDED).then(ENDED)
    given(ENDED).when(BEGAN).then(BEGAN)
    state: SpacewalkState = AGGREGATES["spacewalk"].state("us-81", [BEGAN, ENDED.at_version(2)])
    assert (state.version, state.began, state.ended) == (2, BEGAN, ENDED.at_version(2))


def test_it_begins_once_and_ends_once() -> None:
    for event, rule in ((BEGAN, "spacewalk-began-twice"), (ENDED, "spacewalk-ended-twice")):
        again = event.model_copy(update={"id": "us-81/again"})
        given(event).when(again).then_refused(rule)


def test_it_does_not_end_before_it_begins() -> None:
    early = fact("ended", "2022-11-15T14:00Z", stream=EVA)
    given(BEGAN).when(early).then_refused("out-of-order")
    given(early).when(BEGAN).then_refused("out-of-order")
    coarse = fact("ended", "2022-11-15", stream=EVA)
    given(BEGAN).when(coarse).then(coarse)


def test_it_happened_before_it_is_recorded() -> None:
    given().when(BEGAN, today="2022-11-15").then_refused("from-the-future")


def missing(*facts: Event) -> list[tuple[str, str, bool]]:
    state = AGGREGATES["spacewalk"].state("us-81", facts)
    return [(one.rule, one.event_id, one.missing) for one in loose_ends(state)]


def test_an_end_without_a_beginning_is_reported() -> None:
    assert missing(ENDED) == [("spacewalk-unnamed", ENDED.id, True)]
    assert missing(BEGAN) == missing(BEGAN, ENDED) == missing() == []
