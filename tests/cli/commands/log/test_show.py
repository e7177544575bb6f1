"""`aboard show`: one event, whole."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import run

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock", "answering")


def shown(*arguments: str) -> str:
    """Return what is shown, but for where the event stands in this log and which load it was."""
    text = run("show", *arguments).shown()
    text = re.sub(r"load-[0-9a-f-]{36}", "<load>", text)
    text = re.sub(r'("position": |"version": |Position +|version )\d+', r"\1<number>", text)
    return re.sub(r"(?<=,flight/soyuz-ms-22),\d+,\d+", ",<version>,<position>", text)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form(form: str, snapshot: SnapshotAssertion) -> None:
    assert shown("soyuz-ms-22/docked", "-f", form) == snapshot


@pytest.mark.parametrize(
    "event",
    [
        "soyuz-ms-22/landed",
        "soyuz-ms-22/crew-replaced-2022-01-20",
        "soyuz-ms-22/planned",
        "soyuz-ms-22/launched",
        "soyuz-ms-29/launched",
        "iss/registered",
        "iss/coverage-stated",
        "nasa-roscosmos-2022/signed",
    ],
)
def test_other_events(event: str, snapshot: SnapshotAssertion) -> None:
    assert shown(event) == snapshot


def test_what_held_of_it_as_known_then() -> None:
    planned = "crew-5/launch-planned-2022-09-21"
    before = run("show", planned, "--known", "2022-09-20").stdout.splitlines()[2]
    assert before == "As known at 2022-09-20T23:59:59Z: not yet known"
    ahead = run("show", "soyuz-ms-22/docked", "--at", "2022-09-21").stdout.splitlines()[2]
    assert ahead.endswith(": by 2022-09-21T00:00:00Z it had not happened")


def test_the_log_as_it_stood() -> None:
    answer = json.loads(run("show", "soyuz-ms-22/docked", "-f", "json").stdout)
    position = answer["position"]
    there = run("show", "soyuz-ms-22/docked", "--recorded", str(position), "-f", "json")
    assert json.loads(there.stdout)["as_of"]["position"] == position
    assert run("show", "soyuz-ms-22/docked", "--recorded", str(position - 1)).code == 3


def test_the_beginning_of_an_id() -> None:
    assert run("show", "soyuz-ms-22/dock") == run("show", "soyuz-ms-22/docked")


def test_the_forms_agree() -> None:
    answer = json.loads(run("show", "soyuz-ms-22/launched", "-f", "json").stdout)
    line = json.loads(run("show", "soyuz-ms-22/launched", "-f", "jsonl").stdout)
    [row] = csv.DictReader(io.StringIO(run("show", "soyuz-ms-22/launched", "-f", "csv").stdout))
    table = run("show", "soyuz-ms-22/launched").stdout

    assert line == answer
    assert row["fields"].startswith("crew=sergey-prokopyev, dmitry-petelin, frank-rubio; seats=")
    assert row["sources"].split() == [source["key"] for source in answer["sources"]]
    assert {key: row[key] for key in ("id", "known_from", "note")} == {
        key: answer[key] for key in ("id", "known_from", "note")
    }
    assert all(str(value) in table for key, value in answer["fields"].items()
               if key not in ("crew", "seats")
               if not isinstance(value, bool))  # fmt: skip
    urls = [source["url"] for source in answer["sources"] if "url" in source]
    assert urls
    assert all(url in table for url in urls)


@pytest.mark.parametrize("event", ["soyuz-ms22-docked", "xyzzy", "soyuz-ms-22/%", "💫"])
def test_an_id_that_is_none(event: str, snapshot: SnapshotAssertion) -> None:
    ran = run("show", event)

    assert ran.code == 3
    assert ran.shown() == snapshot


@pytest.mark.parametrize(
    "arguments",
    [("soyuz-ms-22/leak-cause",), (), ("a", "b"), ("soyuz-ms-22/docked", "--at", "22")],
    ids=["ambiguous", "no id", "two ids", "no instant"],
)
def test_wrong_use(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("show", *arguments)

    assert ran.code == 2
    assert ran.shown() == snapshot
