"""The sources of what the rows of an answer rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.projections.queries.timeline import as_dict, timeline
from aboard.projections.queries.who import who
from tests.build import fact, instant
from tests.projections.model import built

if TYPE_CHECKING:
    from collections.abc import Sequence

WORLD = [
    fact("launched", "2020-01-01", crew=["ann"], id="apple/launched", source=["unsourced"]),
    fact("docked", "2020-01-02T00:00:00Z", version=2, station="pear", port="north",
         id="apple/docked", source=["unsourced"]),
    fact("fact.corrected", "2020-02-01", version=3, target="apple/docked", id="apple/corrected",
         changes={"happened": "2020-01-02T06:00:00Z"}, reason="read wrong", source=["gcat"]),
]  # fmt: skip


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 1, 0)])
@pytest.mark.parametrize(
    ("known", "sources", "unsourced"),
    [("2020-01-15", ["unsourced"], True), ("2020-03-01", ["gcat"], None)],
)
def test_a_corrected_event_counts_with_the_source_of_its_correction(
    order: Sequence[int], known: str, sources: list[str], *, unsourced: bool | None
) -> None:
    model = built([WORLD[n] for n in order])
    as_known = instant(known)
    found = who(model, ("station", "pear"), instant("2020-01-10"), as_known)
    drawn = as_dict(timeline(model, "pear", instant("2020-01-03"), instant("2020-01-10"), as_known))

    rows: list[dict[str, Any]] = [*found["people"], *found["docked"]]
    rows += [bar for line in (*drawn["people"], *drawn["vehicles"]) for bar in line["bars"]]
    assert len(rows) == 4
    for row in rows:
        assert (row["sources"], row.get("unsourced")) == (sources, unsourced)
        assert row["why"] == ["apple/docked"]
