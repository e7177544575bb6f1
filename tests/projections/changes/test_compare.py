"""Changes: what is different between two answers, whatever event made it so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aboard.projections.changes.compare import AnswerKey, changes, key_of
from aboard.projections.queries.reader import Row
from aboard.projections.replay.sweep import current_row

STATIONS = frozenset({"pear", "plum"})


def there(place: str, **more: Any) -> Row:
    """Return a row of presence."""
    value = {"basis": "actual", "state": "aboard", "seat_on": "apple", "until": None,
             "until_on": None, "since": "2020-01-01", "launched_on": "apple", "crew_number": 0,
             }  # fmt: skip
    return Row(place, "ann", value | more, '["one"]')


def plan(item: str, why: str = "one", **value: Any) -> Row:
    """Return a row of a flight's plan."""
    return Row("apple", "apple", {"basis": "plan", "item": item, **value}, json.dumps([why]))


def told(fold: str, before: Row | None, after: Row | None) -> list[tuple[Any, ...]]:
    row = after or before
    assert row is not None
    key = key_of(fold, row)
    assert key is not None
    return [tuple(one.as_dict().values()) for one in changes(key, before, after, STATIONS)]


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [(None, "apple", "entered_space"), ("apple", None, "left_space"), ("pear", None, "left"),
     ("apple", "pear", "arrived"), (None, "pear", "arrived"), ("pear", "apple", "left"),
     ("apple", "quince", "moved"), ("pear", "plum", "arrived")],
)  # fmt: skip
def test_where_somebody_is(was: str | None, now: str | None, change: str) -> None:
    before, after = (there(one) if one else None for one in (was, now))

    assert told("presence", before, after) == [(change, "ann", was, now)]


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        ({}, {"seat_on": "quince"}, ("seat_moved", "ann", "apple", "quince")),
        ({}, {"until": "2020-02", "until_on": "apple"},
         ("until", "ann", None, {"at": "2020-02", "on": "apple"})),
        ({"until": "2020-02"}, {"until": "2020-02", "state": "overdue"},
         ("overdue", "ann", None, "2020-02")),
        ({"state": "relocating"}, {}, None),
        ({}, {"state": "spacewalk"}, ("went_outside", "ann", "pear", None)),
        ({"state": "spacewalk"}, {}, ("came_in", "ann", None, "pear")),
        ({"state": "spacewalk"}, {"state": "overdue"}, ("came_in", "ann", None, "pear")),
        ({"maybe": True}, {}, None),
    ],
)  # fmt: skip
def test_how_somebody_is_there(was: Any, now: Any, change: Any) -> None:
    found = told("presence", there("pear", **was), there("pear", **now))

    assert found == ([change] if change else [])


def test_when_a_craft_is_to_arrive_is_told_of_the_craft() -> None:
    assert told("presence", there("apple"), there("apple", until="2020-02")) == []


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [("2020-01", "2020-01-05", "refined"), ("2020-01-05", "2020-01", "loosened"),
     ("2020-01-05", "2020-01-06", "slipped"), ("2020-01-05", "2020-01-04", "brought_forward"),
     ("2020-01-31", "2020-02", "slipped"), ("2020-01", "NET 2020-01-15", "refined"),
     (None, "2020-01", "planned"), ("2020-01", None, "withdrawn")],
)  # fmt: skip
def test_an_aim(was: str | None, now: str | None, change: str) -> None:
    before, after = (plan("launch", time=one) if one else None for one in (was, now))

    assert told("flight_plan", before, after) == [(change, "apple", "launch", was, now)]


def test_who_is_to_return() -> None:
    before, after = (
        plan("return", time=time, crew=crew)
        for time, crew in (("2020-01-05", ["ann"]), ("2020-01-06", []))
    )
    assert told("flight_plan", before, after) == [
        ("slipped", "apple", "return", "2020-01-05", "2020-01-06"),
        ("crew_changed", "apple", "return", ["ann"], []),
    ]


def test_a_plan_that_lapses_and_one_that_is_stated_once_more() -> None:
    before, after = plan("launch", time="2020"), plan("launch", "two", time="2020", lapsed=True)

    assert told("flight_plan", before, after) == [("lapsed", "apple", "launch", "2020", None)]
    assert told("flight_plan", before, plan("launch", "two", time="2020", site="Cape")) == []
    assert told("flight_plan", after, plan("launch", time="2020")) == []


def test_a_homeward_crew() -> None:
    before, after = (plan("homeward crew", people=one) for one in (["ann"], ["ann", "bob"]))

    assert told("flight_plan", before, after) == [
        ("assigned", "apple", "homeward crew", ["ann"], ["ann", "bob"])
    ]
    assert told("flight_plan", after, after) == []


def test_the_same_crew_by_another_event() -> None:
    before, after = (plan("crew", why, seats=[["ann", None, why]]) for why in ("one", "two"))

    assert told("flight_plan", before, after) == []


def test_a_condition() -> None:
    value = {"basis": "conditional", "item": "conditional crew", "condition": "it is signed"}
    row = Row("apple", "apple", value, '["one"]')

    assert key_of("flight_plan", row) == AnswerKey("flight_plan", "apple", 'conditional ["one"]')
    assert told("flight_plan", row, None) == [
        ("conditional", "apple", "crew", "it is signed", None)
    ]


def test_what_happened_is_no_answer_of_its_own() -> None:
    row = Row("apple", "apple", {"basis": "actual", "item": "launch"}, '["one"]')
    assert key_of("flight_plan", row) is None


def test_berths() -> None:
    fore, aft, other = (
        Row(place, "apple", {"port": port}, '["one"]')
        for place, port in (("pear", "fore"), ("pear", "aft"), ("plum", "fore"))
    )

    assert [one[0] for one in told("berths", fore, aft)] == ["relocated"]
    assert [one[0] for one in told("berths", aft, other)] == ["docked"]
    assert told("berths", fore, fore) == []


def test_command() -> None:
    before, after = (
        Row("pear", "pear", {"item": "commander", "id": one}, '["one"]') for one in ("ann", "bob")
    )

    assert told("command", before, after) == [("commander", "pear", "ann", "bob")]
    assert told("command", after, after) == []


def test_a_change_tells_which_events_and_which_things_it_has_to_do_with() -> None:
    after = Row("pear", "ann", there("pear").value, '["one", "two"]')
    [change] = changes(AnswerKey("presence", "ann"), there("apple"), after, STATIONS)

    assert sorted(change.why) == ["one", "two"]
    assert sorted(change.fresh) == ["two"]
    assert {"ann", "apple", "pear"} <= change.near


def test_of_two_places_the_station_is_the_answer() -> None:
    way, station = there("apple", state="in_space"), there("pear")

    assert current_row([way, station]) is station
    assert current_row([]) is None
    assert current_row([there("pear", tail="ended")]) is None
