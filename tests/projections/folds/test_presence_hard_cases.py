"""Stories in which crews and craft part company, told in few facts.

The shapes are those of Soyuz T-15, STS-113 and Soyuz TMA-1, Soyuz MS-18 and MS-19, and Shenzhou 20
to 22; the days are round, because here only their order matters.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.model import ask, flight, names


def up(name: str, day: str, station: str, *crew: str) -> list[Any]:
    """Return a launch at 06:00 and a docking at 12:00 of a day."""
    return flight(
        name,
        ("launched", f"{day}T06:00:00Z", {"crew": list(crew)}),
        ("docked", f"{day}T12:00:00Z", {"station": station}),
    )


def down(name: str, day: str, *crew: str) -> list[Any]:
    """Return an undocking at 06:00 and a landing at 12:00 of a day."""
    return flight(
        name,
        ("undocked", f"{day}T06:00:00Z", {"crew": list(crew)}),
        ("landed", f"{day}T12:00:00Z", {"crew": list(crew)}),
    )


class TestOneCrewTwoStationsAndBack:
    """One craft goes from a station to another and back, with its crew."""

    crew = ("kizim", "solovyov")
    facts = (
        *up("t-15", "1986-03-13", "mir", *crew),
        *flight(
            "t-15",
            ("undocked", "1986-05-05T12:00:00Z", {"crew": list(crew)}),
            ("docked", "1986-05-06T17:00:00Z", {"station": "salyut-7"}),
            ("undocked", "1986-06-25T15:00:00Z", {"crew": list(crew)}),
            ("docked", "1986-06-26T19:00:00Z", {"station": "mir"}),
        ),
        *down("t-15", "1986-07-16", *crew),
    )

    @pytest.mark.parametrize(
        ("at", "place"),
        [
            ("1986-04-01", "mir"),
            ("1986-05-06", "t-15"),
            ("1986-06-01", "salyut-7"),
            ("1986-06-26", "t-15"),
            ("1986-07-01", "mir"),
            ("1986-07-16T08:00Z", "t-15"),
        ],
    )
    def test_they_are_in_one_place_after_another(self, at: str, place: str) -> None:
        everywhere = ask(self.facts, None, at)
        assert names(everywhere) == list(self.crew)
        assert {person["place"] for person in everywhere["people"]} == {place}

    def test_they_land_once(self) -> None:
        assert ask(self.facts, None, "1986-07-17")["count"] == 0


class TestCrewsThatChangeCraft:
    """Who came on one craft leaves on another, and the crew of that one on a third."""

    facts = (
        *up("tm-34", "2002-04-25", "iss", "gidzenko", "vittori"),
        *up("tma-1", "2002-10-30", "iss", "zalyotin", "de-winne"),
        *down("tm-34", "2002-11-10", "zalyotin", "de-winne"),
        *up("sts-113", "2002-11-24", "iss", "wetherbee", "bowersox", "budarin"),
        *down("sts-113", "2002-12-07", "wetherbee"),
        *down("tma-1", "2003-05-04", "bowersox", "budarin"),
    )

    def test_who_stayed_has_a_seat_on_what_they_left_on(self) -> None:
        people = {one["id"]: one for one in ask(self.facts, "iss", "2003-01-01")["people"]}
        assert set(people) == {"gidzenko", "vittori", "bowersox", "budarin"}
        assert people["bowersox"]["launched_on"] == "sts-113"
        assert people["bowersox"]["seat_on"] == "tma-1"
        assert people["bowersox"]["until"]["on"] == "tma-1"

    def test_who_came_on_a_craft_that_stays_leaves_on_another(self) -> None:
        de_winne = ask(self.facts, "tm-34", "2002-11-10T08:00Z")["people"][1]
        assert (de_winne["id"], de_winne["launched_on"], de_winne["seat_on"]) == (
            "de-winne", "tma-1", "tm-34",
        )  # fmt: skip

    def test_everybody_who_landed_is_down(self) -> None:
        assert set(names(ask(self.facts, None, "2003-05-05"))) == {"gidzenko", "vittori"}


class TestAVisitOnTwoCraft:
    """Visitors come up on the next craft and go down on the last one; two of its crew stay on."""

    facts = (
        *up("ms-18", "2021-04-09", "iss", "novitsky", "dubrov", "vande-hei"),
        *up("ms-19", "2021-10-05", "iss", "shkaplerov", "shipenko", "peresild"),
        *down("ms-18", "2021-10-17", "novitsky", "shipenko", "peresild"),
        *down("ms-19", "2022-03-30", "shkaplerov", "dubrov", "vande-hei"),
    )

    def test_both_crews_are_aboard_together(self) -> None:
        assert ask(self.facts, "iss", "2021-10-10")["count"] == 6

    def test_the_visitors_go_and_the_others_stay(self) -> None:
        assert set(names(ask(self.facts, "iss", "2021-12-01"))) == {
            "shkaplerov", "dubrov", "vande-hei",
        }  # fmt: skip
        assert set(names(ask(self.facts, "ms-18", "2021-10-17T08:00Z"))) == {
            "novitsky", "shipenko", "peresild",
        }  # fmt: skip

    def test_all_land(self) -> None:
        assert ask(self.facts, None, "2022-03-31")["count"] == 0


class TestACraftThatGoesUpEmpty:
    """A damaged craft lands empty late, its crew on the next one, and that crew on an empty one."""

    facts = (
        *up("sz-20", "2025-04-24", "tiangong", "chen", "wang"),
        *up("sz-21", "2025-10-31", "tiangong", "zhang", "wu"),
        *down("sz-21", "2025-11-14", "chen", "wang"),
        *up("sz-22", "2025-11-25", "tiangong"),
        *down("sz-20", "2026-01-19"),
        *down("sz-22", "2026-05-29", "zhang", "wu"),
    )

    def test_who_is_aboard_as_the_craft_change(self) -> None:
        assert names(ask(self.facts, "tiangong", "2025-11-01")) == ["chen", "wang", "zhang", "wu"]
        assert names(ask(self.facts, "tiangong", "2025-11-15")) == ["zhang", "wu"]
        assert names(ask(self.facts, "tiangong", "2026-03-01")) == ["zhang", "wu"]

    def test_an_empty_craft_is_docked_and_carries_nobody(self) -> None:
        answer = ask(self.facts, "tiangong", "2025-12-01")
        assert [berth["flight"] for berth in answer["docked"]] == ["sz-20", "sz-22"]
        assert ask(self.facts, "sz-22", "2025-11-25T08:00Z")["count"] == 0
        assert ask(self.facts, "sz-20", "2026-01-19T08:00Z")["count"] == 0

    def test_they_come_down_on_what_came_up_empty(self) -> None:
        assert names(ask(self.facts, "sz-22", "2026-05-29T08:00Z")) == ["zhang", "wu"]
        assert ask(self.facts, None, "2026-05-30")["count"] == 0
