"""What holds at a point: all of it, and found without looking at what is long over."""

from __future__ import annotations

import random
from itertools import count
from typing import TYPE_CHECKING

import pytest

from aboard.events.time import FOREVER
from aboard.projections.queries import reader
from aboard.projections.tables import point_index as reach
from aboard.projections.tables.schema import create_tables
from tests.memory import in_memory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.storage.sqlite import SqliteConnection

DAY, YEAR = reach.DAY, 365 * reach.DAY
STATIONS = ("apple", "pear")
FOLDS = ("presence", "berths", "command")

Held = tuple[int, int, int, int]
"""A rectangle: valid from and to, known from and to."""


def a_read_model(rectangles: dict[tuple[str, str], Iterable[Held]]) -> SqliteConnection:
    """Return a read model with these rectangles, by fold and place; each with its own subject."""
    db = in_memory()
    create_tables(db, "a log", FOLDS)
    number = count()
    for (fold, place), held in rectangles.items():
        db.executemany(
            f"INSERT INTO {fold} VALUES (?,?,?,?,?,?,?,?,?)",  # noqa: S608
            [
                (place, start, f"subject-{next(number)}", 1, end, since, until, "{}", "[]")
                for start, end, since, until in held
            ],
        )
    return db


def an_end(choose: random.Random, start: int, limits: Iterable[int]) -> int:
    """Return an end: none, just within a class, just without, or any."""
    limit = choose.choice([*limits, YEAR * 5])
    return choose.choice(
        [FOREVER, start + limit, start + limit + 1, start + choose.randrange(1, limit)]
    )


def some_rectangles(choose: random.Random) -> list[Held]:
    found = []
    for _ in range(400):
        start, since = choose.randrange(-YEAR, 9 * YEAR), choose.randrange(-YEAR, 9 * YEAR)
        end = an_end(choose, start, reach.VALID)
        found.append((start, end, since, an_end(choose, since, reach.KNOWN)))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_what_a_look_at_every_rectangle_finds(seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311
    folds = FOLDS
    db = a_read_model({(f, place): some_rectangles(choose) for f in folds for place in STATIONS})
    points = [
        (row[0], row[1])
        for fold in folds
        for row in db.execute(f"SELECT valid_from, known_from FROM {fold} LIMIT 60")  # noqa: S608
    ]
    points += [
        (row[0] - 1, row[1] - 1)
        for fold in folds
        for row in db.execute(f"SELECT valid_to, known_to FROM {fold} LIMIT 60")  # noqa: S608
    ]
    points += [(choose.randrange(9 * YEAR), choose.randrange(9 * YEAR)) for _ in range(60)]
    some = 0

    for at, known in points:
        for place in STATIONS:
            for fold in folds:
                rows = reader.rows_at(db, fold, place, at, known)
                wanted = db.execute(
                    f"SELECT subject FROM {fold} WHERE place=? AND valid_from<=? AND valid_to>? "  # noqa: S608
                    "AND known_from<=? AND known_to>? ORDER BY subject",
                    (place, at, at, known, known),
                ).fetchall()
                subjects = sorted(row.subject for row in rows)
                assert subjects == [subject for (subject,) in wanted]
                some += len(subjects)

    assert some > 1_000


def visits(years: int) -> list[Held]:
    """Half a year each, one every ten days; open until the landing is planned, then not."""
    begun = range(0, years * YEAR, 10 * DAY)
    return [
        held
        for start in begun
        for held in (
            (start, FOREVER, start, start + 60 * DAY),
            (start, start + 180 * DAY, start + 60 * DAY, start + 179 * DAY),
            (start, start + 181 * DAY, start + 179 * DAY, FOREVER),
        )
    ]


def steps(db: SqliteConnection, at: int, known: int) -> int:
    """Return how many steps SQLite's machine takes for a question."""
    taken = count(1)
    db.set_progress_handler(lambda: next(taken) and None, 1)
    for fold in FOLDS:
        reader.rows_at(db, fold, "pear", at, known)
    db.set_progress_handler(None, 1)
    return next(taken)


@pytest.mark.parametrize("asked", ["then", "now"])
def test_no_more_is_looked_at_in_a_longer_history(asked: str) -> None:
    module = [
        (0, FOREVER, 0, 20 * YEAR),
        (0, 20 * YEAR, 20 * YEAR, FOREVER),
        (5, FOREVER, 5, FOREVER),
    ]
    at = 2 * YEAR
    taken = [
        steps(
            a_read_model(
                {("presence", "pear"): visits(years), ("berths", "pear"): [*visits(years), *module]}
            ),
            at,
            at if asked == "then" else years * YEAR,
        )
        for years in (4, 80)
    ]

    assert taken[1] < 1.05 * taken[0]


def test_the_index_is_read_by_itself_and_only_what_holds_is_fetched() -> None:
    db = a_read_model({})
    for fold in FOLDS:
        plan = "\n".join(
            row[3]
            for row in db.execute(
                f"EXPLAIN QUERY PLAN {reach.holding(fold)}", {"place": "pear", "at": 0, "known": 0}
            )
        )
        assert f"USING COVERING INDEX {fold}_at (place=? AND <expr>=? AND <expr>>?" in plan
        assert plan.count("USING PRIMARY KEY (subject=? AND valid_from=? AND known_from=?") == 1
