"""`aboard flight`: a flight's story, plan next to actual, and who says so."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import run

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock", "answering")


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form(form: str, snapshot: SnapshotAssertion) -> None:
    assert run("flight", "soyuz-ms-22", "--known", "2024-01-01", "-f", form).shown() == snapshot


@pytest.mark.parametrize(
    "known", ["2020-01-01", "2022-06-01", "2022-07-15", "2022-09-21", "2023-01-15", "2023-03-28"]
)
def test_as_known_on_a_date(known: str, snapshot: SnapshotAssertion) -> None:
    assert run("flight", "ms-22", "--known", known).shown() == snapshot


@pytest.mark.parametrize(
    "question",
    [
        ("crew-5", "--at", "2022-09-28", "--known", "2022-09-28"),
        ("crew-5", "--known", "2022-10-06"),
        ("boeing-cft", "--known", "2024-08-01", "--at", "2024-08-01"),
        ("soyuz-ms-23", "--known", "2023-10-01"),
        ("soyuz-ms-22", "--at", "2022-09-22"),
    ],
    ids=["put off", "relaunched", "lapsed", "homeward crew", "half of it"],
)
def test_other_flights(question: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    assert run("flight", *question).shown() == snapshot


@pytest.mark.parametrize("name", ["ms22", "Soyuz MS-22", "SÖYUZ ms 22"])
def test_by_any_of_its_names(name: str) -> None:
    assert run("flight", name) == run("flight", "soyuz-ms-22")


def test_the_forms_agree() -> None:
    story = json.loads(run("flight", "ms-22", "-f", "json").stdout)["story"]
    lines = run("flight", "ms-22", "-f", "jsonl").stdout.splitlines()
    rows = list(csv.DictReader(io.StringIO(run("flight", "ms-22", "-f", "csv").stdout)))
    table = run("flight", "ms-22").stdout

    assert story
    assert [json.loads(line) for line in lines] == story
    assert [row["id"] for row in rows] == [event["id"] for event in story]
    assert all(event["says"] in table for event in story)


def test_later_knowledge_only_adds() -> None:
    before: set[str] = set()
    for known in ("2022-01-01", "2022-09-21", "2023-01-15", "2023-09-27", "2026-10-01"):
        ran = run("flight", "soyuz-ms-22", "--known", known, "-f", "json")
        events = {event["id"] for event in json.loads(ran.stdout)["story"]}
        assert before <= events
        before = events
    assert "soyuz-ms-22/landed" in before


@pytest.mark.parametrize("name", ["iss", "soyuz-ms-2x", "zzz"])
def test_a_name_that_is_no_flight(name: str, snapshot: SnapshotAssertion) -> None:
    ran = run("flight", name)

    assert ran.code == 3
    assert ran.shown() == snapshot


@pytest.mark.parametrize(
    "arguments",
    [("endurance",), (), ("ms-22", "--known", "2999"), ("ms-22", "--at", "-")],
    ids=["ambiguous", "no name", "from the future", "no stream"],
)
def test_wrong_use(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("flight", *arguments)

    assert ran.code == 2
    assert ran.shown() == snapshot
