"""A flight's story: no milestone of any event type is missing from it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aboard.events.vocabulary import every_type
from aboard.projections.queries.flight import story
from aboard.projections.tables.milestones import (
    ACTUAL_ITEMS,
    CREW_ITEMS,
    MILESTONES,
    NO_MILESTONE,
    PLAN_ITEMS,
)
from tests.build import fact, instant
from tests.projections.model import built

LATER = instant("2021-01-01")
FLIGHT_TYPES = {topic: cls for topic, cls in every_type().items() if topic.startswith("flight.")}
FIELDS: dict[str, Any] = {
    "crew": [], "target": "2020-05-01", "station": "pear", "person": "ada", "people": ["ada"],
    "from_flight": "birch", "to_flight": "birch", "from_craft": "apple", "to_craft": "birch",
    "reason": "a leak", "what": "a leak", "height": "orbit", "site": "Cape",
    "undocked_at": "2020-02-28", "way": "hatch",
}  # fmt: skip
"""A value for each field that a milestone needs."""


@pytest.mark.parametrize("topic", FLIGHT_TYPES)
def test_every_type_of_flights_is_a_milestone_or_is_said_to_be_none(topic: str) -> None:
    assert [topic in one for one in (ACTUAL_ITEMS, PLAN_ITEMS, NO_MILESTONE)].count(True) == 1


@pytest.mark.parametrize(("topic", "item"), [*ACTUAL_ITEMS.items(), *PLAN_ITEMS.items()], ids=str)
def test_every_milestone_is_shown(topic: str, item: str) -> None:
    needed = {
        name: FIELDS[name]
        for name, field in FLIGHT_TYPES[topic].model_fields.items()
        if name in FIELDS and (field.is_required() or name == "station")
    }
    event = fact(topic, "2020-03-01", **needed)
    [shown] = story(built([event]), "apple", LATER, LATER)["milestones"]

    assert shown["item"] == item
    said_by = shown["planned"] if topic in PLAN_ITEMS else shown["actual"][0]
    assert said_by["events"] == [event.id]


def test_a_milestone_that_the_table_lacks_is_shown_after_the_others() -> None:
    db = built([fact("launched", "2020-03-01", crew=[]), fact("docked", "2020-03-02",
                                                              station="pear")])  # fmt: skip
    for (body,) in db.execute("SELECT value FROM flight_plan").fetchall():
        value = json.loads(body)
        if value["item"] == "launch":
            changed = json.dumps({**value, "item": "drop"})
            db.execute("UPDATE flight_plan SET value=? WHERE value=?", (changed, body))

    shown = story(db, "apple", LATER, LATER)["milestones"]
    assert [one["item"] for one in shown] == ["docking", "drop"]


def test_a_crew_is_no_milestone() -> None:
    assert CREW_ITEMS.isdisjoint(MILESTONES)
