"""Legs that are not from a launch to a station and home again, told in few facts.

The shapes are those of Soyuz 10, Soyuz 4 and 5, Apollo 11, Soyuz 11, Columbia and Soyuz MS-10.
"""

from __future__ import annotations

from typing import Any

import pytest

from aboard.projections.queries.person import person
from aboard.projections.queries.station import station
from tests.build import fact, instant, seats
from tests.projections.model import ask, built, flight, names

LATER = "2030-01-01T00:00:00Z"


def states(answer: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return place and state of each person of an answer about everywhere."""
    return {one["id"]: (one["place"], one["state"]) for one in answer["people"]}


class TestASoftMate:
    """A craft reaches a station, does not latch, and goes home."""

    facts = flight(
        "soyuz-10",
        ("launched", "1971-04-22T23:54:00Z", {"crew": ["shatalov"]}),
        ("docked", "1971-04-24T01:47:00Z", {"station": "salyut-1", "port": "fore", "mate": "soft"}),
        ("undocked", "1971-04-24T07:17:00Z", {"crew": ["shatalov"]}),
        ("landed", "1971-04-24T23:40:00Z", {"crew": ["shatalov"]}),
    )

    def test_nobody_is_aboard_and_the_craft_is_at_its_port(self) -> None:
        answer = ask(self.facts, "salyut-1", "1971-04-24T04:00Z")
        assert names(answer) == []
        [berth] = answer["docked"]
        assert (berth["port"], berth["flight"], berth["mate"]) == ("fore", "soyuz-10", "soft")
        assert (berth["since"], berth["state"]) == ("1971-04-24T01:47:00Z", "docked")
        assert ask(self.facts, "salyut-1", "1971-04-24T08:00Z")["docked"] == []

    @pytest.mark.parametrize("at", ["1971-04-23", "1971-04-24T04:00Z", "1971-04-24T08:00Z"])
    def test_they_are_on_their_craft_all_the_time(self, at: str) -> None:
        (shatalov,) = ask(self.facts, "soyuz-10", at)["people"]
        assert (shatalov["since"], shatalov["state"]) == ("1971-04-22T23:54:00Z", "in_space")

    def test_a_hard_mate_after_it_puts_them_aboard(self) -> None:
        hard = flight("soyuz-10", ("docked", "1971-04-24T02:00:00Z", {"station": "salyut-1",
                                                                     "port": "fore"}))  # fmt: skip
        facts = [*self.facts[:2], *hard, *self.facts[2:]]
        assert names(ask(facts, "salyut-1", "1971-04-24T01:59:59Z")) == []
        answer = ask(facts, "salyut-1", "1971-04-24T02:00Z")
        assert names(answer) == ["shatalov"]
        assert [("mate" in berth, berth["since"]) for berth in answer["docked"]] == [
            (False, "1971-04-24T02:00:00Z")
        ]

    def test_both_mates_are_one_arrival(self) -> None:
        hard = flight("soyuz-10", ("docked", "1971-04-24T02:00:00Z", {"station": "salyut-1",
                                                                     "port": "fore"}))  # fmt: skip
        facts = [*self.facts[:2], *hard, *self.facts[2:]]
        moves = station(built(facts), "salyut-1", instant("1971-04-24T03:00Z"), instant(LATER))
        assert moves["arrivals"]["last"]["at"] == "1971-04-24T01:47:00Z"
        assert moves["departures"]["last"] is None
        assert moves["departures"]["next"]["at"] == "1971-04-24T07:17:00Z"

    def test_a_docking_that_failed_is_none(self) -> None:
        failed = flight("soyuz-10", ("docking_failed", "1971-04-24T01:47:00Z",
                                     {"station": "salyut-1", "reason": "the latches"}))  # fmt: skip
        answer = ask([self.facts[0], *failed], "salyut-1", "1971-04-24T04:00Z")
        assert (answer["count"], answer["docked"]) == (0, [])


class TestTwoCraft:
    """Two go up on one craft, cross over to another, and come down on that."""

    facts = (
        *flight("soyuz-4", ("launched", "1969-01-14T07:30:00Z", {"crew": ["shatalov"]})),
        *flight("soyuz-5", ("launched", "1969-01-15T07:05:00Z",
                            {"crew": ["volynov", "yeliseyev", "khrunov"]})),
        *flight("soyuz-4", ("docked", "1969-01-16T08:20:00Z", {"to_craft": "soyuz-5"})),
        fact("began", "1969-01-16T12:43:00Z", stream="spacewalk/4-5", craft="soyuz-5",
             people=["yeliseyev", "khrunov"]),
        *flight("soyuz-4", ("transferred", "1969-01-16T13:15:00Z", {
            "people": ["yeliseyev", "khrunov"], "from_craft": "soyuz-5", "by": "spacewalk"})),
        fact("ended", "1969-01-16T13:30:00Z", stream="spacewalk/4-5"),
        *flight("soyuz-4", ("undocked", "1969-01-16T14:55:00Z",
                            {"crew": ["shatalov", "yeliseyev", "khrunov"]}),
                           ("landed", "1969-01-17T06:50:00Z",
                            {"crew": ["shatalov", "yeliseyev", "khrunov"]})),
        *flight("soyuz-5", ("landed", "1969-01-18T07:59:00Z", {"crew": ["volynov"]})),
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("at", "khrunov"),
        [
            ("1969-01-16T10:00Z", ("soyuz-5", "in_space")),
            ("1969-01-16T13:00Z", ("soyuz-5", "spacewalk")),
            ("1969-01-16T13:20Z", ("soyuz-4", "spacewalk")),
            ("1969-01-16T14:00Z", ("soyuz-4", "in_space")),
            ("1969-01-17T00:00Z", ("soyuz-4", "in_space")),
        ],
    )
    def test_where_they_are_at_each_step(self, at: str, khrunov: tuple[str, str]) -> None:
        assert states(ask(self.facts, None, at)) == {
            "shatalov": ("soyuz-4", "in_space"),
            "volynov": ("soyuz-5", "in_space"),
            "yeliseyev": khrunov,
            "khrunov": khrunov,
        }

    def test_they_went_up_on_the_one_and_came_down_on_the_other(self) -> None:
        people = {one["id"]: one for one in ask(self.facts, None, "1969-01-17")["people"]}
        assert people["khrunov"]["launched_on"] == "soyuz-5"
        assert people["khrunov"]["seat_on"] == "soyuz-4"
        assert people["khrunov"]["until"]["on"] == "soyuz-4"
        assert names(ask(self.facts, None, "1969-01-17T12:00Z")) == ["volynov"]
        (flown,) = person(built(self.facts), "khrunov", instant(LATER), instant(LATER))["flights"]
        assert (flown["launched_on"], flown["landed_on"]) == ("soyuz-5", "soyuz-4")
        assert flown["stays"] == []

    def test_two_craft_are_no_station(self) -> None:
        assert ask(self.facts, None, "1969-01-16T10:00Z")["docked"] == []

    def test_a_transfer_of_who_is_there_already_or_nowhere_changes_nothing(self) -> None:
        again = flight("soyuz-4", ("transferred", "1969-01-16T14:00:00Z",
                                   {"people": ["khrunov", "zoe"]}))  # fmt: skip
        (khrunov,) = (
            one
            for one in ask([*self.facts, *again], None, "1969-01-17")["people"]
            if one["id"] == "khrunov"
        )
        assert khrunov["since"] == "1969-01-16T13:15:00Z"
        assert "zoe" not in names(ask([*self.facts, *again], None, "1969-01-16T15:00Z"))

    def test_a_spacewalk_of_others_moves_nobody(self) -> None:
        began = fact("began", "1969-01-16T10:00:00Z", stream="spacewalk/other", craft="soyuz-4",
                     people=["zoe"])  # fmt: skip
        ended = fact("ended", "1969-01-16T10:30:00Z", stream="spacewalk/other")
        for at in ("1969-01-16T10:15Z", "1969-01-16T11:00Z"):
            assert (
                ask([*self.facts, began, ended], None, at)["people"]
                == (ask(self.facts, None, at)["people"])
            )


class TestAFurtherCraft:
    """A flight with a lander: two go down in it and come back, and it is left behind."""

    crew = ("armstrong", "collins", "aldrin")
    lander = ("armstrong", "aldrin")
    facts = flight(
        "apollo-11",
        ("planned", "1969-01-09", {"name": "Apollo 11", "spacecraft": "Apollo",
                                   "operator": "NASA"}),
        ("craft_added", "1969-01-09", {"craft": "eagle", "name": "Eagle",
                                       "spacecraft": "Lunar module"}),
        ("launched", "1969-07-16T13:32:00Z", {"crew": list(crew)}),
        ("docked", "1969-07-16T16:56:00Z", {"to_craft": "eagle"}),
        ("transferred", "1969-07-20T13:00:00Z", {"people": list(lander), "craft": "eagle",
                                                 "from_craft": "apollo-11"}),
        ("undocked", "1969-07-20T17:44:00Z", {"craft": "eagle", "crew": list(lander)}),
        ("docked", "1969-07-21T21:35:00Z", {"craft": "eagle", "to_craft": "apollo-11"}),
        ("transferred", "1969-07-21T22:00:00Z", {"people": list(lander), "from_craft": "eagle"}),
        ("undocked", "1969-07-21T23:41:00Z", {"craft": "eagle", "crew": []}),
        ("landed", "1969-07-24T16:50:00Z", {"crew": list(crew)}),
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("at", "place"),
        [
            ("1969-07-17", "apollo-11"),
            ("1969-07-20T14:00Z", "eagle"),
            ("1969-07-20T20:00Z", "eagle"),
            ("1969-07-21T21:50Z", "eagle"),
            ("1969-07-21T23:00Z", "apollo-11"),
            ("1969-07-23", "apollo-11"),
        ],
    )
    def test_who_is_where(self, at: str, place: str) -> None:
        answer = ask(self.facts, None, at)
        assert states(answer) == {
            "armstrong": (place, "in_space"),
            "aldrin": (place, "in_space"),
            "collins": ("apollo-11", "in_space"),
        }
        assert {one["launched_on"] for one in answer["people"]} == {"apollo-11"}

    def test_the_craft_is_a_place_with_a_name(self) -> None:
        answer = ask(self.facts, "eagle", "1969-07-20T20:00Z")
        assert (answer["craft"], answer["station"]) == ("eagle", None)
        assert names(answer) == list(self.lander)
        places = ask(self.facts, None, "1969-07-20T20:00Z")["places"]
        assert sorted((one["kind"], one["name"], one["count"]) for one in places) == [
            ("craft", "Eagle", 2), ("flight", "Apollo 11", 1),
        ]  # fmt: skip

    def test_a_person_has_been_aboard_no_station(self) -> None:
        db = built(self.facts)
        armstrong = person(db, "armstrong", instant("1969-07-20T20:00Z"), instant(LATER))
        assert armstrong["where"]["kind"] == "craft"
        assert armstrong["time_aboard"]["max"] == 0
        whole = person(db, "armstrong", instant(LATER), instant(LATER))
        assert whole["time_in_space"]["text"] == "8 d 3 h 18 m"
        assert whole["flights"][0]["landed_on"] == "apollo-11"

    def test_outside_they_are_still_on_it(self) -> None:
        walk = [
            fact("began", "1969-07-21T02:39:00Z", stream="spacewalk/moon", craft="eagle",
                 people=list(self.lander)),
            fact("ended", "1969-07-21T05:11:00Z", stream="spacewalk/moon"),
        ]  # fmt: skip
        answer = ask([*self.facts, *walk], "eagle", "1969-07-21T03:00Z")
        assert [one["state"] for one in answer["people"]] == ["spacewalk", "spacewalk"]
        assert {one["state"] for one in ask([*self.facts, *walk], "eagle", "1969-07-21T06:00Z")[
            "people"]} == {"in_space"}  # fmt: skip


UP = flight(
    "apple",
    ("planned", "2020-01-01", {"name": "Apple", "spacecraft": "Fruit", "operator": "Orchard",
                               "destination": "pear"}),
    ("launched", "2020-03-01T10:00:00Z", {"crew": ["ann", "bob"]}),
    ("docked", "2020-03-01T14:00:00Z", {"station": "pear"}),
)  # fmt: skip
WALK = [
    fact("began", "2020-04-01T10:00:00Z", stream="spacewalk/one", station="pear", people=["ann"]),
    fact("ended", "2020-04-01T16:00:00Z", stream="spacewalk/one"),
]


def rode_over(*crew: str) -> list[Any]:
    """Return a ride of apple's to another port."""
    said = {"undocked_at": "2020-04-02T10:00:00Z", "crew": list(crew)}
    return flight("apple", ("relocated", "2020-04-02T11:00:00Z", said))


class TestASpacewalk:
    @pytest.mark.parametrize(
        ("at", "state"),
        [
            ("2020-04-01T09:59:59Z", "aboard"),
            ("2020-04-01T10:00Z", "spacewalk"),
            ("2020-04-01T15:59:59Z", "spacewalk"),
            ("2020-04-01T16:00Z", "aboard"),
        ],
    )
    def test_who_is_outside_is_still_aboard(self, at: str, state: str) -> None:
        answer = ask(UP + WALK, "pear", at)
        assert [(one["id"], one["state"]) for one in answer["people"]] == [
            ("ann", state), ("bob", "aboard"),
        ]  # fmt: skip

    def test_it_begins_no_stay(self) -> None:
        assert ask(UP + WALK, "pear", "2020-04-02")["people"][0]["since"] == "2020-03-01T14:00:00Z"

    def test_one_without_an_end_is_over_when_they_have_gone_elsewhere(self) -> None:
        left = flight("apple", ("undocked", "2020-04-01T12:00:00Z", {"crew": ["ann"]}))
        answer = ask([*UP, WALK[0], *left, WALK[1]], "apple", "2020-04-01T13:00Z")
        assert [one["state"] for one in answer["people"]] == ["in_space"]

    def test_one_that_ends_after_they_have_landed_ends_nothing(self) -> None:
        home = flight("apple", ("landed", "2020-04-01T12:00:00Z", {"crew": ["ann", "bob"]}))
        assert ask([*UP, *WALK, *home], None, "2020-04-01T17:00Z")["count"] == 0

    def test_who_is_nowhere_goes_nowhere(self) -> None:
        early = fact("began", "2020-02-01", stream="spacewalk/two", station="pear", people=["ann"])
        over = fact("ended", "2020-02-02", stream="spacewalk/two")
        facts = [*UP, early, over]
        assert ask(facts, None, "2020-02-01T12:00Z")["count"] == 0
        assert ask(facts, "pear", "2020-04-01") == ask(
            [*facts[:3], early], "pear", "2020-04-01"
        ) | {"as_of": {"position": 5, "recorded": "2026-01-01T00:00:00Z"}}

    def test_whose_return_is_overdue_is_so_when_back_inside(self) -> None:
        back = flight("apple", ("return_planned", "2020-03-02", {"target": "2020-03-20"}))
        rode = rode_over("bob")
        facts = [*UP, *back, *WALK, *rode]
        for at, ann, bob in (
            ("2020-03-25", "overdue", "overdue"),
            ("2020-04-01T12:00Z", "spacewalk", "overdue"),
            ("2020-04-02T10:30Z", "overdue", "relocating"),
            ("2020-04-03", "overdue", "overdue"),
        ):
            found = [one["state"] for one in ask(facts, "pear", at, "2020-05-01")["people"]]
            assert found == [ann, bob]


class TestADeath:
    """A crew dies on the way home, and their craft lands."""

    crew = ("dobrovolsky", "volkov")
    facts = flight(
        "soyuz-11",
        ("launched", "1971-06-06T04:55:00Z", {"crew": list(crew)}),
        ("docked", "1971-06-07T07:55:00Z", {"station": "salyut-1"}),
        ("undocked", "1971-06-29T18:28:00Z", {"crew": list(crew)}),
        ("landed", "1971-06-29T23:17:00Z", {"crew": list(crew)}),
    )

    def died(self, happened: str) -> list[Any]:
        return [
            fact("died", happened, stream=f"person/{one}", flight="soyuz-11") for one in self.crew
        ]

    def test_the_count_ends_at_the_death(self) -> None:
        facts = [*self.facts, *self.died("1971-06-29T22:49:00Z")]
        assert ask(facts, None, "1971-06-29T22:48:59Z")["count"] == 2
        answer = ask(facts, None, "1971-06-29T22:49:00Z")
        assert (answer["count"], answer["places"]) == (0, [])
        assert "count" not in answer.get("uncertain", {})

    def test_a_coarse_time_of_it_leaves_the_count_in_doubt(self) -> None:
        facts = [*self.facts, *self.died("1971-06-29T22Z")]
        assert ask(facts, None, "1971-06-29T21:59:59Z")["count"] == 2
        during = ask(facts, None, "1971-06-29T22:30Z")
        assert (during["count"], during["uncertain"]["count"]) == (0, {"min": 0, "max": 2})
        after = ask(facts, None, "1971-06-29T23:00Z")
        assert (after["count"], "count" in after["uncertain"]) == (0, False)

    def test_a_day_reaches_over_the_legs_of_that_day(self) -> None:
        facts = [*self.facts, *self.died("1971-06-29")]
        for at in ("1971-06-29T12:00Z", "1971-06-29T20:00Z"):
            during = ask(facts, None, at)
            assert (during["count"], during["uncertain"]["count"]) == (0, {"min": 0, "max": 2})

    def test_it_is_told_in_the_flights_story(self) -> None:
        db = built([*self.facts, *self.died("1971-06-29T22Z")])
        told = db.execute("SELECT count(*) FROM mention JOIN event ON event.id=mention.event "
                          "WHERE flight='soyuz-11' AND type='person.died'").fetchone()  # fmt: skip
        assert told == (2,)

    def test_nothing_that_comes_after_brings_anybody_back(self) -> None:
        died = fact("died", "2020-04-01T12:00:00Z", stream="person/ann")
        rode = rode_over("ann", "bob")
        back = flight("apple", ("return_planned", "2020-03-02", {"target": "2020-05-20"}))
        facts = [*UP, *WALK, died, *rode, *back]
        for at, known in (
            ("2020-04-01T15:00Z", LATER),
            ("2020-04-01T17:00Z", LATER),
            ("2020-04-02T10:30Z", LATER),
            ("2020-04-03", LATER),
            ("2020-06-01", LATER),
            ("2020-05-01", "2020-04-10T00:00:00Z"),
        ):
            assert names(ask(facts, None, at, known)) == ["bob"]

    def test_the_death_of_another_is_not_theirs(self) -> None:
        died = fact("died", "2020-04-01", stream="person/ann")
        noted = fact("fact.gap_stated", "2026-01-01", stream="person/ann", what="how",
                     people=["bob"])  # fmt: skip
        assert names(ask([*UP, died, noted], "pear", "2020-05-01")) == ["bob"]

    def test_nobody_is_expected_after_their_death(self) -> None:
        plans = flight(
            "quince",
            ("crew_assigned", "2020-01-01", {"crew": seats("ann", "cat")}),
            ("launch_planned", "2020-01-02", {"target": "2020-06-01"}),
        )
        leaving = flight("apple", ("undocking_planned", "2020-03-02", {"target": "2020-05-20"}))
        docking = fact("docking_planned", "2020-03-01T11:00:00Z", stream="flight/apple",
                       target="2020-03-03", station="pear")  # fmt: skip
        died = fact("died", "2020-03-01T12:00:00Z", stream="person/ann")
        assert names(ask([*plans, died], None, "2020-07-01", "2020-03-02")) == ["cat"]
        up = [*UP[:2], docking, died]
        assert names(ask(up, "pear", "2020-03-05", "2020-03-01T12:00Z")) == ["bob"]
        facts = [*UP, *leaving, died]
        assert names(ask(facts, "apple", "2020-05-21", "2020-03-10")) == ["bob"]


class TestALoss:
    """A craft is destroyed on the way home."""

    facts = flight(
        "columbia",
        ("launched", "2003-01-16T15:39:00Z", {"crew": ["husband"]}),
        ("lost", "2003-02-01T14:00:00Z", {"crew": ["husband"], "reason": "the wing"}),
    )

    def test_it_ends_their_flight_without_a_landing(self) -> None:
        (husband,) = ask(self.facts, "columbia", "2003-02-01")["people"]
        assert husband["until"] == {
            "at": "2003-02-01T14:00:00Z", "precision": "second", "planned": False, "on": None,
        }  # fmt: skip
        assert ask(self.facts, None, "2003-02-01T14:00Z")["count"] == 0
        told = person(built(self.facts), "husband", instant(LATER), instant(LATER))
        assert told["flights"][0]["landed_on"] is None
        assert told["flights"][0]["state"] == "over"
        assert told["time_in_space"]["text"] == "15 d 22 h 21 m"

    def test_it_ends_a_berth(self) -> None:
        docked = flight("columbia", ("docked", "2003-01-20", {"station": "pear", "port": "north"}))
        facts = [*self.facts, *docked]
        assert ask(facts, "pear", "2003-01-25")["docked"] != []
        assert ask(facts, "pear", "2003-02-01T14:00Z")["docked"] == []

    def test_one_that_did_not_reach_space_is_none_of_those_who_did(self) -> None:
        facts = flight(
            "challenger",
            ("launched", "1986-01-28T16:38:00Z", {"crew": ["onizuka"]}),
            ("lost", "1986-01-28T16:39:13Z", {"crew": ["onizuka"], "height": "below 80 km"}),
        )
        for boundary in ("orbit", "100km", "80km"):
            assert ask(facts, None, "1986-01-28T16:39Z", boundary=boundary)["count"] == 0
        until_then = ask(facts, None, "1986-01-28T16:39Z", "1986-01-28T16:39Z")
        assert until_then["count"] == 1


class TestAnAbortedLaunch:
    """A rocket fails, and the craft carries its crew back."""

    crew = ("ovchinin", "hague")
    facts = flight(
        "ms-10",
        ("planned", "2018-01-01", {"name": "Soyuz MS-10", "spacecraft": "Soyuz MS",
                                   "operator": "Roscosmos", "destination": "iss"}),
        ("docking_planned", "2018-10-01", {"target": "2018-10-11T14:44Z", "station": "iss"}),
        ("return_planned", "2018-10-01", {"target": "2019-04"}),
        ("launched", "2018-10-11T08:40:15Z", {"crew": list(crew)}),
        ("launch_aborted", "2018-10-11T08:42:17Z", {"height": "above 80 km"}),
        ("landed", "2018-10-11T08:59:56Z", {"crew": list(crew)}),
    )  # fmt: skip

    @pytest.mark.parametrize(("boundary", "count"), [("orbit", 0), ("100km", 0), ("80km", 2)])
    def test_who_counts_depends_on_where_space_begins(self, boundary: str, count: int) -> None:
        assert ask(self.facts, None, "2018-10-11T08:50Z", boundary=boundary)["count"] == count
        assert ask(self.facts, None, "2018-10-11T08:40:15Z", boundary=boundary)["count"] == count
        assert ask(self.facts, None, "2018-10-11T08:59:56Z", boundary=boundary)["count"] == 0

    def test_of_those_on_their_way_the_default_counts_all(self) -> None:
        assert ask(self.facts, None, "2018-10-11T08:41Z", "2018-10-11T08:41Z")["count"] == 2

    def test_what_was_planned_of_it_is_expected_no_more(self) -> None:
        known = "2018-10-11T08:45Z"
        assert ask(self.facts, "iss", "2018-10-12", known, boundary="80km")["count"] == 0
        (one, _) = ask(self.facts, "ms-10", "2018-10-11T08:50Z", known, boundary="80km")["people"]
        assert one["until"] is None

    def test_the_time_counts_for_nothing(self) -> None:
        told = person(built(self.facts), "hague", instant(LATER), instant(LATER))
        assert told["time_in_space"]["max"] == 0
        assert [one["state"] for one in told["flights"]] == ["over"]

    def test_one_on_the_pad_puts_nobody_anywhere(self) -> None:
        aborted = flight("quince", ("crew_assigned", "2020-01-01", {"crew": seats("ann")}),
                         ("launch_planned", "2020-01-02", {"target": "2020-06-01"}),
                         ("launch_aborted", "2020-05-31", {}))  # fmt: skip
        assert ask(aborted[:2], None, "2020-07-01", "2020-05-30")["count"] == 1
        assert ask(aborted, None, "2020-07-01", "2020-05-31", boundary="80km")["count"] == 0


def test_a_flight_that_is_not_to_reach_orbit_counts_by_its_height() -> None:
    facts = flight(
        "quince",
        ("planned", "2020-01-01", {"name": "Quince", "spacecraft": "Hopper", "operator": "Orchard",
                                   "height": "above 100 km"}),
        ("launched", "2020-06-01T10:00:00Z", {"crew": ["ann"]}),
    )  # fmt: skip
    found = {one: ask(facts, None, "2020-06-01T10:05Z", boundary=one)["count"]
             for one in ("orbit", "100km", "80km")}  # fmt: skip
    assert found == {"orbit": 0, "100km": 1, "80km": 1}
    fell_short = [
        *facts,
        fact("lost", "2020-06-01T10:04:00Z", stream="flight/quince", crew=["ann"]),
    ]
    assert ask(fell_short, None, "2020-06-01T10:03Z", boundary="100km")["count"] == 1


def test_strictly_who_rides_to_another_port_is_not_aboard_meanwhile() -> None:
    facts = UP + rode_over("ann")
    assert names(ask(facts, "pear", "2020-04-02T10:30Z", strict=True)) == ["bob"]
    assert names(ask(facts, "pear", "2020-04-02T10:30Z")) == ["ann", "bob"]
    assert names(ask(facts, "pear", "2020-04-02T11:00Z", strict=True)) == ["ann", "bob"]
