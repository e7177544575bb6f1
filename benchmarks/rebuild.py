"""Rebuilding: the read model dropped and built anew from the log."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

from aboard.projections import read_model, reader
from benchmarks import given
from benchmarks.figure import Figure, Measured
from benchmarks.timing import in_turns, timed

if TYPE_CHECKING:
    from pathlib import Path


def measure(folder: Path) -> Measured:
    """Rebuild one read model again and again from one log."""
    with (
        given.loaded_log(folder) as log,
        given.read_model(folder, log) as db,
        closing(reader.connect(folder / "log.sqlite")) as raw,
    ):

        def parse() -> None:
            for row in raw.execute(
                "SELECT rowid, originator_id, originator_version, topic, state "
                "FROM stored_events ORDER BY rowid"
            ):
                json.loads(row[-1])

        seconds = in_turns(lambda: timed(parse), lambda: timed(lambda: read_model.rebuild(db, log)))
        return Measured(log.position / seconds.subject, seconds.ratio)


FIGURES = (
    Figure(
        "rebuild",
        "Dropping the read model and building it from a log that holds the shipped ledger. The "
        "baseline selects the same rows of the log and parses their JSON, and does nothing with "
        "it.",
        "events/s",
        "SELECT of the same rows, json.loads",
        None,
        measure,
    ),
)
