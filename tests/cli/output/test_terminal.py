"""A terminal gets headings in bold and progress; a pipe gets neither, and may end early."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import PROGRAM, environment, spawn

if TYPE_CHECKING:
    from pathlib import Path

BOLD = "\x1b[1m"
QUESTION = ("who", "iss", "--at", "2022-12-25", "--known", "2024-01-01")


def on_a_terminal(*arguments: str, **env: str) -> str:
    """Return what a command writes to a terminal, standard error included."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(**{"TERM": "xterm", **env}),
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # the end, as Linux says it
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    assert process.wait(timeout=30) == 0
    return b"".join(parts).decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "question", [QUESTION, ("flight", "ms-22"), ("status",), ("log", "-n", "3")], ids=" ".join
)
def test_headings_are_bold_on_a_terminal(question: tuple[str, ...], answering: Path) -> None:
    shown = on_a_terminal(*question)
    plain = spawn(*question)

    assert BOLD in shown
    assert shown.count("\x1b[") == 2 * shown.count(BOLD), "nothing but bold, on and off"
    assert "\x1b" not in plain.stdout
    first = plain.stdout.splitlines()[0]
    assert shown.startswith(f"{BOLD}{first.split(' at ')[0]}")


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_nothing_is_bold_for_who_wants_it_plain(env: dict[str, str], answering: Path) -> None:
    assert on_a_terminal(*QUESTION, **env) == spawn(*QUESTION).stdout


def test_an_empty_no_color_is_none(answering: Path) -> None:
    assert BOLD in on_a_terminal(*QUESTION, NO_COLOR="")


def test_json_is_never_bold(answering: Path) -> None:
    assert "\x1b" not in on_a_terminal(*QUESTION, "--format", "json")


def test_progress_is_shown_on_a_terminal_alone(tmp_path: Path) -> None:
    shown = on_a_terminal(*QUESTION, "--database", str(tmp_path / "one" / "log.sqlite"), "--create")
    piped = spawn(*QUESTION, "--database", tmp_path / "other" / "log.sqlite")

    assert "Loading the ledger" in shown
    assert "Building the read model" in shown
    assert "7 people" in shown
    assert (piped.code, piped.stderr) == (0, "")
    assert "7 people" in piped.stdout


@pytest.mark.parametrize(
    "question",
    ["who iss --at 2022-12-25", "log", "log -f jsonl", "log -f csv", "person rubio", "station iss",
     "show soyuz-ms-22/docked", "flight ms-22", "flight ms-22 -f csv", "flight ms-22 -f jsonl",
     "check --strict", "--help"],
)  # fmt: skip
def test_a_reader_that_leaves_is_no_error(question: str, answering: Path) -> None:
    process = subprocess.Popen(
        [*PROGRAM, *question.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()

    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=30) == 0


def test_the_first_line_is_enough(answering: Path) -> None:
    command = " ".join([*PROGRAM, *QUESTION])

    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1"],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )

    assert done.stdout.startswith("International Space Station: 7 people")
    assert done.stderr == ""
