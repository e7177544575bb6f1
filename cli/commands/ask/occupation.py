"""`aboard occupation`: since when without a gap, the longest stays, the largest crews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find
from aboard.cli.opening import open_database
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.coverage_notes import note_coverage
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
from aboard.projections.queries.coverage import outside
from aboard.projections.queries.occupation import occupation

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

COLUMNS = ("from", "to", "seconds")
"""The columns of the CSV form, one row a span of occupation."""

MOST_SPANS = 15
"""How many spans a table lists before the earlier ones are only counted."""


def command(
    station: Annotated[
        str, typer.Argument(metavar="STATION", help="A station: id, name or alias.")
    ],
    at: At = "",
    known: Known = "",
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Whoever rides from one port to another is not aboard."),
    ] = False,
    number: Annotated[
        int, typer.Option("--number", "-n", metavar="N", min=0, help="How many of each to list.")
    ] = 5,
    recorded: Recorded = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """How long a station has been occupied, its longest stays and its largest crews.

    \b
    Examples:
      aboard occupation iss
      aboard occupation mir --number 10
      aboard occupation iss --strict            relocations break it
      aboard occupation iss --at 2011-01-01     as things stood then
      aboard occupation salyut-7 --format csv   every span in which somebody was aboard

    Spans are given to the second, from the docking of the first to the undocking of the last.
    """
    present = now()
    as_known, instant = known_instant(known, present), at_instant(at, present)
    with open_database(database, recorded) as db:
        _, key = find(db, ("station",), station)
        answer = occupation(db, key, instant, as_known, strict=strict, n=number)
        match form:
            case Format.json:
                print_json(answer)
            case Format.jsonl:
                for span in answer["spans"]:
                    print_json(span, lines=True)
            case Format.csv:
                rows = [{**span, "seconds": span["length"]["seconds"]} for span in answer["spans"]]
                print_csv(rows, COLUMNS)
            case Format.table:
                _print(db, answer)
        note_coverage(db, outside(db, key, instant), [instant], everywhere=False)


def _print(db: Connection, answer: dict[str, Any]) -> None:
    strict = ", relocations not counted as aboard" if answer["strict"] else ""
    say(bold(f"{answer['name']} at {answer['at']}, as known at {answer['known']}{strict}"))
    if not answer["spans"]:
        say("Nobody had been aboard.")
        return
    if answer["occupied_since"]:
        say(f"Occupied without a gap since {answer['occupied_since']}")
        say(f"for {answer['occupied_for']['text']}")
    else:
        say(f"Empty since {answer['spans'][-1]['to']}")
    spans = answer["spans"][-MOST_SPANS:]
    say("")
    print_table(
        ("Occupied from", "To", "For"),
        [(one["from"], one["to"], one["length"]["text"]) for one in spans],
        "  ",
    )
    if len(answer["spans"]) > len(spans):
        say(f"  and {len(answer['spans']) - len(spans)} before")
    if answer["doubtful"]:
        say("\nIn doubt, because a time is coarse:")
        for span in answer["doubtful"]:
            say(f"  {span['from']} to {span['to']}")
    for title, key in (("Longest stays", "longest_stays"), ("Shortest stays", "shortest_stays")):
        if answer[key]:
            say(f"\n{title} of {answer['stays']}:")
            rows = [_row(db, visit) for visit in answer[key]]
            print_table(("Person", "Up on", "Since", "Until", "For"), rows, "  ")
    if answer["largest_crews"]:
        say("\nLargest crews:")
        rows = [
            (str(crew["count"]), span["from"], span["to"])
            for crew in answer["largest_crews"]
            for span in crew["spans"][:3]
        ]
        print_table(("People", "From", "To"), rows, "  ")


def _row(db: Connection, visit: dict[str, Any]) -> tuple[str, ...]:
    until = visit["until"] or {}
    end = until.get("at") if not until.get("planned") else None
    return (
        visit["name"],
        reader.name_of(db, "flight", visit["launched_on"]) or "unknown",
        visit["since"],
        end or "still aboard",
        visit["length"]["text"],
    )
