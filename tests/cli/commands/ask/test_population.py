"""`aboard population`, `aboard timeline`: over time, in every form."""

from __future__ import annotations

import json
import re
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from aboard.app.database import FileDatabase
from aboard.projections.queries.person import stays_of
from aboard.projections.queries.population import CountScope, population
from aboard.projections.queries.reader import connect
from tests.build import instant
from tests.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock", "answering")

YEAR = ("iss", "--from", "2022-09-01", "--to", "2023-10-01", "--known", "2023-12-31")


def shown(*arguments: str) -> str:
    return re.sub(r'("position": )\d+', r"\1<position>", run(*arguments).shown())


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize("command", ["population", "timeline"])
def test_every_form(command: str, form: str, snapshot: SnapshotAssertion) -> None:
    assert shown(command, *YEAR, "-f", form) == snapshot


def test_the_steps_of_an_agency(snapshot: SnapshotAssertion) -> None:
    assert shown("population", *YEAR, "--agency", "jaxa", "--steps") == snapshot


def test_what_was_expected(snapshot: SnapshotAssertion) -> None:
    ahead = ("iss", "--from", "2022-09-20", "--to", "2023-04-15", "--known", "2022-09-21")
    assert shown("population", *ahead, "--steps") == snapshot
    assert shown("timeline", *ahead) == snapshot


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("population", "iss", "--from", "2023", "--to", "2022"), 2),
        (("population", "--agency", "NSAS"), 3),
        (("population", "mirr"), 3),
        (("timeline", "iss", "--from", "2023", "--to", "2022"), 2),
        (("timeline", "iss", "--output", "iss.gif"), 2),
        (("timeline", "iss", "--output", "no/such/folder/iss.svg"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use(arguments: tuple[str, ...], code: int, snapshot: SnapshotAssertion) -> None:
    ran = run(*arguments)
    assert ran.code == code
    assert ran.stdout == ""
    assert ran.stderr == snapshot


def test_a_timeline_is_drawn_into_a_file(tmp_path: Path) -> None:
    for name, head in (("iss.svg", b"<?xml"), ("iss.png", b"\x89PNG")):
        ran = run("timeline", *YEAR, "--output", tmp_path / name)
        assert (ran.code, ran.stderr) == (0, "")
        assert (tmp_path / name).read_bytes().startswith(head)
    drawing = (tmp_path / "iss.svg").read_text("utf-8")
    assert all(name in drawing for name in ("Frank Rubio", "Soyuz MS-22", "Crew-5"))
    run("timeline", *YEAR, "--output", tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_text("utf-8") == drawing


def test_without_matplotlib_the_hint_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "aboard.cli.output.timeline_image", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    ran = run("timeline", *YEAR, "--output", tmp_path / "iss.svg")
    assert ran.code == 2
    assert "pip install 'aboard[plot]'" in ran.stderr


def test_the_population_is_what_who_counts() -> None:
    steps = json.loads(run("population", *YEAR, "-f", "json").stdout)["steps"]
    for step in steps:
        who = run("who", "iss", "--at", step["from"], "--known", "2023-12-31", "-f", "json")
        assert json.loads(who.stdout)["count"] == step["count"]


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize(
    "question",
    [
        ("occupation", "iss", "--at", "2001-03-01", "--known", "2026-10-31", "-n", "2"),
        ("occupation", "skylab", "--known", "2026-10-31", "-n", "1"),
        ("occupation", "iss", "--strict", "--at", "1998-01-01", "--known", "2026-10-31"),
        ("top", "flight", "-n", "3", "--at", "1996-01-01", "--known", "2026-10-31"),
        ("top", "spacewalks", "-n", "3", "--agency", "nasa", "--known", "2026-10-31"),
        ("top", "time", "--at", "1960-01-01", "--known", "2026-10-31"),
    ],
    ids=["early", "over", "before", "flight", "spacewalks", "nobody"],
)
def test_records(question: tuple[str, ...], form: str, snapshot: SnapshotAssertion) -> None:
    assert shown(*question, "-f", form) == snapshot


def test_the_station_is_occupied_without_a_gap_and_strictly_not() -> None:
    at = ("--at", "2026-10-01", "--known", "2026-10-31", "-f", "json")
    answer = json.loads(run("occupation", "iss", *at).stdout)
    assert answer["occupied_since"] == "2000-11-02T09:21:03Z"
    strict = json.loads(run("occupation", "iss", "--strict", *at).stdout)
    assert len(strict["spans"]) - len(answer["spans"]) == 11
    assert strict["spans"][5]["to"] == "2001-02-24T10:06:40Z"


def test_thirteen_three_times_and_never_more() -> None:
    answer = json.loads(run("population", "iss", "--to", "2026-10-01", "-f", "json").stdout)
    assert answer["maximum"]["count"] == 13
    assert [span["from"][:7] for span in answer["maximum"]["spans"]] == [
        "2009-07", "2009-08", "2010-04",
    ]  # fmt: skip


STATIONS = ["salyut-1", "salyut-3", "salyut-4", "salyut-5", "salyut-6", "salyut-7", "skylab",
            "mir", "iss", "tiangong-1", "tiangong-2", "tiangong"]  # fmt: skip


@pytest.mark.parametrize("station", STATIONS)
def test_the_sum_over_people_is_the_integral_of_the_population(
    station: str, answering: Path
) -> None:
    """Each stay counts from the earliest instant of its beginning to that of its end.

    One whose coarse beginning can be that of the stay before it counts from when that is over.
    """
    at = instant("2026-10-31")
    with closing(connect(FileDatabase(answering).read_model)) as db:
        answer = population(db, CountScope(station), at, None, at)
        people = db.execute("SELECT DISTINCT subject FROM presence WHERE place=?", (station,))
        total = 0
        for (person,) in people.fetchall():
            before = instant("1960")
            left = None
            for stay in stays_of(db, person, at):
                # A coarse beginning is not before what it follows.
                lingers = stay.since == left and stay.since.earliest <= before
                begun = stay.since.end if lingers and not stay.since.exact else stay.since.earliest
                before, left = max(begun, before), stay.until
                begun = before
                over = stay.until if not stay.until_planned else None
                if stay.place == station and not stay.planned:
                    total += max(over.earliest if over else at, begun) - begun
    assert answer["person_seconds"] == total > 0
