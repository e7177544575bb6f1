"""How a command fails: one line of what is wrong, one of what to do, and an exit code."""

from __future__ import annotations

from typing import NoReturn

import typer

CHECK_FAILED, USAGE, NOT_FOUND, STALE = 1, 2, 3, 4
"""The exit codes."""


def note(message: str) -> None:
    """Say something beside the answer, on standard error."""
    typer.echo(f"note: {message}", err=True)


def fail(message: str, hint: str, code: int) -> NoReturn:
    """End the command, with the message and the hint on standard error."""
    typer.echo(f"aboard: {message}\nhint: {hint}", err=True)
    raise typer.Exit(code)
