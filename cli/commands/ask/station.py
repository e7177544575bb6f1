"""`aboard station`: a station, who is aboard, its ports, and who comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find
from aboard.cli.opening import open_database
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.coverage_notes import MaxAge, coverage_notes, with_age
from aboard.cli.output.phrases import (
    BERTH_HEADER,
    PERSON_HEADER,
    as_asked,
    berth_cells,
    expedition_and_commander,
    marked,
    people_count,
    person_cells,
    planned,
    with_sources,
)
from aboard.cli.output.render import Format, FormatOption, SourcesOption, render
from aboard.cli.output.statements import amended_lines, with_gaps
from aboard.cli.output.table import bold, table
from aboard.projections.queries import reader
from aboard.projections.queries.station import station as query_station

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.storage.connection import Connection

COLUMNS = ("station", "port", "name", "since", "place", "free", "flight", "uncertain", "state")
"""The columns of the CSV form, one row a port."""


def command(
    station: Annotated[
        str, typer.Argument(metavar="STATION", help="A station: id, name or alias.")
    ],
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
    max_age: MaxAge = "",
    sources: SourcesOption = False,
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """A station: who is aboard, its ports, arrivals and departures.

    \b
    Examples:
      aboard station iss
      aboard station iss --at 2023-03-01        on that day, as known now
      aboard station iss --at 2024-08-20 --known 2024-08-20
                                                as it was seen at the time
      aboard station iss --format json | jq '.ports[] | select(.free).name'

    A port is free when no crewed vehicle is known to be at it.
    """
    present = now()
    as_known = known_instant(known, present)
    instant = at_instant(at, present)
    with open_database(database, recorded) as db:
        _, key = find(db, ("station",), station)
        found = query_station(db, key, instant, as_known)
        render(
            with_age(
                with_gaps(_answer(db, found, instant, sources=sources), found), found, max_age
            ),
            form,
        )


def _answer(db: Connection, found: dict[str, Any], instant: int, *, sources: bool) -> AnswerForms:
    at_port = {berth["port"]: berth for berth in found["docked"]}
    covered = found.get("uncertain", {}).get("coverage", ())
    return AnswerForms.of(
        found,
        columns=(*COLUMNS, "sources") if sources else COLUMNS,
        rows=lambda: [
            {
                "station": found["station"],
                **port,
                "sources": " ".join(at_port.get(port["port"], {}).get("sources", ())),
            }
            for port in found["ports"]
        ],
        text=lambda: _text(db, found, sources=sources),
        notes=lambda: coverage_notes(db, covered, [instant], everywhere=False),
    )


def _text(db: Connection, found: dict[str, Any], *, sources: bool) -> Iterator[str]:
    operators = f" ({', '.join(found['operators'])})" if found["operators"] else ""
    yield bold(f"{found['name']}{operators}")
    yield as_asked(found)
    if found["since"]:
        yield f"first element launched {found['since']}"
    yield from amended_lines([found])
    if command := expedition_and_commander(db, found):
        yield command
    yield ""
    yield f"{bold('Aboard')}: {people_count(found)}"
    if found["people"]:
        people = [person_cells(db, person) for person in found["people"]]
        cited = found["people"] if sources else None
        yield from table(*with_sources(PERSON_HEADER, people, cited), "  ")
    if found["ports"]:
        yield ""
        yield f"{bold('Ports')} ({found['docked_scope']} only)"
        at_port = {berth["port"]: berth for berth in found["docked"]}
        ports = [_port(db, port, at_port.get(port["port"])) for port in found["ports"]]
        header = ("Port", "Flight", *BERTH_HEADER)
        taken = [at_port.get(port["port"]) for port in found["ports"]] if sources else None
        yield from table(*with_sources(header, ports, taken), "  ")
    for berth in found["docked"]:
        if berth["port"] is None:
            state, since = berth_cells(berth)
            cited = f" ({', '.join(berth['sources'])})" if sources else ""
            name = marked(berth["name"], berth)
            yield f"  {name} is at an unnamed port, {state} since {since}{cited}"
    yield ""
    moves = [
        (word, *(_move(found[moves][which]) for which in ("last", "next")))
        for word, moves in (("Docking", "arrivals"), ("Undocking", "departures"))
    ]
    yield from table(("", "Last", "Next known"), moves)


def _port(db: Connection, port: dict[str, Any], berth: dict[str, Any] | None) -> tuple[str, ...]:
    flight = reader.name_of(db, "flight", port["flight"]) or "free"
    place = f" ({port['place']})" if port["place"] else ""
    said = berth and berth.get("uncertain")
    doubt = " (uncertain)" if port.get("uncertain") and not said else ""
    return (
        port["name"] + place,
        marked(flight, berth or {}) + doubt,
        *(berth_cells(berth) if berth else ("", "")),
    )


def _move(move: dict[str, Any] | None) -> str:
    if move is None:
        return "none known"
    port = f", {move['port_name']}" if move["port_name"] else ""
    return f"{move['name']}, {planned(move['at'], is_planned=move['planned'])}{port}"
