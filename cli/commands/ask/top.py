"""`aboard top`: who was longest in space, flew most often, went outside most often."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find_agency
from aboard.cli.commands.ask.who import Boundary
from aboard.cli.opening import open_database
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
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
from aboard.projections.queries.top import top
from aboard.projections.queries.who import heights

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

COLUMNS = ("rank", "id", "name", "agency", "in_space_min", "in_space_max", "aboard_min",
           "aboard_max", "longest_min", "longest_max", "longest_on", "flights",
           "spacewalks")  # fmt: skip
"""The columns of the CSV form, one row a person; lengths are in seconds."""


class Measure(enum.StrEnum):
    """What people are ranked by."""

    time = "time"
    aboard = "aboard"
    flight = "flight"
    flights = "flights"
    spacewalks = "spacewalks"


TITLES = {
    Measure.time: "Longest in space",
    Measure.aboard: "Longest aboard stations",
    Measure.flight: "Longest flight",
    Measure.flights: "Most flights",
    Measure.spacewalks: "Most spacewalks",
}


def command(
    measure: Annotated[
        Measure,
        typer.Argument(metavar="[MEASURE]", help="time, aboard, flight, flights or spacewalks."),
    ] = Measure.time,
    number: Annotated[
        int, typer.Option("--number", "-n", metavar="N", min=1, help="How many people.")
    ] = 10,
    agency: Annotated[
        str, typer.Option("--agency", metavar="AGENCY", help="Of one agency: NASA, Roscosmos, ...")
    ] = "",
    at: At = "",
    known: Known = "",
    boundary: Annotated[
        Boundary, typer.Option("--boundary", help="How high a flight has to have gone to count.")
    ] = Boundary.orbit,
    recorded: Recorded = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """Records: longest in space, most flights, most spacewalks, as of any date.

    \b
    Examples:
      aboard top                                longest in space, up to now
      aboard top flight -n 5 --at 1996-01-01    the longest flights, as things stood then
      aboard top flights --agency NASA
      aboard top spacewalks --format csv
      aboard top aboard --known 2023-09-26      with the flights under way, as known then

    A flight under way counts up to the instant asked about. Where a time is coarse, people are
    ranked by the least it can have been.
    """
    present = now()
    as_known, instant = known_instant(known, present), at_instant(at, present)
    with open_database(database, recorded) as db:
        answer = top(
            db,
            measure.value,
            instant,
            as_known,
            n=number,
            agency=find_agency(db, agency),
            height=heights(boundary.value),
        )
        match form:
            case Format.json:
                print_json(answer)
            case Format.jsonl:
                for person in answer["people"]:
                    print_json(person, lines=True)
            case Format.csv:
                print_csv([_flat(person) for person in answer["people"]], COLUMNS)
            case Format.table:
                _print(db, answer, measure)


def _flat(person: dict[str, Any]) -> dict[str, Any]:
    lengths = {"in_space": "time_in_space", "aboard": "time_aboard", "longest": "longest_flight"}
    return person | {
        f"{name}_{end}": person[key][end] for name, key in lengths.items() for end in ("min", "max")
    }


def _print(db: Connection, answer: dict[str, Any], measure: Measure) -> None:
    whose = f", {answer['agency']}" if answer["agency"] else ""
    say(bold(f"{TITLES[measure]}{whose}: at {answer['at']}, as known at {answer['known']}"))
    if not answer["people"]:
        say("Nobody had any.")
        return
    say("")
    rows = [
        (
            str(person["rank"]),
            person["name"],
            person["agency"] or "",
            person["time_in_space"]["text"],
            person["time_aboard"]["text"],
            (
                f"{person['longest_flight']['text']} on "
                f"{reader.name_of(db, 'flight', person['longest_on']) or 'a flight unknown'}"
            ),
            str(person["flights"]),
            str(person["spacewalks"]),
        )
        for person in answer["people"]
    ]
    header = ("", "Person", "Agency", "In space", "Aboard stations", "Longest flight", "Flights",
              "Spacewalks")  # fmt: skip
    print_table(header, rows)
