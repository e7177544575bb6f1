"""`aboard person`: who somebody is, where they are, and their flights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find
from aboard.cli.opening import open_database
from aboard.cli.options.boundary import Boundary, BoundaryOption
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.coverage_notes import MaxAge, with_age
from aboard.cli.output.phrases import (
    NOT_RECORDED,
    as_asked,
    flight_name,
    marked,
    place_name,
    planned,
    until,
)
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.statements import amended_lines, with_gaps
from aboard.cli.output.table import bold, table
from aboard.projections.queries import reader
from aboard.projections.queries.person import person as query_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.storage.connection import Connection

COLUMNS = ("person", "launched_on", "landed_on", "state", "lift_off", "lift_off_precision",
           "lift_off_planned", "landing", "landing_precision", "landing_planned", "landing_on",
           "stations", "in_space_min", "in_space_max", "aboard_min", "aboard_max", "height",
           "counts", "died", "lost", "agency", "nationality", "role")  # fmt: skip
"""The columns of the CSV form, one row a flight."""


def command(
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="A person: id, name or another spelling.")
    ],
    at: At = "",
    known: Known = "",
    boundary: BoundaryOption = Boundary.orbit,
    recorded: Recorded = "",
    max_age: MaxAge = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """A person: where they are, and their flights, as known on any date.

    \b
    Examples:
      aboard person rubio
      aboard person rubio --at 2023-01-01       where he was, and for how long
      aboard person rubio --at 2023-05-01 --known 2022-09-21
                                                what was expected for that day
      aboard person mann --known 2022-09-21 --format json | jq '.flights[].lift_off'

    The times in space and aboard run up to --at, and include only flights that are in the log.
    """
    present = now()
    as_known = known_instant(known, present)
    instant = at_instant(at, present)
    with open_database(database, recorded) as db:
        _, key = find(db, ("person",), person)
        found = query_person(db, key, instant, as_known, boundary=boundary.value)
        render(with_age(with_gaps(_answer(db, key, found), found), found, max_age), form)


def _answer(db: Connection, key: str, found: dict[str, Any]) -> AnswerForms:
    return AnswerForms.of(
        found,
        columns=COLUMNS,
        rows=lambda: [_row(key, flight) for flight in found["flights"]],
        text=lambda: _text(db, found),
    )


def _row(key: str, flight: dict[str, Any]) -> dict[str, Any]:
    lift_off, landing = flight["lift_off"] or {}, flight["landing"] or {}
    return {
        "person": key,
        "launched_on": flight["launched_on"],
        "landed_on": flight["landed_on"],
        "state": flight["state"],
        "agency": flight["agency"],
        "nationality": flight["nationality"],
        "role": flight["role"],
        "lift_off": lift_off.get("at"),
        "lift_off_precision": lift_off.get("precision"),
        "lift_off_planned": lift_off.get("planned"),
        "landing": landing.get("at"),
        "landing_precision": landing.get("precision"),
        "landing_planned": landing.get("planned"),
        "landing_on": landing.get("on"),
        "stations": " ".join(dict.fromkeys(stay["station"] for stay in flight["stays"])),
        "in_space_min": flight["time_in_space"]["min"],
        "in_space_max": flight["time_in_space"]["max"],
        "aboard_min": flight["time_aboard"]["min"],
        "aboard_max": flight["time_aboard"]["max"],
        "height": flight["height"],
        "counts": flight["counts"],
        "died": flight["died"],
        "lost": flight["lost"] is not None,
    }


def _text(db: Connection, found: dict[str, Any]) -> Iterator[str]:
    about = ", ".join(filter(None, (found["agency"], found["nationality"])))
    yield bold(f"{found['name']}{f' ({about})' if about else ''}")
    yield as_asked(found)
    if found["aliases"]:
        yield f"Also written: {', '.join(found['aliases'])}"
    if found["sources"]:
        yield f"Who says so: {', '.join(source['publisher'] for source in found['sources'])}"
    yield from amended_lines([found])
    yield ""
    yield _where(db, found)
    if not found["flights"]:
        return
    yield ""
    flights = [_flight(db, flight) for flight in found["flights"]]
    header = ("Flight", "Agency", "State", "Lift-off", "Landing", "In space", "Aboard stations")
    yield from table(header, flights, "  ")
    stays = [_stay(db, flight, stay) for flight in found["flights"] for stay in flight["stays"]]
    if stays:
        yield ""
        yield from table(("Station", "Flight", "Since", "Until"), stays, "  ")
    word = "expected by then" if found["expected"] else "so far"
    yield ""
    yield f"In space {word}: {found['time_in_space']['text']}"
    yield f"Aboard stations {word}: {found['time_aboard']['text']}"
    if not all(flight["counts"] for flight in found["flights"]):
        yield (
            f"Below the boundary of space ({found['boundary']}), and not counted: "
            + (found["time_below_boundary"]["text"])
        )


def _where(db: Connection, found: dict[str, Any]) -> str:
    doubt = " or ".join(place_name(db, place) for place in found["uncertain"].get("where", ()))
    where = found["where"]
    if where is None:
        perhaps = f", unless still at {doubt}: the times are not known well enough" if doubt else ""
        if found["died"] and not doubt:
            return _death(db, found["died"])
        return f"Not in space, as far as is known{perhaps}"
    state = where["state"].replace("_", " ")
    text = f"{reader.name_of(db, where['kind'], where['place'])}: {state}, since {where['since']}"
    if where.get("bound_for"):
        text += f", bound for {reader.name_of(db, 'station', where['bound_for'])}"
    if where["kind"] == "station":
        seat = reader.name_of(db, "flight", where["seat_on"]) or "a craft not recorded"
        text += f"; would leave on {seat}"
    text = f"{text} (uncertain)" if doubt or where.get("uncertain") else text
    return marked(text, where)


def _death(db: Connection, died: dict[str, Any]) -> str:
    on = f" on {reader.name_of(db, 'flight', died['flight'])}" if died["flight"] else ""
    return f"Died{on}, {died['at']}"


def _flight(db: Connection, flight: dict[str, Any]) -> tuple[str, ...]:
    lift_off = flight["lift_off"]
    return (
        flight_name(db, flight["launched_on"]),
        flight["agency"] or "",
        ", ".join([flight["state"], *(one for one in ("lost", "died") if flight[one])]),
        planned(lift_off["at"], is_planned=lift_off["planned"]) if lift_off else NOT_RECORDED,
        until(db, flight["landing"]),
        flight["time_in_space"]["text"],
        flight["time_aboard"]["text"],
    )


def _stay(db: Connection, flight: dict[str, Any], stay: dict[str, Any]) -> tuple[str, ...]:
    return (
        stay["name"],
        flight_name(db, flight["launched_on"]),
        planned(stay["since"], is_planned=stay["since_planned"]),
        until(db, stay["until"]),
    )
