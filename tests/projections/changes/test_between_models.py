"""The difference of two read models: what some more events change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.projections.changes.between_models import difference
from aboard.projections.read_model.dry_run_log import DryRunLog
from aboard.projections.read_model.read_model import catch_up
from tests.build import fact, instant, seats
from tests.memory import in_memory
from tests.projections.model import ListLog, built, flight, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.events.envelope import Event

NOW = instant("2024-01-01")
UP = ("launched", "2020-03-01T10:00:00Z", {"crew": ["ann", "bob"]})
DOCKED = ("docked", "2020-03-01T16:00:00Z", {"station": "moon"})
HEAVEN = fact("registered", "1998", stream="station/moon", name="Moon Base", operators=["X"])


def changes(given: Sequence[Event], *more: Event) -> dict[str, Any]:
    """Return what more events change, when they follow the given ones."""
    streams = list(dict.fromkeys(event.originator_id for event in more))
    return difference(built(given), built([*given, *more]), streams, NOW)


def people(given: Sequence[Event], *more: Event) -> list[tuple[Any, ...]]:
    return [
        (one["person"], one["change"], one["place"], one["at"], one["was"])
        for one in changes(given, *more)["people"]
    ]


def test_a_launch() -> None:
    found = changes([HEAVEN], *flight("apple", UP))

    assert [(one["person"], one["change"], one["place_kind"]) for one in found["people"]] == [
        ("ann", "arrives", "flight"), ("bob", "arrives", "flight")]  # fmt: skip
    assert [(one["at"], one["before"], one["after"]) for one in found["counts"]] == [
        ("2020-03-01T10:00:00Z", 0, 2), ("2024-01-01T00:00:00Z", 0, 2)]  # fmt: skip
    assert found["known"] == "2024-01-01T00:00:00Z"


def test_a_docking_moves_people() -> None:
    found = changes([HEAVEN, *flight("apple", UP)], *flight("apple", DOCKED))

    one = found["people"][0]
    assert (one["change"], one["from"], one["place"], one["place_name"]) == (
        "moves", "apple", "moon", "Moon Base")  # fmt: skip
    assert {(one["place"], one["before"], one["after"]) for one in found["counts"]} == {
        ("apple", 2, 0), ("moon", 0, 2)}  # fmt: skip


def test_a_landing_on_a_day_ends_a_stay_that_began_on_it() -> None:
    given = [HEAVEN, *flight("apple", UP, DOCKED,
             ("undocked", "2020-05-01T08:00:00Z", {"crew": ["ann", "bob"]}))]  # fmt: skip
    landed = flight("apple", ("landed", "2020-05-01", {"crew": ["ann", "bob"]}))

    assert people(given, *landed) == [
        (person, "leaves", "apple", "2020-05-01", None) for person in ("ann", "bob")
    ]


def test_a_correction_says_what_was_said() -> None:
    given = [
        HEAVEN,
        *flight("apple", UP),
        fact("docked", DOCKED[1], "2020-03-02", id="apple/docked", station="moon"),
    ]
    better = fact("fact.corrected", "2020-04-01", target="apple/docked", reason="late",
                  changes={"happened": "2020-03-01T17:00:00Z"})  # fmt: skip

    assert people(given, better)[0] == (
        "ann", "moves", "moon", "2020-03-01T17:00:00Z", "2020-03-01T16:00:00Z")  # fmt: skip


def test_what_is_taken_back_is_not() -> None:
    up = fact("launched", UP[1], id="apple/launched", crew=["ann", "bob"])
    back = fact("fact.retracted", "2020-04-01", target="apple/launched", reason="no")

    assert people([HEAVEN, up], back)[0] == (
        "ann", "is not there", "apple", None, "2020-03-01T10:00:00Z")  # fmt: skip
    landing = [up, *flight("apple", ("landed", "2020-05-01", {"crew": ["ann", "bob"]}))]
    undone = fact("fact.retracted", "2020-06-01", target=landing[1].id, reason="no")
    assert people(landing, undone)[0] == ("ann", "stays", "apple", None, "2020-05-01")


def test_a_ride_and_a_ride_taken_back() -> None:
    given = [HEAVEN, *flight("apple", UP, DOCKED)]
    ride = fact(
        "relocated",
        "2020-04-01T10:00Z",
        "2020-04-02",
        undocked_at="2020-04-01T09:00Z",
        crew=["ann"],
    )
    back = fact("fact.retracted", "2020-05-01", target=ride.id, reason="no")
    later = fact("fact.corrected", "2020-05-01", target=ride.id, reason="no",
                 changes={"happened": "2020-04-01T11:00Z"})  # fmt: skip

    assert people(given, ride) == [("ann", "relocates", "moon", "2020-04-01T10:00Z", None)]
    assert people([*given, ride], back) == [
        ("ann", "does not relocate", "moon", None, "2020-04-01T10:00Z")]  # fmt: skip
    assert people([*given, ride], later) == [
        ("ann", "does not relocate", "moon", None, "2020-04-01T10:00Z"),
        ("ann", "relocates", "moon", "2020-04-01T11:00Z", None)]  # fmt: skip
    assert people([*given, ride], *flight("apple", ("hatch_opened", "2020-04-02"))) == []


def test_a_seat_that_moves_and_one_that_did_not() -> None:
    given = [HEAVEN, *flight("apple", UP, DOCKED),
             *flight("pear", ("launched", "2020-04-01T10:00Z", {"crew": []}),
                     ("docked", "2020-04-02T10:00Z", {"station": "moon"}))]  # fmt: skip
    moved = fact("seat_moved", "2020-04-03", stream="flight/pear", person="bob")
    back = fact("fact.retracted", "2020-05-01", stream="flight/pear", target=moved.id, reason="no")

    [one] = changes(given, moved)["people"]
    assert (one["person"], one["change"], one["from"], one["to"], one["at"]) == (
        "bob", "seat", "apple", "pear", "2020-04-03")  # fmt: skip
    [other] = changes([*given, moved], back)["people"]
    assert (other["change"], other["at"], other["was"]) == ("no such seat", None, "2020-04-03")
    assert changes(given, moved)["counts"] == []


def test_a_plan_of_the_way_home() -> None:
    given = [HEAVEN, *flight("apple", ("launched", "2023-12-01T10:00:00Z", {"crew": ["ann"]}),
             ("docked", "2023-12-02", {"station": "moon"}))]  # fmt: skip
    one = fact("return_planned", "2023-12-03", target="2024-06-01")
    other = fact("return_planned", "2023-12-04", target="2024-07-01")

    assert people(given, one) == [("ann", "is to leave", "moon", "2024-06-01", None)]
    assert people([*given, one], other) == [
        ("ann", "is to leave", "moon", "2024-07-01", "2024-06-01")]  # fmt: skip


def test_people_who_are_expected() -> None:
    plans = [fact("planned", "2023", name="Apple", spacecraft="A", operator="B",
                  destination="moon"),
             fact("crew_assigned", "2023-02", crew=seats("ann"))]  # fmt: skip
    aim = fact("launch_planned", "2023-11-01", target="2024-06-01")
    slip = fact("launch_planned", "2023-12-01", target="2024-08-01")

    assert people([HEAVEN, *plans], aim)[0] == ("ann", "expected", "apple", "2024-06-01", None)
    assert people([HEAVEN, *plans, aim], slip) == [
        ("ann", "expected", "apple", "2024-08-01", "2024-06-01")]  # fmt: skip
    assert changes([HEAVEN, *plans, aim], slip)["counts"] == []


@pytest.mark.parametrize(
    ("was", "aim", "word"),
    [("2024-06-01", "2024-06-03", "slipped"), ("2024-06-03", "2024-06-01", "brought_forward"),
     ("2024-06", "2024-06-01", "refined"), ("2024-06-01", "2024-06", "loosened"),
     (None, "2024-06", "planned")],
)  # fmt: skip
def test_a_time_that_is_aimed_at(was: str | None, aim: str, word: str) -> None:
    given = [fact("launch_planned", "2023-11-01", target=was)] if was else []
    [plan] = changes(given, fact("launch_planned", "2023-12-01", target=aim))["plans"]

    assert (plan["flight"], plan["item"], plan["change"]) == ("apple", "launch", word)
    assert (plan["was"], plan["at"]) == (was, aim)


def test_a_plan_taken_back_and_seats() -> None:
    aim = fact("launch_planned", "2023-11-01", target="2024-06-01")
    back = fact("fact.retracted", "2023-12-01", target=aim.id, reason="no")
    crew = fact("crew_assigned", "2023-02-01", crew=seats("ann"))
    instead = fact("crew_replaced", "2023-03-01", off=["ann"], on=seats("bob"))
    home = fact("homeward_vehicle_assigned", "2023-04-01", people=["cid"])

    [plan] = changes([aim], back)["plans"]
    assert (plan["change"], plan["at"], plan["was"]) == ("withdrawn", None, "2024-06-01")
    assert [(one["change"], one["person"], one["item"]) for one in changes(
        [crew], instead, home)["plans"]] == [
        ("off", "ann", "crew"), ("assigned", "bob", "crew"),
        ("assigned", "cid", "homeward crew")]  # fmt: skip
    assert (
        changes([crew], *flight("apple", ("launched", "2023-05-01", {"crew": []})))["plans"] == []
    )


def test_a_log_with_more_is_as_if_it_were_recorded() -> None:
    given = [HEAVEN, *flight("apple", UP)]
    more = flight("apple", DOCKED)
    log = DryRunLog(ListLog(given), more)
    db = in_memory()
    catch_up(db, ListLog(given))
    catch_up(db, log)

    assert (log.identity, log.position) == ("a list", 3)
    assert list(log.scan(2)) == [(3, more[0])]
    assert log.stream("flight/apple") == [*given[1:], *more]
    assert tables(db) == tables(built([*given, *more]))


BASE = "station/moon"
HANDED = fact("command_handed_over", "2020-04-01", stream=BASE, id="moon/to-ann", to_person="ann")
BEGAN = fact("expedition_began", "2020-05-01", stream=BASE, id="moon/two", number=2,
             commander="bob")  # fmt: skip


def command(given: Sequence[Event], *more: Event) -> list[tuple[Any, ...]]:
    return [
        (one["item"], one["id"], one["change"], one["at"], one["was"])
        for one in changes(given, *more)["command"]
    ]


class TestCommand:
    def test_who_takes_command_and_which_expedition_begins(self) -> None:
        ann = fact("registered", "1999", stream="person/ann", name="Ann Lee", family_name="Lee",
                   agency="X")  # fmt: skip
        (found,) = changes([HEAVEN, ann], HANDED)["command"]
        assert found == {
            "station": "moon", "station_name": "Moon Base", "item": "commander",
            "change": "takes command", "at": "2020-04-01", "was": None, "id": "ann",
            "name": "Ann Lee",
        }  # fmt: skip
        assert command([HEAVEN, HANDED], BEGAN) == [
            ("commander", "bob", "takes command", "2020-05-01", None),
            ("expedition", 2, "begins", "2020-05-01", None),
        ]
        assert command([HEAVEN, HANDED], *flight("apple", UP)) == []

    def test_an_expedition_under_who_commands_already(self) -> None:
        same = fact("expedition_began", "2020-05-01", stream=BASE, number=2, commander="ann")
        assert command([HEAVEN, HANDED], same) == [("expedition", 2, "begins", "2020-05-01", None)]

    def test_a_late_fact_and_a_correction(self) -> None:
        between = fact("command_handed_over", "2020-04-15", stream=BASE, from_person="ann")
        assert command([HEAVEN, HANDED, BEGAN], between) == [
            ("commander", None, "takes command", "2020-04-15", None)
        ]
        sooner = fact("fact.corrected", "2020-06-01", stream=BASE, target="moon/two",
                      changes={"happened": "2020-04-30"}, reason="a slip")  # fmt: skip
        assert command([HEAVEN, HANDED, BEGAN], sooner) == [
            ("commander", "bob", "takes command", "2020-04-30", "2020-05-01"),
            ("expedition", 2, "begins", "2020-04-30", "2020-05-01"),
        ]

    def test_what_is_taken_back(self) -> None:
        gone = fact("fact.retracted", "2020-06-01", stream=BASE, target="moon/two", reason="why")
        assert command([HEAVEN, HANDED, BEGAN], gone) == [
            ("commander", "bob", "does not take command", None, "2020-05-01"),
            ("expedition", 2, "does not begin", None, "2020-05-01"),
        ]

    def test_who_commands_again_does_so_twice(self) -> None:
        back = fact("command_handed_over", "2020-07-01", stream=BASE, to_person="ann")
        assert command([HEAVEN, HANDED, BEGAN], back) == [
            ("commander", "ann", "takes command", "2020-07-01", None)
        ]


def test_a_plan_on_a_condition_and_the_crew_of_a_plan() -> None:
    waiting = fact("launch_planned", "2023-11-01", target="2024-06-01", condition="it is signed")
    [plan] = changes([], waiting)["plans"]
    assert (plan["item"], plan["change"], plan["condition"], plan["was_condition"]) == (
        "launch", "conditional", "it is signed", None)  # fmt: skip

    home = [fact("return_planned", "2023-11-01", target="2024-06-01", crew=["ann"])]
    other = fact("return_planned", "2023-12-01", target="2024-06-01", crew=["bob"])
    assert [(one["item"], one["change"], one["person"]) for one in changes(
        home, other)["plans"]] == [
        ("return crew", "off", "ann"), ("return crew", "assigned", "bob")]  # fmt: skip


def test_another_craft_for_the_way_home() -> None:
    given = [HEAVEN,
             *flight("apple", ("launched", "2023-03-01T10:00:00Z", {"crew": ["ann"]}),
                     ("docked", "2023-03-02T10:00:00Z", {"station": "moon"})),
             *flight("pear", ("launched", "2023-04-01T10:00:00Z", {"crew": []}),
                     ("docked", "2023-04-02T10:00:00Z", {"station": "moon"})),
             fact("return_planned", "2023-05-01", target="2024-06-01"),
             fact("return_planned", "2023-05-01", stream="flight/pear", target="2024-06-01"),
             ]  # fmt: skip
    moved = fact("seat_moved", "2023-06-01", stream="flight/pear", person="ann")

    leaving = [one for one in changes(given, moved)["people"] if one["change"] == "is to leave"]
    assert [(one["at"], one["was"], one["on"], one["was_on"]) for one in leaving] == [
        ("2024-06-01", "2024-06-01", "pear", "apple")]  # fmt: skip
