"""Population over time: what `who` counts, at every instant at once."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.occupation import occupation
from aboard.projections.queries.population import CountScope, population, steps
from aboard.projections.queries.seats import SeatFilter, agencies
from aboard.projections.queries.top import MEASURES, top
from aboard.projections.queries.who import who
from tests.build import fact, instant
from tests.projections.histories import histories, moments
from tests.projections.model import built, flight

if TYPE_CHECKING:
    from aboard.events.envelope import Event

LATER = instant("2030-01-01")


def person(name: str, agency: str) -> Event:
    return fact("registered", "2019-01-01", stream=f"person/{name}", id=f"{name}/registered",
                name=name.title(), family_name=name.title(), agency=agency)  # fmt: skip


PEOPLE = [person("ann", "Orchard"), person("bob", "Grove"), person("cid", "Orchard")]
APPLE = flight(
    "apple",
    ("launched", "2020-01-01T00:00:00Z", {"crew": ["ann", "bob"]}),
    ("docked", "2020-01-02T00:00:00Z", {"station": "pear"}),
    ("relocated", "2020-01-04T01:00:00Z",
     {"undocked_at": "2020-01-04T00:00:00Z", "crew": ["ann", "bob"]}),
    ("undocked", "2020-01-10T00:00:00Z", {"crew": ["ann"]}),
    ("landed", "2020-01-10T12:00:00Z", {"crew": ["ann"]}),
)  # fmt: skip
PLUM = flight(
    "plum",
    ("launched", "2020-01-08T00:00:00Z", {"crew": []}),
    ("docked", "2020-01-09T00:00:00Z", {"station": "pear"}),
    ("undocked", "2020-01-20", {"crew": ["bob"]}),
    ("landed", "2020-01-21T00:00:00Z", {"crew": ["bob"]}),
)
HOP = flight(
    "hop",
    ("planned", "2020-02-01", {"name": "Hop", "spacecraft": "Ball", "operator": "Orchard",
                               "height": "above 80 km"}),
    ("launched", "2020-02-02T00:00:00Z", {"crew": ["cid"]}),
    ("landed", "2020-02-02T00:10:00Z", {"crew": ["cid"]}),
)  # fmt: skip
WALK = [
    fact("began", "2020-01-05T10:00:00Z", stream="spacewalk/one", people=["bob"], station="pear"),
    fact("ended", "2020-01-05T16:00:00Z", stream="spacewalk/one"),
]
WORLD = [*PEOPLE, *APPLE, *PLUM, *HOP, *WALK]


def numbers(scope: CountScope, since: str, until: str) -> list[tuple[str, int, int, int]]:
    found = steps(built(WORLD), scope, LATER, instant(since), instant(until))
    return [(str(Time.at(one.start)), one.people, one.least, one.most) for one in found]


def test_a_step_a_change() -> None:
    assert numbers(CountScope("pear"), "2020-01-01", "2020-02-01") == [
        ("2020-01-01T00:00:00Z", 0, 0, 0),
        ("2020-01-02T00:00:00Z", 2, 2, 2),
        ("2020-01-10T00:00:00Z", 1, 1, 1),
        ("2020-01-20T00:00:00Z", 0, 0, 1),  # he undocked on that day, nobody says when
        ("2020-01-21T00:00:00Z", 0, 0, 0),
    ]


def test_relocations_count_unless_strict() -> None:
    assert numbers(CountScope("pear", strict=True), "2020-01-03", "2020-01-05") == [
        ("2020-01-03T00:00:00Z", 2, 2, 2),
        ("2020-01-04T00:00:00Z", 0, 0, 0),
        ("2020-01-04T01:00:00Z", 2, 2, 2),
    ]


def test_an_agency() -> None:
    assert numbers(CountScope(seats=SeatFilter(agency="Orchard")), "2019-12-31", "2020-01-31") == [
        ("2019-12-31T00:00:00Z", 0, 0, 0),
        ("2020-01-01T00:00:00Z", 1, 1, 1),
        ("2020-01-10T12:00:00Z", 0, 0, 0),
    ]
    assert agencies(built(WORLD)) == ["Grove", "Orchard"]


@pytest.mark.parametrize(("boundary", "count"), [("orbit", 0), ("100km", 0), ("80km", 1)])
def test_the_boundary_is_a_choice(boundary: str, count: int) -> None:
    day = instant("2020-02-02"), instant("2020-02-02T00:10:00Z")
    found = steps(built(WORLD), CountScope(boundary=boundary), LATER, *day)
    assert [step.people for step in found] == [count]


def test_the_most_and_the_fewest_and_when() -> None:
    answer = population(built(WORLD), CountScope("pear"), LATER, None, instant("2020-01-15"))
    assert (answer["from"], answer["to"]) == ("2020-01-02T00:00:00Z", "2020-01-15T00:00:00Z")
    assert answer["maximum"] == {
        "count": 2, "spans": [{"from": "2020-01-02T00:00:00Z", "to": "2020-01-10T00:00:00Z"}],
    }  # fmt: skip
    assert answer["minimum"]["count"] == 1
    assert answer["person_seconds"] == (2 * 8 + 5) * 86_400
    assert answer["steps"][0] == {
        "from": "2020-01-02T00:00:00Z", "to": "2020-01-10T00:00:00Z", "count": 2,
    }  # fmt: skip


def test_nobody_at_all() -> None:
    answer = population(built([]), CountScope(), LATER, None, LATER)
    assert (answer["steps"], answer["maximum"]) == ([], {"count": 0, "spans": []})


@settings(max_examples=40, deadline=None)
@given(data=st.data(), history=histories())
def test_the_population_is_what_who_counts(data: st.DataObject, history: list[Event]) -> None:
    db = built(history)
    known = data.draw(moments(history))
    since, until = sorted(data.draw(st.tuples(moments(history), moments(history))))
    for place in (None, *reader.places(db, "presence")):
        for strict in (False, True):
            found = steps(db, CountScope(place, strict=strict), known, since, until)
            assert [step.start for step in found[1:]] == [step.end for step in found[:-1]]
            for step in found:
                for at in {step.start, (step.start + step.end) // 2, step.end - 1}:
                    where = ("station", place) if place else None
                    answer = who(db, where, at, known, strict=strict)
                    doubt = answer.get("uncertain", {}).get("count", {})
                    least, most = (doubt.get(end, answer["count"]) for end in ("min", "max"))
                    assert (step.people, step.least, step.most) == (answer["count"], least, most)


class TestOccupation:
    def test_since_when(self) -> None:
        answer = occupation(built(WORLD), "pear", instant("2020-01-15"), LATER)
        assert answer["occupied_since"] == "2020-01-02T00:00:00Z"
        assert answer["occupied_for"] == {"seconds": 13 * 86_400, "text": "13 d 0 h 0 m"}
        assert answer["doubtful"] == []
        assert [(visit["id"], visit["length"]["text"]) for visit in answer["longest_stays"]] == [
            ("bob", "13 d 0 h 0 m"), ("ann", "8 d 0 h 0 m"),
        ]  # fmt: skip
        assert [visit["id"] for visit in answer["shortest_stays"]] == ["ann"]
        assert [crew["count"] for crew in answer["largest_crews"]] == [2, 1]

    def test_empty_again(self) -> None:
        answer = occupation(built(WORLD), "pear", LATER, LATER, n=1)
        assert answer["occupied_since"] is None
        assert [(one["from"], one["to"]) for one in answer["spans"]] == [
            ("2020-01-02T00:00:00Z", "2020-01-20T00:00:00Z")
        ]
        assert answer["doubtful"] == [
            {"from": "2020-01-20T00:00:00Z", "to": "2020-01-21T00:00:00Z"}
        ]
        assert answer["stays"] == 2
        assert len(answer["longest_stays"]) == len(answer["shortest_stays"]) == 1

    def test_a_relocation_breaks_it_when_strict(self) -> None:
        answer = occupation(built(WORLD), "pear", instant("2020-01-09"), LATER, strict=True)
        assert [(one["from"], one["to"]) for one in answer["spans"]] == [
            ("2020-01-02T00:00:00Z", "2020-01-04T00:00:00Z"),
            ("2020-01-04T01:00:00Z", "2020-01-09T00:00:00Z"),
        ]
        assert answer["occupied_since"] == "2020-01-04T01:00:00Z"
        assert answer["longest"] == answer["spans"][1]

    def test_nobody_ever(self) -> None:
        answer = occupation(built([]), "pear", LATER, LATER)
        assert (answer["spans"], answer["longest"], answer["occupied_since"]) == ([], None, None)
        assert occupation(built(WORLD), "pear", instant("2019-01-01"), LATER, n=0)["spans"] == []

    def test_a_stay_that_is_planned(self) -> None:
        plan = [
            fact("launch_planned", "2020-03-01", target="2020-06-01"),
            fact("crew_assigned", "2020-03-01", crew=[{"person": "ann"}]),
            fact("docking_planned", "2020-03-01", target="2020-06-02", station="pear"),
        ]
        known = instant("2020-04-01")
        assert occupation(built(plan), "pear", known, known)["stays"] == 0
        assert occupation(built(plan), "pear", instant("2020-06-04"), known)["stays"] == 1


class TestTop:
    def names(self, measure: str, at: str = "2030-01-01", **more: object) -> list[tuple[int, str]]:
        answer = top(built(WORLD), measure, instant(at), LATER, **more)  # type: ignore[arg-type]
        return [(one["rank"], one["id"]) for one in answer["people"]]

    def test_every_measure_has_an_order(self) -> None:
        assert self.names("time") == [(1, "bob"), (2, "ann")]
        assert self.names("aboard") == [(1, "bob"), (2, "ann")]
        assert self.names("flight") == [(1, "bob"), (2, "ann")]
        assert self.names("flights") == [(1, "ann"), (1, "bob")]
        assert self.names("spacewalks") == [(1, "bob")]
        assert set(MEASURES) == {"time", "aboard", "flight", "flights", "spacewalks"}

    def test_as_of_any_date(self) -> None:
        assert self.names("time", "2020-01-05") == [(1, "ann"), (1, "bob")]
        assert self.names("time", "2019-01-01") == []
        assert self.names("spacewalks", "2020-01-05T09:00Z") == []

    def test_of_an_agency_or_a_boundary(self) -> None:
        assert self.names("time", seats=SeatFilter("Orchard")) == [(1, "ann")]
        heights = ("orbit", "above 100 km", "above 80 km")
        assert self.names("flights", seats=SeatFilter("Orchard"), height=heights) == [
            (1, "ann"),
            (1, "cid"),
        ]
        assert self.names("time", n=1) == [(1, "bob")]

    def test_what_is_told(self) -> None:
        [bob, _] = top(built(WORLD), "time", LATER, LATER)["people"]
        assert (bob["name"], bob["agency"], bob["longest_on"]) == ("Bob", "Grove", "apple")
        assert bob["time_in_space"]["text"] == "20 d 0 h 0 m"
        assert bob["time_aboard"] == {
            "min": 18 * 86_400, "max": 19 * 86_400 - 1,
            "text": "18 d 0 h 0 m to 18 d 23 h 59 m",
        }  # fmt: skip
        assert (bob["flights"], bob["spacewalks"]) == (1, 1)


def test_presence_is_read_once_whether_or_not_a_beginning_is_given() -> None:
    db = built(WORLD)
    assert isinstance(db, sqlite3.Connection)
    read: list[str] = []
    db.set_trace_callback(read.append)

    for since in (None, instant("2020-01-01")):
        read.clear()
        population(db, CountScope(), LATER, since, instant("2020-03-01"))
        assert len([one for one in read if one.startswith("SELECT subject, valid_from")]) == 1
