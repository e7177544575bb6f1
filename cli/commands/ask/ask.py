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
from aboard.cli.output.render import (
    Format,
    FormatOption,
    bold,
    print_csv,
    print_json,
    print_table,
    say,
)

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.app.database import Database

COLUMNS = ("projection", "place", "subject", "value", "why")
"""The columns of the CSV form, one row for each thing that holds."""


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The projection.")],
    place: Annotated[
        str, typer.Argument(metavar="[PLACE]", help="Where. [default: everywhere]")
    ] = "",
    at: At = "",
    known: Known = "",
    plugins: Plugins = None,
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """Query a projection, built-in or your own, at any instant, as known on any date.

    \b
    Examples:
      aboard ask presence iss --at 2022-12-25
      aboard ask hatch soyuz-ms-22 --at 2023-01-01 --plugin hatch.py
      aboard ask hatch --known 2022-10-01 --format json

    The projection is one of the program's own, or one that you wrote: a file of yours is built
    into the read model before the answer, if it is not level yet.
    """
    where = find_database(database)
    present = now()
    instant, knowledge = at_instant(at, present), known_instant(known, present)
    if plugins:
        _build(where, plugins)
    from aboard.app.open import open_ready  # noqa: PLC0415 - the read model is built first

    with open_ready(where, reporter=TERMINAL) as db:
        answer = ask_projection(db, name, place, instant, knowledge)
    match form:
        case Format.json:
            print_json(answer)
        case Format.jsonl:
            for one in answer["holds"]:
                print_json(one, lines=True)
        case Format.csv:
            rows = [
                {"projection": name, **one, "value": json.dumps(one["value"], ensure_ascii=False),
                 "why": " ".join(one["why"])}
                for one in answer["holds"]
            ]  # fmt: skip
            print_csv(rows, COLUMNS)
        case _:
            _print(answer)


def _build(where: Database, plugins: list[Path]) -> None:
    from aboard.app.build import build  # noqa: PLC0415 - heavy

    build(where, plugins, TERMINAL)


def _print(answer: dict[str, Any]) -> None:
    at_place = f" at {answer['place']}" if answer["place"] else ""
    head = f"{answer['projection']}{at_place} at {answer['at']}, as known at {answer['known']}"
    say(bold(head))
    if not answer["holds"]:
        say("  nothing holds")
        return
    rows = [
        (
            one["place"],
            one["subject"],
            ", ".join(f"{key} {value}" for key, value in one["value"].items() if value is not None),
            ", ".join(one["why"]),
        )
        for one in answer["holds"]
    ]
    print_table(("Place", "Subject", "Holds", "Because of"), rows, indent="  ")
