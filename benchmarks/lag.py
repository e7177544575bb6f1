"""The lag of a read model that follows its log in PostgreSQL, from commit to visible."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import IO, TYPE_CHECKING, Any

import psycopg

from aboard.domain.eventlog.log import open_log
from aboard.domain.eventlog.notifications import open_notifications
from aboard.loader.record import record
from aboard.projections.read_model import follow as following
from aboard.projections.read_model.read_model import ReadModel, open_to_write
from benchmarks import given, one_event, server
from benchmarks.figure import Figure, Measured

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS, WARM_UP = 300, 30
ROUND_TRIPS = 300
PAUSE = 0.01
"""Seconds between two events: each finds the read model level."""

PATIENCE = 30
"""Seconds after which a notification that is not answered is given up."""

PING, PONG = "aboard_ping", "aboard_pong"


def follow(url: str) -> None:
    """Keep a read model up to date with a log; print each position reached, and when."""
    with open_log(url) as log, open_to_write(url) as db, open_notifications(url) as news:
        ReadModel(db).catch_up(log)
        following.follow(
            ReadModel(db),
            log,
            news,
            on_batch=lambda step: _tell(step.position),
            stopped=lambda: False,
        )


def echo(url: str) -> None:
    """Answer every notification with another."""
    with _listening(url, PING) as heard, _connected(url) as db:
        _tell(0)
        for _ in heard.notifies():
            db.execute(f"NOTIFY {PONG}".encode())


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    with closing(psycopg.connect(url, autocommit=True)) as db:
        yield db


@contextmanager
def _listening(url: str, channel: str) -> Iterator[psycopg.Connection[Any]]:
    """Open a connection that does nothing but listen."""
    with _connected(url) as db:
        db.execute(f"LISTEN {channel}".encode())
        yield db


def _tell(position: int) -> None:
    print(position, time.monotonic(), flush=True)


@contextmanager
def other(role: str, url: str) -> Iterator[IO[str]]:
    """Start a process in a role, and wait until it is ready; yield what it prints from then on."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.lag", role, url],
        cwd=Path(__file__).resolve().parents[1],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        if process.stdout is None or not process.stdout.readline():
            raise RuntimeError(f"the process to {role} has failed")
        yield process.stdout
    finally:
        process.kill()
        process.wait()


def lags(url: str, events: int = EVENTS) -> list[float]:
    """Record one event after another; return the seconds after which each is visible."""
    with open_log(url) as log:
        given.load_shipped(log)
        coming = one_event.news()
        found = []
        with other("follow", url) as told:
            for _ in range(WARM_UP + events):
                file, recording = next(coming)
                outcome = record(log, [file], recording)
                committed = time.monotonic()
                reached, visible = 0, 0.0
                while reached < outcome.position:
                    position, moment = told.readline().split()
                    reached, visible = int(position), float(moment)
                found.append(max(0.0, visible - committed))
                time.sleep(PAUSE)
    return found[WARM_UP:]


def round_trips(url: str) -> list[float]:
    """Notify another process that notifies back; return the seconds that each round trip took."""
    found = []
    with other("echo", url), _listening(url, PONG) as heard, _connected(url) as db:
        for _ in range(WARM_UP + ROUND_TRIPS):
            start = time.perf_counter()
            db.execute(f"NOTIFY {PING}".encode())
            if not list(heard.notifies(timeout=PATIENCE, stop_after=1)):
                raise RuntimeError(f"no answer within {PATIENCE} s")
            found.append(time.perf_counter() - start)
            time.sleep(PAUSE)
    return found[WARM_UP:]


def measure(_folder: Path, events: int = EVENTS) -> Measured:
    """Measure the lag of the slowest hundredth, and the median of the round trips."""
    bare = median(round_trips(server.database()))
    slowest = quantiles(lags(server.database(), events), n=100)[98]
    return Measured(slowest * 1e3, slowest / bare)


def main() -> None:
    """Be the other process."""
    role, url = sys.argv[1:]
    {"follow": follow, "echo": echo}[role](url)


FIGURES = (
    Figure(
        "catch-up-lag",
        f"How long after its commit an event is in the answers, in PostgreSQL: {EVENTS} events of "
        "news recorded one by one, with a second process that listens and keeps the read model "
        "level. One in a hundred takes longer. The baseline is the median of a notification to a "
        "second process that answers it with another.",
        "ms",
        "LISTEN/NOTIFY round trip",
        5,
        measure,
        aim=2,
    ),
)

if __name__ == "__main__":
    main()
