"""`aboard log`: the events of the log, in the order of recording."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from aboard.events.time import Time
from tests.cli.running import PROGRAM, environment, run

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock", "answering")

MOVES = ("--flight", "ms-22", "--type", "docked", "--type", "flight.undocked")


def shown(*arguments: str) -> str:
    """Return what is shown, but for the positions, which another ledger file may move."""
    text = run("log", *arguments).shown()
    text = re.sub(r'("position": )\d+', r"\1<position>", text)
    return re.sub(r"^\d+(?=[, ])", "<position>", text, flags=re.MULTILINE)


def events(*arguments: str) -> list[dict[str, Any]]:
    lines = run("log", *arguments, "-f", "jsonl").stdout.splitlines()
    return [json.loads(line) for line in lines]


def ids(*arguments: str) -> list[str]:
    return [event["id"] for event in events(*arguments)]


def test_the_log_as_it_stood() -> None:
    assert [event["position"] for event in events("--recorded", "3")] == [1, 2, 3]


def test_as_it_was_known_then_to_be() -> None:
    asked = ("--flight", "crew-5", "--type", "launch_planned", "--known", "2022-09-27")
    assert ids(*asked)[-1] == "crew-5/launch-planned-2022-09-27"
    answer = json.loads(run("log", *asked, "-f", "json").stdout)
    assert answer["known"] == "2022-09-27T23:59:59Z"
    assert answer["count"] == len(ids(*asked))


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form(form: str, snapshot: SnapshotAssertion) -> None:
    assert shown(*MOVES, "-f", form) == snapshot


@pytest.mark.parametrize(
    "question",
    [
        ("--person", "rubio", "--type", "seat_moved", "--reverse"),
        ("--stream", "flight/MS-22", "--type", "anomaly"),
        ("--station", "iss", "--type", "undocked", "--since", "2022-09", "--until", "2022-10"),
        ("--flight", "ms-22", "--clock", "known", "--since", "2022-12-20", "--until", "2022-12-27"),
        ("--source", "interfax-2022-01-20"),
        ("--flight", "ms-22", "--type", "docked", "--since", "2024"),
    ],
    ids=["a seat", "a leak", "departures", "what became known", "a source", "nothing"],
)
def test_questions(question: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    assert shown(*question) == snapshot


@pytest.mark.parametrize("form", ["json", "csv"])
def test_nothing_in_every_form(form: str, snapshot: SnapshotAssertion) -> None:
    assert shown("--flight", "ms-22", "--since", "2999", "-f", form) == snapshot


def test_the_forms_agree() -> None:
    answer = json.loads(run("log", *MOVES, "-f", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(run("log", *MOVES, "-f", "csv").stdout)))
    table = run("log", *MOVES).stdout

    assert [event["id"] for event in answer["events"]] == [
        "soyuz-ms-22/docked", "soyuz-ms-22/undocked",
    ]  # fmt: skip
    assert answer["count"] == 2
    assert events(*MOVES) == answer["events"]
    assert [row["id"] for row in rows] == ids(*MOVES)
    assert all(event["says"] in table for event in answer["events"])


def test_it_is_the_order_of_recording() -> None:
    positions = [event["position"] for event in events()]

    assert positions == [*range(1, len(positions) + 1)]
    assert [event["position"] for event in events("--reverse")] == positions[::-1]


@pytest.mark.parametrize("limit", [0, 1, 5, 100_000])
def test_a_limit(limit: int) -> None:
    everything = ids("--reverse")

    assert ids("--reverse", "-n", str(limit)) == everything[:limit]


def test_a_person_by_any_name() -> None:
    found = ids("--person", "frank-rubio")

    assert {"soyuz-ms-22/launched", "soyuz-ms-23/landed"} <= set(found)
    assert "soyuz-ms-22/landed" not in found
    assert ids("--person", "Francisco Rubio") == found


def test_a_stream_by_any_name_of_its_subject() -> None:
    found = ids("--stream", "flight/soyuz-ms-22")

    assert found
    assert ids("--stream", "flight/ms 22") == found
    assert {event["stream"] for event in events("--stream", "flight/ms22")} == {
        "flight/soyuz-ms-22"
    }


def test_what_is_unsourced() -> None:
    found = events("--source", "unsourced")

    assert found
    assert all("unsourced" in event["sources"] for event in found)


def test_who_recorded() -> None:
    assert ids("--by", "ledger") == ids()


@pytest.mark.parametrize("absent", ["fact.corrected", "corrected", "fact.retracted"])
def test_a_type_of_any_stream_of_which_nothing_is_recorded(absent: str) -> None:
    ran = run("log", "--type", absent)

    assert (ran.code, ran.stdout, ran.stderr) == (0, "No matching events.\n", "")


@pytest.mark.parametrize(
    ("flag", "name"),
    [
        ("--type", "flight.corrected"),
        ("--type", "corected"),
        ("--type", "fact.corrrected"),
        ("--type", "dockd"),
        ("--flight", "soyuz-ms-222"),
        ("--person", "rubioo"),
        ("--station", "mirr"),
        ("--source", "gcatt"),
        ("--stream", "flight/soyuz-ms-222"),
        ("--by", "nobody"),
    ],
)
def test_a_hint_offers_only_names_that_are_accepted(flag: str, name: str) -> None:
    ran = run("log", flag, name)
    hint = ran.stderr.partition("\nhint: ")[2].strip()
    offered = (
        hint.partition("did you mean ")[2].removesuffix("?") or hint.partition("there are: ")[2]
    )
    names = offered.split(", ")

    assert ran.code in (2, 3)
    assert offered, hint
    for one in names:
        stream = name.partition("/")[0] + "/" if "/" in name else ""
        assert run("log", flag, stream + one, "--limit", "1").code == 0, one


def test_a_type_of_which_nothing_is_recorded() -> None:
    recorded = {event["type"] for event in events()}
    absent = "agreement.ended"

    assert absent not in recorded
    assert run("log", "--type", absent).stdout == "No matching events.\n"


@pytest.mark.parametrize("known", ["2022-01-20", "2022-09-21", "2023-09-27"])
def test_what_became_known_later_is_not_listed(known: str) -> None:
    end = Time.parse(known).latest
    listed = events("--clock", "known", "--until", known)
    others = {event["id"] for event in events()} - {event["id"] for event in listed}

    assert listed
    assert others
    assert all(Time.parse(event["known_from"]).earliest <= end for event in listed)
    later = events("--clock", "known", "--since", str(Time.at(end + 1)))
    assert others == {event["id"] for event in later}


def test_recorded_and_known_and_happened_are_three_clocks() -> None:
    """The test's clock stands at 1 November 2026, when everything was recorded."""
    assert ids("--clock", "recorded", "--until", "2026-10-31") == []
    assert ids("--clock", "recorded", "--since", "2026-11-01") == ids()
    assert "soyuz-ms-22/landed" in ids("--until", "2023-03-28")
    assert "soyuz-ms-22/landed" not in ids("--until", "2023-03-28T11:45:57Z", "--clock", "known")


def test_now_is_a_time() -> None:
    assert ids("--until", "now") == ids()
    assert "soyuz-ms-22/landed" not in ids("--since", "now")


@pytest.mark.parametrize(
    "arguments",
    [("--person", "nobody"), ("--flight", "iss"), ("--station", "gateway"),
     ("--source", "the-onion"),
     ("--by", "nobody"), ("--stream", "ms-22"), ("--stream", "flight/"),
     ("--stream", "flight/xyzzy"), ("--stream", "moon/apollo-11")],
    ids=" ".join,
)  # fmt: skip
def test_a_name_that_is_none(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("log", *arguments)

    assert ran.code == 3
    assert ran.shown() == snapshot


@pytest.mark.parametrize(
    "arguments",
    [("--type", "dockd"), ("--type", "flight.dockd"), ("--type", "xyzzy"), ("--clock", "wall"),
     ("--since", "yesterday"), ("--until", "NET 2022"), ("--limit", "-1"), ("iss",),
     ("--flight", "endurance")],
    ids=" ".join,
)  # fmt: skip
def test_wrong_use(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("log", *arguments)

    assert (ran.code, ran.stdout) == (2, "")
    assert ran.shown() == snapshot


@pytest.mark.parametrize("form", ["table", "jsonl", "csv", "json"])
def test_a_reader_of_the_first_line_is_enough(form: str, answering: Path) -> None:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{' '.join(PROGRAM)} log -f {form} | head -1"],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )

    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
