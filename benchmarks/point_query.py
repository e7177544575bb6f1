"""The question itself, in process: who is at a station at an instant, as known at another."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING

from aboard.events.time import Time
from aboard.projections import reader
from aboard.projections.who import who
from benchmarks import given
from benchmarks.figure import Figure, Measured
from benchmarks.timing import in_turns, quickly_timed

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

STATION = "iss"
QUESTIONS = 500
SEED = 20221225
"""The same instants and rows in every run."""


def measure(folder: Path) -> Measured:
    """Ask for random pairs of instants within the time that the ledger covers."""
    with given.loaded_log(folder) as log, given.read_model(folder, log):
        pass
    with closing(reader.connect(folder / "read-model.sqlite")) as db:
        choose = random.Random(SEED)  # noqa: S311 - nothing secret
        since, until = _covered(db)
        ids = [key for (key,) in db.execute("SELECT id FROM event ORDER BY id")]

        def ask() -> float:
            at, known = choose.randrange(since, until), choose.randrange(since, until)
            return quickly_timed(lambda: who(db, ("station", STATION), at, known))

        def select() -> float:
            key = (choose.choice(ids),)
            return quickly_timed(
                lambda: db.execute("SELECT body FROM event WHERE id=?", key).fetchone()
            )

        seconds = in_turns(select, ask, rounds=QUESTIONS, warm_up=50)
    return Measured(seconds.subject * 1e6, seconds.ratio)


def _covered(db: sqlite3.Connection) -> tuple[int, int]:
    """Return the first instant that the ledger covers, and the first it no longer does."""
    since, until = db.execute(
        "SELECT since, until FROM coverage WHERE station=? ORDER BY position DESC", (STATION,)
    ).fetchone()
    return Time.parse(since).earliest, Time.parse(until).earliest


FIGURES = (
    Figure(
        "point-query",
        f"Who was aboard the station, asked in process on an open read model: the median of "
        f"{QUESTIONS} random pairs of instants within the time that the ledger covers. The "
        "baseline is the median of as many selections of one random event by its primary key.",
        "µs",
        "SELECT of one row by primary key",
        None,
        measure,
    ),
)
