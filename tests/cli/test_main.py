"""What all commands share: help, exit codes, and what a name that is none gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aboard import __version__
from aboard.cli.main import COMMANDS, GROUPS, load_command
from tests.cli.running import Ran, run, spawn

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(command: str, snapshot: SnapshotAssertion) -> None:
    ran = run(command, "--help")

    assert (ran.code, ran.stderr) == (0, "")
    assert "\n  Examples:\n" in ran.stdout
    assert f"\n    aboard {command}" in ran.stdout
    assert all(len(line) <= 100 for line in ran.stdout.splitlines())
    assert ran.stdout == snapshot


@pytest.mark.parametrize("command", COMMANDS)
def test_the_first_line_of_help_is_one(command: str) -> None:
    summary = COMMANDS[command].summary

    doc: str = load_command(command).command.__doc__
    assert doc.splitlines()[0].startswith(summary.rstrip(".").partition(",")[0])
    assert f"  {command} " in run("--help").stdout
    assert summary in run("--help").stdout


def test_help(snapshot: SnapshotAssertion) -> None:
    assert run("--help").shown() == snapshot


def test_help_lists_the_commands_by_group() -> None:
    sections = run("--help").stdout.split("\n\n")

    for group, commands in GROUPS.items():
        (section,) = (one for one in sections if one.startswith(f"{group.capitalize()}:\n"))
        assert [line.split()[0] for line in section.splitlines()[1:]] == list(commands)


def test_nothing_asked_is_help() -> None:
    ran = spawn()

    assert ran.code == 2
    assert "Usage: aboard" in ran.stdout + ran.stderr


def test_the_version() -> None:
    assert run("--version") == Ran(0, f"aboard {__version__}\n", "")


@pytest.mark.parametrize("name", ["woh", "lod", "statsu", "xyzzy", "Who"])
def test_a_command_that_is_none(name: str, snapshot: SnapshotAssertion) -> None:
    ran = run(name)

    assert ran.code == 2
    assert ran.shown() == snapshot


def test_a_command_that_is_none_as_a_process() -> None:
    ran = spawn("woh", "iss")

    assert ran == Ran(2, "", "aboard: no command is called 'woh'\nhint: did you mean who?\n")


def test_help_needs_no_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    assert run("who", "--help").code == 0
    assert list(home.iterdir()) == []
