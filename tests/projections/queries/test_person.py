"""A person: their flights as known, and the time they have spent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.projections.queries.person import person
from tests.build import fact, instant, seats
from tests.projections.model import built, flight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.events.envelope import Event

LATER = "2030-01-01T00:00:00Z"
DAY, HOUR = 86_400, 3_600

ANN = fact(
    "registered", "2020-01-01", stream="person/ann", name="Ann", family_name="Ann",
    agency="Orchard", nationality="Utopia", aliases=["Annie"],
)  # fmt: skip
COVERED = fact(
    "coverage_stated", "2020-01-01", stream="station/pear", since="2020-01-01", until="2021-01-01"
)
PLANNED = flight(
    "apple",
    ("planned", "2020-01-01", {"name": "Apple", "spacecraft": "Fruit", "operator": "Orchard",
                               "destination": "pear"}),
    ("crew_assigned", "2020-01-01", {"crew": seats("ann")}),
    ("launch_planned", "2020-01-01", {"target": "2020-03-01"}),
)  # fmt: skip
UP = flight(
    "apple",
    ("launched", "2020-03-01T10:00:00Z", {"crew": ["ann"]}),
    ("docked", "2020-03-01T14:00:00Z", {"station": "pear", "port": "north"}),
)
DOWN = flight(
    "apple",
    ("undocked", "2020-03-11T14:00:00Z", {"crew": ["ann"]}),
    ("landed", "2020-03-11T18:00:00Z", {"crew": ["ann"]}),
)


def ask(facts: Iterable[Event], at: str = LATER, known: str = LATER) -> dict[str, Any]:
    return person(built(facts), "ann", instant(at), instant(known))


def times(answer: dict[str, Any]) -> tuple[int, ...]:
    """Return least and greatest time in space, and least and greatest time aboard."""
    return tuple(answer[time][end] for time in ("time_in_space", "time_aboard")
                 for end in ("min", "max"))  # fmt: skip


def test_who_they_are() -> None:
    answer = ask([ANN, COVERED])
    assert (answer["name"], answer["agency"], answer["nationality"], answer["aliases"]) == (
        "Ann", "Orchard", "Utopia", ["Annie"],
    )  # fmt: skip
    assert answer["sources"] == [{"key": "gcat", "publisher": "gcat"}]
    assert (answer["where"], answer["flights"], times(answer)) == (None, [], (0, 0, 0, 0))
    assert answer["uncertain"] == {
        "coverage": [{"station": "pear", "since": "2020-01-01", "until": "2021-01-01"}]
    }


def test_who_is_not_registered_has_no_sources() -> None:
    assert ask(UP)["sources"] == []


def test_a_flight_from_lift_off_to_landing() -> None:
    answer = ask([ANN, *UP, *DOWN])
    [flown] = answer["flights"]
    assert (flown["launched_on"], flown["landed_on"], flown["state"]) == ("apple", "apple", "over")
    assert flown["lift_off"] == {
        "at": "2020-03-01T10:00:00Z", "precision": "second", "planned": False,
    }  # fmt: skip
    assert flown["landing"] == {
        "at": "2020-03-11T18:00:00Z", "precision": "second", "planned": False, "on": "apple",
    }  # fmt: skip
    [stay] = flown["stays"]
    assert (stay["station"], stay["since"]) == ("pear", "2020-03-01T14:00:00Z")
    assert stay["until"]["at"] == "2020-03-11T14:00:00Z"
    assert times(flown) == (10 * DAY + 8 * HOUR,) * 2 + (10 * DAY,) * 2
    assert times(answer) == times(flown)


@pytest.mark.parametrize(
    ("at", "state", "in_space", "aboard", "place"),
    [
        ("2020-02-01T00:00:00Z", "to come", 0, 0, None),
        ("2020-03-01T10:00:00Z", "under way", 0, 0, "apple"),
        ("2020-03-01T12:00:00Z", "under way", 2 * HOUR, 0, "apple"),
        ("2020-03-02T14:00:00Z", "under way", DAY + 4 * HOUR, DAY, "pear"),
        ("2020-03-11T16:00:00Z", "under way", 10 * DAY + 6 * HOUR, 10 * DAY, "apple"),
        ("2020-03-11T18:00:00Z", "over", 10 * DAY + 8 * HOUR, 10 * DAY, None),
    ],
)
def test_at_any_instant(at: str, state: str, in_space: int, aboard: int, place: str | None) -> None:
    answer = ask([ANN, *UP, *DOWN], at)
    assert answer["flights"][0]["state"] == state
    assert times(answer) == (in_space, in_space, aboard, aboard)
    assert (answer["where"] and answer["where"]["place"]) == place


def test_where_they_are_is_what_who_says_without_the_name() -> None:
    where = ask([ANN, *UP], "2020-03-02")["where"]
    assert where == {
        "place": "pear", "kind": "station", "state": "aboard", "launched_on": "apple",
        "seat_on": "apple", "since": "2020-03-01T14:00:00Z", "until": None,
        "why": [UP[-1].id], "sources": ["gcat"],
    }  # fmt: skip


def test_what_was_not_known_is_not_told() -> None:
    facts = [ANN, *PLANNED, *UP, *DOWN]
    before = ask(facts, "2020-03-05", "2020-02-01")["flights"]
    assert [(one["state"], one["landing"], one["landed_on"]) for one in before] == [
        ("planned", None, None)
    ]
    during = ask(facts, "2020-03-05", "2020-03-05")["flights"]
    assert [(one["state"], one["landing"], one["landed_on"]) for one in during] == [
        ("under way", None, None)
    ]
    assert ask(facts, LATER, "2019-12-31")["flights"] == []


def test_a_planned_flight_counts_no_time_until_it_is_asked_about_ahead() -> None:
    known = "2020-02-01T00:00:00Z"
    now, ahead = ask(PLANNED, known, known), ask(PLANNED, "2020-03-05T00:00:00Z", known)
    assert now["flights"][0]["lift_off"] == {
        "at": "2020-03-01", "precision": "day", "planned": True,
    }  # fmt: skip
    assert (times(now), now["expected"]) == ((0, 0, 0, 0), False)
    assert (times(ahead), ahead["expected"]) == ((3 * DAY + 1, 4 * DAY, 0, 0), True)
    assert (ahead["where"]["state"], ahead["where"]["kind"]) == ("planned", "flight")


def test_a_planned_docking_and_return_make_planned_stays() -> None:
    plans = flight(
        "apple",
        ("docking_planned", "2020-01-01", {"station": "pear", "target": "2020-03-02"}),
        ("return_planned", "2020-01-01", {"target": "2020-03-11"}),
    )
    [one] = ask(PLANNED + plans, "2020-06-01T00:00:00Z", "2020-02-01T00:00:00Z")["flights"]
    [stay] = one["stays"]
    assert (stay["since"], stay["since_planned"]) == ("2020-03-02", True)
    assert (one["landing"]["at"], one["landing"]["planned"]) == ("2020-03-11", True)
    assert times(one) == (9 * DAY + 1, 11 * DAY - 1, 8 * DAY + 1, 10 * DAY - 1)


def test_a_planned_end_counts_only_ahead_of_knowledge() -> None:
    plan = flight("apple", ("return_planned", "2020-03-02", {"target": "2020-03-05T00:00:00Z"}))
    known = "2020-03-03T10:00:00Z"
    assert times(ask([*UP, *plan], known, known))[0] == 2 * DAY
    [ahead] = ask([*UP, *plan], "2020-03-09T00:00:00Z", known)["flights"]
    assert times(ahead)[0] == 3 * DAY + 14 * HOUR
    assert (ahead["state"], ahead["landed_on"]) == ("over", None)


def test_who_is_overdue_is_still_there() -> None:
    plan = flight("apple", ("return_planned", "2020-03-02", {"target": "2020-03-05"}))
    at = "2020-03-11T10:00:00Z"
    answer = ask([*UP, *plan], at, at)
    [flown] = answer["flights"]
    assert (flown["state"], flown["landing"]["lapsed"]) == ("under way", True)
    assert answer["where"]["state"] == "overdue"
    assert times(answer)[0] == 10 * DAY
    assert times(ask([*UP, *plan], "2020-03-12T10:00:00Z", at))[0] == 11 * DAY


def test_a_coarse_landing_makes_a_range_and_a_doubt() -> None:
    coarse = flight(
        "apple",
        ("undocked", "2020-03-11T14:00:00Z", {"crew": ["ann"]}),
        ("landed", "2020-03-12", {"crew": ["ann"]}),
    )
    within = ask([ANN, *UP, *coarse], "2020-03-12T12:00:00Z")
    assert within["where"] is None
    assert within["uncertain"]["where"] == ["apple"]
    assert times(within)[:2] == (10 * DAY + 14 * HOUR, 11 * DAY + 2 * HOUR)
    after = ask([ANN, *UP, *coarse])
    assert times(after)[:2] == (10 * DAY + 14 * HOUR, 11 * DAY + 14 * HOUR - 1)
    assert "where" not in after["uncertain"]


def test_a_docking_on_the_day_of_the_launch_follows_it() -> None:
    up = flight(
        "apple",
        ("launched", "2020-03-01T10:00:00Z", {"crew": ["ann"]}),
        ("docked", "2020-03-01", {"station": "pear"}),
    )
    [flown] = ask([*up, *DOWN])["flights"]
    assert flown["lift_off"]["at"] == "2020-03-01T10:00:00Z"
    assert times(flown) == (
        10 * DAY + 8 * HOUR, 10 * DAY + 8 * HOUR, 9 * DAY + 14 * HOUR + 1, 10 * DAY + 4 * HOUR,
    )  # fmt: skip


def test_up_on_one_and_down_on_another() -> None:
    other = flight(
        "quince",
        ("launched", "2020-03-05T00:00:00Z", {"crew": []}),
        ("docked", "2020-03-05T06:00:00Z", {"station": "pear"}),
        ("undocked", "2020-03-11T14:00:00Z", {"crew": ["ann"]}),
        ("landed", "2020-03-11T18:00:00Z", {"crew": ["ann"]}),
    )
    [flown] = ask([*UP, *other])["flights"]
    assert (flown["launched_on"], flown["landed_on"]) == ("apple", "quince")


def test_two_stations_and_two_flights_add_up() -> None:
    away = flight(
        "apple",
        ("undocked", "2020-03-03T14:00:00Z", {"crew": ["ann"]}),
        ("docked", "2020-03-04T14:00:00Z", {"station": "plum"}),
    )
    again = flight(
        "quince",
        ("launched", "2020-05-01T00:00:00Z", {"crew": ["ann"]}),
        ("landed", "2020-05-02T00:00:00Z", {"crew": ["ann"]}),
    )
    answer = ask([*UP, *away, *DOWN, *again])
    first, second = answer["flights"]
    assert [stay["station"] for stay in first["stays"]] == ["pear", "plum"]
    assert times(first)[2] == 9 * DAY
    assert times(second) == (DAY, DAY, 0, 0)
    assert times(answer)[0] == 11 * DAY + 8 * HOUR


def test_without_a_known_lift_off_a_flight_lasted_at_least_so_long() -> None:
    lone = [
        *DOWN,
        *flight("quince", ("undocked", "2020-06-01T00:00:00Z", {"crew": ["ann"]}),
                ("landed", "2020-06-01T03:00:00Z", {"crew": ["ann"]})),
    ]  # fmt: skip
    answer = ask(lone)
    first, second = answer["flights"]
    assert (first["launched_on"], first["lift_off"], first["landed_on"]) == (None, None, "apple")
    assert second["landed_on"] == "quince"
    assert answer["time_in_space"] == {
        "min": 7 * HOUR, "max": None, "text": "at least 7 h 0 m",
    }  # fmt: skip


def test_who_has_landed_is_in_no_doubt_though_they_left_at_a_coarse_time() -> None:
    coarse = flight(
        "apple",
        ("undocked", "2020-03-11", {"crew": ["ann"]}),
        ("landed", "2020-03-11T06:00:00Z", {"crew": ["ann"]}),
    )
    before, after = (ask([*UP, *coarse], f"2020-03-11T0{hour}:00:00Z") for hour in (5, 6))
    assert (before["where"]["place"], before["uncertain"]["where"]) == ("apple", ["pear"])
    assert (after["where"], "where" in after["uncertain"]) == (None, False)
