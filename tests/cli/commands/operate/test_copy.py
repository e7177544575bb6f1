"""`aboard copy`: a log from one home to another."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import run
from tests.corpus.test_corpus import CORPUS
from tests.loader.content import content, ids

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from tests.homes import Databases

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    log = tmp_path / "log.sqlite"
    assert run("load", CORPUS / "before", "--database", log).code == 0
    return log


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form(form: str, log: Path, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    ran = run("copy", log, tmp_path / "copy.sqlite", "-f", form)

    shown = re.sub(r"\b[0-9a-f]{64}\b", "<digest>", ran.shown(tmp_path))
    shown = re.sub(r"\b[0-9a-f]{32}\b", "<identity>", shown)
    assert shown == snapshot
    assert content(tmp_path / "copy.sqlite")[0] == content(log)[0]


def test_to_a_server_and_back(log: Path, tmp_path: Path, databases: Databases) -> None:
    url, back = databases.new(), tmp_path / "back.sqlite"
    there = json.loads(run("copy", log, url, "-f", "json").stdout)
    home = json.loads(run("copy", url, back, "-f", "json").stdout)

    assert there["to"] == home["from"] == url.replace("postgres:@", "postgres:...@")
    assert [there[key] for key in ("events", "position", "identity", "digest")] == [
        home[key] for key in ("events", "position", "identity", "digest")
    ]
    assert content(back)[0] == content(log)[0]
    question = ("who", "heron", "--at", "2021-03-02", "--known", "2021-03-02")
    answers = {run(*question, "--database", where).stdout for where in (log, url, back)}
    assert len(answers) == 1
    assert "Cid Orr" in answers.pop()
    assert run("load", CORPUS / "before", "--database", url).stdout.startswith("recorded 0 events")


def test_a_target_that_holds_events_is_refused(
    log: Path, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    before = ids(log)
    assert run("copy", log, log).shown(tmp_path) == snapshot
    assert ids(log) == before


def test_a_source_that_is_not_there(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert run("copy", tmp_path / "none.sqlite", tmp_path / "to").shown(tmp_path) == snapshot
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [("", "there"), ("here", ""), ("here",), ("mysql://a:b@host/c", "there")]
)
def test_wrong_use(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("copy", *arguments)

    assert ran.code == 2
    assert ran.shown() == snapshot


def test_a_place_that_cannot_be_written(log: Path) -> None:
    ran = run("copy", log, "/proc/nowhere/log.sqlite")

    assert ran.code == 1
    assert "choose another database" in ran.stderr
