"""What a user waits for: the first answer, ledger loaded on the way, and every next one."""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING

from benchmarks.figure import Figure, Measured
from benchmarks.timing import ROUNDS, WARM_UP, aboard, in_turns, run

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 10.0
"""Seconds that the first answer may take."""

WHO = ("who", "iss")
WHO_KNOWN = ("who", "iss", "--at", "2023-02-01", "--known", "2022-09-21", "--format", "json")


def first_who(folder: Path) -> Measured:
    """Ask where nothing has been asked before, in a new folder every time."""
    homes = (folder / str(number) for number in itertools.count())

    def ask() -> float:
        home = next(homes)
        home.mkdir()
        return run((aboard(), *WHO), home)

    seconds = in_turns(lambda: LIMIT, ask, ROUNDS, WARM_UP)
    return Measured(seconds.subject, seconds.ratio)


def next_who(folder: Path) -> Measured:
    """Ask again where the log is loaded and the read model is up to date."""
    return _next(WHO, folder)


def next_who_known(folder: Path) -> Measured:
    """Ask again what was expected at some instant, as known at another."""
    return _next(WHO_KNOWN, folder)


def _next(question: tuple[str, ...], folder: Path) -> Measured:
    run((aboard(), *WHO), folder)
    seconds = in_turns(
        lambda: run((sys.executable, "-c", "import typer"), folder),
        lambda: run((aboard(), *question), folder),
    )
    return Measured(seconds.subject, seconds.ratio)


FIGURES = (
    Figure(
        "first-who",
        "The first `aboard who iss` of a new user: the shipped ledger is checked and recorded and "
        "the read model is built before the answer. The program runs in a data folder that is new "
        "every time, from its start to its end.",
        "s",
        "limit 10 s",
        1.0,
        first_who,
    ),
    Figure(
        "next-who",
        "Every later `aboard who iss`, from the start of the program to its end, in a data folder "
        "that is ready. The baseline is a program of the same environment that does nothing but "
        "import the library that reads the command line.",
        "s",
        "python -c 'import typer'",
        1.4,
        next_who,
        aim=1.1,
    ),
    Figure(
        "next-who-known",
        f"The same for a question of two instants, `aboard {' '.join(WHO_KNOWN)}`.",
        "s",
        "python -c 'import typer'",
        1.4,
        next_who_known,
        aim=1.1,
    ),
)
