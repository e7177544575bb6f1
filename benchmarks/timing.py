"""Timing: baseline and subject in turns, warmed up, and the medians of both."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROUNDS = 25
"""How often a program or a long piece of work is timed."""

WARM_UP = 2
"""Rounds before those that count: they fill the caches of the disk and compile the modules."""

NOT_OURS = ("ABOARD_", "COVERAGE_", "PYTHON", "XDG_")
"""Variables that would change what a program does, or how fast it starts."""


@dataclass(frozen=True, slots=True)
class Medians:
    """The median times of a baseline and a subject, in seconds."""

    baseline: float
    subject: float

    @property
    def ratio(self) -> float:
        """How many times as long as the baseline the subject takes."""
        return self.subject / self.baseline


def in_turns(
    baseline: Callable[[], float],
    subject: Callable[[], float],
    rounds: int = ROUNDS,
    warm_up: int = WARM_UP,
) -> Medians:
    """Measure both once a round, each first in every other round, so that drift hits them alike.

    Each is called without arguments, does its work once, and returns the seconds it took.
    """
    times: dict[str, list[float]] = {"baseline": [], "subject": []}
    for number in range(-warm_up, rounds):
        pair = [("baseline", baseline), ("subject", subject)]
        for name, measure in pair if number % 2 else reversed(pair):
            taken = measure()
            if number >= 0:
                times[name].append(taken)
    return Medians(median(times["baseline"]), median(times["subject"]))


def timed(work: Callable[[], object]) -> float:
    """Do some work once and return the seconds it took; earlier garbage is collected before."""
    gc.collect()
    return quickly_timed(work)


def quickly_timed(work: Callable[[], object]) -> float:
    """Do some work of microseconds once and return the seconds it took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(command: Sequence[str], home: Path) -> float:
    """Run a program as a user would, with its folders in `home`; return the seconds it took.

    Python's own variables are left out: with ``PYTHONDONTWRITEBYTECODE``, which test machines set,
    every start would compile all modules again. Raises `RuntimeError` when the program fails.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith(NOT_OURS)}
    environment |= {
        f"XDG_{kind}_HOME": str(home / kind.lower())
        for kind in ("CACHE", "CONFIG", "DATA", "STATE")
    }
    start = time.perf_counter()
    done = subprocess.run(
        command,
        env=environment,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    taken = time.perf_counter() - start
    if done.returncode or not (done.stdout or command[0] == sys.executable):
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.decode()}")
    return taken


def aboard() -> str:
    """Return the `aboard` program of this environment; raise `RuntimeError` where it has none."""
    scripts = Path(sys.executable).parent
    if found := shutil.which("aboard", path=str(scripts)):
        return found
    raise RuntimeError(f"no aboard next to {sys.executable}; run `uv run python -m benchmarks`")
