"""`aboard run` and `aboard wait`: the log followed, and what is recorded waited for."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from aboard.app.database import FileDatabase
from aboard.domain.eventlog.log import open_log
from aboard.loader.load import load
from aboard.projections.queries.wait import wait
from aboard.projections.read_model.read_model import ignore
from aboard.projections.tables.fold_versions import VERSIONS
from tests.cli.running import PROGRAM, environment, run, spawn
from tests.conftest import NOW
from tests.corpus.test_corpus import CORPUS
from tests.loader.content import comparable, ids, position

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock")

COMMAND = VERSIONS["command"]
"""The version of the fold that the tests change."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A small log, without a read model."""
    file = tmp_path / "log.sqlite"
    with open_log(file) as opened:
        load(opened, [CORPUS / "before"], NOW, ignore)
    return file


@pytest.mark.parametrize("form", ["table", "jsonl"])
def test_once(form: str, log: Path, snapshot: SnapshotAssertion) -> None:
    told = run("run", "--once", "--format", form, "--database", log).shown()
    again = run("run", "--once", "--format", form, "--database", log).shown()

    assert told + again == snapshot
    assert run("who", "heron", "--at", "2021-03-02", "--database", log).code == 0


def test_a_log_that_is_taken_in_batch_by_batch(log: Path, tmp_path: Path) -> None:
    with open_log(tmp_path / "empty.sqlite") as opened:
        assert run("run", "--once", "--database", tmp_path / "empty.sqlite").code == 0
        load(opened, [CORPUS / "before"], NOW, ignore)

    ran = run(
        "run", "--once", "--max-batch", "3", "-f", "jsonl", "--database", tmp_path / "empty.sqlite"
    )

    steps = [json.loads(line) for line in ran.stdout.splitlines()]
    end = position(log)
    assert [one["position"] for one in steps] == [*range(3, end, 3), end]
    assert [one["lag"] for one in steps] == [end - one["position"] for one in steps]
    assert sum(one["events"] for one in steps) == len(ids(log))
    assert steps[-1]["is_level"]
    assert run("run", "--once", "--database", log).code == 0
    assert comparable(FileDatabase(log).read_model) == comparable(
        FileDatabase(tmp_path / "empty.sqlite").read_model
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_it_is_told_to(number: signal.Signals, log: Path) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "run", "--database", str(log)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    end = position(log)
    assert wait(FileDatabase(log).read_model, end, 30) == end

    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=300)

    assert (process.returncode, stdout) == (0, "")
    assert stderr == f"position {end}: {len(ids(log))} events included; up to date\n"


def test_a_server_that_cannot_be_reached_is_tried_again_until_it_is_told_to_end() -> None:
    process = subprocess.Popen(
        [*PROGRAM, "run", "--database", "postgresql://ann:secret@127.0.0.1:1/nowhere"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stderr
    said = process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=300)

    assert said.startswith("note: ")
    assert said.endswith("; trying again\n")
    assert "secret" not in said
    assert (process.returncode, rest) == (0, "")


def test_a_server_that_cannot_be_reached_once_is_an_error() -> None:
    ran = spawn("run", "--once", "--database", "postgresql://ann:secret@127.0.0.1:1/nowhere")
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr.startswith("aboard: the database cannot be read: ")
    assert "secret" not in ran.stderr


def test_a_changed_fold_is_built_and_said_so(answering: Path) -> None:
    with closing(sqlite3.connect(FileDatabase(answering).read_model)) as db, db:
        db.execute("UPDATE projection SET version=99 WHERE name='command'")
        names = f"command={COMMAND}", "command=99"
        db.execute("UPDATE meta SET value=replace(value, ?, ?)", names)

    ran = run("run", "--once", "--max-batch", "3000")

    assert ran.code == 1, "a newer program has built it"
    assert ran.stderr == (
        "aboard: a newer version of the program maintains this read model: "
        "command is answered by version 99, and "
        f"this program has {COMMAND}\nhint: use that version\n"
    )
    with closing(sqlite3.connect(FileDatabase(answering).read_model)) as db, db:
        db.execute("UPDATE projection SET version=0 WHERE name='command'")
        db.execute("UPDATE meta SET value=replace(value, 'command=99', 'command=0')")
    ran = run("run", "--once", "--max-batch", "3000")
    assert ran.code == 0
    assert re.fullmatch(
        rf"command {COMMAND}: \d+ events included; built up to \d+ of \d+\n"
        rf"command {COMMAND}: \d+ events included; it answers from now on\n",
        ran.stderr,
    )
    assert (
        run("who", "iss", "--at", "2022-12-25").stdout.splitlines()[1].startswith("Expedition 68")
    )


def test_the_old_version_answers_while_a_large_one_is_to_be_built(
    answering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log of the tests is no long one: what counts as long is said to be less."""
    monkeypatch.setattr("aboard.app.open.LONG", 100)
    with closing(sqlite3.connect(FileDatabase(answering).read_model)) as db, db:
        db.execute("UPDATE projection SET version=0 WHERE name='command'")
        names = f"command={COMMAND}", "command=0"
        db.execute("UPDATE meta SET value=replace(value, ?, ?)", names)

    ran = run("who", "iss", "--at", "2022-12-25")

    assert "Expedition 68" in ran.stdout
    assert ran.stderr == (
        "note: command 0 of the read model still answers, as of position "
        f"{position(answering)}; `aboard run --once` builds what is newer\n"
    )


def test_waiting_for_what_nobody_takes_in_is_stale(log: Path) -> None:
    assert run("run", "--once", "--database", log).code == 0
    end = position(log)

    there = run("wait", "--database", log)
    late = run("wait", str(end + 1), "--timeout", "0.01", "--database", log)

    assert (there.code, there.stdout) == (0, f"the read model is at position {end}\n")
    assert (late.code, late.stdout) == (4, "")
    assert late.stderr == (
        f"aboard: the read model is at position {end}, not at {end + 1}\n"
        "hint: `aboard run` updates it; --timeout waits longer\n"
    )
