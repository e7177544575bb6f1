"""`aboard occupation`: since when without a gap, the longest stays, the largest crews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find
from aboard.cli.opening import open_database
from aboard.cli.options.boundary import Strict
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.coverage_notes import MaxAge, coverage_notes, with_age
from aboard.cli.output.phrases import as_asked, flight_name
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.statements import with_gaps
from aboard.cli.output.table import bold, table
from aboard.projections.queries.coverage import claimed, outside
from aboard.projections.queries.occupation import occupation

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    strict: Strict = False,
    number: Annotated[
        int,
        typer.Option(
            "--number", "-n", metavar="N", min=0, help="How many stays and crews to list."
        ),
    ] = 5,
    recorded: Recorded = "",
    max_age: MaxAge = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """How long a station has been occupied, its longest stays and its largest crews.

    \b
    Examples:
      aboard occupation iss
      aboard occupation mir --number 10
      aboard occupation iss --strict            relocations interrupt it
      aboard occupation iss --at 2011-01-01     as things stood then
      aboard occupation salyut-7 --format csv   every period in which somebody was aboard

    Periods run to the second, from the first docking to the last undocking.
    """
    present = now()
    as_known, instant = known_instant(known, present), at_instant(at, present)
    with open_database(database, recorded) as db:
        _, key = find(db, ("station",), station)
        found = occupation(db, key, instant, as_known, strict=strict, n=number)
        answer = AnswerForms.of(
            found,
            records=lambda: found["spans"],
            columns=COLUMNS,
            rows=lambda: [
                {**span, "seconds": span["length"]["seconds"]} for span in found["spans"]
            ],
            text=lambda: _text(db, found),
            notes=lambda: coverage_notes(
                db, outside(claimed(db), key, instant), [instant], everywhere=False
            ),
        )
        render(with_age(with_gaps(answer, found), found, max_age), form)


def _text(db: Connection, found: dict[str, Any]) -> Iterator[str]:
    strict = ", relocations not counted as aboard" if found["strict"] else ""
    yield bold(f"{found['name']} {as_asked(found)}{strict}")
    if not found["spans"]:
        yield "Nobody had been aboard."
        return
    if found["occupied_since"]:
        yield f"Continuously occupied since {found['occupied_since']}"
        yield f"for {found['occupied_for']['text']}"
    else:
        yield f"Empty since {found['spans'][-1]['to']}"
    yield ""
    yield from _spans(found["spans"])
    if found["doubtful"]:
        yield ""
        yield "Uncertain, because a time is not exact:"
        for span in found["doubtful"]:
            yield f"  {span['from']} to {span['to']}"
    for title, key in (("Longest stays", "longest_stays"), ("Shortest stays", "shortest_stays")):
        if found[key]:
            yield ""
            yield f"{title} of {found['stays']}:"
            stays = [_stay(db, stay) for stay in found[key]]
            yield from table(("Person", "Up on", "Since", "Until", "For"), stays, "  ")
    if found["largest_crews"]:
        yield ""
        yield "Largest crews:"
        crews = [
            (str(crew["count"]), span["from"], span["to"])
            for crew in found["largest_crews"]
            for span in crew["spans"][:3]
        ]
        yield from table(("People", "From", "To"), crews, "  ")


def _spans(spans: list[dict[str, Any]]) -> Iterator[str]:
    listed = spans[-MOST_SPANS:]
    rows = [(span["from"], span["to"], span["length"]["text"]) for span in listed]
    yield from table(("Occupied from", "To", "For"), rows, "  ")
    if len(spans) > len(listed):
        yield f"  and {len(spans) - len(listed)} earlier"


def _stay(db: Connection, stay: dict[str, Any]) -> tuple[str, ...]:
    until = stay["until"] or {}
    end = until.get("at") if not until.get("planned") else None
    return (
        stay["name"],
        flight_name(db, stay["launched_on"]),
        stay["since"],
        end or "still aboard",
        stay["length"]["text"],
    )
