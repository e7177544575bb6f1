"""`aboard load`: all of a ledger or nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from aboard.app.database import FileDatabase
from tests.cli.running import run
from tests.folders import CORPUS
from tests.loader.content import content, ids, position

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock")


def test_a_ledger_of_ones_own(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    log = tmp_path / "log.sqlite"

    assert run("load", CORPUS / "before", "--database", log).shown() == snapshot
    assert len(ids(log)) == 7
    answer = run("who", "heron", "--at", "2021-03-02", "-f", "json", "--database", log)
    assert [one["id"] for one in json.loads(answer.stdout)["people"]] == ["cid-orr"]


def test_twice(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    log = tmp_path / "log.sqlite"
    run("load", CORPUS / "before", "--database", log)
    before = content(log)

    assert run("load", CORPUS / "before", "--database", log).shown() == snapshot
    assert content(log) == before


def test_the_shipped_ledger_again(answering: Path) -> None:
    before = content(answering)
    count, end = len(ids(answering)), position(answering)

    ran = run("load")

    assert ran.stdout == (
        f"recorded 0 events, {count} were recorded already; the log is at position {end}\n"
    )
    assert (ran.code, ran.stderr) == (0, "")
    assert content(answering) == before


def test_findings(
    tmp_path: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS / "left-behind")

    ran = run("load", ".", "--database", tmp_path / "log.sqlite")

    assert ran.code == 1
    assert ran.shown() == snapshot


def test_what_is_merely_missing(
    tmp_path: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS / "launch-missing")

    ran = run("load", ".", "--database", tmp_path / "log.sqlite")

    assert ran.code == 0
    assert ran.shown() == snapshot


def test_a_file_alone_gets_the_shipped_ledger_first(tmp_path: Path, answering: Path) -> None:
    log = tmp_path / "empty" / "log.sqlite"
    file = tmp_path / "soyuz-ms-98.toml"
    file.write_text(
        'stream = "flight/soyuz-ms-98"\n[[event]]\nid = "soyuz-ms-98/planned"\ntype = "planned"\n'
        'happened = 2026-01-01\nsource = ["gcat"]\nname = "Soyuz MS-98"\n'
        'spacecraft = "Soyuz MS"\noperator = "Roscosmos"\n'
    )
    end = position(answering)

    ran = run("load", file, "--database", log)

    assert ran.stdout == (
        f"recorded 1 event, 0 were recorded already; the log is at position {end + 1}\n"
    )
    assert (ran.code, ran.stderr) == (0, "")
    assert set(ids(log)) - set(ids(answering)) == {"soyuz-ms-98/planned"}


def test_a_load_levels_the_read_model(answering: Path) -> None:
    FileDatabase(answering).read_model.unlink()

    assert run("load").code == 0
    assert json.loads(run("status", "-f", "json").stdout)["read_model"]["is_level"] is True


def test_a_path_that_is_not_there(
    tmp_path: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.sqlite"

    assert run("load", "no-such-ledger", "--database", log).shown() == snapshot
    assert not log.exists()


# Dry runs


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_a_dry_run_in_every_form(
    form: str, tmp_path: Path, home: Path, snapshot: SnapshotAssertion
) -> None:
    log = tmp_path / "log.sqlite"

    ran = run("load", CORPUS / "before", "--dry-run", "-f", form, "--database", log)

    assert ran.code == 0
    assert ran.shown() == snapshot
    assert [*tmp_path.iterdir(), *home.iterdir()] == []


def test_a_dry_run_tells_what_the_load_records(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    dry = json.loads(
        run("load", CORPUS / "before", "--dry-run", "-f", "json", "--database", log).stdout
    )
    run("load", CORPUS / "before", "--database", log)

    assert sorted(one["id"] for one in dry["events"]) == sorted(ids(log))
    before = content(log)
    again = run("load", CORPUS / "before", "--dry-run", "--database", log)
    assert again.stdout == "would record 0 events, 7 were recorded already; nothing was recorded\n"
    assert content(log) == before


def test_a_dry_run_of_one_more_file_needs_no_log(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "soyuz-ms-98.toml"
    text = run("new", "flight", "soyuz-ms-98", "--event", "planned", "--name", "Soyuz MS-98",
               "--spacecraft", "Soyuz MS", "--operator", "Roscosmos", "--destination", "iss",
               "--source", "gcat").stdout  # fmt: skip
    file.write_text(text.replace('# TODO happened = ""', "happened = 2026-10-01"), "utf-8")

    ran = run("load", file, "--dry-run", "-f", "jsonl")

    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == ["soyuz-ms-98/planned"]
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_dry_run_that_finds_something(
    form: str, tmp_path: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS / "left-behind")

    ran = run("load", ".", "--dry-run", "-f", form, "--database", tmp_path / "log.sqlite")

    assert ran.code == 1
    assert ran.shown() == snapshot


def test_a_form_is_that_of_a_dry_run(tmp_path: Path) -> None:
    ran = run("load", CORPUS / "before", "-f", "json", "--database", tmp_path / "log.sqlite")

    assert ran.code == 2
    assert list(tmp_path.iterdir()) == []
