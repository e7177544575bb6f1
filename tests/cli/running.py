"""Running a command: inside this process, or as a real one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from typer.testing import CliRunner

import aboard.cli.main
from aboard.loader.ledger import shipped_ledger

if TYPE_CHECKING:
    from pathlib import Path

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


def run(*arguments: str | Path, stdin: str | bytes = "") -> Ran:
    """Run a command inside this process."""
    result = CliRunner().invoke(
        aboard.cli.main.app, [str(one) for one in arguments], input=stdin, prog_name="aboard"
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def environment(**more: str) -> dict[str, str]:
    """Return an environment for a process that is killed or timed: without measuring coverage."""
    return {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")} | more


def spawn(*arguments: str | Path, stdin: str = "", measured: bool = False) -> Ran:
    """Run a command as a process of its own; measuring its coverage takes twice as long."""
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        env=None if measured else environment(),
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
