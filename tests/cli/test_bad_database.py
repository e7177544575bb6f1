"""A database that cannot be used: one line of what is wrong, one of what to do, no traceback."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from aboard.app.database import FileDatabase
from tests.cli.running import Ran, spawn
from tests.loader.content import tables

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = [("who", "iss"), ("flight", "ms-22"), ("load",), ("rebuild",)]


def assert_told(ran: Ran) -> None:
    assert "Traceback" not in ran.stderr
    first, *rest = ran.stderr.splitlines()
    assert first.startswith("aboard: ")
    assert len(rest) == 1
    assert rest[0].startswith("hint: ")
    assert (ran.code, ran.stdout) == (1, "")


@pytest.mark.parametrize("command", [*COMMANDS, ("status",)], ids=" ".join)
def test_a_file_that_is_no_database(command: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "letter.sqlite"
    file.write_text("Dear reader, " * 100)

    assert_told(spawn(*command, "--database", file, measured=True))
    assert file.read_text() == "Dear reader, " * 100


@pytest.mark.parametrize("command", [("who", "iss"), ("load",)], ids=" ".join)
def test_a_database_of_another_program(command: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TABLE stored_events (title TEXT)")
        db.execute("INSERT INTO stored_events VALUES ('mine')")

    assert_told(spawn(*command, "--database", file))
    assert tables(file)["stored_events"] == [("mine",)]


@pytest.mark.parametrize(
    ("command", "folder"),
    [
        (("who", "iss"), "file.txt/below"),
        (("load",), "file.txt"),
        (("who", "iss"), "/proc/aboard"),
        (("rebuild",), "/sys/aboard"),
    ],
    ids=["below a file", "in a file", "in /proc", "in /sys"],
)
def test_a_folder_that_cannot_be_made(
    command: tuple[str, ...], folder: str, tmp_path: Path
) -> None:
    (tmp_path / "file.txt").write_text("x")

    assert_told(spawn(*command, "--database", tmp_path / folder / "log.sqlite"))


@pytest.mark.parametrize("command", ["who", "flight"])
def test_a_read_model_that_is_none(command: str, database: Path) -> None:
    """It can be rebuilt from the log: either it is, or the hint says how."""
    for path in database.parent.glob("*read-model*"):
        path.unlink()
    FileDatabase(database).read_model.write_text("Dear reader, " * 100)

    ran = spawn(command, "ms-22", "--database", database)

    if ran.code:
        assert_told(ran)
        assert "aboard rebuild" in ran.stderr
    else:
        assert "Soyuz MS-22" in ran.stdout
        assert ran.stderr == ""


def test_a_read_model_that_is_none_is_rebuilt(database: Path) -> None:
    before = tables(FileDatabase(database).read_model)
    for path in database.parent.glob("*read-model*"):
        path.unlink()
    FileDatabase(database).read_model.write_text("Dear reader, " * 100)

    ran = spawn("rebuild", "--database", database)

    assert (ran.code, ran.stderr) == (0, "")
    assert tables(FileDatabase(database).read_model) == before


def test_a_read_model_that_lacks_a_table(database: Path) -> None:
    before = tables(FileDatabase(database).read_model)
    with closing(sqlite3.connect(FileDatabase(database).read_model)) as db, db:
        db.execute("DROP TABLE presence")

    asked = spawn("who", "iss", "--at", "2022-12-25", "--database", database)
    rebuilt = spawn("rebuild", "--database", database)

    if asked.code:
        assert_told(asked)
        assert "aboard rebuild" in asked.stderr
    assert (rebuilt.code, rebuilt.stderr) == (0, "")
    assert tables(FileDatabase(database).read_model) == before


def test_an_empty_file_becomes_a_log(tmp_path: Path) -> None:
    file = tmp_path / "log.sqlite"
    file.touch()

    ran = spawn("who", "iss", "--at", "2022-12-25", "--database", file)

    assert (ran.code, ran.stderr) == (0, "")
    assert "7 people" in ran.stdout


def test_the_log_refuses_to_be_changed(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        for statement in (
            "UPDATE stored_events SET topic='x'",
            "DELETE FROM stored_events",
            "UPDATE event_ids SET position=0",
            "DELETE FROM event_ids",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)
