"""Small bad ledgers, one thing wrong in each: what `check` says, and that nothing is loaded.

A folder with its own sources.toml is a whole ledger; any other is checked against the shipped one.
`expected.txt` is what `aboard check .` prints in the folder, the shipped ledger's path written as
`<ledger>`. `changed-fact` is `before` with a fact changed, and only loading it can find that.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from aboard.app.database import FileDatabase
from aboard.loader.ledger import shipped_ledger
from tests.cli.running import Ran, run
from tests.loader.content import content, ids, position

CORPUS = Path(__file__).parent
CASES = sorted(
    path.parent.name for path in CORPUS.glob("*/expected.txt") if path.parent.name != "changed-fact"
)
MISSING = frozenset(
    {
        "docking-missing",
        "flight-unnamed",
        "hand-over-missing",
        "landing-missing",
        "launch-missing",
        "never-went-up",
        "plan-missing",
        "port-missing",
        "roll-out-missing",
        "signing-missing",
        "spacewalk-unnamed",
        "target-missing",
        "transfer-missing",
        "undocking-missing",
    }
)
"""The cases of something merely missing, which do not stop a load."""

pytestmark = pytest.mark.usefixtures("clock")


def expected(name: str) -> str:
    return (CORPUS / name / "expected.txt").read_text("utf-8")


def ran_in(folder: str, monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> Ran:
    monkeypatch.chdir(CORPUS / folder)
    ran = run(*arguments)
    return Ran(ran.code, ran.stdout.replace(os.fspath(shipped_ledger()), "<ledger>"), ran.stderr)


@pytest.fixture(scope="session")
def _before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    assert run("load", CORPUS / "before", "--database", folder / "log.sqlite").code == 0
    return folder


@pytest.fixture
def log(_before: Path, tmp_path: Path) -> Path:
    """A log that holds a small ledger already, which no case has anything to do with."""
    return Path(shutil.copytree(_before, tmp_path / "before")) / "log.sqlite"


@pytest.mark.parametrize("name", CASES)
def test_check_says_what_is_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = ran_in(name, monkeypatch, "check", ".")

    assert ran == Ran(1, expected(name), "")


@pytest.mark.parametrize("name", [name for name in CASES if name not in MISSING])
def test_a_bad_ledger_leaves_everything_as_it_was(
    name: str, log: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (CORPUS / name / "sources.toml").exists():
        log = request.getfixturevalue("database")
    before = content(log)
    assert before[0]["stored_events"]
    assert before[1]["event"]

    ran = ran_in(name, monkeypatch, "load", ".", "--database", log)

    assert ran.code == 1
    assert ran.stdout
    assert ran.stderr == "note: nothing was recorded\n"
    assert content(log) == before


@pytest.mark.parametrize("name", sorted(MISSING))
def test_what_is_merely_missing_is_loaded_and_said(
    name: str, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    already, reached = len(ids(log)), position(log)

    ran = ran_in(name, monkeypatch, "load", ".", "--database", log)

    recorded = len(ids(log)) - already
    assert 0 < recorded <= position(log) - reached
    said = (
        f"recorded {recorded} events, 0 were recorded already; "
        f"the log is at position {position(log)}\n"
    )
    assert ran == Ran(0, said, expected(name))
    assert len(content(log)[1]["event"]) == already + recorded


def test_the_ledger_before_is_a_good_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ran_in("before", monkeypatch, "check", ".") == Ran(0, "", "")


def test_what_is_left_to_wish_for_is_said_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ran_in("strict", monkeypatch, "check", ".") == Ran(0, "", "")

    told = (CORPUS / "strict" / "expected-strict.txt").read_text("utf-8")
    assert ran_in("strict", monkeypatch, "check", ".", "--strict") == Ran(1, told, "")
    assert [line.split(": ")[1] for line in told.splitlines()] == [
        "agency-missing",
        "unruled",
        "gap",
    ]


def test_a_changed_fact_is_refused(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(log)
    assert ran_in("changed-fact", monkeypatch, "check", ".") == Ran(0, "", "")

    ran = ran_in("changed-fact", monkeypatch, "load", ".", "--database", log)

    assert ran == Ran(1, expected("changed-fact"), "note: nothing was recorded\n")
    assert content(log) == before


def test_a_bad_whole_ledger_leaves_an_empty_log_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.sqlite"

    ran = ran_in("unknown-person", monkeypatch, "load", ".", "--database", log)

    assert ran == Ran(1, expected("unknown-person"), "note: nothing was recorded\n")
    assert ids(log) == []
    assert not FileDatabase(log).read_model.exists()


def test_every_finding_names_a_line_that_is_there() -> None:
    for name in CASES:
        for finding in expected(name).splitlines():
            file, line, *_ = finding.split(":")
            lines = (CORPUS / name / file).read_bytes().splitlines()
            assert 1 <= int(line) <= len(lines), finding
