"""`aboard flight`: a flight's story, plan beside actual, and who says so."""

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
from aboard.cli.output.render import (
    Format,
    FormatOption,
    bold,
    print_csv,
    print_json,
    print_table,
    say,
)
from aboard.cli.output.statements import known_since, print_disputes, said_by
from aboard.events.english import with_the
from aboard.projections.queries import reader
from aboard.projections.queries.flight import story

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

COLUMNS = ("id", "type", "happened", "known", "known_assumed", "says", "sources")
"""The columns of the CSV form, one row an event."""


def command(
    flight: Annotated[str, typer.Argument(metavar="FLIGHT", help="A flight: id, name or alias.")],
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
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
      aboard flight ms-22 --format csv          its events, one a row
    """
    present = now()
    as_known = known_instant(known, present)
    with open_database(database, recorded) as db:
        _, key = find(db, ("flight",), flight)
        answer = story(db, key, at_instant(at, present), as_known)
        match form:
            case Format.json:
                print_json(answer)
            case Format.jsonl:
                for event in answer["story"]:
                    print_json(event, lines=True)
            case Format.csv:
                rows = [
                    {**event, "sources": " ".join(s["key"] for s in event["sources"])}
                    for event in answer["story"]
                ]
                print_csv(rows, COLUMNS)
            case Format.table:
                _print_story(db, answer)


def _print_story(db: Connection, answer: dict[str, Any]) -> None:
    vehicle = f" {answer['vehicle']}" if answer["vehicle"] else ""
    about = (
        f" ({answer['spacecraft']}{vehicle}, {answer['operator']})" if answer["spacecraft"] else ""
    )
    if not answer["story"]:
        when = f"at {answer['at']}, as known at {answer['known']}"
        say(f"Nothing was known of {answer['name']} {when}.")
        return
    say(bold(f"{answer['name']}{about}"))
    say(f"at {answer['at']}, as known at {answer['known']}")
    if answer["destination"]:
        say(f"bound for {with_the(reader.name_of(db, 'station', answer['destination']))}")
    _print_milestones(answer)
    _print_crew(answer["crew"])
    say("")
    rows = [
        (event["happened"], known_since(event), event["says"], said_by(event))
        for event in answer["story"]
    ]
    print_table(("Happened", "Known", "What", "Who says so"), rows)
    print_disputes(answer)


def _print_milestones(answer: dict[str, Any]) -> None:
    rows = []
    for milestone in answer["milestones"]:
        plan = milestone["planned"]
        # What is learnt later of one happening is told with the same time: a row once.
        actuals = list({actual["time"]: actual for actual in milestone["actual"]}.values())
        planned = [_plan(plan)] if plan else []
        planned += [_plan(one) for one in milestone.get("conditional", ())]
        happened = [actual["time"] for actual in actuals]
        for number, (aim, time) in enumerate(zip_longest(planned, happened, fillvalue="")):
            rows.append((milestone["item"] if number == 0 else "", aim, time))
    if rows:
        say("")
        print_table(("", "Planned", "Actual"), rows)


def _plan(plan: dict[str, Any]) -> str:
    text = str(plan["time"])
    if plan.get("duration_days"):
        text += f", {plan['duration_days']} days"
    if plan.get("crew") == []:
        text += ", empty"
    if plan.get("condition"):
        text += f", on condition: {plan['condition']}"
    return text + (" (lapsed)" if plan.get("lapsed") else "")


def _print_crew(crew: dict[str, Any]) -> None:
    if crew["planned"]:
        say("")
        rows = [
            (
                str(s["seat"]),
                s["name"],
                s["role"] or "",
                s["known"] or "",
                "; ".join(dict.fromkeys(s["said_by"])),
            )
            for s in crew["planned"]
        ]
        print_table(("Seat", "Assigned", "Role", "Known", "Who says so"), rows)
    for plan in crew["conditional"]:
        say(f"Conditional: {plan['says']} (known {plan['known']})")
    words = (("homeward", "To return on it"), ("launched", "Up"), ("landed", "Down"))
    if any(crew.get(key) is not None for key, _ in words):
        say("")
    for key, word in words:
        people = crew.get(key)
        if people is not None:
            say(f"{word}: {', '.join(one['name'] for one in people) or 'nobody'}")
