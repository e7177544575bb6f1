"""`aboard who`: who was aboard, at any instant, as known on any date."""

from __future__ import annotations

import enum
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find
from aboard.cli.errors import USAGE, fail
from aboard.cli.opening import open_database
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.coverage_notes import note_coverage
from aboard.cli.output.render import (
    Format,
    OptionalFormat,
    bold,
    print_csv,
    print_json,
    print_table,
    say,
)
from aboard.cli.output.statements import print_gaps
from aboard.events.english import with_the
from aboard.projections.queries import reader
from aboard.projections.queries.who import who

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboard.storage.connection import Connection

COLUMNS = ("place", "id", "name", "agency", "state", "launched_on", "seat_on", "since", "until",
           "until_precision", "until_planned", "until_on", "bound_for", "uncertain")  # fmt: skip
"""The columns of the CSV form, one row a person."""


class Boundary(enum.StrEnum):
    """Where space begins, for flights that did not reach orbit."""

    orbit = "orbit"
    km100 = "100km"
    km80 = "80km"


def command(
    station: Annotated[
        str,
        typer.Argument(
            metavar="[STATION]",
            help="A station, or a flight: id, name or alias. Without one: everyone in space.",
            show_default=False,
        ),
    ] = "",
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
    boundary: Annotated[
        Boundary,
        typer.Option("--boundary", help="How high a flight has to have gone to count."),
    ] = Boundary.orbit,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Whoever rides from one port to another is not aboard."),
    ] = False,
    form: OptionalFormat = None,
    database: DatabaseOption = "",
) -> None:
    """Who was aboard, at any instant, as known on any date.

    \b
    Examples:
      aboard who iss                            who is aboard now
      aboard who iss --at 2022-12-25            who was aboard at the start of that day
      aboard who --at 2022-10-05T18:00Z         everyone in space, by place
      aboard who iss --at 2023-02-01 --known 2022-09-21
                                                who was expected aboard on 1 February 2023,
                                                as known on 21 September 2022
      aboard who iss --format json | jq '.people[].name'
      printf '2022-09-25\\n2022-10-07\\n' | aboard who iss --at -
                                                one instant a line in, one JSON object a line out

    A person is aboard from docking to undocking, and in space from lift-off to landing.
    """
    present = now()
    as_known = known_instant(known, present)
    asked_at = 0 if at == "-" else at_instant(at, present)
    with open_database(database, recorded) as db:
        place = find(db, ("station", "flight", "craft"), station) if station else None
        ask = partial(who, db, place, known=as_known, boundary=boundary.value, strict=strict)
        if at == "-":
            if form in (Format.table, Format.csv):
                fail("--at - answers in JSON lines", "leave out --format, or say jsonl", USAGE)
            _stream(ask, present)
            return
        answer = ask(at=asked_at)
        _print(db, answer, place, form or Format.table)
        gaps = answer.get("uncertain", {}).get("coverage", ())
        note_coverage(db, gaps, [asked_at], everywhere=place is None)


def _stream(ask: Callable[..., dict[str, Any]], present: int) -> None:
    for number, line in enumerate(sys.stdin.buffer, 1):
        # A byte that is no UTF-8 is in no time: it is refused as any other text.
        if text := line.decode("utf-8", "replace").strip():
            instant = at_instant(text, present, f"standard input, line {number}")
            print_json(ask(at=instant), lines=True)
            sys.stdout.flush()


def _print(
    db: Connection, answer: dict[str, Any], place: tuple[str, str] | None, form: Format
) -> None:
    match form:
        case Format.json | Format.jsonl:
            print_json(answer, lines=form is Format.jsonl)
        case Format.csv:
            print_csv([_flat(person, place) for person in answer["people"]], COLUMNS)
        case Format.table:
            _print_table(db, answer, place)


def _flat(person: dict[str, Any], place: tuple[str, str] | None) -> dict[str, Any]:
    until = person["until"] or {}
    return {
        "place": place[1] if place else None,
        **person,
        "until": until.get("at"),
        "until_precision": until.get("precision"),
        "until_planned": until.get("planned"),
        "until_on": until.get("on"),
        "uncertain": " ".join(person.get("uncertain", ())),
    }


def _print_table(db: Connection, answer: dict[str, Any], place: tuple[str, str] | None) -> None:
    title = reader.name_of(db, *place) if place else "In space"
    say(bold(f"{title}: {_count(answer)} at {answer['at']}, as known at {answer['known']}"))
    if command := told_command(db, answer):
        say(command)
    groups = [place] if place else [(one["kind"], one["id"]) for one in answer["places"]]
    for kind, key in groups:
        people = [p for p in answer["people"] if p.get("place", key) == key]
        if place is None:
            say(f"\n{bold(reader.name_of(db, kind, key))}: {len(people)}")
        if people:
            say("")
            header = (
                "Person",
                "Agency",
                "State",
                "Launched on",
                "Would leave on",
                "Since",
                "Until",
            )
            print_table(header, [_row(db, person) for person in people], "  ")
    if answer["docked"]:
        say(f"\nDocked ({answer['docked_scope']} only):")
        print_table(
            ("Port", "Flight", "Since"),
            [_berth(db, berth, place) for berth in answer["docked"]],
            "  ",
        )
    print_gaps(answer)


def told_command(db: Connection, answer: dict[str, Any]) -> str:
    """Return the expedition and the commander in a phrase, as far as they are known."""
    words, doubt = [], answer.get("uncertain", {})
    numbers = doubt.get("expedition", [answer.get("expedition")])
    if any(numbers):
        words.append(f"Expedition {' or '.join(map(str, numbers))}")
    people = doubt.get("commander", [answer.get("commander")])
    if any(people):
        names = [reader.name_of(db, "person", one) or "somebody unknown" for one in people]
        words.append(f"commander {' or '.join(names)}")
    return ", ".join(words)


def _count(answer: dict[str, Any]) -> str:
    doubt = answer.get("uncertain", {}).get("count")
    people = f"{answer['count']} people" if answer["count"] != 1 else "1 person"
    return f"{people} ({doubt['min']} to {doubt['max']})" if doubt else people


def _row(db: Connection, person: dict[str, Any]) -> tuple[str, ...]:
    state = person["state"].replace("_", " ")
    if person.get("bound_for"):
        state += f", bound for {with_the(reader.name_of(db, 'station', person['bound_for']))}"
    if "presence" in person.get("uncertain", ()):
        state += " (uncertain)"
    seat = _craft(db, person["seat_on"]) or "unknown"
    if "seat_on" in person.get("uncertain", ()):
        seat += " (uncertain)"
    until = person["until"] or {}
    end = until.get("at") or "open"
    if until.get("on"):
        end += f" on {_craft(db, until['on'])}"
    return (
        person["name"],
        person["agency"] or "",
        state,
        reader.name_of(db, "flight", person["launched_on"]),
        seat,
        person["since"],
        end + (" (planned)" if until.get("planned") else ""),
    )


def _craft(db: Connection, key: str | None) -> str:
    """Return the name of a flight, or of a further craft of one; nothing for nothing."""
    return reader.name_of(db, reader.place_kind(db, key), key) if key else ""


def _berth(db: Connection, berth: dict[str, Any], place: tuple[str, str] | None) -> tuple[str, ...]:
    station = berth.get("station") or (place[1] if place else "")
    port = reader.name_of(db, "port", f"{station}/{berth['port']}") if berth["port"] else "unknown"
    port += " (soft)" if berth.get("mate") == "soft" else ""
    return port, reader.name_of(db, "flight", berth["flight"]), berth["since"]
