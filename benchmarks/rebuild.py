"""Rebuilding in SQLite, compared with the library's projections and with only reading the log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING

import orjson

from aboard.domain.eventlog.log import open_log
from aboard.projections.folds.registry import FOLDS
from aboard.projections.read_model.read_model import open_to_write
from benchmarks import given, library
from benchmarks.figure import Figure, Measured
from benchmarks.timing import timed

if TYPE_CHECKING:
    from pathlib import Path

SIZE, SAMPLE = 1_000_000, 20_000

INCLUDED = ", ".join(fold.name.replace("_", " ") for fold in FOLDS)
"""The folds that a rebuild builds, in addition to the catalogue."""


def measure(folder: Path, size: int = SIZE, sample: int = SAMPLE) -> Measured:
    """Build from the whole log, and let the library's runner project the events of some stations.

    A station's events are the same in a log of any size.
    """
    rate = size / given.rebuilt(size).seconds
    with open_log(given.generated(sample)) as log:
        events = [event for _, event in log.read()]
    application = library.plain(folder / "plain.sqlite")
    try:
        library.save(application, events)
    finally:
        application.close()
    env = {
        **library.Plain.env,
        "SQLITE_DBNAME": str(folder / "plain.sqlite"),
        "PRESENCE_VIEW_SQLITE_DBNAME": str(folder / "view.sqlite"),
    }
    seconds = timed(lambda: library.project(library.SQLiteView, env, len(events)))
    return Measured(rate, rate / (len(events) / seconds))


@cache
def parsing(log: Path) -> float:
    """Return the seconds in which every row of a log is selected, and its JSON parsed."""

    def parse() -> None:
        rows = db.execute(
            "SELECT rowid, originator_id, originator_version, topic, state "
            "FROM stored_events ORDER BY rowid"
        )
        for row in rows:
            orjson.loads(row[4])

    with closing(sqlite3.connect(log)) as db:
        return min(timed(parse) for _ in range(3))


def measure_time(_folder: Path, size: int = SIZE) -> Measured:
    """Compare the same rebuild with reading its events."""
    built = given.rebuilt(size)
    return Measured(built.seconds, built.seconds / parsing(built.log))


def copy_tables(built: Path, to: Path) -> None:
    """Have SQLite copy the tables of a read model, in their order, and make their indexes."""
    with open_to_write(to) as db:
        db.execute("ATTACH ? AS built", (str(built),))
        made = db.execute(
            "SELECT type, name, sql FROM built.sqlite_master WHERE sql IS NOT NULL "
            "ORDER BY type='index'"
        ).fetchall()
        with db.large_cache(), db.transaction():
            for kind, name, statement in made:
                db.execute(statement)
                if kind == "table":
                    db.execute(f"INSERT INTO main.{name} SELECT * FROM built.{name}")  # noqa: S608


def measure_rows(folder: Path, size: int = SIZE) -> Measured:
    """Compare the writing of what the rebuild leaves, and nothing else of it, with the same."""
    built = given.rebuilt(size)
    seconds = timed(lambda: copy_tables(built.read_model, folder / "copy.sqlite"))
    return Measured(seconds, seconds / parsing(built.log))


FIGURES = (
    Figure(
        "rebuild",
        f"Building a read model from a generated log of {SIZE:,} events, where there is none: the "
        f"catalogue and the folds {INCLUDED}, everything on both time axes. The baseline is the "
        "event sourcing library's ProjectionRunner, with the subscription that SQLite lacks, and a "
        f"view in SQLite, over {SAMPLE:,} of the same events. It keeps one row a stay, a berth and "
        "a command, as known at the end: no plans, no corrections and no second axis; each event "
        "is committed with its position.",
        "events/s",
        "ProjectionRunner, SQLite view",
        30,
        measure,
        aim=60,
        more=True,
        shares=True,
    ),
    Figure(
        "rebuild-time",
        "The time of the same rebuild. The baseline selects the same rows of the log and parses "
        "their JSON by the fastest parser there is, and does nothing with it.",
        "s",
        "SELECT of the same rows, orjson.loads",
        15,
        measure_time,
        aim=8,
        shares=True,
    ),
    Figure(
        "rebuild-rows",
        "What of that time is SQLite's own at the least: it copies the tables of the read model, "
        "as they are and in their order, to another file, and makes their indexes, with the same "
        "settings. Nothing is read from the log, decoded, lifted or encoded. The baseline is that "
        "of rebuild-time.",
        "s",
        "SELECT of the same rows, orjson.loads",
        None,
        measure_rows,
        shares=True,
    ),
)
