"""`aboard station`: a station, who is aboard, its ports, and who comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find
from aboard.cli.commands.ask.who import told_command
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
from aboard.projections.queries.station import station as answer_of

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

COLUMNS = ("station", "port", "name", "since", "place", "free", "flight", "uncertain")
"""The columns of the CSV form, one row a port."""


def command(
    station: Annotated[
        str, typer.Argument(metavar="STATION", help="A station: id, name or alias.")
    ],
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
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
        answer = answer_of(db, key, instant, as_known)
        match form:
            case Format.json | Format.jsonl:
                print_json(answer, lines=form is Format.jsonl)
            case Format.csv:
                print_csv([{"station": key, **port} for port in answer["ports"]], COLUMNS)
            case Format.table:
                _print_station(db, answer)
        gaps = answer.get("uncertain", {}).get("coverage", ())
        note_coverage(db, gaps, [instant], everywhere=False)


def _print_station(db: Connection, answer: dict[str, Any]) -> None:
    operators = f" ({', '.join(answer['operators'])})" if answer["operators"] else ""
    say(bold(f"{answer['name']}{operators}"))
    say(f"at {answer['at']}, as known at {answer['known']}")
    if answer["since"]:
        say(f"first element launched {answer['since']}")
    if command := told_command(db, answer):
        say(command)
    say(f"\n{bold('Aboard')}: {_count(answer)}")
    rows = [_person(db, person) for person in answer["people"]]
    if rows:
        print_table(("Person", "Agency", "State", "Since", "Until"), rows, "  ")
    if answer["ports"]:
        say(f"\n{bold('Ports')} ({answer['docked_scope']} only)")
        since = {berth["port"]: berth["since"] for berth in answer["docked"]}
        ports = [_port(db, port, since) for port in answer["ports"]]
        print_table(("Port", "Flight", "Since"), ports, "  ")
    for berth in answer["docked"]:
        if berth["port"] is None:
            say(f"  {berth['name']} is at a port not named, since {berth['since']}")
    say("")
    moves = [
        (word, *(_move(answer[moves][which]) for which in ("last", "next")))
        for word, moves in (("Docking", "arrivals"), ("Undocking", "departures"))
    ]
    print_table(("", "Last", "Next known"), moves)


def _count(answer: dict[str, Any]) -> str:
    people = f"{answer['count']} people" if answer["count"] != 1 else "1 person"
    doubt = answer.get("uncertain", {}).get("count")
    return f"{people} ({doubt['min']} to {doubt['max']})" if doubt else people


def _person(db: Connection, person: dict[str, Any]) -> tuple[str, ...]:
    until = person["until"] or {}
    end = until.get("at") or "open"
    if until.get("on"):
        end += f" on {reader.name_of(db, 'flight', until['on'])}"
    doubt = " (uncertain)" if "presence" in person.get("uncertain", ()) else ""
    return (
        person["name"],
        person["agency"] or "",
        person["state"].replace("_", " ") + doubt,
        person["since"],
        end + (" (planned)" if until.get("planned") else ""),
    )


def _port(db: Connection, port: dict[str, Any], since: dict[str, str]) -> tuple[str, ...]:
    flight = reader.name_of(db, "flight", port["flight"]) or "free"
    place = f" ({port['place']})" if port["place"] else ""
    doubt = " (uncertain)" if port.get("uncertain") else ""
    return port["name"] + place, flight + doubt, since.get(port["port"], "")


def _move(move: dict[str, Any] | None) -> str:
    if move is None:
        return "none known"
    port = f", {move['port_name']}" if move["port_name"] else ""
    return f"{move['name']}, {move['at']}{' (planned)' if move['planned'] else ''}{port}"
