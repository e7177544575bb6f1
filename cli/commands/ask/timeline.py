"""`aboard timeline`: people and vehicles at a station, as bars over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aboard.app.clock import now
from aboard.app.errors import UsageError
from aboard.app.instants import at_instant, known_instant, last_instant
from aboard.app.lookup import find
from aboard.cli.opening import open_database
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import Known, Recorded
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.coverage_notes import MaxAge, with_age
from aboard.cli.output.render import Format, FormatOption, SourcesOption, render, say
from aboard.cli.output.statements import with_gaps
from aboard.projections.queries.timeline import Timeline, timeline, timeline_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("kind", "id", "name", "from", "to", "planned", "port", "launched_on",
           "agency", "nationality", "role")  # fmt: skip
"""The columns of the CSV form, one row a bar."""

YEAR = 365 * 86_400


def command(
    station: Annotated[
        str, typer.Argument(metavar="STATION", help="A station: id, name or alias.")
    ],
    since: Annotated[
        str,
        typer.Option(
            "--from", metavar="TIME", help="From this time. [default: a year before --to]"
        ),
    ] = "",
    until: Annotated[
        str, typer.Option("--to", metavar="TIME", help="Up to this time. [default: now]")
    ] = "",
    known: Known = "",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Draw it to an .svg or .png file."),
    ] = None,
    recorded: Recorded = "",
    max_age: MaxAge = "",
    sources: SourcesOption = False,
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """People and vehicles at a station, as bars over time.

    \b
    Examples:
      aboard timeline iss                       the last year
      aboard timeline iss --from 2022-09 --to 2023-10
      aboard timeline iss --from 2022-09 --to 2023-10 --known 2022-09-21
                                                as it was expected then
      aboard timeline mir --from 1986 --to 2001 --output mir.svg
      aboard timeline iss --format csv

    Solid bars are what happened, light bars what is expected. Drawing to a file needs
    matplotlib: pip install 'aboard[plot]'.
    """
    present = now()
    as_known = known_instant(known, present)
    end = last_instant(until, present, "--to") if until else present
    begin = at_instant(since, present, "--from") if since else end - YEAR
    if begin >= end:
        raise UsageError("--from is not before --to", "give the earlier instant as --from")
    if output is not None and output.suffix not in (".svg", ".png"):
        raise UsageError(f"--output {output}: the file must be .svg or .png", "for example iss.svg")
    with open_database(database, recorded) as db:
        _, key = find(db, ("station",), station)
        drawn = timeline(db, key, begin, end, as_known)
        found = timeline_answer(db, drawn)
    if output is not None:
        _draw(drawn, output)
        return
    bars = [
        {"kind": kind, "id": line["id"], "name": line["name"], **bar}
        for kind in ("people", "vehicles")
        for line in found[kind]
        for bar in line["bars"]
    ]
    answer = AnswerForms.of(
        found,
        records=lambda: bars,
        columns=(*COLUMNS, "sources") if sources else COLUMNS,
        rows=lambda: [bar | {"sources": " ".join(bar["sources"])} for bar in bars],
        text=lambda: _text(drawn, sources=sources),
    )
    render(with_age(with_gaps(answer, found), found, max_age), form)


def _text(drawn: Timeline, *, sources: bool) -> Iterator[str]:
    from aboard.cli.output.timeline_text import timeline_lines  # noqa: PLC0415 - only text needs it

    return timeline_lines(drawn, sources=sources)


def _draw(drawn: Timeline, output: Path) -> None:
    """Draw a timeline into a file."""
    try:
        from aboard.cli.output.timeline_image import draw  # noqa: PLC0415 - slow to import, and not always there
    except ModuleNotFoundError as missing:
        raise UsageError(
            f"--output needs {missing.name}", "pip install 'aboard[plot]'"
        ) from missing
    try:
        draw(drawn, output)
    except OSError as error:
        raise UsageError(
            f"--output {output}: {error.strerror or error}", "choose a file that can be written"
        ) from error
    say(f"drawn to {output}")
