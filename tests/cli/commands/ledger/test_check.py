"""`aboard check`: silent when there is nothing to say."""

from __future__ import annotations

import csv
import io
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import Ran, run
from tests.folders import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock")


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


def rules(*arguments: str | Path) -> set[tuple[str, str]]:
    """Return the rules of what is found, each with its tier."""
    return {
        (one["rule"], one["tier"])
        for one in json.loads(run("check", *arguments, "-f", "json").stdout)
    }


def test_a_tier_includes_those_before_it(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    shutil.copytree(CORPUS / "before", ledger)
    (ledger / "flights" / "wren-1.toml").write_text(
        """
        stream = "flight/wren-1"
        event = [
          { id = "wren-1/planned", type = "planned", happened = 2021-01-01, source = ["unsourced"],
            name = "Wren 1", spacecraft = "Wren", operator = "ESA" },
          { id = "wren-1/launched", type = "launched", happened = 2021-02-01, source = ["paper"] },
          { id = "wren-1/docked", type = "docked", happened = 2021-02-02, source = ["papper"],
            station = "heron" },
          { id = "wren-1/rolled-out", type = "rolled_out", happened = 2020-02-02,
            source = ["paper"] },
          { id = "wren-1/lost", type = "lost", happened = 2021-02-03, crew = [],
            source = ["paper"] },
          { id = "wren-1/landed", type = "landed", happened = 2021-02-04, crew = [],
            source = ["paper"] },
        ]
        """.replace("\n          ", " ").replace("\n            ", " "),
        "utf-8",
    )
    form = {("missing-field", "form")}
    references = {*form, ("unknown-source", "references")}
    physics = {*references, ("landed-and-lost", "physics")}

    assert rules(ledger, "--tier", "form") == form
    assert rules(ledger, "--tier", "references") == references
    assert rules(ledger, "--tier", "physics") == rules(ledger) == physics
    sources = {*physics, ("unsourced", "sources"), ("agency-missing", "sources")}
    assert rules(ledger, "--tier", "sources") == sources
    assert rules(ledger, "--strict") == rules(ledger, "--tier", "sources")


@pytest.mark.parametrize(
    "arguments", [("--strict", "--tier", "form"), ("--tier", "taste")], ids=" ".join
)
def test_wrong_use_of_tiers(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("check", CORPUS / "before", *arguments)

    assert ran.code == 2
    assert ran.shown() == snapshot
