"""In one pass: the shipped ledger loaded, checked and projected, against parsing its files."""

from __future__ import annotations

import itertools
import tomllib
from collections import defaultdict
from typing import TYPE_CHECKING

from aboard.domain.eventlog.log import open_log
from aboard.loader.ledger import shipped_ledger
from aboard.projections.fold import links
from aboard.projections.folds.registry import FOLDS
from aboard.projections.lift.lift import lift
from aboard.projections.read_model.read_model import catch_up, open_to_write
from benchmarks.figure import Figure, Measured
from benchmarks.given import load_shipped, loaded_log
from benchmarks.timing import in_turns, timed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aboard.domain.eventlog.log import Log
    from aboard.events.envelope import Event

TIMES = 4
"""How many times the parsing of the files it may take, in addition to the lift."""


def lifting(log: Log) -> Callable[[], None]:
    """Return what lifts every subject of every fold from events that are decoded already."""
    streams: dict[str, list[Event]] = defaultdict(list)
    for _, event in log.read():
        streams[event.originator_id].append(event)
    subjects: dict[tuple[int, str], set[str]] = defaultdict(set)
    for number, fold in enumerate(FOLDS):
        for event in itertools.chain.from_iterable(streams.values()):
            for subject, stream in links(fold, event):
                subjects[number, subject].add(stream)

    def lifted() -> None:
        for (number, subject), read in subjects.items():
            facts = [event for stream in sorted(read) for event in streams[stream]]
            for _rectangle in lift(FOLDS[number], subject, facts):
                pass

    return lifted


def measure(folder: Path) -> Measured:
    """Fill a new log and a new read model every time; opening them is not timed."""
    files = [path.read_text("utf-8") for path in sorted(shipped_ledger().rglob("*.toml"))]
    given = folder / "given"
    with loaded_log(given) as log:
        lifted = lifting(log)
        names = (folder / str(number) for number in itertools.count())

        def allowed() -> float:
            parsing = timed(lambda: [tomllib.loads(text) for text in files])
            return TIMES * parsing + timed(lifted)

        def whole() -> float:
            name = next(names)
            with open_log(name / "log.sqlite") as new, open_to_write(name / "read-model") as db:
                return timed(lambda: load_shipped(new)) + timed(lambda: catch_up(db, new))

        seconds = in_turns(allowed, whole)
    return Measured(seconds.subject, seconds.ratio)


FIGURES = (
    Figure(
        "one-pass",
        "Loading the shipped ledger into an empty log, checking every fact, and building the read "
        f"model. The baseline is {TIMES} times the time in which tomllib parses the same files, "
        "plus the time of the lift alone, over events that are in memory.",
        "s",
        f"{TIMES} times tomllib, plus the lift",
        1.0,
        measure,
    ),
)
