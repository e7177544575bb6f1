"""One recorded event, as a feed of live news has it: decided on, durable, and in every answer."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from aboard.loader.parse_entries import Recording
from aboard.loader.record import record
from aboard.loader.toml_file import TomlFile
from aboard.projections.read_model.read_model import ReadModel
from benchmarks import given
from benchmarks.figure import Figure, Measured
from benchmarks.timing import in_turns, quickly_timed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST = datetime(2027, 1, 10, 8, 0, 0, tzinfo=UTC)
"""When the first of the flights lifts off: behind everything that the ledger holds."""

CREWS = (
    ["sergey-prokopyev", "dmitry-petelin", "frank-rubio"],
    ["nicole-mann", "josh-cassada", "koichi-wakata", "kimiya-yui"],
    ["alexey-zubritsky", "chris-williams", "marcus-wandt"],
)
"""Who flies, in turns; all of them have flown before, and are on the ground."""

EVENTS = 102
"""Six flights: a plan slips, a docking is corrected, a vehicle moves to another port."""


def flight(number: int) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    """Yield what becomes known of a flight: when, the stream, and what is stated."""
    name, crew, up = f"live-{number}", CREWS[number % len(CREWS)], FIRST + 40 * number * DAY
    yield from (
        (at, f"flight/{name}", {"id": f"{name}/{key}", "source": ["unsourced"], **said})
        for at, key, said in (
            (up - 9 * DAY, "planned",
             {"type": "planned", "name": f"Live {number}", "spacecraft": "Soyuz MS",
              "operator": "Roscosmos", "destination": "iss"}),
            (up - 8 * DAY, "crew",
             {"type": "crew_assigned", "crew": [{"person": person} for person in crew]}),
            (up - 7 * DAY, "launch-planned", {"type": "launch_planned", "target": up - DAY}),
            (up - 6 * DAY, "docking-planned",
             {"type": "docking_planned", "target": up + 4 * HOUR, "station": "iss"}),
            (up - 5 * DAY, "return-planned",
             {"type": "return_planned", "target": up + 28 * DAY}),
            (up - 2 * DAY, "scrubbed", {"type": "launch_scrubbed"}),
            (up - 2 * DAY + HOUR, "launch-slipped", {"type": "launch_planned", "target": up}),
            (up, "launched", {"type": "launched", "crew": crew}),
            (up + 3 * HOUR, "docked",
             {"type": "docked", "station": "iss", "port": "poisk-zenith"}),
            (up + 5 * HOUR, "hatch-opened", {"type": "hatch_opened"}),
            (up + 6 * HOUR, "docked/corrected",
             {"type": "corrected", "target": f"{name}/docked", "reason": "by the minute",
              "changes": {"happened": f"{up + 3 * HOUR - MINUTE:%Y-%m-%dT%H:%MZ}"}}),
            (up + 10 * DAY, "relocated",
             {"type": "relocated", "undocked_at": up + 10 * DAY - HOUR,
              "from_port": "poisk-zenith", "to_port": "prichal-nadir", "crew": crew}),
            (up + 12 * DAY, "undocking-planned",
             {"type": "undocking_planned", "target": up + 29 * DAY}),
            (up + 13 * DAY, "return-slipped",
             {"type": "return_planned", "target": up + 29 * DAY}),
            (up + 29 * DAY - HOUR, "hatch-closed", {"type": "hatch_closed"}),
            (up + 29 * DAY, "undocked", {"type": "undocked", "crew": crew}),
            (up + 29 * DAY + 3 * HOUR, "landed", {"type": "landed", "crew": crew}),
        )
    )  # fmt: skip


DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def news() -> Iterator[tuple[TomlFile, Recording]]:
    """Yield one event after another, stated at the moment when it happens."""
    for number in itertools.count():
        for at, stream, said in flight(number):
            stated = said | {"happened": at, "known": at}
            file = TomlFile(given.NOWHERE, "news", {"stream": stream, "event": [stated]})
            yield file, Recording(int(at.timestamp()), "news")


@contextmanager
def bare(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an SQLite file with one table, every commit on disk when it returns."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE row (number INTEGER PRIMARY KEY, text TEXT)")
        yield db


def measure(folder: Path) -> Measured:
    """Record the news one by one; the log and its read model stay open, as they would."""
    coming = news()
    with (
        given.loaded_log(folder) as log,
        given.read_model(folder, log) as db,
        bare(folder / "one.sqlite") as one,
        bare(folder / "other.sqlite") as other,
    ):
        read_model = ReadModel(db)

        def commit_twice() -> float:
            return quickly_timed(lambda: _commit(one, other))

        def record_one() -> float:
            file, recording = next(coming)

            def work() -> None:
                outcome = record(log, [file], recording)
                if len(outcome.events) != 1:
                    raise RuntimeError(f"not recorded: {outcome.findings}")
                read_model.catch_up(log)

            return quickly_timed(work)

        seconds = in_turns(commit_twice, record_one, rounds=EVENTS, warm_up=EVENTS // 2)
    return Measured(seconds.subject * 1e3, seconds.ratio)


def _commit(*files: sqlite3.Connection) -> None:
    for db in files:
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO row (text) VALUES (?)", ("x" * 300,))
        db.execute("COMMIT")


FIGURES = (
    Figure(
        "one-event",
        f"One event recorded as it becomes known: examined against what is recorded, on disk, and "
        f"the read model level with it. The median of {EVENTS} events of six flights: plans that "
        "slip, dockings, relocations, corrections, landings. The log holds the shipped ledger, and "
        "the process has it and the read model open. The baseline commits one small row to each of "
        "two bare files, every commit on disk.",
        "ms",
        "two durable commits of SQLite",
        3,
        measure,
        aim=1.5,
    ),
)
