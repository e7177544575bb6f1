"""`aboard agreement`: what was agreed, how far the text has come, and the seats exchanged."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.questions import find_agreement
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
from aboard.projections.queries.agreement import agreed

COLUMNS = ("agreement", "person", "name", "traveller_of", "carrier", "flight", "state", "since",
           "launch", "known", "sources")  # fmt: skip
"""The columns of the CSV form, one row a seat."""


def command(
    agreement: Annotated[
        str,
        typer.Argument(
            metavar="[AGREEMENT]",
            help="An agreement: id, name or alias. Without one: the only one there is.",
            show_default=False,
        ),
    ] = "",
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """An agreement: its text, the seats exchanged under it, and who says so.

    \b
    Examples:
      aboard agreement                          the state of it now
      aboard agreement nasa-roscosmos-2022 --known 2022-07-01
                                                how far the talks were on that day
      aboard agreement cross-flight-agreement --known 2022-09-21
                                                which seats had been flown, and which were planned
      aboard agreement --format json | jq '.counts'
      aboard agreement --format csv             its seats, one a row

    A seat is planned until its flight lifts off with the traveller, and flown from then on.
    """
    present = now()
    as_known, as_at = known_instant(known, present), at_instant(at, present)
    with open_database(database, recorded) as db:
        key = find_agreement(db, agreement)
        answer = agreed(db, key, as_at, as_known)
        match form:
            case Format.json | Format.jsonl:
                print_json(answer, lines=form is Format.jsonl)
            case Format.csv:
                print_csv([_flat(answer, seat) for seat in answer["seats"]], COLUMNS)
            case Format.table:
                _print_agreement(answer)


def _flat(answer: dict[str, Any], seat: dict[str, Any]) -> dict[str, Any]:
    sources = " ".join(source["key"] for source in seat["sources"])
    return {**seat, "agreement": answer["agreement"], "sources": sources}


def _print_agreement(answer: dict[str, Any]) -> None:
    when = f"at {answer['at']}, as known at {answer['known']}"
    if not answer["text"] and not answer["seats"]:
        say(f"Nothing was known of {answer['name']} {when}.")
        return
    say(bold(f"{answer['name']}: {_state(answer)}"))
    say(when)
    if answer["parties"]:
        say(f"between {' and '.join(answer['parties'])}")
        say(answer["scope"])
    if answer["text"]:
        say("")
        print_table(("Text", "State", "Since", "Known", "What", "Who says so"),
                    [_statement(one) for one in answer["text"]])  # fmt: skip
    if answer["counts"]:
        say("")
    for side in answer["counts"]:
        say(f"{side['traveller_of']} on {side['carrier']}: {side['flown']} flown, "
            f"{side['planned']} planned")  # fmt: skip
    if answer["seats"]:
        say("")
        print_table(("Traveller", "Of", "Flight", "Carrier", "State", "When", "Known",
                     "Who says so"),
                    [_seat(seat) for seat in answer["seats"]])  # fmt: skip
    if following := answer["next"]:
        launch = f", launch planned for {following['launch']}" if following["launch"] else ""
        say(f"\nNext: {following['name']} ({following['traveller_of']}) on "
            f"{following['flight_name']}{launch}")  # fmt: skip
    print_disputes(answer)


def _state(answer: dict[str, Any]) -> str:
    """Return how far the text has come, in a phrase."""
    words = [answer["state"] or "not announced"]
    if answer["signed"]:
        words = [f"signed {answer['signed']}", *(words if answer["state"] == "ended" else ())]
    if answer["until"]:
        words.append(f"to the end of {answer['until']}")
    return ", ".join(words)


def _statement(one: dict[str, Any]) -> tuple[str, ...]:
    state = one.get("status") or f"to the end of {one['until']}"
    # What was signed first is told above the table.
    what = "" if one["item"] == "conclusion" and "parties" in one else one.get("what") or ""
    return one["item"], state, one["since"], known_since(one), what, said_by(one)


def _seat(seat: dict[str, Any]) -> tuple[str, ...]:
    return (
        seat["name"],
        seat["traveller_of"],
        seat["flight_name"],
        seat["carrier"],
        seat["state"],
        seat["launch"] or "" if seat["state"] == "planned" else seat["since"],
        known_since(seat),
        said_by(seat),
    )
