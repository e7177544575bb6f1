"""Where the database is: a flag, the environment, the configuration, the default, in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aboard.app.database import FileDatabase, find_database
from tests.cli.running import run, spawn

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock")


def used(database: str | Path = "") -> str:
    """Return the log that a flag, or else the configuration or the default, names."""
    return str(find_database(str(database)).log)


def reported(*arguments: str) -> str:
    """Return the log that a command says is not there."""
    ran = run("status", *arguments)
    assert (ran.code, ran.stdout) == (3, "")
    message, hint = ran.stderr.splitlines()
    assert hint == "hint: check the path"
    return message.removeprefix("aboard: there is no database ")


def configure(home: Path, text: str | bytes) -> Path:
    file = home / "config" / "aboard" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_the_default(home: Path) -> None:
    assert used() == str(home / "data/aboard/log.sqlite")


@pytest.mark.parametrize("base", [None, "", "relative/data"])
def test_the_default_without_a_base_folder(
    home: Path, base: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME")
    if base is not None:
        monkeypatch.setenv("XDG_DATA_HOME", base)

    assert used() == str(home / ".local/share/aboard/log.sqlite")


def test_the_order(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(home, 'database = "/configured.sqlite"\n')
    assert reported() == "/configured.sqlite"
    monkeypatch.setenv("ABOARD_DATABASE", "/environment.sqlite")
    assert reported() == "/environment.sqlite"
    assert reported("--database", "/flag.sqlite") == "/flag.sqlite"


def test_an_empty_environment_names_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(home, 'database = "/configured.sqlite"\n')
    monkeypatch.setenv("ABOARD_DATABASE", "")

    assert reported() == "/configured.sqlite"


@pytest.mark.parametrize("text", ["", "# nothing\n", 'database = ""\n'])
def test_a_configuration_that_names_none(home: Path, text: str) -> None:
    configure(home, text)

    assert used() == str(home / "data/aboard/log.sqlite")


def test_the_configuration_without_a_base_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    file = home / ".config" / "aboard" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('database = "~/mine.sqlite"\n')

    assert used() == str(home / "mine.sqlite")


@pytest.mark.parametrize(
    "text",
    [b"database = 5\n", b'database = "\n', b"database\n", b'database = "\xff"\n'],
    ids=["a number", "no end", "no value", "not UTF-8"],
)
def test_a_configuration_that_is_wrong(
    home: Path, text: bytes, snapshot: SnapshotAssertion
) -> None:
    configure(home, text)

    ran = run("status")

    assert ran.code == 2
    assert ran.shown(home) == snapshot


def test_a_flag_does_not_need_the_configuration(home: Path) -> None:
    configure(home, "wrong")

    assert used("/flag.sqlite") == "/flag.sqlite"


def test_a_folder_holds_a_log(tmp_path: Path) -> None:
    assert used(tmp_path) == str(tmp_path / "log.sqlite")
    assert used(f"{tmp_path}/new/") == str(tmp_path / "new/log.sqlite")


def test_the_home_folder_is_found(home: Path) -> None:
    assert used("~/mine.sqlite") == str(home / "mine.sqlite")


def test_the_home_folder_of_nobody() -> None:
    ran = spawn("status", "--database", "~no-such-user/mine.sqlite")

    assert ran.code == 2
    assert "Traceback" not in ran.stderr
    assert ran.stderr.startswith("aboard: ")


def test_a_folder_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert run("load", "--database", "new/trial.sqlite").code == 0
    assert (tmp_path / "new/trial.sqlite").is_file()
    assert (tmp_path / "new/trial.sqlite.read-model").is_file()


@pytest.mark.parametrize("url", ["mysql://user:secret@host/aboard", "sqlite:///x.sqlite"])
@pytest.mark.parametrize("command", ["who", "load", "status"])
def test_a_url_of_something_else_is_refused(
    command: str, url: str, snapshot: SnapshotAssertion
) -> None:
    ran = run(command, "--database", url)

    assert ran.code == 2
    assert ran.shown() == snapshot


def test_a_url_from_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABOARD_DATABASE", "mysql://localhost/aboard")

    assert run("who", "iss").code == 2


def test_the_secret_of_a_url_is_not_repeated() -> None:
    ran = run("who", "--database", "mysql://user:secret@host/aboard")

    assert "secret" not in ran.stderr


@pytest.mark.parametrize(
    ("name", "read_model", "lock"),
    [
        ("log.sqlite", "log.sqlite.read-model", "log.sqlite.lock"),
        ("a.b.db", "a.b.db.read-model", "a.b.db.lock"),
        ("log", "log.read-model", "log.lock"),
    ],
)
def test_what_stands_beside_the_log(tmp_path: Path, name: str, read_model: str, lock: str) -> None:
    where = find_database(str(tmp_path / name))

    assert isinstance(where, FileDatabase)
    assert (where.read_model.name, where.lock.name) == (read_model, lock)
    assert where.read_model.parent == where.lock.parent == tmp_path


def test_two_logs_of_one_folder_are_apart(tmp_path: Path) -> None:
    one, other = FileDatabase(tmp_path / "a.sqlite"), FileDatabase(tmp_path / "a.db")

    assert len({one.log, other.log, one.read_model, other.read_model}) == 4
