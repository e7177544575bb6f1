"""A generator of logs of any size: the course of many stations at once, by a seed, ever the same.

Everything is invented, and could be true: a log made this way passes every check of the loader. How
often things happen is measured on the shipped ledger, per flight to a station. Of the 20 flights
that it follows from their plans on: 1.7 launch plans and 0.15 scrubs, 2.2 return plans, 1.1
undocking plans, 0.45 docking plans, 0.65 roll-outs, 0.5 replaced crews, 0.95 hatch openings, 0.35
hatch closings, 0.3 anomalies, 0.15 withdrawn plans; three facts in a hundred become known days
after they happened. Of all 219: 0.26 relocations, 0.3 hand-overs and as many expeditions, 0.3
claims and 0.17 rulings, 0.06 gaps, 0.02 failed dockings. Of all its 418 flights: 1.2 spacewalks, 2
seats a person, 7 losses and aborted launches together. Seats move in 0.3 of the 20 flights, in 0.02
of all, and in 0.13 here.

It has no corrections, because it was written down afterwards: whatever it had to rule on, 0.3 a
flight, a log that is kept at the time would have had to correct, and that is how many there are
here, one in ten of them corrected again. Retractions (0.05) and facts recorded weeks late (three in
a hundred) are estimates.

A station is visited six times a year and has seven to eleven people, and half of the stations have
a module besides, that stays for years or for ever. A larger log has more stations, up to 1,000, and
only then a longer time: so a station's population stays what it is in life. Memory is that of the
facts which lie ahead of each station at an instant, whatever the size.

The log's own guards are left out, and so is its index of names: a log makes it when it first needs
it.
"""

from __future__ import annotations

import heapq
import itertools
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from aboard.domain.eventlog.log import open_log
from benchmarks.generated_station import Station

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.generated import Fact

SEED = 20221225
MOST_STATIONS = 1_000
PER_STATION = 1_000
"""Events for which a log has one station, up to the most."""

PAGE = 20_000
"""Events that are written in one transaction."""


def stations(size: int) -> int:
    """Return how many stations a log of a size has."""
    return max(1, min(MOST_STATIONS, size // PER_STATION))


def facts(size: int, seed: int = SEED) -> Iterator[Fact]:
    """Yield so many facts, in the order in which they are recorded."""
    courses = (Station(number, seed).facts() for number in range(1, stations(size) + 1))
    return itertools.islice(heapq.merge(*courses, key=lambda fact: fact.recorded), size)


def write(path: Path, size: int, seed: int = SEED) -> None:
    """Write a log of so many events to a new SQLite file."""
    with open_log(path):
        pass
    coming = enumerate(facts(size, seed), 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("PRAGMA cache_size=-200000")
        while page := list(itertools.islice(coming, PAGE)):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                "INSERT INTO stored_events VALUES (?,?,?,?,?)",
                [
                    (position, fact.stream, fact.version, fact.topic, fact.stored())
                    for position, fact in page
                ],
            )
            db.executemany(
                "INSERT INTO event_ids VALUES (?,?)",
                [(fact.id, position) for position, fact in page],
            )
            db.execute("COMMIT")
