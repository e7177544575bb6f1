"""Rebuilding in PostgreSQL, compared with the library's projections there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from aboard.domain.eventlog.log import open_log
from aboard.projections.read_model.read_model import open_to_write, rebuild
from benchmarks import given, library, server
from benchmarks.figure import Figure, Measured
from benchmarks.rebuild import SAMPLE
from benchmarks.timing import timed

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 200_000


def measure(_folder: Path, size: int = SIZE, sample: int = SAMPLE) -> Measured:
    """Build from a log on the server, and let the library's runner do so from its own."""
    url = server.generated(size)
    with open_log(url) as log, open_to_write(url) as db:
        rate = size / timed(lambda: rebuild(db, log))
    with open_log(given.generated(sample)) as log:
        events = [event for _, event in log.read()]
    env = library_environment(server.database())
    application = library.Plain(env)
    try:
        library.save(application, events)
    finally:
        application.close()
    seconds = timed(lambda: library.project(library.PostgresView, env, len(events)))
    return Measured(rate, rate / (len(events) / seconds))


def library_environment(url: str) -> dict[str, str]:
    """Return what the library is told of a database."""
    said = conninfo_to_dict(url)
    return {
        **library.Plain.env,
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "APPLICATION_RECORDER_TOPIC": "",
        "POSTGRES_DBNAME": str(said["dbname"]),
        "POSTGRES_HOST": str(said["host"]),
        "POSTGRES_PORT": str(said.get("port", 5432)),
        "POSTGRES_USER": str(said["user"]),
        "POSTGRES_PASSWORD": str(said.get("password", "")),
    }


FIGURES = (
    Figure(
        "rebuild-postgres",
        f"Building a read model from a generated log of {SIZE:,} events, both in PostgreSQL: the "
        "same folds as in SQLite. The baseline is the library's ProjectionRunner and the same view "
        f"in PostgreSQL, over {SAMPLE:,} of the same events, each committed with its position.",
        "events/s",
        "ProjectionRunner, PostgreSQL view",
        20,
        measure,
        aim=40,
        more=True,
    ),
)
