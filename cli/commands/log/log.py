"""`aboard log`: the events of the log, in the order in which they were recorded."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant, last_instant
from aboard.app.questions import pick_events, picked_events
from aboard.cli.opening import open_database
from aboard.cli.options.clock import Clock
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.phrases import known_since
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.statements import amended_lines
from aboard.cli.output.table import table
from aboard.projections.queries.event_log import entries

if TYPE_CHECKING:
    from collections.abc import Iterator


COLUMNS = ("position", "id", "type", "stream", "happened", "known", "known_from", "known_assumed",
           "recorded", "recorded_by", "says", "sources")  # fmt: skip
"""The columns of the CSV form, one row an event."""


def command(
    stream: Annotated[
        str, typer.Option("--stream", metavar="STREAM", help="On one stream: flight/soyuz-ms-22.")
    ] = "",
    flight: Annotated[str, typer.Option("--flight", metavar="FLIGHT", help="About a flight.")] = "",
    person: Annotated[
        str, typer.Option("--person", metavar="PERSON", help="Naming a person.")
    ] = "",
    station: Annotated[
        str, typer.Option("--station", metavar="STATION", help="About a station.")
    ] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--type", metavar="TYPE", help="Of a type: docked, flight.docked; may be repeated."
        ),
    ] = None,
    source: Annotated[
        str, typer.Option("--source", metavar="SOURCE", help="Citing a source.")
    ] = "",
    by: Annotated[
        str, typer.Option("--by", metavar="RECORDER", help="Recorded by a recorder.")
    ] = "",
    clock: Annotated[
        Clock, typer.Option("--clock", help="The clock of --since and --until.")
    ] = Clock.happened,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="From the start of this time.")
    ] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="TIME", help="Up to the end of this time.")
    ] = "",
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", metavar="N", min=0, help="At most N events."),
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="Last recorded first.")] = False,
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """The events of the log, in the order in which they were recorded.

    \b
    Examples:
      aboard log --reverse --limit 20           the last events recorded
      aboard log --flight ms-22 --type docked --type undocked
      aboard log --person rubio
      aboard log --station iss --since 2022-09 --until 2022-10
      aboard log --clock known --since 2022-07-14 --until 2022-07-15
                                                what became public on those days
      aboard log --flight crew-5 --at 2022-10-01 --known 2022-10-01
                                                as known then
      aboard log --recorded 100 --reverse       the log as it was at position 100
      aboard log --source gcat --format jsonl | head

    An event is listed if it matches every option. With --format jsonl it is printed as soon as it
    is read. Events are shown as they were recorded; with --at or --known, as they were known then,
    without those that had not happened yet or had been retracted.
    """
    present = now()
    begin = at_instant(since, present, "--since") if since else None
    end = last_instant(until, present, "--until") if until else None
    asked = bool(at or known)
    with open_database(database, recorded) as db:
        picked = pick_events(
            db,
            stream=stream,
            flight=flight,
            person=person,
            station=station,
            types=kind or (),
            source=source,
            by=by,
            clock=clock.value,
            since=begin,
            until=end,
            at=at_instant(at, present) if asked else None,
            known=known_instant(known, present) if asked else None,
        )
        found = islice(entries(db, picked, reverse=reverse), limit)
        answer = AnswerForms(
            data=lambda: picked_events(db, picked, list(found)),
            records=lambda: found,
            columns=COLUMNS,
            rows=lambda: [{**event, "sources": " ".join(event["sources"])} for event in found],
            text=lambda: _text(list(found)),
        )
        render(answer, form)


def _text(events: list[dict[str, Any]]) -> Iterator[str]:
    if not events:
        yield "No matching events."
        return
    rows = [
        (
            str(event["position"]),
            event["happened"],
            known_since(event),
            event["stream"],
            event["says"],
            ", ".join(event["sources"]),
        )
        for event in events
    ]
    yield from table(("Position", "Happened", "Known", "Stream", "Says", "Sources"), rows)
    yield from amended_lines(events)
