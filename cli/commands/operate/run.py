"""`aboard run`: follow the log, and keep the read model up to date."""

from __future__ import annotations

import signal
import sqlite3
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.database import find_database
from aboard.app.errors import AboardError
from aboard.app.plugins import folds
from aboard.cli.errors import note
from aboard.cli.options.database import DatabaseOption, Plugins
from aboard.cli.output.phrases import plural
from aboard.cli.output.render import WorkFormat, report
from aboard.storage import log_header
from aboard.storage.connection import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboard.app.database import Database
    from aboard.projections.read_model.read_model import BatchResult, ReadModel

PAUSE = 1.0
"""Seconds between two attempts to open what cannot be reached."""


def command(
    once: Annotated[bool, typer.Option("--once", help="Stop when up to date.")] = False,
    interval: Annotated[
        float,
        typer.Option("--interval", min=0.001, help="Seconds between checks when nothing arrives."),
    ] = 1.0,
    max_batch: Annotated[
        int, typer.Option("--max-batch", min=1, help="Maximum number of events in a batch.")
    ] = 2_000,
    plugins: Plugins = None,
    form: Annotated[
        WorkFormat,
        typer.Option("--format", "-f", help="jsonl prints an object for each batch."),
    ] = WorkFormat.table,
    database: DatabaseOption = "",
) -> None:
    """Follow the log, and keep the read model up to date.

    \b
    Examples:
      aboard run
      aboard run --once
      aboard run --plugin ports.py
      aboard run --format jsonl | jq .lag

    It reports on standard error. When interrupted or terminated it exits with 0; if it is killed,
    it resumes where it was when it is started again. Several may run at once.
    """
    where = find_database(database)
    every = folds(plugins)

    def on_batch(step: BatchResult) -> None:
        report(_record(step), _line(step), form)

    stop: list[int] = []
    before = {
        one: signal.signal(one, lambda number, _: stop.append(number))
        for one in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        _run(
            where, every, on_batch, lambda: bool(stop), once=once, most=max_batch, interval=interval
        )
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _run(
    where: Database,
    every: tuple[Any, ...],
    on_batch: Callable[[BatchResult], None],
    stopped: Callable[[], bool],
    *,
    once: bool,
    most: int,
    interval: float,
) -> None:
    from eventsourcing.persistence import PersistenceError  # noqa: PLC0415 - heavy

    from aboard.domain.eventlog.log import open_log  # noqa: PLC0415
    from aboard.domain.eventlog.notifications import open_notifications  # noqa: PLC0415
    from aboard.projections.read_model.follow import follow  # noqa: PLC0415
    from aboard.projections.read_model.read_model import (  # noqa: PLC0415
        Overtaken,
        ReadModel,
        open_to_write,
    )

    trouble = ""
    while not stopped():
        try:
            log_header.read_header(where.log)  # refuses a file that is something else
            with (
                open_log(where.log) as log,
                open_to_write(where.read_model) as db,
                open_notifications(where.log) as news,
            ):
                model = ReadModel(db, every, gives_way=True)
                if once:
                    _once(model, log, on_batch, stopped, most)
                    return
                follow(
                    model,
                    log,
                    news,
                    on_batch=on_batch,
                    stopped=stopped,
                    most=most,
                    interval=interval,
                )
        except Overtaken as error:
            raise AboardError(
                f"a newer version of the program maintains this read model: {error}",
                "use that version",
            ) from error
        except (sqlite3.OperationalError, StorageError, PersistenceError, ConnectionError) as error:
            if once:
                raise
            if str(error) != trouble:
                trouble = str(error)
                note(f"{' '.join(trouble.split())}; trying again")
            until = time.monotonic() + PAUSE
            while not stopped() and time.monotonic() < until:
                time.sleep(PAUSE / 20)


def _once(
    model: ReadModel,
    log: Any,
    on_batch: Callable[[BatchResult], None],
    stopped: Callable[[], bool],
    most: int,
) -> None:
    """Update a read model to the current end of the log."""
    from aboard.projections.read_model.follow import advance  # noqa: PLC0415 - heavy

    end = log.position
    while step := advance(model, log, most, stopped):
        on_batch(step)
        if stopped() or (step.position >= end and not step.left):
            return


def _record(step: BatchResult) -> dict[str, Any]:
    return {
        "position": step.position,
        "events": step.events,
        "lag": step.end - step.position,
        "building": step.building or None,
        "built": step.built,
        "took_over": step.took_over,
        "is_level": step.is_up_to_date,
    }


def _line(step: BatchResult) -> str:
    taken = plural(step.events, "event")
    if step.building and step.took_over:
        return f"{step.building}: {taken} included; it answers from now on"
    if step.building:
        return f"{step.building}: {taken} included; built up to {step.built} of {step.position}"
    lag = step.end - step.position
    state = f"{lag} behind" if lag else "up to date"
    return f"position {step.position}: {taken} included; {state}"
