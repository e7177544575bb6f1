"""`aboard population`: how many people, over time."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find, find_agency
from aboard.cli.commands.ask.who import Boundary
from aboard.cli.errors import USAGE, fail
from aboard.cli.opening import open_database
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import Known, Recorded
from aboard.cli.output.render import (
    Format,
    FormatOption,
    bold,
    print_csv,
    print_json,
    print_table,
    say,
)
from aboard.projections.queries import reader
from aboard.projections.queries.population import CountScope, population

COLUMNS = ("from", "to", "count", "min", "max")
"""The columns of the CSV form, one row a step."""

MOST_SPANS = 12
"""How many spans of a maximum are listed before the rest are only counted."""


def command(
    station: Annotated[
        str,
        typer.Argument(
            metavar="[STATION]",
            help="At a station: id, name or alias. Without one: everyone in space.",
            show_default=False,
        ),
    ] = "",
    agency: Annotated[
        str, typer.Option("--agency", metavar="AGENCY", help="Of one agency: NASA, Roscosmos, ...")
    ] = "",
    since: Annotated[
        str, typer.Option("--from", metavar="TIME", help="From then on. [default: the first]")
    ] = "",
    until: Annotated[
        str, typer.Option("--to", metavar="TIME", help="Up to then. [default: now]")
    ] = "",
    known: Known = "",
    boundary: Annotated[
        Boundary, typer.Option("--boundary", help="How high a flight has to have gone to count.")
    ] = Boundary.orbit,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Whoever rides from one port to another is not aboard."),
    ] = False,
    steps: Annotated[
        bool, typer.Option("--steps", help="List every step, without a plot.")
    ] = False,
    recorded: Recorded = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """How many people were in space or aboard, over time: a plot, the most and the fewest.

    \b
    Examples:
      aboard population                         everyone in space, since the first
      aboard population iss                     aboard the station
      aboard population --agency JAXA --from 2022
      aboard population iss --from 2022-09-01 --to 2023-10-01 --steps
      aboard population --boundary 80km --from 2021-07 --to 2021-08
      aboard population iss --format jsonl | jq -s 'max_by(.count)'

    A step is a span in which the number does not change. In the forms json, jsonl and csv they are
    all there.
    """
    present = now()
    as_known = known_instant(known, present)
    begin = at_instant(since, present, "--from") if since else None
    end = at_instant(until, present, "--to")
    if begin is not None and begin >= end:
        fail("--from: it is not before --to", "the first instant, then the last", USAGE)
    with open_database(database, recorded) as db:
        place = find(db, ("station", "flight", "craft"), station) if station else None
        scope = CountScope(
            place[1] if place else None, find_agency(db, agency), boundary.value, strict=strict
        )
        answer = population(db, scope, as_known, begin, end)
        match form:
            case Format.json:
                print_json(answer)
            case Format.jsonl:
                for step in answer["steps"]:
                    print_json(step, lines=True)
            case Format.csv:
                print_csv(answer["steps"], COLUMNS)
            case Format.table:
                name = reader.name_of(db, *place) if place else "In space"
                _print(answer, f"{name}, {scope.agency}" if scope.agency else name, listed=steps)


def _print(answer: dict[str, Any], name: str, *, listed: bool) -> None:
    say(bold(f"{name}: {answer['from']} to {answer['to']}, as known at {answer['known']}"))
    say("")
    if listed:
        rows = [(one["from"], one["to"], _count(one)) for one in answer["steps"]]
        print_table(("From", "To", "People"), rows)
    else:
        from aboard.cli.output.step_plot import steps_plot  # noqa: PLC0415 - it is slow to import

        say(steps_plot(answer["steps"]))
    for word, key in (("Most", "maximum"), ("Fewest", "minimum")):
        spans = answer[key]["spans"]
        say(f"\n{word}: {answer[key]['count']}")
        for span in spans[:MOST_SPANS]:
            say(f"  {span['from']} to {span['to']}")
        if len(spans) > MOST_SPANS:
            say(f"  and {len(spans) - MOST_SPANS} spans more")


def _count(step: dict[str, Any]) -> str:
    doubt = f" ({step['min']} to {step['max']})" if "min" in step else ""
    return f"{step['count']}{doubt}"
