"""`aboard flight`: a flight's story, plan next to actual, and who says so."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.lookup import find
from aboard.cli.opening import open_database
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.coverage_notes import MaxAge, with_age
from aboard.cli.output.phrases import as_asked, known_since, said_by
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.statements import amended_lines, dispute_lines
from aboard.cli.output.table import bold, table
from aboard.events.english import with_the
from aboard.projections.queries import reader
from aboard.projections.queries.flight import story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.storage.connection import Connection

COLUMNS = ("id", "type", "happened", "known", "known_assumed", "says", "sources")
"""The columns of the CSV form, one row an event."""


def command(
    flight: Annotated[str, typer.Argument(metavar="FLIGHT", help="A flight: id, name or alias.")],
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
    max_age: MaxAge = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """A flight: its plans, what happened, the crew, and who says so since when.

    \b
    Examples:
      aboard flight soyuz-ms-22
      aboard flight ms-22 --known 2022-06-01    who had which seat, as known then
      aboard flight crew-5 --at 2022-09-28      only what had happened or been planned by then
      aboard flight ms-23 --format json | jq .crew
      aboard flight ms-22 --format csv          its events, one per row
    """
    present = now()
    as_known = known_instant(known, present)
    with open_database(database, recorded) as db:
        _, key = find(db, ("flight",), flight)
        found = story(db, key, at_instant(at, present), as_known)
        render(with_age(_answer(db, found), found, max_age), form)


def _answer(db: Connection, found: dict[str, Any]) -> AnswerForms:
    return AnswerForms.of(
        found,
        records=lambda: found["story"],
        columns=COLUMNS,
        rows=lambda: [
            {**event, "sources": " ".join(source["key"] for source in event["sources"])}
            for event in found["story"]
        ],
        text=lambda: _text(db, found),
    )


def _text(db: Connection, found: dict[str, Any]) -> Iterator[str]:
    if not found["story"]:
        yield f"Nothing was known of {found['name']} {as_asked(found)}."
        return
    vehicle = f" {found['vehicle']}" if found["vehicle"] else ""
    about = f" ({found['spacecraft']}{vehicle}, {found['operator']})" if found["spacecraft"] else ""
    yield bold(f"{found['name']}{about}")
    yield as_asked(found)
    if found["destination"]:
        yield f"bound for {with_the(reader.name_of(db, 'station', found['destination']))}"
    yield from _milestones(found)
    yield from _crew(found["crew"])
    yield ""
    events = [
        (event["happened"], known_since(event), event["says"], said_by(event))
        for event in found["story"]
    ]
    yield from table(("Happened", "Known", "What", "Who says so"), events)
    yield from amended_lines(found["story"])
    yield from dispute_lines(found)


def _milestones(found: dict[str, Any]) -> Iterator[str]:
    rows = []
    for milestone in found["milestones"]:
        plan = milestone["planned"]
        # Later reports of one happening have the same time: they make one row.
        actuals = list({actual["time"]: actual for actual in milestone["actual"]}.values())
        plans = [_plan(plan)] if plan else []
        plans += [_plan(one) for one in milestone.get("conditional", ())]
        happened = [actual["time"] for actual in actuals]
        for number, (target, time) in enumerate(zip_longest(plans, happened, fillvalue="")):
            rows.append((milestone["item"] if number == 0 else "", target, time))
    if rows:
        yield ""
        yield from table(("", "Planned", "Actual"), rows)


def _plan(plan: dict[str, Any]) -> str:
    text = str(plan["time"])
    if plan.get("duration_days"):
        text += f", {plan['duration_days']} days"
    if plan.get("crew") == []:
        text += ", empty"
    if plan.get("condition"):
        text += f", on condition: {plan['condition']}"
    return text + (" (lapsed)" if plan.get("lapsed") else "")


def _crew(crew: dict[str, Any]) -> Iterator[str]:
    if crew["planned"]:
        yield ""
        seats = [
            (
                str(seat["seat"]),
                seat["name"],
                seat["agency"] or "",
                seat["role"] or "",
                seat["known"] or "",
                "; ".join(dict.fromkeys(seat["said_by"])),
            )
            for seat in crew["planned"]
        ]
        yield from table(("Seat", "Assigned", "Agency", "Role", "Known", "Who says so"), seats)
    for plan in crew["conditional"]:
        yield f"Conditional: {plan['says']} (known {plan['known']})"
    words = (("homeward", "To return on it"), ("launched", "Up"), ("landed", "Down"))
    if any(crew.get(key) is not None for key, _ in words):
        yield ""
    for key, word in words:
        people = crew.get(key)
        if people is not None:
            yield f"{word}: {', '.join(map(_named, people)) or 'nobody'}"


def _named(person: dict[str, Any]) -> str:
    return f"{person['name']} ({person['agency']})" if person.get("agency") else str(person["name"])
