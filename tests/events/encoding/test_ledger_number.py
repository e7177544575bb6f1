"""The number of a set of facts: of what they state, and of nothing else."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboard.events.encoding.ledger_number import canonical, ledger_number
from tests.build import fact
from tests.projections.histories import histories

if TYPE_CHECKING:
    from aboard.events.envelope import Event

LAUNCHED = fact("launched", "2022-09-21T13:54:49Z", id="apple/launched", crew=["ann", "bob"])


@pytest.mark.parametrize(
    "said",
    [
        {"version": 7},
        {"recorded": "2027-01-01T00:00:00Z"},
        {"recorded_by": "somebody else"},
        {"correlation_id": "load-1"},
        {"causation_id": "apple/planned"},
        {"known_assumed": False},
        {"known": "2022-09-21T13:54:49Z"},
        {"happened": "2022-09-21T15:54:49+02:00", "known": "2022-09-21T15:54:49+02:00"},
    ],
)
def test_what_recording_adds_and_how_a_value_is_written_leaves_it(said: dict[str, object]) -> None:
    same = {"happened": "2022-09-21T13:54:49Z", "id": "apple/launched", "crew": ["ann", "bob"]}
    assert ledger_number([fact("launched", **{**same, **said})]) == ledger_number([LAUNCHED])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said",
    [
        {"stream": "flight/pear"},
        {"id": "apple/launched-again"},
        {"happened": "2022-09-21T13:54Z"},
        {"happened": "2022-09-21T13:54:49Z~"},
        {"known": "2022-09-22"},
        {"known_assumed": True},
        {"source": ["jsr"]},
        {"note": "It was late."},
        {"supersedes": ["apple/planned"]},
        {"crew": ["ann"]},
        {"crew": ["bob", "ann"]},
    ],
)
def test_any_other_statement_changes_it(said: dict[str, object]) -> None:
    same = {"happened": "2022-09-21T13:54:49Z", "id": "apple/launched", "crew": ["ann", "bob"]}
    assert ledger_number([fact("launched", **{**same, **said})]) != ledger_number([LAUNCHED])  # type: ignore[arg-type]


def test_the_type_is_part_of_a_statement() -> None:
    landed = fact("landed", "2022-09-21T13:54:49Z", id="apple/launched", crew=["ann", "bob"])
    assert ledger_number([landed]) != ledger_number([LAUNCHED])


def test_an_act_of_the_keeper_has_no_clock_in_it() -> None:
    said = {
        "stream": "person/ann",
        "id": "person/ann",
        "name": "Ann",
        "family_name": "Ann",
        "agency": "Orchard",
        "nationality": "Kent",
    }
    one, other = (fact("registered", day, **said) for day in ("2026-01-01", "2027-01-01"))  # type: ignore[arg-type]
    assert ledger_number([one]) == ledger_number([other])


@given(facts=histories(), seed=st.integers())
def test_the_order_of_facts_leaves_it_and_each_of_them_counts(
    facts: list[Event], seed: int
) -> None:
    shuffled = random.Random(seed).sample(facts, len(facts))  # noqa: S311 - any order will do
    number = ledger_number(facts)
    assert ledger_number(shuffled) == number
    assert ledger_number(shuffled[1:]) != number
    assert all(b"\n" not in canonical(one) for one in facts)
