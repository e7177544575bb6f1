"""Running a command: inside this process, or as a real one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from typer.testing import CliRunner

import aboard.cli.main
from aboard.cli.main import COMMANDS
from aboard.cli.options.database import CREATES_NOTHING
from aboard.loader.ledger import shipped_ledger

if TYPE_CHECKING:
    from pathlib import Path

DATABASE_COMMANDS = frozenset(COMMANDS) - {"check", "fmt", "new", "schema", "copy"}
"""The commands that take `--database`."""

PROGRAM = (sys.executable, "-m", "aboard")


@dataclass(frozen=True)
class Ran:
    """What a command said, and how it ended."""

    code: int
    stdout: str
    stderr: str

    def shown(self, *folders: Path) -> str:
        """Return it as one text, in which folders that differ from run to run have a name."""
        text = f"{self.stdout}--- stderr\n{self.stderr}--- exit {self.code}\n"
        for folder in folders:
            text = text.replace(os.fspath(folder), "<folder>")
        return text.replace(os.fspath(shipped_ledger()), "<ledger>")


def creating(arguments: tuple[str | Path, ...]) -> list[str]:
    """Return arguments that let a command create the database that they or a variable name."""
    words = [str(one) for one in arguments]
    named = "--database" in words or os.environ.get("ABOARD_DATABASE")
    may_create = named and words[0] in DATABASE_COMMANDS - CREATES_NOTHING
    if not may_create:
        return words
    # The last of the words may be an option without its value, except after a type to record.
    return [*words, "--create"] if words[0] == "record" else [words[0], "--create", *words[1:]]


def run(*arguments: str | Path, stdin: str | bytes = "", create: bool = True) -> Ran:
    """Run a command inside this process; let it create the database that is named."""
    words = creating(arguments) if create else [str(one) for one in arguments]
    result = CliRunner().invoke(aboard.cli.main.app, words, input=stdin, prog_name="aboard")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def environment(**more: str) -> dict[str, str]:
    """Return an environment for a process that is killed or timed: without measuring coverage."""
    return {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")} | more


def spawn(*arguments: str | Path, stdin: str = "", measured: bool = False) -> Ran:
    """Run a command as a process of its own; measuring its coverage takes twice as long."""
    done = subprocess.run(
        [*PROGRAM, *creating(arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        env=None if measured else environment(),
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
