"""`aboard rebuild`: the read model again from the log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from aboard.app.database import FileDatabase
from tests.cli.running import Ran, run
from tests.loader.content import comparable, content, position, tables

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("clock")


def test_it_changes_nothing_that_is_level(answering: Path) -> None:
    before = content(answering)

    ran = run("rebuild")

    assert ran == Ran(0, f"the read model is at position {position(answering)}\n", "")
    assert content(answering) == before


def test_it_brings_back_what_was_lost(answering: Path) -> None:
    log, read_model = content(answering)
    for path in answering.parent.glob("*read-model*"):
        path.unlink()

    assert run("rebuild").code == 0
    assert content(answering) == (log, read_model)


def test_it_replaces_a_read_model_of_another_version(answering: Path) -> None:
    before = comparable(FileDatabase(answering).read_model)
    with closing(sqlite3.connect(FileDatabase(answering).read_model)) as db, db:
        db.execute("UPDATE meta SET value='schema=0' WHERE key='built_to'")
        db.execute("DELETE FROM presence")

    ran = run("who", "iss", "--at", "2022-12-25")

    assert (ran.code, ran.stderr) == (0, "")
    assert "7 people" in ran.stdout
    assert comparable(FileDatabase(answering).read_model) == before


def test_an_empty_log_gets_the_shipped_ledger_first(answering: Path, tmp_path: Path) -> None:
    log = tmp_path / "empty" / "log.sqlite"

    ran = run("rebuild", "--database", log)

    assert ran == Ran(0, f"the read model is at position {position(answering)}\n", "")
    rebuilt, answered = FileDatabase(log).read_model, FileDatabase(answering).read_model
    assert comparable(rebuilt) == comparable(answered)
    # Each names its own log, and the load that its events came in.
    assert tables(rebuilt)["meta"] != tables(answered)["meta"]
