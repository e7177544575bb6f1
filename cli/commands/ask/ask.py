"""`aboard ask`: what a projection holds at a place, at any instant, as known at any other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.database import find_database
from aboard.app.instants import at_instant, known_instant
from aboard.app.questions import ask_projection
from aboard.cli.opening import TERMINAL
from aboard.cli.options.database import DatabaseOption, Plugins
from aboard.cli.options.instants import At, Known
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.coverage_notes import MaxAge, with_age
from aboard.cli.output.phrases import as_asked
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.statements import with_gaps
from aboard.cli.output.table import bold, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aboard.app.database import Database

COLUMNS = ("projection", "place", "subject", "value", "why")
"""The columns of the CSV form, one row for each thing that holds."""


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The projection.")],
    place: Annotated[
        str, typer.Argument(metavar="[PLACE]", help="The place. [default: everywhere]")
    ] = "",
    at: At = "",
    known: Known = "",
    plugins: Plugins = None,
    max_age: MaxAge = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """Query a projection, built-in or your own, at any instant, as known on any date.

    \b
    Examples:
      aboard ask presence iss --at 2022-12-25
      aboard ask hatch soyuz-ms-22 --at 2023-01-01 --plugin hatch.py
      aboard ask hatch --known 2022-10-01 --format json

    The projection is built-in, or one that you wrote: your file is first added to the read model
    and brought up to date if necessary.
    """
    where = find_database(database)
    present = now()
    instant, knowledge = at_instant(at, present), known_instant(known, present)
    if plugins:
        _build(where, plugins)
    from aboard.app.open import open_ready  # noqa: PLC0415 - the read model is built first

    with open_ready(where, reporter=TERMINAL, projection=name) as db:
        found = ask_projection(db, name, place, instant, knowledge)
    answer = AnswerForms.of(
        found,
        records=lambda: found["holds"],
        columns=COLUMNS,
        rows=lambda: [_row(name, one) for one in found["holds"]],
        text=lambda: _text(found),
    )
    render(with_age(with_gaps(answer, found), found, max_age), form)


def _build(where: Database, plugins: list[Path]) -> None:
    from aboard.app.build import build  # noqa: PLC0415 - heavy

    build(where, plugins, TERMINAL)


def _row(name: str, one: dict[str, Any]) -> dict[str, Any]:
    value = json.dumps(one["value"], ensure_ascii=False)
    return {"projection": name, **one, "value": value, "why": " ".join(one["why"])}


def _text(found: dict[str, Any]) -> Iterator[str]:
    at_place = f" at {found['place']}" if found["place"] else ""
    yield bold(f"{found['projection']}{at_place} {as_asked(found)}")
    if not found["holds"]:
        yield "  nothing"
        return
    rows = [
        (
            one["place"],
            one["subject"],
            ", ".join(f"{key} {value}" for key, value in one["value"].items() if value is not None),
            ", ".join(one["why"]),
        )
        for one in found["holds"]
    ]
    yield from table(("Place", "Subject", "Holds", "Because of"), rows, "  ")
