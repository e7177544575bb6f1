"""Coverage, and rulings: of two that were stated at one time, the later one holds."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from aboard.projections.queries.coverage import coverage
from aboard.projections.queries.statements import claims
from tests.build import fact, instant
from tests.projections.model import built

if TYPE_CHECKING:
    from aboard.events.envelope import Event

DAY = "2026-10-07"
STATED: tuple[tuple[str, str, list[str]], ...] = (
    ("b", "2022", []),
    ("a", "1998", ["iss/b"]),
    ("0", "1997", ["iss/a"]),
)
COVERED = [
    fact("coverage_stated", DAY, stream="station/iss", id=f"iss/{name}", since=since, until=DAY,
         supersedes=after)
    for name, since, after in STATED
]  # fmt: skip
CLAIM = fact("fact.claimed", DAY, id="apple/claim", says="it was later")
RULED = [
    fact("fact.ruled", DAY, id=f"apple/{name}", holds=f"apple/{name}-holds", supersedes=after,
         against=["apple/claim"], reason="it was so")
    for name, after in (("b", []), ("a", ["apple/b"]))
]  # fmt: skip


@pytest.mark.parametrize("facts", list(permutations(COVERED)))
def test_the_coverage_that_supersedes_the_others_holds_in_any_order(
    facts: tuple[Event, ...],
) -> None:
    assert coverage(built(facts)) == [{"station": "iss", "since": "1997", "until": DAY}]


@pytest.mark.parametrize("facts", list(permutations(RULED)))
def test_the_ruling_that_supersedes_another_holds_in_any_order(facts: tuple[Event, ...]) -> None:
    known = instant("2026-12-01")
    (claim,) = claims(built([CLAIM, *facts]), "flight/apple", known, known)
    assert claim["ruling"]["id"] == "apple/a"
