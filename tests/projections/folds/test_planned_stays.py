"""Plans that wait for a condition and plans that are withdrawn: what is expected and told."""

from __future__ import annotations

from typing import Any

import pytest

from aboard.projections.queries.event_log import Picked, entries
from aboard.projections.queries.flight import story
from tests.build import fact, instant, seats
from tests.projections.model import ask, built, flight, names

LATER = "2030-01-01T00:00:00Z"

PLANS = flight(
    "apple",
    ("planned", "2020-01-01", {"name": "Apple", "spacecraft": "Fruit", "operator": "Orchard",
                               "destination": "pear"}),
    ("crew_assigned", "2020-01-01", {"crew": seats("ann")}),
    ("launch_planned", "2020-01-02", {"target": "2020-06-01"}),
    ("docking_planned", "2020-01-02", {"target": "2020-06-02", "station": "pear"}),
    ("undocking_planned", "2020-01-02", {"target": "2020-09-01"}),
    ("return_planned", "2020-01-02", {"target": "2020-09-02"}),
)  # fmt: skip


def told(facts: list[Any], known: str) -> dict[str, Any]:
    """Return the story of apple as known at an instant, and at it."""
    return story(built(facts), "apple", instant(known), instant(known))


def milestone(facts: list[Any], item: str, known: str) -> dict[str, Any]:
    """Return one milestone of apple; nothing when there is none."""
    found = [one for one in told(facts, known)["milestones"] if one["item"] == item]
    return found[0] if found else {}


def withdrawn(item: str, **said: str) -> list[Any]:
    return flight("apple", ("plan_withdrawn", "2020-02-01", {"item": item, **said}))


CONDITIONAL: dict[str, tuple[str, dict[str, Any]]] = {
    "launch": ("launch_planned", {"target": "2020-07-01"}),
    "docking": ("docking_planned", {"target": "2020-07-02", "station": "plum"}),
    "relocation": ("relocation_planned", {"target": "2020-07-03", "to_port": "south"}),
    "seat move": ("seat_move_planned", {"target": "2020-07-04", "person": "ann"}),
    "undocking": ("undocking_planned", {"target": "2020-10-01"}),
    "return": ("return_planned", {"target": "2020-10-02"}),
}


class TestConditions:
    @pytest.mark.parametrize("item", CONDITIONAL)
    def test_a_conditional_plan_stands_beside_the_others_until_its_condition_is_met(
        self, item: str
    ) -> None:
        kind, said = CONDITIONAL[item]
        waiting = flight(
            "apple", (kind, "2020-01-10", {**said, "condition": "rain", "id": "apple/if"})
        )
        met = flight("apple", ("condition_met", "2020-02-01", {"plan": "apple/if"}))
        facts = PLANS + waiting + met
        firm = milestone(PLANS, item, "2020-03-01").get("planned")

        before = milestone(facts, item, "2020-01-20")
        assert (before["planned"] or {}).get("time") == (firm and firm["time"])
        (conditional,) = before["conditional"]
        assert (conditional["time"], conditional["condition"]) == (said["target"], "rain")

        after = milestone(facts, item, "2020-02-01")
        assert (after["planned"]["time"], after.get("conditional")) == (said["target"], None)

    def test_of_a_crew_likewise(self) -> None:
        said: dict[str, Any] = {
            "off": ["ann"],
            "on": seats("bob"),
            "condition": "rain",
            "id": "apple/if",
        }
        waiting = flight("apple", ("crew_replaced", "2020-01-10", said))
        met = flight("apple", ("condition_met", "2020-02-01", {"plan": "apple/if"}))
        facts = PLANS + waiting + met
        before, after = (told(facts, known)["crew"] for known in ("2020-01-20", "2020-02-01"))
        assert [one["id"] for one in before["planned"]] == ["ann"]
        assert [one["condition"] for one in before["conditional"]] == ["rain"]
        assert [one["id"] for one in after["planned"]] == ["bob"]
        assert after["conditional"] == []
        assert names(ask(facts, None, "2020-07-01", "2020-01-20")) == ["ann"]
        assert names(ask(facts, None, "2020-07-01", "2020-02-01")) == ["bob"]

    def test_what_is_expected_waits_for_it(self) -> None:
        waiting = flight(
            "apple",
            ("launch_planned", "2020-01-10", {"target": "2020-05-01", "condition": "rain",
                                              "id": "apple/if"}),
            ("return_planned", "2020-01-10", {"target": "2020-12-01", "condition": "rain",
                                              "crew": ["ann"], "id": "apple/back-if"}),
            ("condition_met", "2020-02-01", {"plan": "apple/if"}),
            ("condition_met", "2020-02-02", {"plan": "apple/back-if"}),
        )  # fmt: skip
        facts = [one for one in PLANS if one.TOPIC != "flight.undocking_planned"] + waiting
        assert ask(facts, None, "2020-05-15", "2020-01-20")["count"] == 0
        assert ask(facts, None, "2020-05-15", "2020-02-01")["count"] == 1
        assert ask(facts, "pear", "2020-10-01", "2020-02-01")["count"] == 0
        (ann,) = ask(facts, "pear", "2020-10-01", "2020-02-02")["people"]
        assert (ann["until"]["at"], ann["until"]["on"]) == ("2020-12-01", "apple")

    def test_the_condition_of_no_plan_changes_nothing(self) -> None:
        met = flight("apple", ("condition_met", "2020-02-01", {"plan": "apple/none"}))
        for at in ("2020-06-01T12:00Z", "2020-07-01"):
            assert (
                ask(PLANS + met, None, at, "2020-03-01")["people"]
                == (ask(PLANS, None, at, "2020-03-01")["people"])
            )
        assert (
            told(PLANS + met, "2020-03-01")["milestones"]
            == (told(PLANS, "2020-03-01")["milestones"])
        )

    def test_the_next_firm_plan_is_told_instead(self) -> None:
        later = flight("apple", ("launch_planned", "2020-01-10", {"target": "2020-07-01",
                                                                  "condition": "rain"}),
                       ("launch_planned", "2020-02-01", {"target": "2020-06-15"}))  # fmt: skip
        found = milestone(PLANS + later, "launch", "2020-02-01")
        assert (found["planned"]["time"], "conditional" in found) == ("2020-06-15", False)


class TestWithdrawn:
    @pytest.mark.parametrize("item", ["launch", "docking", "undocking", "return"])
    def test_a_plan_that_is_withdrawn_leaves_none(self, item: str) -> None:
        facts = PLANS + withdrawn(item)
        assert milestone(facts, item, "2020-01-31")["planned"]
        assert milestone(facts, item, "2020-02-01") == {}
        kind, said = CONDITIONAL[item]
        again = flight("apple", (kind, "2020-02-01", said))
        assert milestone(facts + again, item, "2020-02-01")["planned"]["time"] == said["target"]

    @pytest.mark.parametrize(
        ("item", "at", "place", "count"),
        [
            ("launch", "2020-07-01", None, 0),
            ("crew", "2020-07-01", None, 0),
            ("docking", "2020-07-01", "pear", 0),
            ("docking", "2020-07-01", "apple", 1),
            ("undocking", "2020-09-01T12:00Z", "pear", 1),
            ("return", "2021-01-01", "apple", 1),
            ("relocation", "2020-07-01", "pear", 1),
            ("seat move", "2020-07-01", "pear", 1),
            ("homeward vehicle", "2020-07-01", "pear", 1),
        ],
    )
    def test_what_it_made_expected_is_so_no_longer(
        self, item: str, at: str, place: str | None, count: int
    ) -> None:
        assert ask(PLANS + withdrawn(item), place, at, "2020-02-01")["count"] == count

    def test_a_crew_that_is_withdrawn_leaves_no_seats(self) -> None:
        facts = PLANS + withdrawn("crew", reason="nobody is to go")
        assert told(facts, "2020-02-01")["crew"]["planned"] == []
        assert told(facts, "2020-02-01")["story"][-1]["says"] == (
            "plan withdrawn: crew: nobody is to go"
        )
        anew = flight("apple", ("crew_assigned", "2020-02-02", {"crew": seats("bob")}))
        seated = told(facts + anew, "2020-02-02")["crew"]["planned"]
        assert [(one["seat"], one["id"]) for one in seated] == [(1, "bob")]

    def test_a_relocation_likewise(self) -> None:
        plan = flight("apple", ("relocation_planned", "2020-01-10", {"target": "2020-07-03"}))
        assert milestone(PLANS + plan, "relocation", "2020-02-01")["planned"]
        assert milestone(PLANS + plan + withdrawn("relocation"), "relocation", "2020-02-01") == {}


def plans_of_seats(facts: list[Any], known: str) -> dict[str, tuple[str, bool]]:
    """Return the target of each person's seat move that is planned, and whether it has lapsed."""
    rows = built(facts).execute(
        "SELECT json_extract(value, '$.person'), json_extract(value, '$.time'), "
        "json_extract(value, '$.lapsed') FROM flight_plan WHERE place='apple' "
        "AND json_extract(value, '$.item')='seat move' AND json_extract(value, '$.basis')='plan' "
        "AND valid_from<=:now AND valid_to>:now AND known_from<=:now AND known_to>:now",
        {"now": instant(known)},
    )
    return {person: (time, bool(lapsed)) for person, time, lapsed in rows}


class TestSeatMoves:
    """Each person has a series of their own."""

    plans = flight(
        "apple",
        ("seat_move_planned", "2020-01-10", {"target": "2020-03-01", "person": "ann"}),
        ("seat_move_planned", "2020-01-11", {"target": "2020-03-02", "person": "bob"}),
        ("seat_move_planned", "2020-01-20", {"target": "2020-03-03", "person": "ann"}),
    )

    def test_a_new_plan_of_one_leaves_the_others(self) -> None:
        assert plans_of_seats(self.plans, "2020-01-15") == {
            "ann": ("2020-03-01", False), "bob": ("2020-03-02", False),
        }  # fmt: skip
        assert plans_of_seats(self.plans, "2020-01-20") == {
            "ann": ("2020-03-03", False), "bob": ("2020-03-02", False),
        }  # fmt: skip

    def test_the_move_of_one_fulfils_no_plan_of_another(self) -> None:
        moved = flight("apple", ("seat_moved", "2020-03-02", {"person": "bob"}))
        assert plans_of_seats(self.plans + moved, "2020-03-10") == {
            "ann": ("2020-03-03", True), "bob": ("2020-03-02", False),
        }  # fmt: skip

    def test_one_may_be_withdrawn_or_all(self) -> None:
        assert plans_of_seats(self.plans + withdrawn("seat move", person="ann"), "2020-02-01") == {
            "bob": ("2020-03-02", False)
        }
        assert plans_of_seats(self.plans + withdrawn("seat move"), "2020-02-01") == {}


class TestHomeward:
    """Who is to come home on another vehicle, until they are not."""

    up = flight("quince", ("launched", "2020-01-01T10:00:00Z", {"crew": ["ann", "bob"]}),
                ("docked", "2020-01-01T14:00:00Z", {"station": "pear"}),
                ("undocked", "2020-01-10T14:00:00Z", {"crew": []}))  # fmt: skip
    assigned = flight(
        "apple", ("homeward_vehicle_assigned", "2020-01-20", {"people": ["ann", "bob"]})
    )

    def seats_on(self, facts: list[Any], at: str = "2020-03-01") -> list[tuple[str, Any]]:
        people = ask(facts, "pear", at)["people"]
        return [(one["id"], one["seat_on"]) for one in people]

    def homeward(self, facts: list[Any]) -> list[str] | None:
        people = told(PLANS + facts, "2020-03-01")["crew"]["homeward"]
        return people and [one["id"] for one in people]

    def test_withdrawn_for_one_it_stays_for_the_other(self) -> None:
        facts = self.up + self.assigned + withdrawn("homeward vehicle", person="ann")
        assert self.seats_on(facts) == [("ann", None), ("bob", "apple")]
        assert self.seats_on(facts, "2020-01-25") == [("ann", "apple"), ("bob", "apple")]
        assert self.homeward(facts) == ["bob"]

    def test_withdrawn_for_the_last_one_or_for_all_it_is_nobodys(self) -> None:
        one = withdrawn("homeward vehicle", person="ann")
        other = withdrawn("homeward vehicle", person="bob")
        for gone in (one + other, withdrawn("homeward vehicle")):
            facts = self.up + self.assigned + gone
            assert self.seats_on(facts) == [("ann", None), ("bob", None)]
            assert self.homeward(facts) is None

    def test_withdrawn_where_it_was_never_assigned_it_changes_nothing(self) -> None:
        for person in ({}, {"person": "ann"}):
            facts = self.up + withdrawn("homeward vehicle", **person)
            assert self.seats_on(facts) == [("ann", None), ("bob", None)]
            assert self.homeward(facts) is None

    def test_a_seat_that_was_moved_stays_where_it_is(self) -> None:
        moved = flight("apple", ("seat_moved", "2020-01-25", {"person": "ann"}))
        facts = self.up + self.assigned + moved + withdrawn("homeward vehicle")
        assert self.seats_on(facts) == [("ann", "apple"), ("bob", None)]

    def test_a_return_planned_without_them_takes_the_seat_too(self) -> None:
        back = flight(
            "apple", ("return_planned", "2020-01-25", {"target": "2021", "crew": ["bob"]})
        )
        assert self.seats_on(self.up + self.assigned + back) == [("ann", None), ("bob", "apple")]


def test_the_handover_of_command_may_be_planned_and_hands_nothing_over() -> None:
    said: dict[str, Any] = {"target": "2020-02-01", "from_person": "ann", "to_person": "bob"}
    plan = fact("command_handover_planned", "2020-01-10", stream="station/pear", **said)
    answer = ask([plan], "pear", "2020-03-01", LATER)
    assert (answer["commander"], answer["expedition"]) == (None, None)
    assert [event["says"] for event in entries(built([plan]), Picked())] == [
        "hand-over of command by ann to bob planned for 2020-02-01"
    ]
