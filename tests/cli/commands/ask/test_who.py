"""`aboard who`: who was aboard, at any instant, as known on any date."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.running import PROGRAM, Ran, environment, run, spawn

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock", "answering")

BERTH = ["port", "flight", "since", "state", "since_planned"]
KEYS = ["station", "at", "known", "count", "people", "docked", "docked_scope", "commander",
        "expedition", "checked_until", "age_days", "current", "as_of"]  # fmt: skip
PERSON = [
    "id",
    "name",
    "agency",
    "nationality",
    "role",
    "state",
    "launched_on",
    "seat_on",
    "since",
    "until",
]


def answer(*arguments: str) -> dict[str, Any]:
    ran = run("who", *arguments, "--format", "json")
    assert ran.code == 0
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [person["id"] for person in found["people"]]


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize(
    "question",
    [
        ("iss", "--at", "2022-12-25"),
        ("soyuz-ms-22", "--at", "2022-09-21T15:00Z"),
        ("--at", "2024-09-11T17:00Z"),
        ("iss", "--at", "2023-02-01", "--known", "2022-09-21"),
    ],
    ids=["station", "flight", "everyone", "planned"],
)
def test_every_form(question: tuple[str, ...], form: str, snapshot: SnapshotAssertion) -> None:
    assert run("who", *question, "--format", form).shown() == snapshot


@pytest.mark.parametrize(
    "question",
    [
        ("iss",),
        ("--at", "2022-10-04", "--known", "2022-09-21"),
        ("iss", "--at", "2024-08-01", "--known", "2024-08-01"),
        ("--at", "2026-10-08", "--known", "2026-10-08"),
        ("iss", "--at", "2026-07-20"),
        ("iss", "--at", "2010-06-01"),
        ("iss", "--at", "1950"),
        ("iss", "--at", "2999-12-31T23:59:59Z"),
        ("crew-5", "--at", "2022-09-01"),
        ("iss", "--at", "2023-02-15", "--known", "2023-02-15"),
        ("iss", "--at", "2023-04-06T09:00Z"),
    ],
    ids=[
        "now", "bound for", "overdue", "uncertain count", "coarse arrival", "before the coverage",
        "before anything", "the last instant", "on the ground", "seat moved", "relocating",
    ],
)  # fmt: skip
def test_states_and_doubts(question: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    assert run("who", *question).shown() == snapshot


@pytest.mark.parametrize(
    "question",
    [
        ("iss", "--at", "2024-08-01", "--known", "2024-08-01"),
        ("--at", "2026-10-08", "--known", "2026-10-08"),
        ("iss", "--at", "2010-06-01"),
    ],
    ids=["overdue", "uncertain count", "before the coverage"],
)
def test_states_and_doubts_in_json(question: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    assert run("who", *question, "-f", "json").shown() == snapshot


def test_overdue_is_a_state() -> None:
    found = answer("iss", "--at", "2024-08-01", "--known", "2024-08-01")

    states = {person["id"]: person["state"] for person in found["people"]}
    assert {key for key, state in states.items() if state == "overdue"} == {
        "butch-wilmore",
        "suni-williams",
    }


def test_the_keys_of_the_answer() -> None:
    found = answer("iss", "--at", "2022-12-25")

    assert list(found) == KEYS
    assert found["count"] == len(found["people"]) == 7
    for person in found["people"]:
        assert list(person) == [*PERSON, "why", "sources"]
        assert list(person["until"]) == ["at", "precision", "planned", "on"]
    assert found["docked"]
    for berth in found["docked"]:
        assert list(berth) == [*BERTH, "why", "sources"]
    assert list(found["as_of"]) == ["position", "recorded"]
    assert found["docked_scope"] == "crewed vehicles"


def test_the_keys_of_a_doubtful_answer() -> None:
    found = answer("--at", "2026-10-08", "--known", "2026-10-08")

    assert list(found) == [*KEYS[:5], "places", *KEYS[5:7], "uncertain", "gaps", *KEYS[-4:]]
    assert set(found["uncertain"]) == {"count", "coverage"}
    assert found["uncertain"]["count"] == {"min": 10, "max": 14}
    assert found["places"]
    assert all(set(place) == {"id", "kind", "name", "count"} for place in found["places"])
    optional = ("uncertain", "unsourced")
    for person in found["people"]:
        keys = [key for key in person if key not in optional]
        assert keys == [*PERSON, "place", "why", "sources"]
    for berth in found["docked"]:
        keys = [key for key in berth if key not in optional]
        assert keys == [*BERTH, "why", "station", "sources"]


@pytest.mark.parametrize("at", ["2022-12-25", "2022-09-21T17:06:34Z", "2024-09-11T19:32:05Z"])
def test_the_forms_agree(at: str) -> None:
    found = answer("iss", "--at", at)
    rows = list(csv.DictReader(io.StringIO(run("who", "iss", "--at", at, "-f", "csv").stdout)))
    line = run("who", "iss", "--at", at, "-f", "jsonl").stdout
    table = run("who", "iss", "--at", at).stdout

    assert [row["id"] for row in rows] == ids(found)
    assert line.count("\n") == 1
    assert json.loads(line) == found
    assert all(person["name"] in table for person in found["people"])
    assert f": {found['count']} people at {found['at']}" in table


def test_one_instant_a_line(snapshot: SnapshotAssertion) -> None:
    ran = run("who", "iss", "--at", "-", stdin="2022-09-25\n\n  2022-10-07 \r\nnow\n")

    assert [json.loads(line)["count"] for line in ran.stdout.splitlines()] == [10, 11, 7]
    assert ran.shown() == snapshot


def test_the_last_line_needs_no_end() -> None:
    ran = run("who", "iss", "--at", "-", "--format", "jsonl", stdin="2022-12-25")

    assert (len(ran.stdout.splitlines()), ran.stderr, ran.code) == (1, "", 0)


def test_no_line_no_answer() -> None:
    assert run("who", "iss", "--at", "-") == Ran(0, "", "")


def test_a_bad_line_ends_it(snapshot: SnapshotAssertion) -> None:
    ran = run("who", "iss", "--at", "-", stdin="2022-12-25\nChristmas\n2022-12-26\n")

    assert ran.code == 2
    assert len(ran.stdout.splitlines()) == 1
    assert ran.stderr == snapshot


def test_lines_that_are_no_text(answering: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "who", "iss", "--at", "-"],
        input=b"2022-12-25\n\xff\xfe\n",
        capture_output=True,
        env=environment(PYTHONIOENCODING="utf-8:strict"),
        check=False,
    )

    assert b"Traceback" not in done.stderr
    assert b"standard input" in done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_stream_has_one_form(form: str, snapshot: SnapshotAssertion) -> None:
    ran = run("who", "iss", "--at", "-", "--format", form, stdin="2022-12-25\n")

    assert ran.shown() == snapshot


def test_a_stream_answers_as_it_is_asked(answering: Path) -> None:
    ran = spawn("who", "iss", "--at", "-", stdin="2022-09-25\n2022-12-25\n")

    assert (ran.code, ran.stderr) == (0, "")
    assert [json.loads(line)["count"] for line in ran.stdout.splitlines()] == [10, 7]


@pytest.mark.parametrize(
    "name",
    ["iss", "ISS", "Iss", "i.s.s.", "International Space Station", "íss", "  iss  ",
     "international-space-station"],
)  # fmt: skip
def test_a_station_by_any_of_its_names(name: str) -> None:
    assert run("who", name, "--at", "2022-12-25") == run("who", "iss", "--at", "2022-12-25")


@pytest.mark.parametrize(
    "name", ["soyuz-ms-22", "Soyuz MS-22", "MS22", "ms 22", "Söyüz MS\u201122", "SOYUZ MS 22"]
)  # fmt: skip
def test_a_flight_by_any_of_its_names(name: str) -> None:
    at = ("--at", "2022-09-21T15:00Z")
    assert answer(name, *at) == answer("soyuz-ms-22", *at)


@pytest.mark.parametrize(
    "name", ["soyuz-ms-2x", "moon", "isss", "frank-rubio", "💫", "x" * 500, "'; DROP TABLE"]
)
def test_a_name_that_is_none(name: str, snapshot: SnapshotAssertion) -> None:
    ran = run("who", name)

    assert ran.code == 3
    assert ran.shown() == snapshot


def test_a_near_name_is_offered() -> None:
    assert "hint: did you mean iss?" in run("who", "isss").stderr


@pytest.mark.parametrize("name", ["Endurance", "endeavour"])
def test_a_name_of_several(name: str, snapshot: SnapshotAssertion) -> None:
    ran = run("who", name)

    assert ran.code == 2
    assert ran.shown() == snapshot


@pytest.mark.parametrize(
    "known", ["2026-11-02", "2026-12", "2027", "2026-11-01T00:00:01Z", "2999-12-31T23:59:59Z"]
)
def test_nothing_is_known_from_the_future(known: str, snapshot: SnapshotAssertion) -> None:
    ran = run("who", "iss", "--known", known)

    assert ran.code == 2
    assert ran.shown() == snapshot


@pytest.mark.parametrize("known", ["2026", "2026-11", "2026-11-01", "now", "2026-11-01T00:00:00Z"])
def test_a_span_that_has_begun_is_known_up_to_now(known: str) -> None:
    assert answer("iss", "--known", known)["known"] == "2026-11-01T00:00:00Z"


@pytest.mark.parametrize(
    ("flag", "text", "instant"),
    [
        ("at", "2022-12-25", "2022-12-25T00:00:00Z"),
        ("at", "2022-12", "2022-12-01T00:00:00Z"),
        ("at", "2022-12-25T13Z", "2022-12-25T13:00:00Z"),
        ("at", "2022-12-25T13:00+03:00", "2022-12-25T10:00:00Z"),
        ("at", " 2022-12-25 13:00Z ", "2022-12-25T13:00:00Z"),
        ("known", "2022-12-25", "2022-12-25T23:59:59Z"),
        ("known", "2022-12", "2022-12-31T23:59:59Z"),
        ("known", "2022", "2022-12-31T23:59:59Z"),
        ("known", "2022-12-25T13:00Z", "2022-12-25T13:00:59Z"),
    ],
)
def test_the_instants_used_are_echoed(flag: str, text: str, instant: str) -> None:
    assert answer("iss", f"--{flag}", text)[flag] == instant


@pytest.mark.parametrize("flag", ["--at", "--known"])
@pytest.mark.parametrize(
    "text",
    ["2022-13-01", "2022-02-30", "tomorrow", "2022-12-25T13:00", "2022-12-25T13:00:00.5Z",
     "1850", "3000", "2022~", "NET 2022-10", "2022-12-25T13:00+99:00", "٢٠٢٢"],
)  # fmt: skip
def test_times_that_are_none(flag: str, text: str, snapshot: SnapshotAssertion) -> None:
    ran = run("who", "iss", flag, text)

    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == snapshot


def test_points_are_no_fraction_of_a_second() -> None:
    ran = run("who", "iss", "--at", "25.12.2022")

    assert ran.code == 2
    assert "'25.12.2022' is not a valid time" in ran.stderr


def test_nothing_is_docked_before_it_has_launched() -> None:
    """Soyuz MS-29 docked some time in July 2026, and was launched within that month."""
    launched = "2026-07-14T12:00Z"
    before = answer("iss", "--at", "2026-07-10")

    assert "soyuz-ms-29" not in [berth["flight"] for berth in before["docked"]], launched


@pytest.mark.parametrize(
    "arguments",
    [("iss", "mir"), ("iss", "--format", "xml"), ("iss", "--when", "now"), ("iss", "--at")],
    ids=["two places", "no such form", "no such option", "no value"],
)
def test_wrong_use(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("who", *arguments)

    assert ran.code == 2
    assert ran.shown() == snapshot


def test_a_bad_question_builds_nothing(tmp_path: Path) -> None:
    log = tmp_path / "absent" / "log.sqlite"

    assert run("who", "iss", "--known", "2999", "--database", log).code == 2
    assert not log.parent.exists()


def test_a_bad_instant_builds_nothing(tmp_path: Path) -> None:
    log = tmp_path / "absent" / "log.sqlite"

    assert run("who", "iss", "--at", "tomorrow", "--database", log).code == 2
    assert not log.parent.exists()


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ("2022-07-14", "Expedition 67, commander Oleg Artemyev"),
        ("2022-09-28T12:00Z", "Expedition 67, commander Oleg Artemyev or Samantha Cristoforetti"),
        ("2022-09-29T07:33:59Z", "Expedition 67, commander Samantha Cristoforetti"),
        ("2022-09-29T07:34Z", "Expedition 68, commander Samantha Cristoforetti"),
        ("2022-10-13", "Expedition 68, commander Sergey Prokopyev"),
        ("2023-03-28T10:00Z", "Expedition 69, commander Sergey Prokopyev"),
        ("2024-10-01", "Expedition 72, commander Suni Williams"),
        ("2026-07-26T10:00Z",
         "Expedition 74 or 75, commander Sergey Kud-Sverchkov or an unknown person"),
        ("2026-08-01", "Expedition 75"),
    ],
)  # fmt: skip
def test_who_commands_stands_under_the_title(at: str, line: str) -> None:
    title, command, _ = run("who", "iss", "--at", at).stdout.split("\n", 2)

    assert title.startswith("International Space Station: ")
    assert command == line


@pytest.mark.parametrize(
    "question",
    [("--at", "2022-12-25"), ("soyuz-ms-22", "--at", "2022-09-21T15:00Z"),
     ("iss", "--at", "2023-02-01", "--known", "2022-09-21"), ("iss", "--at", "1999-06-01")],
    ids=["everywhere", "flight", "future", "before the first"],
)  # fmt: skip
def test_nothing_is_said_of_command_where_none_is_known(question: tuple[str, ...]) -> None:
    found = answer(*question)

    assert (found.get("commander"), found.get("expedition")) == (None, None)
    assert "Expedition" not in run("who", *question).stdout


def test_who_commands_is_as_known_then() -> None:
    assert answer("iss", "--at", "2026-01-12T20:00Z")["commander"] == "sergey-kud-sverchkov"
    asked = ("iss", "--at", "2026-01-12T20:00Z", "--known", "2026-01-12")
    assert answer(*asked)["commander"] == "mike-fincke"


def test_a_planned_docking_is_marked_and_a_planned_relocation_moves_it() -> None:
    """Soyuz MS-23 is to dock on 26 February 2023, and to move to Prichal on 6 April."""

    def ms_23(at: str, known: str = "2023-02-25") -> dict[str, Any]:
        docked = answer("iss", "--at", at, "--known", known)["docked"]
        [berth] = [one for one in docked if one["flight"] == "soyuz-ms-23"]
        left_out = ("flight", "why", "sources", "unsourced")
        return {key: value for key, value in berth.items() if key not in left_out}

    poisk = {"port": "poisk-zenith", "since": "2023-02-26T01:01Z", "state": "planned",
             "since_planned": True}  # fmt: skip
    prichal = {"port": "prichal-nadir", "since": "2023-04-06", "state": "planned",
               "since_planned": True}  # fmt: skip
    assert ms_23("2023-03-01") == poisk
    assert ms_23("2023-04-05T23:59Z") == poisk
    assert ms_23("2023-04-06T12:00Z") == {**prichal, "uncertain": True}
    assert ms_23("2023-05-01") == prichal
    assert ms_23("2023-05-01", "2023-03-01") == prichal
    assert ms_23("2023-03-01", "2023-03-01")["state"] == "docked"
    assert "2023-04-06 (planned)" in run(
        "who", "iss", "--at", "2023-05-01", "--known", "2023-02-25"
    ).stdout  # fmt: skip
