"""Many at once, as processes of their own, on a database that is not there yet."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from aboard.app.database import FileDatabase
from aboard.loader.ledger import shipped_ledger
from tests.cli.running import PROGRAM, environment
from tests.loader.content import comparable, ids, position, tables
from tests.loader.test_crash import ABOARD, QUESTION, names

if TYPE_CHECKING:
    from pathlib import Path


def start(*arguments: str, log: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments, "--database", str(log), "--create"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def test_eight_first_questions_at_once(database: Path, tmp_path: Path) -> None:
    log = tmp_path / "fresh" / "log.sqlite"

    processes = [start(*QUESTION, log=log) for _ in range(8)]
    said = [process.communicate(timeout=60) for process in processes]

    assert [process.returncode for process in processes] == [0] * 8
    assert [stderr for _, stderr in said] == [""] * 8
    assert [names(stdout) for stdout, _ in said] == [ABOARD] * 8
    assert {json.loads(stdout)["as_of"]["position"] for stdout, _ in said} == {position(database)}
    assert ids(log) == ids(database)
    assert len(tables(log)["stored_events"]) == position(database)
    assert comparable(FileDatabase(log).read_model) == comparable(FileDatabase(database).read_model)


def test_loads_rebuilds_and_questions_at_once(database: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    commands = [("load",), ("rebuild",), QUESTION, ("load", str(shipped_ledger())), QUESTION]

    processes = [start(*command, log=log) for command in commands]
    said = [process.communicate(timeout=60) for process in processes]

    assert [process.returncode for process in processes] == [0] * len(commands)
    assert [stderr for _, stderr in said] == [""] * len(commands)
    assert [names(said[n][0]) for n in (2, 4)] == [ABOARD] * 2
    assert ids(log) == ids(database)
    assert comparable(FileDatabase(log).read_model) == comparable(FileDatabase(database).read_model)


def test_questions_during_a_rebuild_are_answered(database: Path) -> None:
    rebuilding = [start("rebuild", log=database) for _ in range(2)]

    asked = [start(*QUESTION, log=database) for _ in range(4)]
    said = [process.communicate(timeout=60) for process in (*rebuilding, *asked)]

    assert [stderr for _, stderr in said] == [""] * 6
    assert [names(stdout) for stdout, _ in said[2:]] == [ABOARD] * 4
