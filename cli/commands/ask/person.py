"""`aboard person`: who somebody is, where they are, and their flights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find
from aboard.cli.errors import note
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
from aboard.events.english import with_the
from aboard.projections.queries import reader
from aboard.projections.queries.person import person as answer_of

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

COLUMNS = ("person", "launched_on", "landed_on", "state", "lift_off", "lift_off_precision",
           "lift_off_planned", "landing", "landing_precision", "landing_planned", "landing_on",
           "stations", "in_space_min", "in_space_max", "aboard_min", "aboard_max")  # fmt: skip
"""The columns of the CSV form, one row a flight."""


def command(
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="A person: id, name or another spelling.")
    ],
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """A person: where they are, and their flights, as known on any date.

    \b
    Examples:
      aboard person rubio
      aboard person rubio --at 2023-01-01       where he was, and for how long he had been there
      aboard person rubio --at 2023-05-01 --known 2022-09-21
                                                what was expected of that day
      aboard person mann --known 2022-09-21 --format json | jq '.flights[].lift_off'

    The times in space and aboard run up to --at, and count the flights that the log holds.
    """
    present = now()
    as_known = known_instant(known, present)
    instant = at_instant(at, present)
    with open_database(database, recorded) as db:
        _, key = find(db, ("person",), person)
        answer = answer_of(db, key, instant, as_known)
        match form:
            case Format.json | Format.jsonl:
                print_json(answer, lines=form is Format.jsonl)
            case Format.csv:
                print_csv([_flat(key, flight) for flight in answer["flights"]], COLUMNS)
            case Format.table:
                _print_person(db, answer)
        for gap in answer["uncertain"]["coverage"]:
            name = with_the(reader.name_of(db, "station", gap["station"]))
            note(
                f"the log covers {name} from {gap['since']} to {gap['until']}: flights outside "
                "that may be missing"
            )


def _flat(key: str, flight: dict[str, Any]) -> dict[str, Any]:
    lift_off, landing = flight["lift_off"] or {}, flight["landing"] or {}
    return {
        "person": key,
        "launched_on": flight["launched_on"],
        "landed_on": flight["landed_on"],
        "state": flight["state"],
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
    }


def _print_person(db: Connection, answer: dict[str, Any]) -> None:
    about = ", ".join(filter(None, (answer["agency"], answer["nationality"])))
    say(bold(f"{answer['name']}{f' ({about})' if about else ''}"))
    say(f"at {answer['at']}, as known at {answer['known']}")
    if answer["aliases"]:
        say(f"Also written: {', '.join(answer['aliases'])}")
    if answer["sources"]:
        say(f"Who says so: {', '.join(source['publisher'] for source in answer['sources'])}")
    say(f"\n{_where(db, answer)}")
    if not answer["flights"]:
        return
    say("")
    rows = [_row(db, flight) for flight in answer["flights"]]
    print_table(
        ("Flight", "State", "Lift-off", "Landing", "In space", "Aboard stations"), rows, "  "
    )
    stays = [_stay(db, flight, stay) for flight in answer["flights"] for stay in flight["stays"]]
    if stays:
        say("")
        print_table(("Station", "Flight", "Since", "Until"), stays, "  ")
    word = "expected by then" if answer["expected"] else "so far"
    say(f"\nIn space {word}: {answer['time_in_space']['text']}")
    say(f"Aboard stations {word}: {answer['time_aboard']['text']}")


def _where(db: Connection, answer: dict[str, Any]) -> str:
    doubt = " or ".join(_place(db, place) for place in answer["uncertain"].get("where", ()))
    where = answer["where"]
    if where is None:
        perhaps = f", unless still at {doubt}: the times are not known well enough" if doubt else ""
        return f"Not in space, as far as is known{perhaps}"
    state = where["state"].replace("_", " ")
    text = f"{reader.name_of(db, where['kind'], where['place'])}: {state}, since {where['since']}"
    if where.get("bound_for"):
        text += f", bound for {reader.name_of(db, 'station', where['bound_for'])}"
    if where["kind"] == "station":
        seat = reader.name_of(db, "flight", where["seat_on"]) or "a craft unknown"
        text += f"; would leave on {seat}"
    return f"{text} (uncertain)" if doubt or where.get("uncertain") else text


def _place(db: Connection, place: str) -> str:
    return reader.name_of(db, reader.place_kind(db, place), place)


def _row(db: Connection, flight: dict[str, Any]) -> tuple[str, ...]:
    lift_off, landing = flight["lift_off"], flight["landing"] or {}
    return (
        reader.name_of(db, "flight", flight["launched_on"]) or "unknown",
        flight["state"],
        _time(lift_off["at"], planned=lift_off["planned"]) if lift_off else "unknown",
        _end(db, landing),
        flight["time_in_space"]["text"],
        flight["time_aboard"]["text"],
    )


def _stay(db: Connection, flight: dict[str, Any], stay: dict[str, Any]) -> tuple[str, ...]:
    return (
        stay["name"],
        reader.name_of(db, "flight", flight["launched_on"]) or "unknown",
        _time(stay["since"], planned=stay["since_planned"]),
        _end(db, stay["until"] or {}),
    )


def _end(db: Connection, end: dict[str, Any]) -> str:
    text = str(end.get("at") or "open")
    if end.get("on"):
        text += f" on {reader.name_of(db, 'flight', end['on'])}"
    if end.get("lapsed"):
        return f"{text} (lapsed)"
    return _time(text, planned=bool(end.get("planned")))


def _time(text: str, *, planned: bool) -> str:
    return f"{text} (planned)" if planned else text
