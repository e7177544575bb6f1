"""`--recorded`: the log as it stood."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.running import run
from tests.folders import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of seven facts, the docking of which turned out to be written down wrongly."""
    file = tmp_path / "log.sqlite"
    run("load", CORPUS / "before", "--database", file)
    ran = run("correct", "dove-1/docked", "happened=2021-03-01T18:00:00Z", "--transcription",
              "--reason", "a slip", "--source", "paper", "--database", file)  # fmt: skip
    assert ran.code == 0
    return file


def docked(log: Path, *more: str) -> dict[str, Any]:
    ran = run("who", "heron", "--at", "2021-03-02", "-f", "json", *more, "--database", log)
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def test_only_the_log_as_it_stood_still_shows_a_slip_of_ours(log: Path) -> None:
    assert docked(log)["docked"][0]["since"] == "2021-03-01T18:00:00Z"
    assert docked(log, "--known", "2021-03-03")["docked"][0]["since"] == "2021-03-01T18:00:00Z"
    before = docked(log, "--recorded", "7")
    assert before["docked"][0]["since"] == "2021-03-01T16:00:00Z"
    assert before["as_of"]["position"] == 7


def test_before_anything_was_recorded_there_is_nothing(log: Path) -> None:
    ran = run("who", "heron", "--recorded", "0", "--database", log)
    assert (ran.code, ran.stdout) == (3, "")
    assert run("who", "--recorded", "0", "--database", log).stdout.startswith("In space: 0 people")


@pytest.mark.parametrize(
    ("recorded", "position"),
    [("2026-11-01", 9), ("2026-11-01T00:00:00Z", 9), ("2026-11", 9), ("8", 8), ("3", 3)],
)
def test_a_time_is_mapped_to_a_position(log: Path, recorded: str, position: int) -> None:
    ran = run("who", "-f", "json", "--recorded", recorded, "--database", log)
    assert json.loads(ran.stdout)["as_of"]["position"] == position


def test_a_time_before_the_log_is_position_0(log: Path) -> None:
    ran = run("who", "-f", "json", "--recorded", "2026-10-31", "--database", log)
    assert json.loads(ran.stdout)["as_of"] == {"position": 0, "recorded": None}


def test_a_story_as_it_stood(log: Path) -> None:
    ran = run("flight", "dove-1", "-f", "json", "--recorded", "7", "--database", log)
    assert "amended" not in ran.stdout


@pytest.mark.parametrize(
    ("recorded", "complaint"),
    [
        ("11", "--recorded 11: the log ends at position 10\nhint: leave it out"),
        ("-1", "--recorded: '-1' is not a valid time"),
        ("soon", "--recorded: 'soon' is not a valid time"),
        ("٣", "is not a valid time"),
    ],
)
def test_what_names_no_position_is_refused(log: Path, recorded: str, complaint: str) -> None:
    ran = run("who", "--recorded", recorded, "--database", log)
    assert (ran.code, ran.stdout) == (2, "")
    assert complaint in ran.stderr


def test_an_empty_log_gets_the_shipped_ledger_first(tmp_path: Path) -> None:
    ran = run("who", "-f", "json", "--recorded", "5", "--database", tmp_path / "log.sqlite")
    assert json.loads(ran.stdout)["as_of"]["position"] == 5


@pytest.mark.parametrize("question", [("person", "cid-orr"), ("station", "heron")])
def test_other_questions_are_asked_of_the_log_as_it_stood_too(
    log: Path, question: tuple[str, str]
) -> None:
    whole = run(*question, "-f", "json", "--database", log)
    before = run(*question, "-f", "json", "--recorded", "7", "--database", log)
    assert "2021-03-01T18:00:00Z" in whole.stdout
    assert "2021-03-01T18:00:00Z" not in before.stdout
    assert json.loads(before.stdout)["as_of"]["position"] == 7
