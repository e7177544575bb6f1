"""`aboard station`: a station, who is aboard, its ports, and who comes and goes."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from aboard.events.time import Time
from tests.cli.running import run

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock", "answering")


def shown(*arguments: str) -> str:
    return re.sub(r'("position": )\d+', r"\1<position>", run("station", *arguments).shown())


def answer(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("station", *arguments, "-f", "json").stdout)
    return found


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form(form: str, snapshot: SnapshotAssertion) -> None:
    assert shown("iss", "--at", "2022-12-25", "--known", "2024-01-01", "-f", form) == snapshot


@pytest.mark.parametrize(
    "question",
    [
        ("--at", "2024-08-20", "--known", "2024-08-20"),
        ("--at", "2023-04-01", "--known", "2022-09-21"),
        ("--at", "2026-07-26T12:00Z", "--known", "2026-10-31"),
        ("--at", "2024-05-02T13:20Z", "--known", "2026-10-31"),
        ("--at", "1997-01-01", "--known", "2026-10-31"),
        ("--at", "2023-01-01", "--known", "1998-01-01"),
    ],
    ids=["overdue", "expected", "coarse", "relocating", "before it was there", "nothing known"],
)
def test_questions(question: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    assert shown("iss", *question) == snapshot


def test_who_is_aboard_is_what_who_answers() -> None:
    at = ("--at", "2022-12-25", "--known", "2024-01-01")
    who = json.loads(run("who", "iss", *at, "-f", "json").stdout)
    told = answer("iss", *at)

    assert who["count"] == 7
    assert {key: told[key] for key in who if key != "docked"} == {
        key: who[key] for key in who if key != "docked"
    }
    assert [one["flight"] for one in told["docked"]] == [one["flight"] for one in who["docked"]]


def test_the_forms_agree() -> None:
    told = answer("iss", "--at", "2022-12-25")
    ran = run("station", "iss", "--at", "2022-12-25", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    table = run("station", "iss", "--at", "2022-12-25").stdout

    assert [row["port"] for row in rows] == [port["port"] for port in told["ports"]]
    assert [row["free"] for row in rows] == [str(port["free"]).lower() for port in told["ports"]]
    assert all(port["name"] in table for port in told["ports"])
    assert all(person["name"] in table for person in told["people"])


def test_a_vehicle_has_its_port_to_itself() -> None:
    told = answer("iss", "--at", "2023-03-01")
    taken = {port["port"]: port["flight"] for port in told["ports"] if not port["free"]}

    assert taken == {
        "poisk-zenith": "soyuz-ms-23",
        "rassvet-nadir": "soyuz-ms-22",
        "ida-2-harmony-forward": "crew-5",
    }


@pytest.mark.parametrize("known", ["2022-09-20", "2022-09-21", "2023-02-25", "2023-09-27"])
def test_what_was_known_later_is_not_told(known: str) -> None:
    """No docking or undocking that is told as having happened is later than what was known."""
    end, happened = Time.parse(known).latest, []
    for at in ("2022-09-01", "2023-03-01", "2024-03-01"):
        told = answer("iss", "--at", at, "--known", known)
        moves = [told[kind][which] for kind in ("arrivals", "departures")
                 for which in ("last", "next")]  # fmt: skip
        happened += [move["at"] for move in moves if move and not move["planned"]]

    assert happened
    assert all(Time.parse(moment).earliest <= end for moment in happened)


def test_each_next_docking_becomes_the_last() -> None:
    seen: list[str] = []
    at = "2022-07-14"
    while (following := answer("iss", "--at", at)["arrivals"]["next"]) and len(seen) < 5:
        seen.append(following["flight"])
        at = str(Time.at(Time.parse(following["at"]).earliest))
        assert answer("iss", "--at", at)["arrivals"]["last"]["flight"] == following["flight"]

    assert seen == ["soyuz-ms-22", "crew-5", "soyuz-ms-23", "crew-6", "ax-2"]


@pytest.mark.parametrize("name", ["gateway", "ms-22", "rubio"])
def test_a_name_that_is_none(name: str, snapshot: SnapshotAssertion) -> None:
    ran = run("station", name)

    assert ran.code == 3
    assert ran.shown() == snapshot


@pytest.mark.parametrize(
    "arguments",
    [(), ("iss", "--known", "2999"), ("iss", "--at", "-"), ("iss", "--format", "xml")],
    ids=["nowhere", "from the future", "no stream", "no such form"],
)
def test_wrong_use(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("station", *arguments)

    assert ran.code == 2
    assert ran.shown() == snapshot
