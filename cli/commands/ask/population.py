"""`aboard population`: how many people, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.errors import UsageError
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find, find_seats
from aboard.cli.opening import open_database
from aboard.cli.options.boundary import Boundary, BoundaryOption, Strict
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import Known, Recorded
from aboard.cli.options.seats import AgencyOption, NationalityOption
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.coverage_notes import MaxAge, with_age
from aboard.cli.output.phrases import with_range
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.statements import with_gaps
from aboard.cli.output.table import bold, table
from aboard.projections.queries import reader
from aboard.projections.queries.population import CountScope, population

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    agency: AgencyOption = "",
    nationality: NationalityOption = "",
    since: Annotated[
        str, typer.Option("--from", metavar="TIME", help="From this time. [default: the first]")
    ] = "",
    until: Annotated[
        str, typer.Option("--to", metavar="TIME", help="Up to this time. [default: now]")
    ] = "",
    known: Known = "",
    boundary: BoundaryOption = Boundary.orbit,
    strict: Strict = False,
    steps: Annotated[
        bool, typer.Option("--steps", help="List every step, without a plot.")
    ] = False,
    recorded: Recorded = "",
    max_age: MaxAge = "",
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

    A step is a period in which the number does not change. The formats json, jsonl and csv contain
    every step.
    """
    present = now()
    as_known = known_instant(known, present)
    begin = at_instant(since, present, "--from") if since else None
    end = at_instant(until, present, "--to")
    if begin is not None and begin >= end:
        raise UsageError("--from is not before --to", "give the earlier instant as --from")
    with open_database(database, recorded) as db:
        place = find(db, ("station", "flight", "craft"), station) if station else None
        scope = CountScope(
            place[1] if place else None,
            find_seats(db, agency, nationality),
            boundary.value,
            strict=strict,
        )
        found = population(db, scope, as_known, begin, end)
        title = reader.name_of(db, *place) if place else "In space"
        title += f", {scope.seats}" if any(scope.seats) else ""
        answer = AnswerForms.of(
            found,
            records=lambda: found["steps"],
            columns=COLUMNS,
            rows=lambda: found["steps"],
            text=lambda: _text(found, title, listed=steps),
        )
        render(with_age(with_gaps(answer, found), found, max_age), form)


def _text(found: dict[str, Any], title: str, *, listed: bool) -> Iterator[str]:
    yield bold(f"{title}: {found['from']} to {found['to']}, as known at {found['known']}")
    yield ""
    if listed:
        rows = [(one["from"], one["to"], _count(one)) for one in found["steps"]]
        yield from table(("From", "To", "People"), rows)
    else:
        from aboard.cli.output.step_plot import steps_plot  # noqa: PLC0415 - it is slow to import

        yield steps_plot(found["steps"])
    for word, key in (("Most", "maximum"), ("Fewest", "minimum")):
        spans = found[key]["spans"]
        yield ""
        yield f"{word}: {found[key]['count']}"
        for span in spans[:MOST_SPANS]:
            yield f"  {span['from']} to {span['to']}"
        if len(spans) > MOST_SPANS:
            yield f"  and {len(spans) - MOST_SPANS} more"


def _count(step: dict[str, Any]) -> str:
    return with_range(str(step["count"]), step if "min" in step else None)
