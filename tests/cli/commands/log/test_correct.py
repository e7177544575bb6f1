"""`aboard correct` and `aboard retract`: what a fact should have said."""

from __future__ import annotations

import json
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.running import Ran, run
from tests.folders import CORPUS
from tests.loader.content import content

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with one flight in it, loaded from a ledger beside it."""
    shutil.copytree(CORPUS / "before", tmp_path / "ledger")
    run("load", tmp_path / "ledger", "--database", tmp_path / "log.sqlite")
    return tmp_path / "log.sqlite"


def amend(log: Path, *arguments: str | Path, reason: str = "a test") -> Ran:
    return run(
        *arguments, "--reason", reason, "--source", "paper", "--by", "ann", "--database", log
    )


def docked(log: Path, at: str, known: str = "2026-10-01") -> list[Any]:
    answer = run("who", "heron", "--at", at, "--known", known, "-f", "json", "--database", log)
    return [berth["since"] for berth in json.loads(answer.stdout)["docked"]]


def test_a_correction_of_what_the_world_knew(log: Path) -> None:
    ran = amend(log, "correct", "dove-1/docked", "happened=2021-03-01T18:00:00Z",
                "--known", "2022-01-01")  # fmt: skip

    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout == (
        "recorded dove-1/docked/corrected-1 at position 9: correction of dove-1/docked: "
        'happened is "2021-03-01T18:00:00Z" (a test)\n'
        "  Cid Orr moves from Dove 1 to Heron, 2021-03-01T18:00:00Z (was 2021-03-01T16:00:00Z)\n"
        "to undo it: aboard retract dove-1/docked/corrected-1 --reason ... --source ... "
        f"--database {log}\n"
    )
    assert docked(log, "2021-03-01T17:00Z") == []
    assert docked(log, "2021-03-01T17:00Z", "2021-12-31") == ["2021-03-01T16:00:00Z"]
    assert docked(log, "2021-03-01T18:00Z") == ["2021-03-01T18:00:00Z"]


def test_a_correction_of_a_slip_of_ours(log: Path) -> None:
    amend(log, "correct", "dove-1/docked", "happened=2021-03-01T18:00:00Z", "--transcription")

    assert docked(log, "2021-03-01T17:00Z", "2021-12-31") == []


def test_a_retraction_says_who_is_no_longer_there(log: Path) -> None:
    for form in ("table", "json"):
        ran = amend(log, "retract", "dove-1/docked", "--dry-run", "-f", form)
        assert ran.code == 0
        if form == "table":
            assert "#   Cid Orr is not at Heron (was 2021-03-01T16:00:00Z)" in ran.stdout
            assert tomllib.loads(ran.stdout)["retraction"][0]["target"] == "dove-1/docked"
        else:
            changes = json.loads(ran.stdout)["changes"]
            assert {(one["change"], one["place"]) for one in changes["people"]} == {
                ("is not there", "heron"),
                ("stays", "dove-1"),
            }
            assert {(one["place"], one["before"], one["after"]) for one in changes["counts"]} == {
                ("dove-1", 0, 1),
                ("heron", 1, 0),
            }


def test_undoing_it(log: Path) -> None:
    amend(log, "correct", "dove-1/docked", "happened=2021-03-01T18:00:00Z", "--known", "2022")
    ran = amend(log, "retract", "dove-1/docked/corrected-1", "--known", "2023-01-01")

    assert ran.code == 0
    assert docked(log, "2021-03-01T17:00Z", "2023-06-01") == ["2021-03-01T16:00:00Z"]
    assert docked(log, "2021-03-01T17:00Z", "2022-12-31") == ["2021-03-01T16:00:00Z"]


def test_a_field_without_a_value_is_taken_away(log: Path) -> None:
    amend(log, "correct", "dove-1/docked", "port=", "--known", "2022-01-01")

    answer = run("who", "heron", "--at", "2021-03-02", "-f", "json", "--database", log)
    assert json.loads(answer.stdout)["docked"][0]["port"] is None


def test_the_story_tells_the_fact_as_it_stands_and_the_correction(log: Path) -> None:
    amend(log, "correct", "dove-1/launched", 'note="In rain."', "--known", "2022-01-01",
          reason="it rained")  # fmt: skip
    amend(log, "retract", "dove-1/docked", "--known", "2023-01-01")

    def story(known: str) -> dict[str, Any]:
        ran = run("flight", "dove-1", "--known", known, "-f", "json", "--database", log)
        return {event["id"]: event for event in json.loads(ran.stdout)["story"]}

    before, between, after = story("2021-12-31"), story("2022-06-01"), story("2023-06-01")
    assert "note" not in before["dove-1/launched"]
    assert between["dove-1/launched"]["note"] == "In rain."
    assert between["dove-1/launched"]["amended"] == "corrected"
    assert between["dove-1/launched/corrected-1"]["says"] == (
        'correction of dove-1/launched: note is "In rain." (it rained)'
    )
    assert "amended" not in between["dove-1/docked"]
    assert after["dove-1/docked"]["amended"] == "retracted"
    assert after["dove-1/docked/retracted-1"]["says"] == "retraction of dove-1/docked (a test)"


def test_a_name_is_corrected_everywhere(log: Path) -> None:
    amend(log, "correct", "person/cid-orr", 'name="Cyd Orr"', "--transcription")

    answer = run("who", "heron", "--at", "2021-03-02", "--database", log)
    assert "Cyd Orr" in answer.stdout
    assert "Cid Orr" not in answer.stdout


def test_a_dry_run_shows_it_and_records_nothing(log: Path) -> None:
    before = content(log)
    ran = amend(log, "correct", "dove-1/docked", "port=", "note=a ] b", "--known", "2022-01-01",
                "--dry-run")  # fmt: skip

    correction = (
        'dove-1/docked/corrected-1: correction of dove-1/docked: note is "a ] b" and port is not '
        "known (a test)"
    )
    assert ran.stdout.splitlines() == [
        "[[correction]]",
        'id = "dove-1/docked/corrected-1"',
        'known = "2022-01-01"',
        'source = ["paper"]',
        'target = "dove-1/docked"',
        'reason = "a test"',
        'changes = { note = "a ] b" }',
        'removes = ["port"]',
        f"# would record {correction}",
        "#   nobody arrives, leaves, moves or takes command, and no plan of a flight changes",
        "# nothing was recorded",
    ]
    assert content(log) == before


def test_with_a_ledger_it_is_written_beside_the_fact(log: Path) -> None:
    ledger = log.parent / "ledger"
    for change in ("happened=2021-03-01T18:00:00Z", "happened=2021-03-01T19:00:00Z"):
        ran = amend(log, "correct", "dove-1/docked", change, "--known", "2022-01-01",
                    "--ledger", ledger)  # fmt: skip
        assert ran.code == 0
    amend(log, "correct", "person/cid-orr", 'aliases=["Cyd"]', "--ledger", ledger)

    assert run("check", ledger).code == 0
    assert run("load", ledger, "--database", log).stdout.startswith("recorded 0 events, 10 were")
    other = log.parent / "other.sqlite"
    run("load", ledger, "--database", other)
    assert docked(other, "2021-03-02") == ["2021-03-01T19:00:00Z"]
    assert run("who", "cyd", "--database", other).stderr.endswith("cyd is a person\n")


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (
            ["dove-1/dockd", "port="],
            3,
            "called 'dove-1/dockd'\nhint: did you mean dove-1",
        ),
        (
            ["zzz", "port="],
            3,
            "no event is called 'zzz'\nhint: `aboard flight` lists the ids of a flight",
        ),
        (["dove-1/docked", "port"], 2, "'port' is not a change\nhint: write FIELD=VALUE"),
        (["dove-1/docked", "a-b=1"], 2, "'a-b=1' is not a change"),
        (
            ["dove-1/docked", "prot=x"],
            1,
            "prot of dove-1/docked: there is no such field\nhint: its",
        ),
        (["dove-1/docked", "port=aft"], 1, "unknown-port: no port is called 'aft'"),
        (["dove-1/docked", "id=x/y"], 1, "id cannot be corrected: retract the event"),
        (["dove-1/docked", "happened=2020"], 1, "out-of-order: with it, docked"),
        (["dove-1/docked", "port=", "--known", "soon"], 2, "--known: 'soon' is not a valid time"),
        (["dove-1/docked", "port=", "--known", "2030"], 1, "from-the-future"),
        (["dove-1/docked", "port=", "--source", "nwes"], 1, "no source is called 'nwes'"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    log: Path, arguments: list[str], code: int, complaint: str
) -> None:
    before = content(log)

    ran = amend(log, "correct", *arguments)

    assert (ran.code, ran.stdout) == (code, "")
    assert complaint in ran.stderr
    assert content(log) == before


def test_a_ledger_without_the_fact_is_refused(log: Path, tmp_path: Path) -> None:
    before = content(log)
    ledger = CORPUS / "unknown-port"

    ran = amend(log, "correct", "dove-1/docked", "port=", "--ledger", ledger)

    assert ran.code == 2
    assert "no file there states dove-1/docked" in ran.stderr
    assert content(log) == before


def test_an_empty_log_gets_the_shipped_ledger_first(tmp_path: Path) -> None:
    ran = run("retract", "soyuz-ms-22/hatch-opened", "--reason", "a test", "--source", "gcat",
              "--dry-run", "--database", tmp_path / "log.sqlite")  # fmt: skip

    assert ran.code == 0
    assert 'id = "soyuz-ms-22/hatch-opened/retracted-1"' in ran.stdout


def test_an_event_is_shown_with_what_amended_it(log: Path) -> None:
    amend(log, "correct", "dove-1/docked", "port=", "--known", "2022-01-01")
    amend(log, "retract", "dove-1/docked", "--known", "2023-01-01")
    ran = run("show", "dove-1/docked", "-f", "json", "--database", log)
    assert [(one["id"], one["known"]) for one in json.loads(ran.stdout)["amendments"]] == [
        ("dove-1/docked/corrected-1", "2022-01-01"),
        ("dove-1/docked/retracted-1", "2023-01-01"),
    ]
    told = run("show", "dove-1/docked", "--database", log).stdout
    assert "dove-1/docked/retracted-1  retraction of dove-1/docked (a test)" in told
    assert (
        json.loads(run("show", "dove-1/launched", "-f", "json", "--database", log).stdout)[
            "amendments"
        ]
        == []
    )


@pytest.fixture
def coarse(log: Path) -> Path:
    """The same log with two things known to the month, one stated to be known later."""
    ledger = log.parent / "ledger"
    file = next(ledger.rglob("dove-1.toml"))
    for name, known in (("monthly", ""), ("stated", 'known = "2021-06-20"\n')):
        entry = (
            f'\n[[event]]\nid = "dove-1/{name}"\ntype = "hatch_opened"\nhappened = "2021-06"\n'
            f'{known}source = ["paper"]\n'
        )
        file.write_text(file.read_text() + entry)
    ran = run("load", ledger, "--database", log)
    assert ran.code == 0, ran.stderr
    return log


def test_an_assumed_known_time_holds_no_correction_back(coarse: Path) -> None:
    ran = amend(coarse, "correct", "dove-1/monthly", "happened=2021-06-03", "--known", "2021-06-04",
                "-f", "json")  # fmt: skip
    assert "held_back" not in json.loads(ran.stdout)["events"][0]
    shown = run("show", "dove-1/monthly", "--known", "2021-06-05", "-f", "json", "--database",
                coarse)  # fmt: skip
    assert json.loads(shown.stdout)["as_known"]["state"] == "corrected"


def test_a_stated_known_time_holds_a_correction_back_and_the_answer_says_so(coarse: Path) -> None:
    stated = "dove-1/stated", "happened=2021-06-03", "--known", "2021-06-04", "--dry-run"
    ran = amend(coarse, "correct", *stated, "-f", "json")
    assert json.loads(ran.stdout)["events"][0]["held_back"] == {
        "until": "2021-06-20T00:00:00Z",
        "why": "dove-1/stated is stated to be known since 2021-06-20, not before",
    }
    assert (
        "it acts only from 2021-06-20T00:00:00Z: "
        "dove-1/stated is stated to be known since 2021-06-20, not before"
    ) in amend(coarse, "correct", *stated).stdout


def test_a_correction_of_what_has_not_happened_is_held_back(coarse: Path) -> None:
    ran = amend(coarse, "correct", "dove-1/monthly", "happened=2021-06-09", "--known", "2021-06-04",
                "--dry-run", "-f", "json")  # fmt: skip
    assert json.loads(ran.stdout)["events"][0]["held_back"] == {
        "until": "2021-06-09T00:00:00Z",
        "why": "dove-1/monthly has not happened before 2021-06-09",
    }
