"""The question itself, in process: who is at a station at an instant, as known at another."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing, contextmanager
from functools import partial
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.who import who
from benchmarks import given
from benchmarks.figure import Figure, Measured
from benchmarks.rtree import RTree
from benchmarks.timing import in_turns, quickly_timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aboard.storage.connection import Connection

SIZE, SMALL = 1_000_000, 10_000
STATION = "iss"
QUESTIONS, ANSWERS = 3_000, 500
FOLDS = ("presence", "berths", "command")
"""The folds that `who` queries at a station: people, vehicles, and who commands."""

REPEATS = 3
SEED = 20221225
"""The same instants and rows in every run."""

Question = tuple[str, int, int]
"""A station, an instant, and as known at another."""


def questions(db: Connection) -> list[Question]:
    """Return random questions: of any station, at and as known at any time that all of them have.

    The first stations are two years older than the last.
    """
    choose = random.Random(SEED)  # noqa: S311 - nothing secret
    begun = dict(db.execute("SELECT place, min(valid_from) FROM berths GROUP BY place"))
    since = max(begun.values())
    (until,) = db.execute("SELECT max(happened_from) FROM event").fetchone()
    stations = sorted(begun)
    return [
        (choose.choice(stations), choose.randrange(since, until), choose.randrange(since, until))
        for _ in range(QUESTIONS)
    ]


def times(*asking: tuple[Callable[[Question], object], list[Question]]) -> list[list[float]]:
    """Return, for each way of asking, the seconds that each of its questions takes.

    They are asked in turns, so that a machine that slows down slows all of them. It is the shortest
    of some times, one after another: the first finds the pages of the file cold, and any may be
    interrupted, and what is measured is the work that a question makes.
    """
    found: list[list[float]] = [[] for _ in asking]
    for number in range(QUESTIONS):
        for taken, (ask, asked) in zip(found, asking, strict=True):
            question = partial(ask, asked[number])
            taken.append(min(quickly_timed(question) for _ in range(REPEATS)))
    return found


def holding(db: Connection, question: Question) -> int:
    """Run the point queries that `who` runs for a station; return the number of rows found."""
    station, at, known = question
    # No hand-over is planned in public, so `who` does not ask for the command of a later instant.
    folds = FOLDS if at <= known else FOLDS[:2]
    return sum(len(reader.rows_at(db, fold, station, at, known)) for fold in folds)


@contextmanager
def asking(size: int) -> Iterator[tuple[Callable[[Question], Any], list[Question]]]:
    """Open a generated read model; yield what asks it one question, and the questions."""
    with closing(reader.connect(given.rebuilt(size).read_model)) as db:
        yield partial(holding, db), questions(db)


def measure(folder: Path, size: int = SIZE) -> Measured:
    """Ask an R*Tree of the same rectangles the same questions."""
    with (
        asking(size) as (ask, asked),
        closing(sqlite3.connect(given.rebuilt(size).read_model)) as source,
        closing(RTree(folder / "rtree.sqlite", source, FOLDS)) as tree,
        closing(reader.connect(given.rebuilt(size).read_model)) as db,
    ):
        for one in asked[:200]:
            command = reader.rows_at(db, "command", *one) if one[1] > one[2] else ()
            if len(tree.at(*one)) != ask(one) + len(command):
                raise RuntimeError(f"the R*Tree finds other rectangles at {one}")
        value, bare = map(median, times((ask, asked), (lambda one: tree.at(*one), asked)))
    return Measured(value * 1e6, value / bare)


def measure_answer(_folder: Path, size: int = SIZE) -> Measured:
    """Compare the whole answer with the point queries that it is made from."""
    with closing(reader.connect(given.rebuilt(size).read_model)) as db:

        def answer(question: Question) -> object:
            station, at, known = question
            return who(db, ("station", station), at, known)

        asked = questions(db)
        value, bare = map(median, times((answer, asked), (partial(holding, db), asked)))
    return Measured(value * 1e6, value / bare)


def measure_growth(_folder: Path, size: int = SIZE, small: int = SMALL) -> Measured:
    """Compare the median with that of a small log."""
    with asking(size) as large_one, asking(small) as small_one:
        value, baseline = map(median, times(large_one, small_one))
    return Measured(value * 1e6, value / baseline)


def measure_tail(_folder: Path, size: int = SIZE) -> Measured:
    """Compare the slowest hundredth with the median."""
    with asking(size) as one:
        (seconds,) = times(one)
    slowest = quantiles(seconds, n=100)[98]
    return Measured(slowest * 1e6, slowest / median(seconds))


def measure_shipped(folder: Path) -> Measured:
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

        seconds = in_turns(select, ask, rounds=ANSWERS, warm_up=50)
    return Measured(seconds.subject * 1e6, seconds.ratio)


def _covered(db: Connection) -> tuple[int, int]:
    """Return the first instant that the ledger covers, and the first it no longer does."""
    since, until = db.execute(
        "SELECT since, until FROM coverage WHERE station=? ORDER BY position DESC", (STATION,)
    ).fetchone()
    return Time.parse(since).earliest, Time.parse(until).earliest


FIGURES = (
    Figure(
        "who-p50",
        "Who and what is at a station at an instant, as known at another: the point queries of "
        "`who` for people, vehicles and command, with the value of each row and the events behind "
        f"it, run in process on an open read model of {SIZE:,} generated events. The median of "
        f"{QUESTIONS:,} random questions. The baseline is one query of an R*Tree of the same "
        "rectangles, by station, valid time and known time, for their numbers only.",
        "µs",
        "R*Tree point query, ids only",
        3,
        measure,
        aim=1,
        shares=True,
    ),
    Figure(
        "who-answer",
        "The whole answer of `who` to the same questions: names, agencies, doubts, gaps and "
        "coverage as well. The baseline is `who-p50`, the point queries alone, measured in turns.",
        "µs",
        "its point queries",
        None,
        measure_answer,
        shares=True,
    ),
    Figure(
        "who-growth",
        f"The median of `who-p50` at {SIZE:,} events, with {SMALL:,} as the baseline. A station "
        "has as many flights and people in both: the larger log has more stations.",
        "µs",
        f"the same at {SMALL:,} events",
        1.6,
        measure_growth,
        aim=1.2,
        shares=True,
    ),
    Figure(
        "who-p99",
        "The time that one in a hundred of the questions of `who-p50` takes longer than. The "
        "baseline is their median.",
        "µs",
        "the median of the same",
        4,
        measure_tail,
        aim=2,
        shares=True,
    ),
    Figure(
        "point-query",
        "The whole answer to who was aboard the station, with names, doubts, gaps and coverage, "
        f"asked in process of the shipped ledger: the median of {ANSWERS} random pairs of instants "
        "within the time that the ledger covers. The baseline is the median of as many selections "
        "of one random event by its primary key.",
        "µs",
        "SELECT of one row by primary key",
        None,
        measure_shipped,
    ),
)
