"""Killed at any moment: the log holds all of a ledger or nothing, and the next question works."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from aboard.app.database import FileDatabase
from aboard.domain.eventlog.log import open_log
from aboard.loader.ledger import shipped_ledger
from aboard.loader.load import load
from aboard.projections.read_model.read_model import ignore
from tests.cli.running import PROGRAM, Ran, environment, run, spawn
from tests.conftest import NOW
from tests.folders import CORPUS
from tests.loader.content import Content, comparable, ids, position

if TYPE_CHECKING:
    from pathlib import Path

POINTS = 4
"""How many kills of each command, spread over its run: from its first instant to its last."""

COMMANDS = {"load": ("load",), "who": ("who", "iss", "--at", "2022-12-25")}

QUESTION = ("who", "iss", "--at", "2022-12-25", "--format", "json")


ABOARD = [
    "Sergey Prokopyev",
    "Dmitry Petelin",
    "Frank Rubio",
    "Nicole Mann",
    "Josh Cassada",
    "Koichi Wakata",
    "Anna Kikina",
]

pytestmark = pytest.mark.usefixtures("clock")


def names(answer: str) -> list[str]:
    return [person["name"] for person in json.loads(answer)["people"]]


def duration(*arguments: str, log: Path) -> float:
    """Return how long a whole run takes, in seconds."""
    start = time.perf_counter()
    assert spawn(*arguments, "--database", log).code == 0
    return time.perf_counter() - start


@dataclass(frozen=True)
class Killed:
    """What a kill at a point of a run left, and what the next question said and left."""

    end: int
    held: list[str]
    answer: Ran
    log: list[str]
    read_model: Content


def kill_at(command: tuple[str, ...], seconds: float, log: Path) -> Killed:
    process = subprocess.Popen(
        [*PROGRAM, *command, "--database", str(log)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    time.sleep(seconds)
    process.kill()
    end = process.wait(timeout=30)
    held = ids(log)
    answer = spawn(*QUESTION, "--database", log)
    return Killed(end, held, answer, ids(log), comparable(FileDatabase(log).read_model))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_kill_at_any_moment(command: str, database: Path, tmp_path: Path) -> None:
    everything, answers = ids(database), comparable(FileDatabase(database).read_model)
    whole = duration(*COMMANDS[command], log=tmp_path / "measured" / "log.sqlite")

    with ThreadPoolExecutor(2) as pool:
        found = list(
            pool.map(
                lambda point: kill_at(
                    COMMANDS[command],
                    whole * point / (POINTS - 1),
                    tmp_path / str(point) / "log.sqlite",
                ),
                range(POINTS),
            )
        )

    assert len(found) == POINTS
    assert found[0].end == -signal.SIGKILL
    assert found[0].held == [], "killed at once, nothing can have been recorded"
    for killed in found:
        assert killed.held in ([], everything)
        assert (killed.answer.code, killed.answer.stderr) == (0, "")
        assert names(killed.answer.stdout) == ABOARD
        assert killed.log == everything
        assert killed.read_model == answers


def test_between_the_commit_of_the_log_and_that_of_the_read_model(
    database: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log.sqlite"
    with open_log(log) as opened:
        load(opened, [shipped_ledger()], NOW, ignore)
    assert not FileDatabase(log).read_model.exists()

    answer = run(*QUESTION, "--database", log)

    assert (answer.code, answer.stderr) == (0, "")
    assert names(answer.stdout) == ABOARD
    assert comparable(FileDatabase(log).read_model) == comparable(FileDatabase(database).read_model)
    assert ids(log) == ids(database)


def test_with_a_read_model_that_is_older_than_the_log(database: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    part = shutil.copytree(shipped_ledger(), tmp_path / "part")
    (part / "flights/ax-4.toml").unlink()
    assert run("load", part, "--database", log).code == 0
    behind = json.loads(run(*QUESTION, "--database", log).stdout)["as_of"]["position"]
    with open_log(log) as opened:
        load(opened, [shipped_ledger()], NOW, ignore)

    answer = run("who", "iss", "--at", "2026-08-15", "--format", "json", "--database", log)

    assert behind < json.loads(answer.stdout)["as_of"]["position"] == position(log)
    assert "Anil Menon" in names(answer.stdout)
    assert comparable(FileDatabase(log).read_model) == comparable(FileDatabase(database).read_model)


def test_with_a_read_model_of_another_log(database: Path) -> None:
    """As after the log was deleted, or put back from a copy, and the read model was not."""
    for path in database.parent.glob("log.sqlite*"):
        if "read-model" not in path.name:
            path.unlink()
    assert run("load", CORPUS / "before", "--database", database).code == 0

    answer = run("who", "heron", "--at", "2021-03-02", "--format", "json", "--database", database)

    assert answer.code == 0
    assert names(answer.stdout) == ["Cid Orr"]
    assert json.loads(answer.stdout)["as_of"]["position"] == 8


def test_with_a_read_model_of_another_log_of_the_same_length(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    assert run("load", CORPUS / "before", "--database", log).code == 0
    for path in tmp_path.glob("log.sqlite*"):
        if "read-model" not in path.name:
            path.unlink()
    other = shutil.copytree(CORPUS / "before", tmp_path / "other")
    for file in other.rglob("*.toml"):
        file.write_text(file.read_text().replace("heron", "egret").replace("Heron", "Egret"))
    assert run("load", other, "--database", log).code == 0

    assert run("who", "egret", "--database", log).code == 0
    assert run("who", "heron", "--database", log).code == 3
