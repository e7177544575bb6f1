"""The flight plan: plan beside actual, as known then."""

from __future__ import annotations

from typing import Any

from aboard.projections.queries.flight import story
from tests.build import fact, instant, seats
from tests.projections.model import built, flight

PLANNED = flight(
    "apple",
    ("planned", "2020-01-01", {"name": "Apple", "spacecraft": "Fruit", "operator": "Orchard"}),
    ("launch_planned", "2020-01-02", {"target": "2020-03-01", "site": "Pad 1"}),
    ("launch_planned", "2020-02-01", {"target": "2020-03-05"}),
)


def told(facts: list[Any], known: str, at: str = "2030-01-01T00:00:00Z") -> dict[str, Any]:
    """Return the story of apple."""
    return story(built(facts), "apple", instant(at), instant(known))


def milestone(facts: list[Any], item: str, known: str, **more: str) -> dict[str, Any]:
    """Return one milestone of apple."""
    (found,) = [one for one in told(facts, known, **more)["milestones"] if one["item"] == item]
    return dict(found)


def test_the_latest_plan_made_that_is_known_holds() -> None:
    assert milestone(PLANNED, "launch", "2020-01-15")["planned"]["time"] == "2020-03-01"
    assert milestone(PLANNED, "launch", "2020-02-15")["planned"]["time"] == "2020-03-05"


def test_at_an_earlier_instant_the_plan_of_then_is_told() -> None:
    then = milestone(PLANNED, "launch", "2021-01-01", at="2020-01-15T00:00:00Z")
    assert then["planned"]["time"] == "2020-03-01"
    assert then["planned"]["site"] == "Pad 1"


def test_a_plan_whose_target_has_passed_has_lapsed() -> None:
    assert "lapsed" not in milestone(PLANNED, "launch", "2020-03-05T23:59:59Z")["planned"]
    assert milestone(PLANNED, "launch", "2020-03-06")["planned"]["lapsed"] is True


def test_a_plan_that_came_true_has_not_lapsed() -> None:
    up = flight("apple", ("launched", "2020-03-05T10:00:00Z", {"crew": []}))
    found = milestone(PLANNED + up, "launch", "2020-06-01")
    assert "lapsed" not in found["planned"]
    assert found["actual"][0]["time"] == "2020-03-05T10:00:00Z"


def test_a_plan_made_within_the_coarse_time_of_what_happened_has_not_lapsed() -> None:
    seat = {"person": "ada", "from_flight": "birch"}
    plan = flight("apple", ("seat_move_planned", "2020-03-02", {**seat, "target": "2020-03-06"}))
    moved = flight("apple", ("seat_moved", "2020-03", seat))
    assert "lapsed" not in milestone(plan + moved, "seat move", "2020-06-01")["planned"]
    before = flight("apple", ("seat_moved", "2020-02", seat))
    assert milestone(plan + before, "seat move", "2020-06-01")["planned"]["lapsed"] is True


def test_a_scrub_leaves_no_plan_until_the_next() -> None:
    scrub = flight("apple", ("launch_scrubbed", "2020-03-05T09:00:00Z", {"reason": "rain"}))
    again = flight("apple", ("launch_planned", "2020-03-05T09:00:00Z", {"target": "2020-03-06"}))
    items = [one["item"] for one in told(PLANNED + scrub, "2020-03-05T12:00Z")["milestones"]]
    assert items == ["scrub"]
    found = milestone(PLANNED + scrub + again, "launch", "2020-03-05T12:00Z")
    assert found["planned"]["time"] == "2020-03-06"


def test_each_seat_says_who_gave_it_and_since_when() -> None:
    facts = [
        *PLANNED,
        fact("crew_assigned", "2020-01-05", stream="flight/apple", crew=seats("ann", "bob")),
        fact("crew_replaced", "2020-02-05", stream="flight/apple", off=["bob"],
             on=[{"person": "cat", "role": "pilot"}]),
    ]  # fmt: skip
    before = told(facts, "2020-01-10")["crew"]["planned"]
    after = told(facts, "2020-02-10")["crew"]["planned"]
    assert [(seat["id"], seat["known"]) for seat in before] == [
        ("ann", "2020-01-05"), ("bob", "2020-01-05"),
    ]  # fmt: skip
    assert [(seat["id"], seat["known"], seat["role"]) for seat in after] == [
        ("ann", "2020-01-05", None), ("cat", "2020-02-05", "pilot"),
    ]  # fmt: skip


def test_a_role_told_later_is_told() -> None:
    facts = [
        *PLANNED,
        fact("crew_assigned", "2020-01-05", stream="flight/apple", crew=seats("ann")),
        fact("crew_assigned", "2020-01-06", stream="flight/apple",
             crew=[{"person": "ann", "role": "commander"}]),
    ]  # fmt: skip
    (ann,) = told(facts, "2020-01-10")["crew"]["planned"]
    assert (ann["role"], ann["known"]) == ("commander", "2020-01-06")


def test_who_is_taken_off_without_a_successor_leaves_a_shorter_crew() -> None:
    facts = [
        *PLANNED,
        fact("crew_assigned", "2020-01-05", stream="flight/apple", crew=seats("ann", "bob")),
        fact("crew_replaced", "2020-01-06", stream="flight/apple", off=["ann"]),
    ]
    assert [seat["id"] for seat in told(facts, "2020-01-10")["crew"]["planned"]] == ["bob"]


def test_who_replaces_nobody_gets_a_seat_behind_the_others() -> None:
    facts = [
        *PLANNED,
        fact("crew_assigned", "2020-01-05", stream="flight/apple", crew=seats("ann")),
        fact("crew_replaced", "2020-01-06", stream="flight/apple", off=["zoe"], on=seats("bob")),
    ]
    assert [seat["id"] for seat in told(facts, "2020-01-10")["crew"]["planned"]] == ["ann", "bob"]


def test_a_condition_is_told_until_the_crew_is_firm() -> None:
    facts = [
        *PLANNED,
        fact("crew_assigned", "2020-01-05", stream="flight/apple", crew=seats("ann")),
        fact("crew_replaced", "2020-01-06", stream="flight/apple", off=["ann"], on=seats("bob"),
             condition="it rains"),
        fact("crew_replaced", "2020-01-20", stream="flight/apple", off=["ann"], on=seats("bob")),
    ]  # fmt: skip
    before, after = told(facts, "2020-01-10")["crew"], told(facts, "2020-01-21")["crew"]
    assert [seat["id"] for seat in before["planned"]] == ["ann"]
    assert before["conditional"][0]["condition"] == "it rains"
    assert [seat["id"] for seat in after["planned"]] == ["bob"]
    assert after["conditional"] == []


def test_who_is_to_come_home_on_it_adds_up() -> None:
    facts = [
        *PLANNED,
        fact("homeward_vehicle_assigned", "2020-02-05", stream="flight/apple", people=["ann"]),
        fact("homeward_vehicle_assigned", "2020-02-06", stream="flight/apple",
             people=["bob", "ann"]),
    ]  # fmt: skip
    homeward = told(facts, "2020-02-10")["crew"]["homeward"]
    assert [one["id"] for one in homeward] == ["ann", "bob"]


def test_the_legs_say_who_was_on_them() -> None:
    facts = [
        *PLANNED,
        *flight(
            "apple",
            ("launched", "2020-03-05T10:00:00Z", {"crew": ["ann", "bob"]}),
            ("landed", "2020-03-09T10:00:00Z", {"crew": ["ann"], "place": "the sea"}),
        ),
    ]
    crew = told(facts, "2020-04-01")["crew"]
    assert [one["id"] for one in crew["launched"]] == ["ann", "bob"]
    assert [one["id"] for one in crew["landed"]] == ["ann"]


def test_before_anything_was_known_there_is_no_story() -> None:
    nothing = told(PLANNED, "2019-01-01")
    assert (nothing["story"], nothing["milestones"]) == ([], [])


def test_a_seat_that_leaves_is_told_in_the_story_of_both_flights() -> None:
    moved = fact("seat_moved", "2020-04-01", stream="flight/quince", person="ann",
                 from_flight="apple")  # fmt: skip
    says = [event["says"] for event in told([*PLANNED, moved], "2020-05-01")["story"]]
    assert "seat of ann moved from Apple to quince" in says


def test_a_note_and_an_unsourced_fact_are_told_as_such() -> None:
    up = fact("launched", "2020-03-05T10:00:00Z", stream="flight/apple", crew=[], note="In rain.",
              source=["unsourced"])  # fmt: skip
    event = told([*PLANNED, up], "2020-05-01")["story"][-1]
    assert event["note"] == "In rain."
    assert event["sources"] == [{"key": "unsourced", "publisher": "unsourced"}]


def test_of_two_plans_made_at_the_same_instant_one_holds() -> None:
    facts = [
        *PLANNED,
        fact("return_planned", "2020-02-05", stream="flight/apple", target="2020-04", id="apple/a"),
        fact("return_planned", "2020-02-05", stream="flight/apple", target="2020-05", id="apple/b"),
    ]
    assert milestone(facts, "return", "2020-02-10")["planned"]["time"] == "2020-05"


def test_a_plan_told_after_its_target_has_lapsed_from_the_start() -> None:
    late = fact("return_planned", "2020-02-05", "2021", stream="flight/apple", target="2020-04")
    assert milestone([*PLANNED, late], "return", "2022-02-10")["planned"]["lapsed"] is True
