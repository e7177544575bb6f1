"""`aboard parked`: the events that could not be processed, and what to do about them."""

from __future__ import annotations

import enum
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.database import find_database
from aboard.app.errors import FAILED, NotFound, UsageError
from aboard.app.plugins import folds
from aboard.cli.errors import note
from aboard.cli.options.database import DatabaseOption, Plugins
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.render import Format, FormatOption, render, say
from aboard.cli.output.table import table
from aboard.projections.queries import reader, status
from aboard.storage.connection import NOT_CREATED

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.app.database import Database

COLUMNS = ("position", "event", "projection", "subject", "error", "since")
"""The columns of the CSV form, one row for each subject that is held."""


class Action(enum.StrEnum):
    """What is done about what is parked."""

    list = "list"
    retry = "retry"
    skip = "skip"


def command(
    action: Annotated[
        Action, typer.Argument(metavar="[list|retry|skip]", help="What to do.", show_default=False)
    ] = Action.list,
    position: Annotated[
        int | None,
        typer.Argument(metavar="[POSITION]", help="Which event.", show_default=False),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why an event is skipped.")
    ] = "",
    plugins: Plugins = None,
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """List, retry or skip the events that could not be read.

    \b
    Examples:
      aboard parked
      aboard parked --format json
      aboard parked retry
      aboard parked retry 4933
      aboard parked skip 4933 --reason "not ours"

    The subjects of a parked event are held: answers about them stay as they were before it, and
    say so. `retry` reads it again, after a fold or the program has been fixed; it also undoes a
    skip. `skip` leaves the event out of the projections in which it is parked.
    """
    where = find_database(database)
    if reason and action is not Action.skip:
        raise UsageError("--reason is only for skip", "aboard parked skip POSITION --reason TEXT")
    if action is Action.list:
        if position is not None:
            raise UsageError("list takes no POSITION", "leave POSITION out")
        render(_answer(_parked(where)), form)
    elif action is Action.skip:
        if position is None or not reason.strip():
            raise UsageError("skip needs a POSITION and a --reason", "`aboard parked` lists them")
        _mend(where, [position], reason, plugins)
    else:
        _mend(where, [position] if position is not None else None, "", plugins)


def _parked(where: Database) -> list[dict[str, Any]]:
    try:
        with closing(reader.connect(where.read_model)) as db:
            return status.parked(db)
    except NOT_CREATED:
        return []


def _answer(rows: list[dict[str, Any]]) -> AnswerForms:
    header = tuple(name.capitalize() for name in COLUMNS)
    cells = [tuple(str(row[name]) for name in COLUMNS) for row in rows]
    return AnswerForms.of(
        rows,
        records=lambda: rows,
        columns=COLUMNS,
        rows=lambda: rows,
        text=lambda: table(header, cells) if rows else (),
        if_empty="nothing is parked",
    )


def _mend(
    where: Database, positions: list[int] | None, reason: str, plugins: list[Path] | None
) -> None:
    """Take events in again, all that are parked where no position is given, or skip one."""
    from aboard.app.build import locked_log  # noqa: PLC0415 - heavy
    from aboard.projections.read_model.read_model import ReadModel, open_to_write  # noqa: PLC0415
    from aboard.projections.read_model.retry_parked import NotParked  # noqa: PLC0415

    every = folds(plugins)
    if positions is None:
        positions = sorted({row["position"] for row in _parked(where)})
        if not positions:
            note("nothing is parked")
    held = 0
    with locked_log(where) as log, open_to_write(where.read_model) as db:
        model = ReadModel(db, every)
        for at in positions:
            try:
                left = model.skip(log, at, reason) if reason else model.retry(log, at)
            except NotParked:
                raise NotFound(
                    f"nothing is parked at position {at}", "`aboard parked` lists the positions"
                ) from None
            held += left
            done = "skipped" if reason else "included"
            say(f"position {at}: {f'{left} still held' if left else done}")
    if held:
        note("`aboard parked` says why")
        raise typer.Exit(FAILED)
