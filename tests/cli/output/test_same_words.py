"""What was recorded and a replay of it call every change to a plan the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.cli.output.record_output import change_lines
from aboard.cli.output.replay_text import Names, StepWording
from aboard.projections.changes.between_models import difference
from aboard.projections.replay.replay import Replay
from aboard.projections.replay.steps import ReplayQuery
from tests.build import fact, instant, seats
from tests.projections.model import built, flight

if TYPE_CHECKING:
    from aboard.events.envelope import Event

NOW = instant("2024-01-01")
FLIGHTS = [
    fact("registered", "1998", stream="station/moon", name="Moon Base", operators=["X"]),
    *flight("apple", ("planned", "2023", {"name": "Apple", "spacecraft": "A", "operator": "B",
                                          "destination": "moon"}),
            ("launched", "2023-03-01T10:00:00Z", {"crew": ["ann", "bob"]}),
            ("docked", "2023-03-01T16:00:00Z", {"station": "moon"})),
    *flight("pear", ("planned", "2023", {"name": "Pear", "spacecraft": "A", "operator": "B",
                                         "destination": "moon"})),
]  # fmt: skip

TARGETS = (
    ("2024-06-01", "2024-06-28"),
    ("2024-06-28", "2024-06-01"),
    ("2024-06", "2024-06-28"),
    ("2024-06-28", "2024-06"),
    ("2024-06-28T10:00Z", "2024-06-28T12:30Z"),
)
PLANS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("pear", "launch_planned", {}),
    ("pear", "docking_planned", {"station": "moon"}),
    ("apple", "relocation_planned", {"to_port": "aft"}),
    ("apple", "seat_move_planned", {"person": "ann"}),
    ("apple", "undocking_planned", {}),
    ("apple", "return_planned", {}),
)
REPLANNINGS = [
    (
        [fact(kind, "2023-04-01", stream=f"flight/{key}", target=was, **more)],
        fact(kind, "2023-12-01", stream=f"flight/{key}", target=now, **more),
    )
    for key, kind, more in PLANS
    for was, now in TARGETS
]
WITHDRAWALS = [
    (
        [fact(kind, "2023-04-01", stream=f"flight/{key}", target="2024-06", **more)],
        fact("plan_withdrawn", "2023-12-01", stream=f"flight/{key}",
             item=kind.removesuffix("_planned").replace("_", " "),
             person=more.get("person")),
    )
    for key, kind, more in PLANS
]  # fmt: skip
CREWS = [
    (
        [fact("crew_assigned", "2023-02-01", stream="flight/pear", crew=seats("cid", "dan"))],
        fact("crew_replaced", "2023-12-01", stream="flight/pear", off=["dan"], on=seats("eve")),
    ),
    (
        [fact("homeward_vehicle_assigned", "2023-04-01", stream="flight/pear", people=["ann"])],
        fact("homeward_vehicle_assigned", "2023-12-01", stream="flight/pear", people=["bob"]),
    ),
    (
        [fact("return_planned", "2023-04-01", target="2024-06", crew=["ann", "bob"])],
        fact("return_planned", "2023-12-01", target="2024-07", crew=["ann"]),
    ),
    (
        [
            fact("return_planned", "2023-04-01", stream="flight/apple", target="2024-06-01"),
            fact("return_planned", "2023-04-01", stream="flight/pear", target="2024-07-01"),
            fact("homeward_vehicle_assigned", "2023-04-01", stream="flight/pear", people=["bob"]),
        ],
        fact("homeward_vehicle_assigned", "2023-12-01", stream="flight/pear", people=["ann"]),
    ),
    (
        [fact("seat_move_planned", "2023-04-01", stream="flight/pear", target="2024-06-01",
              person="ann")],
        fact("seat_move_planned", "2023-12-01", stream="flight/pear", target="2024-06-02",
             person="bob"),
    ),
]  # fmt: skip


def recorded(given: list[Event], plan: Event) -> set[str]:
    """Return what a recording prints about the planned dates and crews, without whose they are."""
    found = difference(built(given), built([*given, plan]), [plan.originator_id], NOW)
    lines = change_lines({**found, "command": []})
    return {line.partition(": ")[2] for line in lines if ": " in line}


def replayed(given: list[Event], plan: Event) -> set[str]:
    """Return what a replay of the news prints about the same."""
    db = built([*given, plan])
    asked = ReplayQuery(None, "known", NOW, plan.known_from, plan.known_from)
    words = StepWording(db, Names(db), None, "known")
    (step,) = Replay(db, asked)
    phrases = list(words.changed(step))
    return {
        phrase.removeprefix("→ ").rpartition(": ")[0] if phrase.startswith("→ ") else phrase
        for phrase in phrases
        if "seat on" not in phrase
    }


@pytest.mark.parametrize(("before", "plan"), [*REPLANNINGS, *WITHDRAWALS, *CREWS])
def test_a_replanning(before: list[Event], plan: Event) -> None:
    given = [*FLIGHTS, *before]

    first = {line for line in recorded(given, plan) if line.startswith("seat move planned for")}
    assert recorded(given, plan) - first == replayed(given, plan)
    assert first or replayed(given, plan)


def test_the_words_are_those_of_the_change() -> None:
    [*_, (before, plan)] = [
        (given, one) for given, one in REPLANNINGS if one.TOPIC == "flight.return_planned"
    ][:1]

    said = "slips by 27 days, from 2024-06-01 to 2024-06-28"
    assert recorded([*FLIGHTS, *before], plan) == {f"departure {said}", f"return {said}"}
    assert replayed([*FLIGHTS, *before], plan) == {f"departure {said}", f"return {said}"}
