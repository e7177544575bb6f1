"""`aboard person`: who somebody is, where they are, and their flights."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from aboard.events.time import Time
from tests.cli.running import run

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock", "answering")

DAY, HOUR, MINUTE = 86_400, 3_600, 60


def shown(*arguments: str) -> str:
    return re.sub(r'("position": )\d+', r"\1<position>", run("person", *arguments).shown())


def answer(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("person", *arguments, "-f", "json").stdout)
    return found


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form(form: str, snapshot: SnapshotAssertion) -> None:
    assert shown("rubio", "--at", "2023-01-01", "--known", "2024-01-01", "-f", form) == snapshot


@pytest.mark.parametrize(
    "question",
    [
        ("rubio", "--at", "2023-05-01", "--known", "2022-09-21"),
        ("rubio", "--at", "2022-09-21", "--known", "2022-09-20"),
        ("mann", "--at", "2022-09-21", "--known", "2022-09-21"),
        ("mann", "--at", "2023-02-01", "--known", "2022-09-21"),
        ("kononenko", "--at", "2023-09-15T17:00Z", "--known", "2024-01-01"),
        ("wilmore", "--at", "2024-08-20", "--known", "2024-08-20"),
        ("wilmore", "--known", "2025-04-01"),
        ("kikina", "--at", "2026-07-26", "--known", "2026-10-31"),
        ("kud-sverchkov", "--at", "2026-07-26T12:00Z", "--known", "2026-10-31"),
        ("rubio", "--known", "2020-01-01"),
    ],
    ids=["expected", "planned soon", "planned", "expected in space", "on the way", "overdue",
         "up on one, down on another", "coarse docking", "coarse landing", "nothing known"],
)  # fmt: skip
def test_questions(question: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    assert shown(*question) == snapshot


def test_the_longest_flight_of_the_era() -> None:
    """Up on one Soyuz and down on the next: 370 days 21 hours 22 minutes after lift-off."""
    rubio = answer("rubio")
    [flown] = rubio["flights"]
    length = 370 * DAY + 21 * HOUR + 22 * MINUTE

    assert (flown["launched_on"], flown["landed_on"]) == ("soyuz-ms-22", "soyuz-ms-23")
    assert length <= rubio["time_in_space"]["min"] < length + MINUTE
    assert rubio["time_in_space"]["max"] - rubio["time_in_space"]["min"] == 59


def test_up_on_starliner_and_down_on_a_dragon() -> None:
    flown = answer("wilmore")["flights"][-1]

    assert (flown["launched_on"], flown["landed_on"]) == ("boeing-cft", "crew-9")
    assert flown["landing"]["at"] == "2025-03-18T21:57:07Z"


@pytest.mark.parametrize("name", ["frank-rubio", "Frank Rubio", "Rubio", "francisco rubio"])
def test_by_any_name(name: str) -> None:
    assert answer(name) == answer("frank-rubio")


def test_the_forms_agree() -> None:
    told = answer("kikina")
    line = json.loads(run("person", "kikina", "-f", "jsonl").stdout)
    rows = list(csv.DictReader(io.StringIO(run("person", "kikina", "-f", "csv").stdout)))
    table = run("person", "kikina").stdout

    assert line == told
    assert [row["launched_on"] for row in rows] == [one["launched_on"] for one in told["flights"]]
    assert [int(row["in_space_min"]) for row in rows] == [
        one["time_in_space"]["min"] for one in told["flights"]
    ]
    assert all(one["time_in_space"]["text"] in table for one in told["flights"])


def test_where_they_are_is_what_who_answers() -> None:
    at = ("--at", "2023-01-20", "--known", "2024-01-01")
    people = json.loads(run("who", "iss", *at, "-f", "json").stdout)["people"]

    assert len(people) == 7
    for person in people:
        where = answer(person["id"], *at)["where"]
        assert where["place"] == "iss"
        assert where == {**where, **{k: v for k, v in person.items() if k in where}}


@pytest.mark.parametrize(
    "known", ["2022-01-20", "2022-09-20", "2022-09-21", "2023-01-11", "2023-03-28", "2023-09-26"]
)
def test_what_was_known_later_is_not_told(known: str) -> None:
    """No time that is told as having happened is later than what was known."""
    told = answer("rubio", "--known", known)
    end = Time.parse(known).latest
    actual = []
    for flown in told["flights"]:
        actual += [flown["lift_off"], *filter(None, (flown["landing"],))]
        actual += [{"at": s["since"], "planned": s["since_planned"]} for s in flown["stays"]]
    happened = [one["at"] for one in actual if not one["planned"]]

    assert all(Time.parse(at).earliest <= end for at in happened)
    assert bool(happened) == (known >= "2022-09-21")
    assert all(flown["landed_on"] is None for flown in told["flights"])


def test_the_days_add_up_one_by_one() -> None:
    days = [answer("rubio", "--at", f"2023-0{month}-01")["time_in_space"] for month in (1, 2, 3)]

    between = [later["min"] - sooner["min"] for sooner, later in itertools.pairwise(days)]
    assert between == [31 * DAY, 28 * DAY]


@pytest.mark.parametrize("name", ["nobody", "iss", "x" * 300])
def test_a_name_that_is_none(name: str, snapshot: SnapshotAssertion) -> None:
    ran = run("person", name)

    assert ran.code == 3
    assert ran.shown() == snapshot


@pytest.mark.parametrize(
    "arguments",
    [(), ("rubio", "--known", "2999"), ("rubio", "--at", "-"), ("rubio", "mann")],
    ids=["nobody", "from the future", "no stream", "two people"],
)
def test_wrong_use(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("person", *arguments)

    assert ran.code == 2
    assert ran.shown() == snapshot
