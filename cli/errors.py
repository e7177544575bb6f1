"""How a command fails: one line that says what is wrong, one that says what to do, and a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from aboard.app.errors import AboardError

if TYPE_CHECKING:
    from collections.abc import Sequence


class RefusedInput(AboardError):  # noqa: N818
    """What was to be recorded was refused, for one or more problems: a message and a hint each."""

    def __init__(self, problems: Sequence[tuple[str, str]], code: int) -> None:
        super().__init__(*problems[0])
        self.problems = problems
        self.code = code


def note(message: str) -> None:
    """Print a note about the answer, on standard error."""
    typer.echo(f"note: {message}", err=True)


def show(error: AboardError) -> None:
    """Print an error, on standard error."""
    # An option has the name of the parameter that it is given for.
    dashes = "--" if error.argument.isidentifier() and error.argument.islower() else ""
    problems = error.problems if isinstance(error, RefusedInput) else [(error.message, error.hint)]
    for message, hint in problems:
        lines = f"aboard: {dashes}{message}" + (f"\nhint: {hint}" if hint else "")
        typer.echo(lines, err=True)
    if isinstance(error, RefusedInput):
        note("nothing was recorded")
