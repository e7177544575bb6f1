"""Berths: facts of one flight to which port it is at."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from aboard.projections.queries.who import who
from aboard.projections.read_model.read_model import catch_up
from tests.build import fact, instant
from tests.memory import in_memory
from tests.projections.model import ListLog, built, flight

DOCKED = flight(
    "apple",
    ("launched", "2020-03-01T10:00:00Z", {"crew": ["ann"]}),
    ("docked", "2020-03-01T14:00:00Z", {"station": "pear", "port": "north"}),
)
RELOCATED = flight(
    "apple",
    ("relocated", "2020-05-01T09:00:00Z",
     {"undocked_at": "2020-05-01T08:00:00Z", "from_port": "north", "to_port": "south"}),
)  # fmt: skip
UNDOCKED = flight("apple", ("undocked", "2020-09-01T08:00:00Z", {"crew": ["ann"]}))


def docked(facts: list[Any], at: str, known: str = "2030-01-01T00:00:00Z") -> list[Any]:
    """Return port and since of each vehicle docked at pear."""
    answer = who(built(facts), ("station", "pear"), instant(at), instant(known))
    return [(berth["port"], berth["since"]) for berth in answer["docked"]]


def test_a_vehicle_is_at_its_port_from_docking_to_undocking() -> None:
    facts = DOCKED + UNDOCKED
    north = [("north", "2020-03-01T14:00:00Z")]
    assert docked(facts, "2020-03-01T13:59:59Z") == []
    assert docked(facts, "2020-03-01T14:00:00Z") == north
    assert docked(facts, "2020-09-01T07:59:59Z") == north
    assert docked(facts, "2020-09-01T08:00:00Z") == []


def test_a_relocation_leaves_one_port_and_takes_another() -> None:
    facts = DOCKED + RELOCATED + UNDOCKED
    assert docked(facts, "2020-05-01T07:59:59Z") == [("north", "2020-03-01T14:00:00Z")]
    assert docked(facts, "2020-05-01T08:30:00Z") == []
    assert docked(facts, "2020-05-01T09:00:00Z") == [("south", "2020-05-01T09:00:00Z")]
    assert docked(facts, "2020-09-01T08:00:00Z") == []


def test_a_relocation_whose_docking_is_not_known_is_at_no_station() -> None:
    assert docked(RELOCATED, "2020-06-01") == []


def test_a_landing_ends_a_berth_that_nothing_else_ended() -> None:
    landed = flight("apple", ("landed", "2020-09-01T12:00:00Z", {"crew": ["ann"]}))
    assert docked(DOCKED + landed, "2020-09-01T11:00:00Z") != []
    assert docked(DOCKED + landed, "2020-09-01T12:00:00Z") == []


def test_a_planned_docking_is_a_berth_to_come() -> None:
    plan = fact("docking_planned", "2020-01-01", target="2020-03-01", station="pear", port="north")
    assert docked([plan], "2020-04-01", "2020-02-01") == [("north", "2020-03-01")]
    assert docked([plan], "2020-02-15", "2020-02-01") == []
    assert docked([plan], "2020-04-01", "2020-03-02") == []


def test_a_planned_departure_ends_it() -> None:
    back = flight("apple", ("return_planned", "2020-03-01", {"target": "2020-10-01"}))
    leave = flight("apple", ("undocking_planned", "2020-03-02", {"target": "2020-09-30"}))
    assert docked(DOCKED + back, "2020-10-02", "2020-06-01") == []
    assert docked(DOCKED + back + leave, "2020-09-30T12:00Z", "2020-06-01") == []
    assert docked(DOCKED + back, "2020-09-30T12:00Z", "2020-06-01") != []


def test_a_departure_that_is_due_has_not_happened_yet() -> None:
    back = flight("apple", ("return_planned", "2020-03-01", {"target": "2020-10-01"}))
    assert docked(DOCKED + back, "2020-10-01T10:00Z", "2020-10-01T10:00Z") != []
    assert docked(DOCKED + back, "2020-10-05", "2020-10-05") != []


def test_after_landing_an_old_plan_to_dock_means_nothing() -> None:
    facts = [
        *DOCKED,
        *UNDOCKED,
        fact("landed", "2020-09-01T12:00:00Z", stream="flight/apple", crew=["ann"]),
        fact("docking_planned", "2020-03-02", stream="flight/apple", target="2021-01-01",
             station="pear"),
    ]  # fmt: skip
    assert docked(facts, "2021-02-01", "2020-10-01") == []


PAIR = [
    *flight(
        "apple",
        ("docked", "2020-03-01T10:00:00Z", {"to_craft": "birch"}),
        ("undocked", "2020-03-01T12:00:00Z", {"crew": []}),
    ),
    *flight(
        "birch",
        ("docked", "2020-03-01T14:00:00Z", {"to_craft": "apple", "mate": "soft"}),
        ("docked", "2020-03-01T15:00:00Z", {"to_craft": "apple"}),
        ("undocked", "2020-03-01T16:00:00Z", {"crew": []}),
    ),
]


def paired(db: Any, at: str, place: tuple[str, str] | None = None) -> list[Any]:
    """Return the craft that are docked with each other, with the mate of each pair."""
    pairs = who(db, place, instant(at), instant("2030-01-01")).get("pairs", [])
    return [(*pair["craft"], pair.get("mate", "hard")) for pair in pairs]


EXPECTED = {
    "2020-03-01T09:59:59Z": [],
    "2020-03-01T10:00:00Z": [("apple", "birch", "hard")],
    "2020-03-01T12:00:00Z": [],
    "2020-03-01T14:00:00Z": [("apple", "birch", "soft")],
    "2020-03-01T15:00:00Z": [("apple", "birch", "hard")],
    "2020-03-01T16:00:00Z": [],
}


def test_two_craft_are_a_pair_whichever_docks_and_undocks_and_whenever_that_is_recorded() -> None:
    """Recorded all at once, and one by one."""
    for order in permutations(PAIR):
        db, log = in_memory(), ListLog()
        for event in order:
            log.events.append(event)
            catch_up(db, log)
        for model in (built(order), db):
            for at, pairs in EXPECTED.items():
                assert paired(model, at) == pairs
                for craft in ("apple", "birch"):
                    assert paired(model, at, ("flight", craft)) == pairs
            assert who(model, None, instant("2020-03-01T15:00Z"), instant("2030-01-01"))[
                "docked"
            ] == []  # fmt: skip


def test_a_correction_changes_with_whom_a_craft_is_docked() -> None:
    docked = fact("docked", "2020-03-01", to_craft="birch", id="docked")
    right = fact("fact.corrected", "2020-03-01", stream="flight/apple", target="docked",
                 changes={"to_craft": "cedar"}, reason="slip")  # fmt: skip
    left = fact("undocked", "2020-04-01", stream="flight/cedar", crew=[])
    for order in permutations((docked, right, left)):
        assert paired(built(order), "2020-03-15") == [("apple", "cedar", "hard")]
        assert paired(built(order), "2020-04-15") == []


def test_a_further_craft_docks_with_its_own_flight() -> None:
    module = fact("craft_added", "2020-03-01", craft="plum", name="Plum", spacecraft="module")
    joined = fact("docked", "2020-03-01T15:00Z", craft="plum", to_craft="apple")
    gone = fact("undocked", "2020-03-02", craft="plum", crew=[])
    for order in permutations((module, joined, gone)):
        for place in (None, ("craft", "plum"), ("flight", "apple")):
            assert paired(built(order), "2020-03-01T16:00Z", place) == [("apple", "plum", "hard")]
            assert paired(built(order), "2020-03-02T16:00Z", place) == []


def berths(facts: Any, at: str, known: str) -> list[Any]:
    """Return port, since, state and doubt of each vehicle docked at pear."""
    answer = who(built(facts), ("station", "pear"), instant(at), instant(known))
    return [
        (one["port"], one["since"], one["state"], one["since_planned"], one.get("uncertain", False))
        for one in answer["docked"]
    ]


MOVE = fact("relocation_planned", "2020-04-01", target="2020-05-01", from_port="north",
            to_port="south", id="move")  # fmt: skip
BACK = fact("return_planned", "2020-04-01", target="2020-09-01")
NORTH = ("north", "2020-03-01T14:00:00Z")
SOUTH = ("south", "2020-05-01")


def test_a_planned_relocation_moves_what_is_docked() -> None:
    for order in permutations((*DOCKED, MOVE, BACK)):
        assert berths(order, "2020-04-30", "2020-04-02") == [(*NORTH, "planned", False, False)]
        assert berths(order, "2020-05-01T12:00Z", "2020-04-02") == [(*SOUTH, "planned", True, True)]
        assert berths(order, "2020-05-02", "2020-04-02") == [(*SOUTH, "planned", True, False)]
        assert berths(order, "2020-09-02", "2020-04-02") == []
        # Up to what is known it is where it is, and once the day is over the plan has lapsed.
        assert berths(order, "2020-04-30", "2020-05-01T12:00Z") == [
            (*NORTH, "docked", False, False)
        ]
        assert berths(order, "2020-05-01T11:00Z", "2020-05-01T12:00Z") == [
            (*NORTH, "docked", False, False)
        ]
        assert berths(order, "2020-06-01", "2020-05-02") == [(*NORTH, "planned", False, False)]
        # It was not known before.
        assert berths(order, "2020-06-01", "2020-03-31") == [(*NORTH, "planned", False, False)]


def test_a_planned_relocation_moves_what_is_to_dock() -> None:
    plan = fact("docking_planned", "2020-01-01", target="2020-03-01", station="pear", port="north")
    move = fact("relocation_planned", "2020-01-01", target="2020-05-01", to_port="south")
    for order in permutations((plan, move)):
        assert berths(order, "2020-04-01", "2020-02-01") == [
            ("north", "2020-03-01", "planned", True, False)
        ]
        assert berths(order, "2020-06-01", "2020-02-01") == [(*SOUTH, "planned", True, False)]


LATER = fact("relocation_planned", "2020-04-02", target="2020-06-01", to_port="west")


@pytest.mark.parametrize(
    ("more", "port"),
    [
        ([], "south"),
        ([LATER], "north"),
        ([fact("plan_withdrawn", "2020-04-03", item="relocation")], "north"),
        ([fact("plan_withdrawn", "2020-04-03", item="docking")], "south"),
        ([fact("fact.retracted", "2020-04-03", stream="flight/apple", target="move", reason="x")],
         "north"),
        ([fact("undocking_planned", "2020-04-03", target="2020-04-20")], None),
        ([fact("undocked", "2020-04-03", crew=[])], None),
        ([fact("relocation_planned", "2020-04-02", target="2020-05-09", to_port="west",
               condition="a deal")], "south"),
        ([fact("relocation_planned", "2020-04-02", target="2020-05-09", to_port="west",
               condition="a deal", id="deal"),
          fact("condition_met", "2020-04-03", plan="deal")], "west"),
    ],
)  # fmt: skip
def test_the_plan_that_holds_says_where_it_moves(more: list[Any], port: str | None) -> None:
    for facts in ([*DOCKED, MOVE, *more], [*more, MOVE, *DOCKED][::-1], [*more, MOVE, *DOCKED]):
        found = berths(facts, "2020-05-20", "2020-04-10")
        assert [one[0] for one in found] == ([port] if port else [])


def test_what_has_relocated_stays_where_it_is() -> None:
    facts = [*DOCKED, MOVE, *RELOCATED]
    expected = [("south", "2020-05-01T09:00:00Z", "docked", False, False)]
    assert berths(facts, "2020-06-01", "2020-06-01") == expected


def test_a_vehicle_whose_return_was_due_is_overdue() -> None:
    for order in permutations((*DOCKED, BACK)):
        assert [one[2] for one in berths(order, "2020-08-31", "2020-08-31")] == ["docked"]
        assert [one[2] for one in berths(order, "2020-08-31", "2020-10-01")] == ["docked"]
        assert [one[2] for one in berths(order, "2020-09-20", "2020-10-01")] == ["overdue"]
        assert [one[2] for one in berths(order, "2020-11-01", "2020-10-01")] == ["overdue"]


def test_a_coarse_docking_is_uncertain_until_it_is_over() -> None:
    facts = flight("apple", ("docked", "2020-03-01", {"station": "pear"}))
    assert [one[3:] for one in berths(facts, "2020-03-01T12:00Z", "2020-04-01")] == [(False, True)]
    assert [one[3:] for one in berths(facts, "2020-03-02", "2020-04-01")] == [(False, False)]
