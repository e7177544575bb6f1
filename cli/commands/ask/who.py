"""`aboard who`: who was aboard, at any instant, as known on any date."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.errors import UsageError
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find
from aboard.cli.opening import open_database
from aboard.cli.options.boundary import Boundary, BoundaryOption, Strict
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.coverage_notes import MaxAge, coverage_notes, with_age
from aboard.cli.output.phrases import (
    BERTH_HEADER,
    NOT_RECORDED,
    PERSON_HEADER,
    as_asked,
    berth_cells,
    expedition_and_commander,
    marked,
    people_count,
    person_cells,
    place_name,
    port_name,
    with_sources,
)
from aboard.cli.output.render import Format, OptionalFormat, SourcesOption, render
from aboard.cli.output.statements import gap_lines
from aboard.cli.output.table import bold, table
from aboard.projections.queries import reader
from aboard.projections.queries.who import who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aboard.storage.connection import Connection

COLUMNS = ("place", "id", "name", "agency", "state", "launched_on", "seat_on", "since", "until",
           "until_precision", "until_planned", "until_on", "bound_for", "uncertain",
           "nationality", "role")  # fmt: skip
"""The columns of the CSV form, one row a person."""


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
    boundary: BoundaryOption = Boundary.orbit,
    strict: Strict = False,
    max_age: MaxAge = "",
    sources: SourcesOption = False,
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
                                                one instant per line in, one JSON object out

    A person is aboard from docking to undocking, and in space from lift-off to landing.
    """
    present = now()
    as_known = known_instant(known, present)
    instant = 0 if at == "-" else at_instant(at, present)
    with open_database(database, recorded) as db:
        place = find(db, ("station", "flight", "craft"), station) if station else None
        ask = partial(who, db, place, known=as_known, boundary=boundary.value, strict=strict)
        if at == "-" and max_age:
            raise UsageError("--max-age needs one instant", "test age_days of each line instead")
        if at == "-":
            render(_answers_to_lines(ask, present), form or Format.jsonl)
        else:
            found = ask(at=instant)
            answer = with_age(_answer(db, found, place, instant, sources=sources), found, max_age)
            render(answer, form or Format.table)


def _answers_to_lines(ask: Callable[..., dict[str, Any]], present: int) -> AnswerForms:
    """Return an answer for each instant that standard input gives, one a line."""

    def answers() -> Iterator[dict[str, Any]]:
        for number, line in enumerate(sys.stdin.buffer, 1):
            # Bytes that are not UTF-8 are not a time either: they are refused as other texts are.
            if text := line.decode("utf-8", "replace").strip():
                yield ask(at=at_instant(text, present, f"standard input, line {number}"))

    refusal = "--at - answers in JSON lines", "leave out --format, or use --format jsonl"
    return AnswerForms(records=answers, unavailable=refusal)


def _answer(
    db: Connection,
    found: dict[str, Any],
    place: tuple[str, str] | None,
    instant: int,
    *,
    sources: bool,
) -> AnswerForms:
    covered = found.get("uncertain", {}).get("coverage", ())
    return AnswerForms.of(
        found,
        columns=(*COLUMNS, "sources") if sources else COLUMNS,
        rows=lambda: [_row(person, place) for person in found["people"]],
        text=lambda: _text(db, found, place, sources=sources),
        notes=lambda: coverage_notes(db, covered, [instant], everywhere=place is None),
    )


def _row(person: dict[str, Any], place: tuple[str, str] | None) -> dict[str, Any]:
    until = person["until"] or {}
    return {
        "place": place[1] if place else None,
        **person,
        "until": until.get("at"),
        "until_precision": until.get("precision"),
        "until_planned": until.get("planned"),
        "until_on": until.get("on"),
        "uncertain": " ".join(person.get("uncertain", ())),
        "sources": " ".join(person.get("sources", ())),
    }


def _text(
    db: Connection, found: dict[str, Any], place: tuple[str, str] | None, *, sources: bool
) -> Iterator[str]:
    title = reader.name_of(db, *place) if place else "In space"
    yield bold(f"{title}: {people_count(found)} {as_asked(found)}")
    if command := expedition_and_commander(db, found):
        yield command
    for kind, key in [place] if place else [(one["kind"], one["id"]) for one in found["places"]]:
        people = [person for person in found["people"] if person.get("place", key) == key]
        if place is None:
            yield ""
            yield f"{bold(reader.name_of(db, kind, key))}: {len(people)}"
        if people:
            yield ""
            cells = [_cells(db, person) for person in people]
            yield from table(*with_sources(HEADER, cells, people if sources else None), "  ")
    yield from _not_counted(db, found)
    if found["docked"]:
        yield ""
        yield f"Docked ({found['docked_scope']} only):"
        berths = [_berth(db, berth, place) for berth in found["docked"]]
        header, cited = ("Port", "Flight", *BERTH_HEADER), found["docked"] if sources else None
        yield from table(*with_sources(header, berths, cited), "  ")
    if pairs := found.get("pairs"):
        yield ""
        yield "Docked with each other:"
        craft = [_pair(db, pair) for pair in pairs]
        header, cited = ("Craft", "With", *BERTH_HEADER), pairs if sources else None
        yield from table(*with_sources(header, craft, cited), "  ")
    yield from gap_lines(found)


def _not_counted(db: Connection, found: dict[str, Any]) -> Iterator[str]:
    """Yield who is there and is not counted, and why."""
    for reason, people in found.get("not_counted", {}).items():
        why = "dead" if reason == "dead" else "below the boundary of space"
        names = ", ".join(reader.name_of(db, "person", one) for one in people)
        yield ""
        yield f"Not counted, {why}: {len(people)} ({names})"


HEADER = (*PERSON_HEADER[:3], "Launched on", "Would leave on", *PERSON_HEADER[3:])


def _cells(db: Connection, person: dict[str, Any]) -> tuple[str, ...]:
    name, agency, state, since, until = person_cells(db, person)
    seat = place_name(db, person["seat_on"]) or NOT_RECORDED
    if "seat_on" in person.get("uncertain", ()):
        seat += " (uncertain)"
    launched_on = reader.name_of(db, "flight", person["launched_on"])
    return name, agency, state, launched_on, seat, since, until


def _berth(db: Connection, berth: dict[str, Any], place: tuple[str, str] | None) -> tuple[str, ...]:
    port = port_name(db, berth.get("station") or (place[1] if place else ""), berth["port"])
    port += " (soft)" if berth.get("mate") == "soft" else ""
    flight = marked(reader.name_of(db, "flight", berth["flight"]), berth)
    return port, flight, *berth_cells(berth)


def _pair(db: Connection, pair: dict[str, Any]) -> tuple[str, ...]:
    one, other = (place_name(db, craft) for craft in pair["craft"])
    return (
        marked(one, pair),
        other + (" (soft)" if pair.get("mate") == "soft" else ""),
        *berth_cells(pair),
    )
