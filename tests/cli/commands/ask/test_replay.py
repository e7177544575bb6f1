"""`aboard replay`: the story, the news and the log, and the count after each step."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from aboard.cli.output.replay_text import Names, StepWording, screen_width
from aboard.projections.replay.replay import Replay
from aboard.projections.replay.steps import ReplayQuery
from tests.build import fact, seats
from tests.cli.running import PROGRAM, environment, run
from tests.projections.model import built
from tests.projections.replay.test_replay import ALWAYS, LAST, STAY, amendment

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from aboard.events.envelope import Event

pytestmark = pytest.mark.usefixtures("clock", "answering")

YEAR = ("--from", "2022-09-01", "--to", "2023-10-01")
MOVE = ("iss", "--from", "2022-09-29", "--to", "2022-10-06")


def shown(*arguments: str) -> str:
    """Return what is shown, but for the positions, which another ledger file may move."""
    return re.sub(r'("position": )\d+', r"\1<position>", run("replay", *arguments).shown())


def steps(*arguments: str) -> list[dict[str, Any]]:
    lines = run("replay", *arguments, "-f", "jsonl").stdout.splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("by", ["happened", "known"])
def test_a_year_at_the_station(by: str, snapshot: SnapshotAssertion) -> None:
    assert shown("iss", *YEAR, "--by", by) == snapshot


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_every_form(form: str, snapshot: SnapshotAssertion) -> None:
    assert shown(*MOVE, "-f", form) == snapshot


@pytest.mark.parametrize(
    "question",
    [
        ("--from", "2024-09-05", "--to", "2024-09-12"),
        ("ms-22", "--to", "2023-10-01"),
        ("iss", "--from", "2022-09-20", "--known", "2022-09-25"),
        ("iss", "--from", "2022-11-01", "--to", "2022-11-02"),
        ("--from", "1993-09-16", "--to", "1993-09-16"),
    ],
    ids=["everyone in space", "a flight", "as known then", "nothing", "two spacewalks at once"],
)
def test_questions(question: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    assert shown(*question) == snapshot


def test_the_forms_agree() -> None:
    answer = json.loads(run("replay", *MOVE, "-f", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(run("replay", *MOVE, "-f", "csv").stdout)))

    assert steps(*MOVE) == answer["steps"]
    assert answer["count"] == len(answer["steps"]) == len(rows) > 5
    assert [row["id"] for row in rows] == [step["id"] for step in answer["steps"]]
    assert [json.loads(row["changes"]) for row in rows] == [
        step["changes"] for step in answer["steps"]
    ]
    assert [row["count"] for row in rows] == [str(step["count"]) for step in answer["steps"]]
    for row, step in zip(rows, answer["steps"], strict=True):
        doubt = step.get("uncertain", {}).get("count", {})
        assert row["count_min"] == str(doubt.get("min", step["count"]))
        assert row["count_max"] == str(doubt.get("max", step["count"]))


@pytest.mark.parametrize("by", ["happened", "known"])
@pytest.mark.parametrize("place", ["iss", ""])
def test_every_count_is_that_of_who(by: str, place: str) -> None:
    place_given = [place] if place else []
    found = steps(*place_given, "--from", "2022-09-28", "--to", "2022-10-07", "--by", by)

    assert len(found) > 6
    for step in found:
        known = step["at"] if by == "known" else "now"
        asked = ("--at", step["at"], "--known", known, "-f", "json")
        answer = json.loads(run("who", *place_given, *asked).stdout)
        assert step["count"] == answer["count"]
        assert step.get("uncertain") == (
            {"count": answer["uncertain"]["count"]} if "count" in answer.get("uncertain", {})
            else None
        )  # fmt: skip


def test_the_slips_of_crew_5_are_told() -> None:
    """It was to go on 3 October, then on the 4th, and then on the 5th."""
    slips = [
        (step["known"], change["from"], change["to"])
        for step in steps("iss", *YEAR, "--by", "known")
        for change in step["changes"]
        if change["change"] == "slipped" and change.get("flight") == "crew-5"
    ]
    assert slips[-2:] == [
        ("2022-09-27", "2022-10-03T16:46Z", "2022-10-04T16:23Z"),
        ("2022-09-28", "2022-10-04T16:23Z", "2022-10-05T16Z"),
    ]


def test_where_rubio_would_sit() -> None:
    moves = [
        (step["happened"], change["to"])
        for step in steps("iss", *YEAR)
        for change in step["changes"]
        if change["change"] == "seat_moved" and change["person"] == "frank-rubio"
    ]
    assert moves == [("2023-01-18", "crew-5"), ("2023-03", "soyuz-ms-23")]


# The log


def position_of(event: str) -> int:
    position: int = json.loads(run("show", event, "-f", "json").stdout)["position"]
    return position


def test_the_log_position_by_position() -> None:
    first = position_of("soyuz-ms-22/launched")
    last = first + 27
    span = ("--from", str(first), "--to", str(last))
    found = steps("iss", "--by", "recorded", *span)
    table = run("replay", "iss", "--by", "recorded", *span).stdout

    assert [step["position"] for step in found] == sorted(step["position"] for step in found)
    assert {first <= step["position"] <= last for step in found} == {True}
    assert found[0]["id"] == "soyuz-ms-22/launched"
    assert [change["change"] for change in found[0]["changes"]] == ["entered_space"] * 3
    head = f"International Space Station: positions {first} to {last} of the log, as known "
    assert table.startswith(head)
    assert re.search(rf"^ *{first} +2022-09-21T13:54:49Z ", table, re.MULTILINE)


def test_the_count_of_a_position_is_that_of_the_log_as_it_stood() -> None:
    for step in steps("iss", "--by", "recorded")[-60::20]:
        asked = ("--at", step["at"], "--recorded", str(step["position"]), "-f", "json")
        assert step["count"] == json.loads(run("who", "iss", *asked).stdout)["count"]


def test_the_log_by_the_time_of_recording(answering: Path) -> None:
    """The test's clock stands at 1 November 2026, when everything was recorded."""
    last = position_of("vostok-1/landed")
    answer = json.loads(run("replay", "--by", "recorded", "--from", "2026-11-01", "--to", str(last),
                            "-f", "json").stdout)  # fmt: skip
    late = run("replay", "--by", "recorded", "--from", "2026-11-02")
    early = run("replay", "--by", "recorded", "--to", "2026-10-31")

    assert (answer["from"], answer["to"]) == (1, last)
    assert [step["id"] for step in answer["steps"]][-1] == "vostok-1/landed"
    assert "before" not in answer
    assert (late.code, early.code) == (0, 2)
    assert "\n\nNothing changed in that period.\n" in late.stdout, "but the log's own marks"


def test_a_log_as_it_stood(answering: Path) -> None:
    last = position_of("vostok-1/landed")
    by_position = [step["position"] for step in steps("--by", "recorded", "--recorded", str(last))]
    assert by_position[-1] == last
    assert {step["position"] <= last for step in steps("--recorded", str(last))} == {True}


# Refusals


@pytest.mark.parametrize(
    "arguments",
    [("iss", "--from", "2023", "--to", "2022"), ("iss", "--from", "2023", "--known", "2022"),
     ("iss", "--to", "2022-10", "--known", "2022-09-30"), ("--from", "yesterday"),
     ("--by", "wall"), ("--speed", "3"), ("--step",), ("--step", "--speed", "3"),
     ("--step", "-f", "json"), ("--speed", "9", "--by", "recorded"), ("--speed", "-1")],
    ids=" ".join,
)  # fmt: skip
def test_wrong_use(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("replay", *arguments)

    assert (ran.code, ran.stdout) == (2, "")
    assert ran.shown() == snapshot


def test_a_name_that_is_none() -> None:
    ran = run("replay", "mir-2")

    assert (ran.code, ran.stdout) == (3, "")
    assert ran.stderr.startswith("aboard: no station or flight is called 'mir-2'\nhint: ")


@pytest.mark.parametrize("form", ["table", "jsonl", "csv"])
@pytest.mark.parametrize("by", ["known", "recorded"])
def test_a_reader_of_the_first_lines_is_enough(form: str, by: str) -> None:
    command = f"{' '.join(PROGRAM)} replay --by {by} -f {form} | head -2"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )

    assert done.stdout.count("\n") == 2
    assert all(line.startswith("note: ") for line in done.stderr.splitlines())


# In words


def retold(
    events: list[Event], clock: str = "known", place: tuple[str, str] | None = None
) -> list[str]:
    db = built(events)
    telling = StepWording(db, Names(db), place and place[1], clock)
    return [
        " | ".join([telling.sentence(step), *telling.changed(step)])
        for step in Replay(db, ReplayQuery(place, clock, LAST, ALWAYS, LAST))
    ]


def test_the_words_of_a_stay(snapshot: SnapshotAssertion) -> None:
    mended = amendment("fact.corrected", "2020-08-01", target="apple/launched",
                       changes={"crew": ["cat"], "happened": "2020-01-04T10:00:01Z",
                                "rocket": "Pomona"})  # fmt: skip
    back = amendment("fact.retracted", "2020-09-01", target=mended.id)
    late = amendment("fact.corrected", "2020-05-01", target="apple/docked",
                     changes={"station": "plum"}, removes=["port"])  # fmt: skip
    seat = [
        fact("seat_moved", "2020-03-01", stream="flight/quince", id="quince/seat", person="ann"),
        fact("undocked", "2020-06-15", stream="flight/quince", id="quince/undocked", crew=[]),
        fact("return_planned", "2020-02-03", id="apple/return-2", target="2020-06-05",
             crew=["cat"]),
        fact("homeward_vehicle_assigned", "2020-02-04", id="apple/home", people=["ann"]),
        fact("homeward_vehicle_assigned", "2020-02-05", id="apple/home-2", people=["dan"]),
        fact("crew_assigned", "2019-02-02", id="apple/if", crew=seats("eve"), condition="if so"),
    ]  # fmt: skip
    facts = [*STAY, mended, back, late, *seat]

    assert retold(facts) == snapshot
    assert retold(facts, "happened") == snapshot
    assert retold(facts, "known", ("station", "plum")) == snapshot


def test_the_words_of_a_spacewalk() -> None:
    facts = [
        *STAY,
        fact("began", "2020-03-01T10:00:00Z", stream="spacewalk/one", id="one/began",
             people=["ann"], station="pear"),
        fact("ended", "2020-03-01T16:00:00Z", stream="spacewalk/one", id="one/ended"),
        fact("fact.corrected", "2020-03-01T12:00:00Z", stream="spacewalk/one", id="one/corrected",
             target="one/began", changes={"people": ["cat"]}, reason="a slip"),
    ]  # fmt: skip
    assert [line for line in retold(facts) if "outside" in line] == [
        "spacewalk began: ann, from pear | outside: ann",
        (
            'correction of one/began: people is ["cat"] (a slip) | people: ann → cat'
            " | → outside: cat | → inside: ann | outside: cat"
        ),
        "spacewalk ended: cat is back inside | outside: nobody",
    ]


def test_two_of_one_family_have_their_whole_names() -> None:
    people = [
        fact("registered", "2020-01-01", stream=f"person/{key}", name=name, family_name=family,
             agency="Orchard")
        for key, name, family in (("ann", "Ann Pip", "Pip"), ("bob", "Bob Pip", "Pip"),
                                  ("cat", "Cat Core", "Core"))
    ]  # fmt: skip
    names = Names(built(people))

    assert names.people(["ann", "bob", "cat", "dan"]) == "Ann Pip, Bob Pip, Core, dan"
    assert names.people([]) == "nobody"


@pytest.mark.parametrize(("columns", "width"), [("20", 60), ("90", 90), ("400", 120)])
def test_lines_are_as_wide_as_is_easy_to_read(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = run("replay", "iss", *YEAR, "--by", "known").stdout.splitlines()

    assert screen_width() == width
    assert width - 25 < max(map(len, lines)) <= width


def test_a_count_in_doubt_is_a_range() -> None:
    table = run("replay", "iss", "--from", "2022-10-06", "--to", "2022-10-07").stdout

    assert "2022-10-06T21:01Z      11 (7-11)  Crew-5: docked" in table
