"""Loading: the shipped ledger through the loader, and the same events merely saved."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, ClassVar

from eventsourcing.application import Application
from eventsourcing.utils import get_topic

from aboard.domain.log import open_log
from aboard.domain.mapper import EventMapper
from benchmarks.figure import Figure, Measured
from benchmarks.given import load_shipped, loaded_log
from benchmarks.timing import in_turns, timed

if TYPE_CHECKING:
    from pathlib import Path


class Plain(Application[str]):
    """The library's application and its own SQLite tables, with our form of a stored event."""

    env: ClassVar[dict[str, str]] = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "ORIGINATOR_ID_TYPE": "text",
        "MAPPER_TOPIC": get_topic(EventMapper),
    }


def measure(folder: Path) -> Measured:
    """Fill a new log, and a new plain event store, every time; opening them is not timed."""
    given = folder / "given"
    with loaded_log(given) as log:
        events: list[Any] = [event for _, event in log.read()]
    files = (folder / f"{number}.sqlite" for number in itertools.count())

    def loading() -> float:
        with open_log(next(files)) as log:
            return timed(lambda: load_shipped(log))

    def saving() -> float:
        plain = Plain({"SQLITE_DBNAME": str(next(files))})
        try:
            return timed(lambda: plain.save(*events))
        finally:
            plain.close()

    seconds = in_turns(saving, loading)
    return Measured(len(events) / seconds.subject, seconds.ratio)


FIGURES = (
    Figure(
        "load",
        "Loading the shipped ledger into an empty log: reading the files, checking every fact "
        "against all the others, and recording them in one transaction. The baseline saves the "
        "same events, without reading or checking anything, in one transaction by the event "
        "sourcing library's own application and tables.",
        "events/s",
        "Application.save of the same events",
        None,
        measure,
    ),
)
