"""`aboard top`: who was longest in space, flew most often, went outside most often."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find_seats
from aboard.cli.opening import open_database
from aboard.cli.options.boundary import Boundary, BoundaryOption
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.options.seats import AgencyOption, NationalityOption
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.coverage_notes import MaxAge, with_age
from aboard.cli.output.phrases import as_asked
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.statements import with_gaps
from aboard.cli.output.table import bold, table
from aboard.projections.queries import reader
from aboard.projections.queries.top import top
from aboard.projections.queries.who import heights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.storage.connection import Connection

COLUMNS = ("rank", "id", "name", "agency", "in_space_min", "in_space_max", "aboard_min",
           "aboard_max", "longest_min", "longest_max", "longest_on", "flights",
           "spacewalks", "died", "lost_on", "agencies", "nationality",
           "nationalities")  # fmt: skip
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
    agency: AgencyOption = "",
    nationality: NationalityOption = "",
    at: At = "",
    known: Known = "",
    boundary: BoundaryOption = Boundary.orbit,
    recorded: Recorded = "",
    max_age: MaxAge = "",
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
      aboard top aboard --known 2023-09-26      including flights in progress, as known then

    A flight in progress counts up to the instant asked about. If a time is not exact, people are
    ranked by the shortest duration it allows.
    """
    present = now()
    as_known, instant = known_instant(known, present), at_instant(at, present)
    with open_database(database, recorded) as db:
        found = top(
            db,
            measure.value,
            instant,
            as_known,
            n=number,
            seats=find_seats(db, agency, nationality),
            height=heights(boundary.value),
        )
        answer = AnswerForms.of(
            found,
            records=lambda: found["people"],
            columns=COLUMNS,
            rows=lambda: [_row(person) for person in found["people"]],
            text=lambda: _text(db, found, measure),
        )
        render(with_age(with_gaps(answer, found), found, max_age), form)


def _row(person: dict[str, Any]) -> dict[str, Any]:
    lengths = {"in_space": "time_in_space", "aboard": "time_aboard", "longest": "longest_flight"}
    died = person["died"]["at"] if person["died"] else None
    several = ("agencies", "nationalities")
    return (
        person
        | {"died": died}
        | {name: "; ".join(person[name]) for name in several}
        | {
            f"{name}_{end}": person[key][end]
            for name, key in lengths.items()
            for end in ("min", "max")
        }
    )


def _text(db: Connection, found: dict[str, Any], measure: Measure) -> Iterator[str]:
    whose = "".join(f", {of}" for of in (found["agency"], found["nationality"]) if of)
    yield bold(f"{TITLES[measure]}{whose}: {as_asked(found)}")
    if not found["people"]:
        yield "Nobody qualifies."
        return
    yield ""
    header = ("", "Person", "Agency", "In space", "Aboard stations", "Longest flight", "Flights",
              "Spacewalks")  # fmt: skip
    yield from table(header, [_cells(db, person) for person in found["people"]])


def _name(db: Connection, person: dict[str, Any]) -> str:
    """Return the name of a person; of somebody who died on a flight, with that."""
    died = person["died"]
    if died is None:
        return str(person["name"])
    on = reader.name_of(db, "flight", died["flight"]) if died["flight"] else died["at"]
    return f"{person['name']} (died on {on})"


def _cells(db: Connection, person: dict[str, Any]) -> tuple[str, ...]:
    longest_on = reader.name_of(db, "flight", person["longest_on"]) or "a flight not recorded"
    return (
        str(person["rank"]),
        _name(db, person),
        ", ".join(person["agencies"]),
        person["time_in_space"]["text"],
        person["time_aboard"]["text"],
        f"{person['longest_flight']['text']} on {longest_on}",
        str(person["flights"]),
        str(person["spacewalks"]),
    )
