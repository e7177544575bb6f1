"""A station's timeline: people and vehicles as bars, what is expected told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.events.time import Time
from aboard.projections.queries.timeline import as_dict, timeline
from tests.build import fact, instant
from tests.projections.model import built, flight

if TYPE_CHECKING:
    from aboard.projections.queries.timeline import TimelineRow

WORLD = [
    *flight(
        "apple",
        ("launched", "2020-01-01T00:00:00Z", {"crew": ["ann", "bob"]}),
        ("docked", "2020-01-02T00:00:00Z", {"station": "pear", "port": "north"}),
        ("relocated", "2020-01-04T01:00:00Z",
         {"undocked_at": "2020-01-04T00:00:00Z", "to_port": "south", "crew": ["ann", "bob"]}),
    ),
    fact("return_planned", "2020-01-01T00:00:00Z", stream="flight/apple", target="2020-01-20"),
    *flight(
        "plum",
        ("launched", "2020-01-05T00:00:00Z", {"crew": []}),
        ("docked", "2020-01-06", {"station": "pear"}),
        ("undocked", "2020-01-09", {"crew": ["bob"]}),
    ),
]  # fmt: skip


def bars(lines: tuple[TimelineRow, ...]) -> dict[str, list[tuple[str, str, bool, str | None]]]:
    return {
        line.key: [(str(Time.at(b.start))[5:13], str(Time.at(b.end))[5:13], b.planned, b.label)
                   for b in line.bars]
        for line in lines
    }  # fmt: skip


def test_what_happened_and_what_is_expected() -> None:
    known = instant("2020-01-12T00:00:00Z") - 1
    drawn = timeline(built(WORLD), "pear", instant("2020-01-03"), instant("2020-02-01"), known)
    assert bars(drawn.people) == {
        "ann": [("01-03T00", "01-12T00", False, "apple"), ("01-12T00", "01-20T00", True, "apple")],
        "bob": [("01-03T00", "01-09T00", False, "apple")],
    }
    assert bars(drawn.vehicles) == {
        "apple": [("01-03T00", "01-04T00", False, "north"),
                  ("01-04T01", "01-12T00", False, "south"),
                  ("01-12T00", "01-20T00", True, "south")],
        "plum": [("01-06T00", "01-09T00", False, None)],
    }  # fmt: skip


def test_as_it_was_expected() -> None:
    known = instant("2020-01-01T12:00:00Z")
    plan = [*WORLD, fact("docking_planned", "2020-01-01", stream="flight/apple", station="pear",
                         target="2020-01-02")]  # fmt: skip
    drawn = timeline(built(plan), "pear", instant("2020-01-01"), instant("2020-02-01"), known)
    assert bars(drawn.people)["ann"] == [("01-02T00", "01-20T00", True, "apple")]


def test_nobody() -> None:
    drawn = timeline(built([]), "pear", instant("2020-01-01"), instant("2020-02-01"), 0)
    assert (drawn.people, drawn.vehicles) == ((), ())
    assert as_dict(drawn)["people"] == []
