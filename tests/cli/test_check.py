"""`aboard check`: silent when there is nothing to say."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import Ran, run

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock")

CORPUS = Path(__file__).parent.parent / "corpus"


def test_the_shipped_ledger_is_clean() -> None:
    assert run("check") == Ran(0, "", "")


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_a_clean_ledger_in_every_form(form: str, snapshot: SnapshotAssertion) -> None:
    assert run("check", CORPUS / "before", "--format", form).shown() == snapshot


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_findings_in_every_form(
    form: str, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS)

    ran = run("check", "duplicate-id-across-files", "--format", form)

    assert ran.code == 1
    assert ran.shown() == snapshot


def test_the_forms_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CORPUS)
    found = json.loads(run("check", "launch-missing", "-f", "json").stdout)
    lines = run("check", "launch-missing", "-f", "jsonl").stdout.splitlines()
    rows = list(csv.DictReader(io.StringIO(run("check", "launch-missing", "-f", "csv").stdout)))

    assert [json.loads(line) for line in lines] == found
    assert [row["rule"] for row in rows] == [one["rule"] for one in found] == ["launch-missing"]
    assert found[0]["missing"] is True


def test_strict_lists_what_is_unsourced_and_what_is_not_known() -> None:
    ran = run("check", "--strict", "-f", "json")

    assert ran.code == 1
    assert {found["rule"] for found in json.loads(ran.stdout)} == {"unsourced", "gap"}


def test_paths_are_printed_as_seen_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CORPUS)
    within = run("check", "unknown-person").stdout
    monkeypatch.chdir(CORPUS / "two-places")
    without = run("check", CORPUS / "unknown-person").stdout

    assert within.startswith("unknown-person/flights/lark-1.toml:17: unknown-person:")
    assert without == f"{CORPUS}/{within}"


def test_a_path_that_is_not_there(snapshot: SnapshotAssertion) -> None:
    assert run("check", "no-such-ledger").shown() == snapshot


def test_an_empty_folder_has_nothing_wrong(tmp_path: Path) -> None:
    assert run("check", tmp_path) == Ran(0, "", "")


def test_checking_makes_no_database(home: Path) -> None:
    assert run("check", CORPUS / "before").code == 0
    assert list(home.iterdir()) == []
