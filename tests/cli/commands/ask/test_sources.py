"""What the rows of an answer rest on: the marks, the column of `--sources`, and the fields."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.cli.running import run

pytestmark = pytest.mark.usefixtures("clock", "answering")

QUESTIONS = [
    ("who",),
    ("who", "iss"),
    ("who", "--at", "1969-01-16T12:00Z"),
    ("who", "iss", "--at", "2022-12-25"),
    ("who", "iss", "--at", "2023-05-01", "--known", "2023-02-25"),
    ("who", "mir", "--at", "1995-07-01"),
    ("station", "iss"),
    ("station", "tiangong", "--at", "2023-06-01"),
    ("timeline", "iss"),
    ("timeline", "mir", "--from", "1995", "--to", "1996"),
]


def asked(*question: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*question, "--format", "json").stdout)
    return found


def rows_of(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of an answer, each with the id that it is about."""
    if "vehicles" in found:
        lines = (*found["people"], *found["vehicles"])
        return [(line["id"], bar) for line in lines for bar in line["bars"]]
    rows = (*found["people"], *found["docked"], *found.get("pairs", ()))
    return [(row.get("id") or row.get("flight") or row["craft"][0], row) for row in rows]


@pytest.fixture(scope="module")
def stated() -> dict[str, list[str]]:
    """The keys of the sources of every event that the answers rest on."""
    return {}


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_every_row_says_what_it_rests_on(
    question: tuple[str, ...], stated: dict[str, list[str]]
) -> None:
    rows = rows_of(asked(*question))

    assert rows
    for _, row in rows:
        assert row["why"]
        for event in row["why"][:1]:
            if event not in stated:
                told = json.loads(run("show", event, "--format", "json").stdout)
                stated[event] = [source["key"] for source in told["sources"]]
            assert set(stated[event]) <= set(row["sources"])
        assert row.get("unsourced", False) == (row["sources"] == ["unsourced"])


def test_those_who_are_in_space_on_nobodys_word_are_marked() -> None:
    found, table = asked("who"), run("who").stdout
    unsourced = {one["name"] for one in found["people"] if one.get("unsourced")}

    assert len(unsourced) == 7
    for one in found["people"]:
        marked = f"{one['name']} (unsourced)" in table
        assert marked == (one["name"] in unsourced)
    station = run("station", "iss").stdout
    assert station.count("(unsourced)") == 9, "seven people and two vehicles"
    assert "Anna Kikina (unsourced)" in run("timeline", "iss", "--from", "2026-08").stdout
    assert "Anna Kikina (partly unsourced)" in run("timeline", "iss", "--from", "2022").stdout
    assert "(unsourced)" in run("person", "anna-kikina").stdout
    assert "(unsourced)" not in run("who", "iss", "--at", "2022-12-25").stdout


@pytest.mark.parametrize(
    "question",
    [("who",), ("who", "iss", "--at", "2022-12-25"), ("timeline", "iss"), ("station", "iss")],
    ids=" ".join,
)
def test_the_column_of_sources(question: tuple[str, ...]) -> None:
    rows = rows_of(asked(*question))
    text = run(*question, "--sources").stdout
    with_it, without = (
        list(csv.DictReader(io.StringIO(run(*question, *more, "--format", "csv").stdout)))
        for more in (("--sources",), ())
    )

    keys = {key for _, row in rows for key in row["sources"]}
    assert all(key in text for key in keys)
    assert [{key: row[key] for key in row if key != "sources"} for row in with_it] == without
    told = {key for row in with_it for key in row["sources"].split()}
    assert told <= keys
    assert told
