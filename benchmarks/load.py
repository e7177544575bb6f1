"""Batches of events into the log: as they are, and with every check of a ledger before them."""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING

from aboard.domain.eventlog.log import open_log
from benchmarks import library
from benchmarks.figure import Figure, Measured
from benchmarks.given import load_shipped, loaded_log
from benchmarks.timing import in_turns, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from aboard.domain.eventlog.log import Log
    from aboard.events.envelope import Event


def recording(log: Log, events: Sequence[Event]) -> None:
    """Record events that are decided on, as a load does: all of them in one transaction."""
    log.record(events)


def loading(log: Log, _events: Sequence[Event]) -> None:
    """Load the shipped ledger."""
    load_shipped(log)


def measure(folder: Path, fill: Callable[[Log, Sequence[Event]], None]) -> Measured:
    """Fill a new log, and a new plain event store, every time; opening them is not timed."""
    given = folder / "given"
    with loaded_log(given) as log:
        events = [
            event.at_version(version)
            for stream in _streams(log)
            for version, event in enumerate(stream, 1)
        ]
    files = (folder / f"{number}.sqlite" for number in itertools.count())

    def filling() -> float:
        with open_log(next(files)) as log:
            return timed(lambda: fill(log, events))

    def saving() -> float:
        application = library.plain(next(files))
        try:
            return timed(lambda: library.save(application, events))
        finally:
            application.close()

    seconds = in_turns(saving, filling, rounds=9)
    return Measured(len(events) / seconds.subject, 1 / seconds.ratio)


def _streams(log: Log) -> Iterable[list[Event]]:
    """Return the facts of each stream; the versions of the log's own events are left to others."""
    streams: dict[str, list[Event]] = {}
    for _, event in log.read():
        streams.setdefault(event.originator_id, []).append(event)
    return streams.values()


BASELINE = f"Application.save in batches of {library.AT_ONCE}"

FIGURES = (
    Figure(
        "load",
        "A batch of events that are decided on, recorded in one transaction, as a load records "
        "them: with their ids, which no other event may have, and the index of what they name. The "
        "baseline saves the same events by the event sourcing library's own application and "
        f"tables, {library.AT_ONCE} in a transaction. The events are those of the shipped ledger.",
        "events/s",
        BASELINE,
        1,
        partial(measure, fill=recording),
        aim=2,
        more=True,
    ),
    Figure(
        "load-ledger",
        "The whole of a load, before the same baseline: the shipped ledger's files are parsed, and "
        "every fact is checked against all the others, before they are recorded.",
        "events/s",
        BASELINE,
        None,
        partial(measure, fill=loading),
    ),
)
