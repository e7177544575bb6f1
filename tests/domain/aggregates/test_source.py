"""The source: registered once under its key."""

from __future__ import annotations

from aboard.domain.aggregates.registry import AGGREGATES
from aboard.domain.aggregates.source import SourceState, stream_of
from tests.domain.given import given, source

REUTERS = source("reuters-2022-09-21", "2022-09-21", title="A launch")


def test_a_source_stands_on_a_stream_of_its_own() -> None:
    assert stream_of("reuters-2022-09-21") == REUTERS.originator_id


def test_a_source_is_registered() -> None:
    given().when(REUTERS).then(REUTERS)


def test_a_key_cites_one_source() -> None:
    other = source("reuters-2022-09-21", "2022-09-22", title="A docking")
    given(REUTERS).when(other).then_refused("source-twice")


def test_a_source_of_tomorrow_cannot_be_cited() -> None:
    given().when(REUTERS, today="2022-09-20").then_refused("from-the-future")


def test_the_state_holds_that_the_source_is_registered() -> None:
    key = "reuters-2022-09-21"
    assert AGGREGATES["source"].state(key, []) == SourceState(key)
    assert AGGREGATES["source"].state(key, [REUTERS]) == SourceState(key, 1, registered=True)
