"""Presence: facts of one person to where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.events.time import FOREVER, Time
from aboard.projections.folds import presence
from aboard.projections.lift.lift import fold_directly, lift
from tests.build import fact, instant, seats
from tests.projections.model import ask, flight, names

if TYPE_CHECKING:
    from aboard.projections.fold import Interval

LATER = "2030-01-01T00:00:00Z"

UP = flight(
    "apple",
    ("planned", "2020-01-01", {"name": "Apple", "spacecraft": "Fruit", "operator": "Orchard",
                               "destination": "pear"}),
    ("launched", "2020-03-01T10:00:00Z", {"crew": ["ann", "bob"]}),
    ("docked", "2020-03-01T14:00:00Z", {"station": "pear", "port": "north"}),
)  # fmt: skip
DOWN = flight(
    "apple",
    ("undocked", "2020-09-01T08:00:00Z", {"crew": ["ann", "bob"]}),
    ("landed", "2020-09-01T12:00:00Z", {"crew": ["ann", "bob"]}),
)


def told(facts: list[Any], *fields: str, now: str = LATER) -> list[tuple[Any, ...]]:
    """Return what presence says of ann: from, to, place and some fields, in order."""
    held: list[Interval] = []
    moment = instant(now)
    for at in sorted({edge for r in lift(presence, "ann", facts) for edge in (r.interval.start,)}):
        held += fold_directly(presence, "ann", facts, at, moment)
    found = []
    for interval in dict.fromkeys(held):
        value = dict(interval.value)
        end = "" if interval.end == FOREVER else str(Time.at(interval.end))
        found.append(
            (str(Time.at(interval.start)), end, interval.place, *(value.get(f) for f in fields))
        )
    return found


def test_a_person_is_in_space_on_the_craft_then_aboard_then_on_the_craft_again() -> None:
    assert told(UP + DOWN, "state") == [
        ("2020-03-01T10:00:00Z", "2020-03-01T14:00:00Z", "apple", "in_space"),
        ("2020-03-01T14:00:00Z", "2020-09-01T08:00:00Z", "pear", "aboard"),
        ("2020-09-01T08:00:00Z", "2020-09-01T12:00:00Z", "apple", "in_space"),
    ]


def test_an_open_stay_has_no_end() -> None:
    assert told(UP, "state", "until")[-1] == ("2020-03-01T14:00:00Z", "", "pear", "aboard", None)


def test_why_names_the_facts_that_began_and_ended_a_stay() -> None:
    (aboard,) = fold_directly(
        presence, "ann", UP + DOWN, instant("2020-05-01"), instant("2021-01-01")
    )
    assert aboard.why == (UP[2].id, DOWN[0].id)


class TestSeat:
    def test_it_is_the_craft_they_came_on(self) -> None:
        assert told(UP, "seat_on")[-1][3] == "apple"

    def test_it_is_unknown_when_that_has_left_without_them(self) -> None:
        left = flight("apple", ("undocked", "2020-06-01T00:00:00Z", {"crew": []}))
        assert told(UP + left, "seat_on", "launched_on")[-2:] == [
            ("2020-03-01T14:00:00Z", "2020-06-01T00:00:00Z", "pear", "apple", "apple"),
            ("2020-06-01T00:00:00Z", "", "pear", None, "apple"),
        ]

    def test_it_is_then_the_homeward_vehicle_once_one_is_assigned(self) -> None:
        left = flight("apple", ("undocked", "2020-06-01T00:00:00Z", {"crew": []}))
        assigned = flight(
            "quince", ("homeward_vehicle_assigned", "2020-07-01", {"people": ["ann"]})
        )
        assert told(UP + left + assigned, "seat_on", "until_on")[-1][3:] == ("quince", "quince")

    def test_it_is_then_what_they_left_on_in_the_end(self) -> None:
        left = flight("apple", ("undocked", "2020-06-01T00:00:00Z", {"crew": []}))
        home = flight("quince", ("undocked", "2020-09-01T00:00:00Z", {"crew": ["ann"]}))
        assert told(UP + left + home, "seat_on", "until_on")[1:3] == [
            ("2020-03-01T14:00:00Z", "2020-06-01T00:00:00Z", "pear", "apple", "quince"),
            ("2020-06-01T00:00:00Z", "2020-09-01T00:00:00Z", "pear", "quince", "quince"),
        ]
        before = told(UP + left + home, "seat_on", now="2020-08-01")
        assert before[-1] == ("2020-06-01T00:00:00Z", "", "pear", None)

    def test_what_was_known_meanwhile_stays(self) -> None:
        left = flight("apple", ("undocked", "2020-06-01T00:00:00Z", {"crew": []}))
        moved = flight("pome", ("seat_moved", "2020-07-01T00:00:00Z", {"person": "ann"}))
        home = flight("quince", ("undocked", "2020-09-01T00:00:00Z", {"crew": ["ann"]}))
        seats = [one[3] for one in told(UP + left + moved + home, "seat_on")]
        assert seats == ["apple", "apple", "quince", "pome", "quince"]

    def test_an_assignment_moves_no_seat_while_there_is_one(self) -> None:
        assigned = flight(
            "quince", ("homeward_vehicle_assigned", "2020-05-01", {"people": ["ann"]})
        )
        assert told(UP + assigned, "seat_on", "until_on")[-1][3:] == ("apple", "quince")

    def test_an_assignment_made_before_holds_when_the_craft_leaves(self) -> None:
        assigned = flight(
            "quince", ("homeward_vehicle_assigned", "2020-05-01", {"people": ["ann"]})
        )
        left = flight("apple", ("undocked", "2020-06-01T00:00:00Z", {"crew": []}))
        assert told(UP + assigned + left, "seat_on")[-1][3] == "quince"

    def test_it_moves_with_the_liner(self) -> None:
        moved = flight("quince", ("seat_moved", "2020-05-01T00:00:00Z", {"person": "ann"}))
        assert told(UP + moved, "seat_on")[-2:] == [
            ("2020-03-01T14:00:00Z", "2020-05-01T00:00:00Z", "pear", "apple"),
            ("2020-05-01T00:00:00Z", "", "pear", "quince"),
        ]

    def test_a_coarse_move_is_in_doubt_as_long_as_its_time(self) -> None:
        moved = flight("quince", ("seat_moved", "2020-05", {"person": "ann"}))
        assert told(UP + moved, "seat_on", "seat_maybe")[-2:] == [
            ("2020-05-01T00:00:00Z", "2020-06-01T00:00:00Z", "pear", "quince", True),
            ("2020-06-01T00:00:00Z", "", "pear", "quince", False),
        ]

    def test_a_move_of_somebody_who_is_nowhere_changes_nothing(self) -> None:
        moved = flight("quince", ("seat_moved", "2020-02-01", {"person": "ann"}))
        assert told(UP + moved, "seat_on")[-1][3] == "apple"


class TestRelocation:
    def relocated(self, **said: Any) -> list[Any]:
        return flight(
            "apple",
            ("relocated", "2020-05-01T09:00:00Z", {"undocked_at": "2020-05-01T08:00:00Z", **said}),
        )

    def test_who_rides_is_relocating_and_still_aboard(self) -> None:
        assert told(UP + self.relocated(crew=["ann"]), "state")[-3:] == [
            ("2020-03-01T14:00:00Z", "2020-05-01T08:00:00Z", "pear", "aboard"),
            ("2020-05-01T08:00:00Z", "2020-05-01T09:00:00Z", "pear", "relocating"),
            ("2020-05-01T09:00:00Z", "", "pear", "aboard"),
        ]

    @pytest.mark.parametrize("said", [{}, {"crew": []}, {"crew": ["bob"]}])
    def test_who_does_not_ride_is_aboard_throughout(self, said: dict[str, Any]) -> None:
        assert told(UP + self.relocated(**said), "state")[-1] == (
            "2020-03-01T14:00:00Z", "", "pear", "aboard",
        )  # fmt: skip


class TestPlannedEnd:
    back = flight("apple", ("return_planned", "2020-03-01", {"target": "2020-09-01"}))

    def test_a_planned_return_ends_the_stay_on_its_day(self) -> None:
        answer = ask(UP + self.back, "pear", "2020-09-02", "2020-04-01")
        assert answer["count"] == 0
        assert ask(UP + self.back, "pear", "2020-08-31", "2020-04-01")["people"][0]["until"] == {
            "at": "2020-09-01", "precision": "day", "planned": True, "on": "apple",
        }  # fmt: skip

    def test_on_the_day_itself_the_answer_is_uncertain(self) -> None:
        answer = ask(UP + self.back, "pear", "2020-09-01T06:00Z", "2020-04-01")
        assert answer["count"] == 0
        assert answer["uncertain"]["count"] == {"min": 0, "max": 2}

    def test_who_is_not_known_to_have_left_is_still_there_on_the_day(self) -> None:
        answer = ask(UP + self.back, "pear", "2020-09-01T06:00Z", "2020-09-01T07:00Z")
        assert [person["state"] for person in answer["people"]] == ["aboard", "aboard"]
        assert "uncertain" not in answer

    def test_after_the_day_they_are_overdue(self) -> None:
        answer = ask(UP + self.back, "pear", "2020-09-03", "2020-09-03")
        assert {person["state"] for person in answer["people"]} == {"overdue"}
        assert ask(UP + self.back, "pear", "2020-08-01", "2020-09-03")["people"][0]["state"] == (
            "aboard"
        )

    def test_the_latest_plan_made_holds(self) -> None:
        slip = flight("apple", ("return_planned", "2020-05-01", {"target": "2020-10-01"}))
        assert ask(UP + self.back + slip, "pear", "2020-09-15", "2020-06-01")["count"] == 2
        assert ask(UP + self.back + slip, "pear", "2020-09-15", "2020-04-01")["count"] == 0

    def test_a_plan_for_somebody_else_ends_no_stay(self) -> None:
        alone = flight(
            "apple", ("return_planned", "2020-05-01", {"target": "2020-10-01", "crew": ["bob"]})
        )
        assert names(ask(UP + alone, "pear", "2020-11-01", "2020-06-01")) == ["ann"]

    def test_a_planned_undocking_ends_it_before_the_landing(self) -> None:
        leaving = flight(
            "apple", ("undocking_planned", "2020-05-01", {"target": "2020-08-31T20:00Z"})
        )
        facts = UP + self.back + leaving
        assert names(ask(facts, "pear", "2020-08-31T21:00Z", "2020-06-01")) == []
        assert names(ask(facts, "apple", "2020-08-31T21:00Z", "2020-06-01")) == ["ann", "bob"]

    def test_an_empty_return_is_nobodys_way_home(self) -> None:
        empty = flight(
            "apple", ("return_planned", "2020-05-01", {"target": "2020-08-01", "crew": []})
        )
        (ann, _) = ask(UP + self.back + empty, "pear", "2020-09-15", "2020-06-01")["people"]
        assert ann["until"] is None

    def test_a_plan_that_names_them_makes_it_their_way_home_until_it_does_not(self) -> None:
        named = flight(
            "quince", ("return_planned", "2020-05-01", {"target": "2020-10-01", "crew": ["ann"]})
        )
        (ann, bob) = ask(UP + named, "pear", "2020-09-15", "2020-06-01")["people"]
        assert (ann["until"]["on"], bob["until"]) == ("quince", None)
        unnamed = flight(
            "quince", ("return_planned", "2020-05-20", {"target": "2020-10-01", "crew": []})
        )
        (ann, _) = ask(UP + named + unnamed, "pear", "2020-09-15", "2020-06-01")["people"]
        assert ann["until"] is None


class TestPlannedFlight:
    plans = flight(
        "quince",
        ("planned", "2020-01-01", {"name": "Quince", "spacecraft": "Fruit", "operator": "Orchard",
                                   "destination": "pear"}),
        ("crew_assigned", "2020-01-01", {"crew": seats("ann", "bob")}),
        ("launch_planned", "2020-01-02", {"target": "2020-06-01"}),
    )  # fmt: skip
    docking = flight("quince", ("docking_planned", "2020-01-03", {"target": "2020-06-02",
                                                                 "station": "pear"}))  # fmt: skip

    def test_without_a_planned_docking_they_are_in_space_and_bound_for_the_station(self) -> None:
        (ann, _) = ask(self.plans, "quince", "2020-07-01", "2020-02-01")["people"]
        assert (ann["state"], ann["bound_for"], ann["since"]) == ("planned", "pear", "2020-06-01")
        assert names(ask(self.plans, "pear", "2020-07-01", "2020-02-01")) == []

    def test_from_a_planned_docking_they_are_aboard(self) -> None:
        facts = self.plans + self.docking
        assert names(ask(facts, "pear", "2020-07-01", "2020-02-01")) == ["ann", "bob"]
        assert names(ask(facts, "quince", "2020-06-01T12:00Z", "2020-02-01")) == ["ann", "bob"]

    def test_on_the_day_of_the_launch_it_is_uncertain(self) -> None:
        answer = ask(self.plans, "quince", "2020-06-01T12:00Z", "2020-02-01")
        assert answer["uncertain"]["count"] == {"min": 0, "max": 2}
        assert answer["people"][0]["uncertain"] == ["presence"]

    def test_a_launch_not_known_to_have_happened_puts_nobody_anywhere(self) -> None:
        assert ask(self.plans, None, "2020-06-01T12:00Z", "2020-06-01T13:00Z")["count"] == 0

    def test_a_lapsed_launch_puts_nobody_anywhere(self) -> None:
        assert ask(self.plans, None, "2020-07-01", "2020-06-02")["count"] == 0

    def test_a_scrub_takes_the_plan_away(self) -> None:
        scrub = flight("quince", ("launch_scrubbed", "2020-05-30T00:00:00Z"))
        assert ask(self.plans + scrub, None, "2020-07-01", "2020-05-31")["count"] == 0

    def test_who_is_replaced_is_not_expected(self) -> None:
        change = flight("quince", ("crew_replaced", "2020-02-01", {"off": ["ann"],
                                                                  "on": seats("cat")}))  # fmt: skip
        facts = self.plans + change
        assert names(ask(facts, "quince", "2020-07-01", "2020-03-01")) == ["cat", "bob"]
        assert names(ask(facts, "quince", "2020-07-01", "2020-01-20")) == ["ann", "bob"]

    def test_a_condition_supersedes_nothing(self) -> None:
        change = flight("quince", ("crew_replaced", "2020-02-01", {
            "off": ["ann"], "on": seats("cat"), "condition": "a deal is signed"}))  # fmt: skip
        assert names(ask(self.plans + change, "quince", "2020-07-01", "2020-03-01")) == [
            "ann", "bob",
        ]  # fmt: skip

    def test_a_stay_without_an_end_leaves_no_room_for_the_next_flight(self) -> None:
        facts = UP + self.plans
        assert ask(facts, "pear", "2020-07-01", "2020-04-01")["count"] == 2
        assert ask(facts, "quince", "2020-07-01", "2020-04-01")["count"] == 0

    def test_a_planned_return_makes_room(self) -> None:
        back = flight("apple", ("return_planned", "2020-03-01", {"target": "2020-05-01"}))
        facts = UP + back + self.plans
        assert names(ask(facts, "quince", "2020-07-01", "2020-04-01")) == ["ann", "bob"]

    def test_a_planned_docking_of_a_flight_that_is_up_is_expected(self) -> None:
        up = [*UP[:2], fact("docking_planned", "2020-03-01T11:00:00Z", stream="flight/apple",
                            target="2020-03-03", station="pear")]  # fmt: skip
        assert names(ask(up, "pear", "2020-03-05", "2020-03-01T12:00Z")) == ["ann", "bob"]
        assert names(ask(up, "apple", "2020-03-02", "2020-03-01T12:00Z")) == ["ann", "bob"]
        assert names(ask(up, "apple", "2020-03-03T12:00Z", "2020-03-03T13:00Z")) == ["ann", "bob"]
        assert names(ask(up, "apple", "2020-03-05", "2020-03-06")) == ["ann", "bob"]


class TestCoarseTimes:
    def test_a_docking_on_the_day_of_the_launch_comes_after_it(self) -> None:
        facts = [*UP[:2], fact("docked", "2020-03-01", stream="flight/apple", station="pear")]
        assert told(facts, "state", "maybe")[-1] == (
            "2020-03-02T00:00:00Z", "", "pear", "aboard", None,
        )  # fmt: skip
        assert names(ask(facts, None, "2020-03-01T09:00Z")) == []
        answer = ask(facts, "pear", "2020-03-01T12:00Z")
        assert names(answer) == []
        assert answer["uncertain"]["count"] == {"min": 0, "max": 2}
        on_the_way = ask(facts, "apple", "2020-03-01T12:00Z")["people"]
        assert [(one["state"], one["uncertain"]) for one in on_the_way] == [
            ("in_space", ["presence"])
        ] * 2
        everywhere = ask(facts, None, "2020-03-01T12:00Z")
        assert [one["place"] for one in everywhere["people"]] == ["apple"] * 2
        assert "count" not in everywhere.get("uncertain", {})

    def test_an_undocking_ends_the_doubt_of_a_docking(self) -> None:
        facts = [*UP[:2], fact("docked", "2020-03", stream="flight/apple", station="pear")]
        home = flight(
            "apple",
            ("undocked", "2020-03-20T08:00:00Z", {"crew": ["ann", "bob"]}),
            ("landed", "2020-03-21T12:00:00Z", {"crew": ["ann", "bob"]}),
        )
        assert told([*facts, *home], "state", "maybe", "tail") == [
            ("2020-03-01T10:00:00Z", "2020-03-20T08:00:00Z", "apple", "in_space", True, None),
            ("2020-03-01T10:00:00Z", "2020-03-20T08:00:00Z", "pear", "aboard", True, "begun"),
            ("2020-03-20T08:00:00Z", "2020-03-21T12:00:00Z", "apple", "in_space", None, None),
        ]

    def test_a_spacewalk_from_the_station_ends_it_too(self) -> None:
        facts = [*UP[:2], fact("docked", "2020-03", stream="flight/apple", station="pear")]
        walk = fact("began", "2020-03-10T08:00:00Z", stream="spacewalk/walk", station="pear",
                    people=["ann"])  # fmt: skip
        found = [one for one in told([*facts, walk], "state", "tail") if one[4] is None]
        assert [one[:4] for one in found] == [
            ("2020-03-01T10:00:00Z", "2020-03-10T08:00:00Z", "apple", "in_space"),
            ("2020-03-10T08:00:00Z", "", "pear", "spacewalk"),
        ]

    def test_an_undocking_that_can_be_at_the_docking_leaves_them_aboard(self) -> None:
        home = flight("apple", ("undocked", "2020-03", {"crew": ["ann", "bob"]}))
        aboard = ask([*UP, *home], "pear", "2020-03-20")
        assert [(one["state"], one["uncertain"]) for one in aboard["people"]] == [
            ("aboard", ["presence"])
        ] * 2
        assert aboard["uncertain"]["count"] == {"min": 0, "max": 2}
        assert ask([*UP, *home], None, "2020-03-20")["count"] == 2
        assert names(ask([*UP, *home], "apple", "2020-04-02")) == ["ann", "bob"]

    def test_a_short_stay_at_coarse_times_is_on_the_craft_throughout(self) -> None:
        """Nobody is counted at two places, however many coarse times begin at the lift-off."""
        short = flight(
            "apple",
            ("docked", "2020-03-01", {"station": "pear"}),
            ("undocked", "2020-03-01", {"crew": ["ann", "bob"]}),
            ("landed", "2020-03-02T12:00:00Z", {"crew": ["ann", "bob"]}),
        )
        facts = [*UP[:2], *short]
        everywhere = ask(facts, None, "2020-03-01T12:00Z")
        assert [one["place"] for one in everywhere["people"]] == ["apple"] * 2
        assert "count" not in everywhere.get("uncertain", {})
        assert ask(facts, "pear", "2020-03-01T12:00Z")["uncertain"]["count"]["max"] == 2
        assert ask(facts, "pear", "2020-03-02")["count"] == 0

    def test_a_planned_docking_may_be_at_the_lift_off(self) -> None:
        plan = fact("docking_planned", "2020-02-01", stream="flight/apple", target="2020-03",
                    station="pear")  # fmt: skip
        soon = ask([*UP[:2], plan], "pear", "2020-03-05", "2020-03-01T11:00Z")
        assert (soon["count"], soon["uncertain"]["count"]) == (0, {"min": 0, "max": 2})
        there = ask([*UP[:2], plan], None, "2020-03-05", "2020-03-01T11:00Z")["people"]
        assert [(one["place"], one["state"]) for one in there] == [("apple", "planned")] * 2

    def test_a_landing_on_the_day_of_the_undocking_comes_after_it(self) -> None:
        landed = fact("landed", "2020-09-01", stream="flight/apple", crew=["ann", "bob"])
        facts = [*UP, DOWN[0], landed]
        assert names(ask(facts, None, "2020-09-01T07:00Z")) == ["ann", "bob"]
        answer = ask(facts, None, "2020-09-01T09:00Z")
        assert (answer["count"], answer["uncertain"]["count"]) == (0, {"min": 0, "max": 2})
        assert ask(facts, None, "2020-09-02")["count"] == 0

    def test_a_coarse_known_time_takes_effect_at_its_end(self) -> None:
        late = fact("launched", "2020-03-01T10:00:00Z", "2020-05", crew=["ann"])
        assert ask([late], None, "2020-03-02", "2020-05-31")["count"] == 0
        assert ask([late], None, "2020-03-02", "2020-06-01")["count"] == 1


class TestMissingFacts:
    def test_a_docking_without_a_launch_puts_nobody_aboard(self) -> None:
        assert (
            told([UP[2], fact("return_planned", "2020-01-01", target="2020-04-01", crew=["ann"])])
            == []
        )

    def test_an_undocking_without_a_launch_puts_them_on_the_craft(self) -> None:
        assert told([DOWN[0]], "launched_on") == [("2020-09-01T08:00:00Z", "", "apple", None)]

    def test_a_landing_without_an_undocking_ends_the_stay(self) -> None:
        assert told([*UP, DOWN[1]], "state")[-1][:3] == (
            "2020-03-01T14:00:00Z", "2020-09-01T12:00:00Z", "pear",
        )  # fmt: skip

    def test_a_landing_without_them_ends_a_flight_they_were_on(self) -> None:
        landed = fact("landed", "2020-03-01T12:00:00Z", stream="flight/apple", crew=[])
        assert told([*UP[:2], landed])[-1][1] == "2020-03-01T12:00:00Z"

    def test_an_event_of_another_kind_of_stream_changes_nothing(self) -> None:
        port = fact("port_added", "2020-03-02", stream="station/pear", port="north", name="North")
        assert told([*UP, port]) == told(UP)


def test_of_a_planned_flight_that_would_end_before_there_is_room_nothing_is_left() -> None:
    back = flight("apple", ("return_planned", "2020-03-01", {"target": "2020-05-10"}))
    other = flight("quince", ("return_planned", "2020-03-01", {"target": "2020-05-08"}))
    early = flight("quince", ("launch_planned", "2020-03-02", {"target": "2020-05-01"}))
    facts = UP + back + TestPlannedFlight.plans + early + other
    for at in ("2020-05-04", "2020-05-08T12:00Z", "2020-05-12"):
        assert ask(facts, "quince", at, "2020-04-01")["count"] == 0
    assert ask(facts, "pear", "2020-05-04", "2020-04-01")["count"] == 2


def test_what_comes_later_narrows_a_coarse_time() -> None:
    facts = [
        *UP,
        fact("undocked", "2020-09-01", stream="flight/apple", crew=["ann", "bob"]),
        fact("landed", "2020-09-01T10:27:25Z", stream="flight/apple", crew=["ann", "bob"]),
    ]
    before = ask(facts, "pear", "2020-09-01T10:00Z")
    assert (before["count"], before["uncertain"]["count"]) == (0, {"min": 0, "max": 2})
    after = ask(facts, "pear", "2020-09-01T10:30Z")
    assert (after["count"], after.get("uncertain")) == (0, None)
