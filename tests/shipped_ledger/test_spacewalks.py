"""Spacewalks, expeditions and commanders of the whole history, asked of the shipped ledger."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from aboard.events.time import Time
from aboard.projections.queries.who import who
from tests.build import instant
from tests.conftest import NOW

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

LONGEST = 10 * 3600
"""No spacewalk has lasted this long."""

GAPS = (
    ("tiangong", "2025-06-26T10:00Z"), ("tiangong", "2025-08-15T11:00Z"),
    ("tiangong", "2025-09-25T14:00Z"), ("tiangong", "2025-12-09T06:00Z"),
    ("tiangong", "2026-03-16T08:00Z"), ("iss", "2026-03-18T15:00Z"),
    ("tiangong", "2026-04-16T12:20Z"), ("iss", "2026-05-27T17:00Z"),
)  # fmt: skip
"""An instant in each spacewalk of which it is not known who made it."""


@dataclass(frozen=True)
class Walk:
    """A spacewalk: who, from where, from when to when, and what it rests on."""

    id: str
    people: frozenset[str]
    place: str
    at_station: bool
    name: str | None
    began: Time
    ended: Time
    sources: frozenset[str]

    @property
    def middle(self) -> int:
        return (self.began.earliest + self.ended.earliest) // 2

    @property
    def seconds(self) -> int:
        return self.ended.earliest - self.began.earliest


@pytest.fixture(scope="module")
def walks(db: Connection) -> dict[str, Walk]:
    """Every spacewalk, by id, in the order in which they began."""
    rows = db.execute(
        "SELECT began.stream, began.happened, ended.happened, began.body, began.source "
        "FROM event began LEFT JOIN event ended "
        "ON ended.stream = began.stream AND ended.type = 'spacewalk.ended' "
        "WHERE began.type = 'spacewalk.began' ORDER BY began.happened_from, began.stream"
    ).fetchall()
    found = {}
    for stream, began, ended, body, source in rows:
        said = json.loads(body)
        name = stream.partition("/")[2]
        found[name] = Walk(
            name,
            frozenset(said["people"]),
            said.get("station") or said["craft"],
            "station" in said,
            said.get("name"),
            Time.parse(began),
            Time.parse(ended),
            frozenset(json.loads(source)),
        )
    return found


def outside(db: Connection, at: int) -> dict[str, str]:
    """Return the place of everyone on a spacewalk at an instant, by id."""
    people = who(db, None, at, NOW)["people"]
    return {one["id"]: one["place"] for one in people if one["state"] == "spacewalk"}


def outside_of(db: Connection, walk: Walk, at: int) -> set[str]:
    """Return everyone on a spacewalk from the same place as one, at an instant."""
    place = ("station" if walk.at_station else "craft", walk.place)
    people = who(db, place, at, NOW)["people"]
    return {one["id"] for one in people if one["state"] == "spacewalk"}


class TestEverySpacewalk:
    def test_how_many_there_are(self, walks: dict[str, Walk]) -> None:
        moon = [walk for walk in walks.values() if walk.sources == {"unsourced"}]
        assert (len(walks), len(moon)) == (487, 18)

    def test_the_times_of_all_but_those_of_the_moon_flights_are_gcats(
        self, walks: dict[str, Walk]
    ) -> None:
        others = [walk for walk in walks.values() if "gcat" not in walk.sources]
        assert len(others) == 18
        assert {walk.id.partition("-19")[0] for walk in others} == {
            f"apollo-{number}" for number in (11, 12, 14, 15, 16, 17)
        }

    def test_each_ends_after_it_began_and_before_the_air_is_used_up(
        self, walks: dict[str, Walk]
    ) -> None:
        assert all(0 < walk.seconds < LONGEST for walk in walks.values())

    def test_two_people_go_out_or_one_and_once_three(self, walks: dict[str, Walk]) -> None:
        counts = Counter(len(walk.people) for walk in walks.values())
        assert set(counts) == {1, 2, 3}
        (three,) = [walk for walk in walks.values() if len(walk.people) == 3]
        assert three.name == "STS-49 EVA-3"
        assert set(three.people) == {"pierre-j-thuot", "richard-hieb", "thomas-akers"}

    def test_those_who_are_outside_are_in_that_state(
        self, db: Connection, walks: dict[str, Walk]
    ) -> None:
        for walk in walks.values():
            assert outside_of(db, walk, walk.middle) == walk.people

    def test_nobody_is_outside_before_and_after(
        self, db: Connection, walks: dict[str, Walk]
    ) -> None:
        for walk in walks.values():
            for at in (walk.began.earliest - 1, walk.ended.earliest):
                assert outside_of(db, walk, at) == set()

    def test_spacewalks_from_one_place_follow_each_other(self, walks: dict[str, Walk]) -> None:
        for place in {walk.place for walk in walks.values()}:
            at_place = [walk for walk in walks.values() if walk.place == place]
            for one, other in pairwise(at_place):
                assert one.ended.earliest < other.began.earliest

    def test_a_name_is_given_once_and_counts_on(self, walks: dict[str, Walk]) -> None:
        names = [walk.name for walk in walks.values() if walk.name]
        assert len(names) == len(set(names))
        american = [name for name in names if name.startswith("US EVA-")]
        assert american == [f"US EVA-{number}" for number in range(1, 94)]


class TestWellKnownSpacewalks:
    def test_the_first(self, db: Connection, walks: dict[str, Walk]) -> None:
        first = next(iter(walks.values()))
        assert first.id == "voskhod-2-1965-03-18"
        assert set(first.people) == {"alexei-leonov"}
        assert outside(db, instant("1965-03-18T08:40Z")) == {"alexei-leonov": "voskhod-2"}

    def test_from_soyuz_5_to_soyuz_4(self, db: Connection) -> None:
        pair = {"aleksei-yeliseyev", "yevgeny-khrunov"}
        assert outside(db, instant("1969-01-16T11:00Z")) == dict.fromkeys(pair, "soyuz-5")
        after = who(db, None, instant("1969-01-16T11:48Z"), NOW)["people"]
        assert {one["id"]: (one["state"], one["place"]) for one in after if one["id"] in pair} == (
            dict.fromkeys(pair, ("in_space", "soyuz-4"))
        )

    def test_on_the_moon(self, db: Connection) -> None:
        assert outside(db, instant("1969-07-21T03:30Z")) == {
            "neil-armstrong": "apollo-11-eagle",
            "buzz-aldrin": "apollo-11-eagle",
        }

    def test_on_the_way_back_from_the_moon(self, db: Connection) -> None:
        assert outside(db, instant("1972-12-17T20:30Z")) == {"ronald-evans": "apollo-17"}

    def test_two_spacewalks_at_once(self, db: Connection) -> None:
        assert set(outside(db, instant("1993-09-16T09:00Z")).values()) == {"mir", "sts-51"}

    def test_a_passenger_of_the_shuttle_goes_out_from_the_station_it_is_docked_to(
        self, db: Connection
    ) -> None:
        assert outside(db, instant("1996-03-27T10:00Z")) == {
            "linda-m-godwin": "mir",
            "michael-r-clifford": "mir",
        }

    def test_the_longest(self, walks: dict[str, Walk]) -> None:
        longest = max(walks.values(), key=lambda walk: walk.seconds)
        assert (longest.id, longest.seconds) == ("tiangong-2024-12-17", 9 * 3600 + 6 * 60)
        assert longest.people == {"cai-xuzhe", "song-lingdong"}

    def test_who_has_been_out_most_often(self, walks: dict[str, Walk]) -> None:
        counts = Counter(person for walk in walks.values() for person in walk.people)
        (first, most), (_, second) = counts.most_common(2)
        assert (first, most, second) == ("anatoly-solovyev", 16, 10)
        assert {one for one, number in counts.items() if number == second} == {
            "aleksandr-serebrov", "sergei-avdeyev", "michael-lopez-alegria", "gennady-padalka",
            "peggy-whitson", "robert-l-behnken", "christopher-cassidy", "stephen-bowen",
        }  # fmt: skip

    def test_a_day_of_gcats_that_was_wrong(self, db: Connection) -> None:
        assert set(outside(db, instant("2019-11-15T15:00Z"))) == {
            "luca-parmitano", "andrew-r-morgan",
        }  # fmt: skip
        assert outside(db, instant("2019-11-19T15:00Z")) == {}


class TestGaps:
    @pytest.mark.parametrize(("station", "at"), GAPS)
    def test_where_nobody_is_named_the_answer_says_so(
        self, db: Connection, station: str, at: str
    ) -> None:
        assert outside(db, instant(at)) == {}
        touching = who(db, ("station", station), instant(at), NOW)["gaps"]
        assert any("spacewalk" in gap["what"] for gap in touching)


class TestCommandOfTheStation:
    @pytest.mark.parametrize(
        ("at", "number", "commander"),
        [
            ("2000-11-02T09:21:03Z", 1, "william-shepherd"),
            ("2000-11-02T12:00Z", 1, "william-shepherd"),
            ("2003-02-01T14:00Z", 6, "ken-bowersox"),
            ("2008-03-01", 16, "peggy-whitson"),
            ("2009-04-20", 19, "gennady-padalka"),
            ("2009-07-20", 20, "gennady-padalka"),
            ("2009-11-15", 21, "frank-de-winne"),
            ("2013-05-01", 35, "chris-hadfield"),
            ("2016-01-01", 46, "scott-kelly"),
            ("2019-03-20", 59, "oleg-kononenko"),
            ("2021-04-16", 64, "shannon-walker"),
            ("2021-05-01", 65, "akihiko-hoshide"),
            ("2021-10-06", 65, "thomas-pesquet"),
            ("2021-12-01", 66, "anton-shkaplerov"),
            ("2022-03-29T12:00Z", 66, "thomas-marshburn"),
            ("2022-09-21T17:06:34Z", 67, "oleg-artemyev"),
        ],
    )
    def test_who_commands_which_expedition(
        self, db: Connection, at: str, number: int, commander: str
    ) -> None:
        answer = who(db, ("station", "iss"), instant(at), NOW)
        assert (answer["expedition"], answer["commander"]) == (number, commander)

    def test_there_is_none_before_the_first(self, db: Connection) -> None:
        answer = who(db, ("station", "iss"), instant("2000-11-02T09:21:02Z"), NOW)
        assert (answer["expedition"], answer["commander"]) == (None, None)

    def test_every_expedition_began_after_the_one_before(self, db: Connection) -> None:
        rows = db.execute(
            "SELECT body FROM event WHERE type='station.expedition_began' ORDER BY happened_from"
        )
        numbers = [json.loads(body)["number"] for (body,) in rows]
        assert numbers == list(range(1, 76))

    def test_a_commander_is_aboard_as_the_expedition_begins(self, db: Connection) -> None:
        rows = db.execute(
            "SELECT happened, body FROM event WHERE type='station.expedition_began'"
        ).fetchall()
        for happened, body in rows:
            commander = json.loads(body).get("commander")
            if commander:
                when = Time.parse(happened).earliest
                people = who(db, ("station", "iss"), when, NOW)["people"]
                assert commander in {one["id"] for one in people}, happened
