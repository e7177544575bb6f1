"""`aboard agreement`: what was agreed, how far the text has come, and the seats exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.app.questions import find_agreement
from aboard.cli.opening import open_database
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.coverage_notes import MaxAge, with_age
from aboard.cli.output.phrases import as_asked, known_since, said_by
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.statements import amended_lines, dispute_lines
from aboard.cli.output.table import bold, table
from aboard.projections.queries.agreement import agreed

if TYPE_CHECKING:
    from collections.abc import Iterator


COLUMNS = ("agreement", "person", "name", "traveller_of", "carrier", "flight", "state", "since",
           "launch", "known", "sources")  # fmt: skip
"""The columns of the CSV form, one row a seat."""

TEXT_HEADER = ("Text", "State", "Since", "Known", "What", "Who says so")
SEAT_HEADER = ("Traveller", "Of", "Flight", "Carrier", "State", "When", "Known", "Who says so")


def command(
    agreement: Annotated[
        str,
        typer.Argument(
            metavar="[AGREEMENT]",
            help="An agreement: id, name or alias. It may be left out if there is only one.",
            show_default=False,
        ),
    ] = "",
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
    max_age: MaxAge = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """An agreement: its text, the seats exchanged under it, and who says so.

    \b
    Examples:
      aboard agreement                          its present state
      aboard agreement nasa-roscosmos-2022 --known 2022-07-01
                                                how far the talks had come on that day
      aboard agreement cross-flight-agreement --known 2022-09-21
                                                which seats had been flown or planned
      aboard agreement --format json | jq '.counts'
      aboard agreement --format csv             its seats, one per row

    A seat is planned until its flight lifts off with the traveller on board; then it is flown.
    """
    present = now()
    as_known, as_at = known_instant(known, present), at_instant(at, present)
    with open_database(database, recorded) as db:
        key = find_agreement(db, agreement)
        found = agreed(db, key, as_at, as_known)
        answer = AnswerForms.of(
            found,
            columns=COLUMNS,
            rows=lambda: [_row(found, seat) for seat in found["seats"]],
            text=lambda: _text(found),
        )
        render(with_age(answer, found, max_age), form)


def _row(found: dict[str, Any], seat: dict[str, Any]) -> dict[str, Any]:
    sources = " ".join(source["key"] for source in seat["sources"])
    return {**seat, "agreement": found["agreement"], "sources": sources}


def _text(found: dict[str, Any]) -> Iterator[str]:
    if not found["text"] and not found["seats"]:
        yield f"Nothing was known of {found['name']} {as_asked(found)}."
        return
    yield bold(f"{found['name']}: {_state(found)}")
    yield as_asked(found)
    if found["parties"]:
        yield f"between {' and '.join(found['parties'])}"
        yield found["scope"]
    if found["text"]:
        yield ""
        yield from table(TEXT_HEADER, [_statement(one) for one in found["text"]])
    if found["counts"]:
        yield ""
    for side in found["counts"]:
        flown, planned = side["flown"], side["planned"]
        yield f"{side['traveller_of']} on {side['carrier']}: {flown} flown, {planned} planned"
    if found["seats"]:
        yield ""
        yield from table(SEAT_HEADER, [_seat(seat) for seat in found["seats"]])
    if following := found["next"]:
        launch = f", launch planned for {following['launch']}" if following["launch"] else ""
        traveller = f"{following['name']} ({following['traveller_of']})"
        yield ""
        yield f"Next: {traveller} on {following['flight_name']}{launch}"
    yield from amended_lines((*found["text"], *found["seats"]))
    yield from dispute_lines(found)


def _state(found: dict[str, Any]) -> str:
    """Return how far the text has come, in a phrase."""
    words = [found["state"] or "not announced"]
    if found["signed"]:
        words = [f"signed {found['signed']}", *(words if found["state"] == "ended" else ())]
    if found["until"]:
        words.append(f"to the end of {found['until']}")
    return ", ".join(words)


def _statement(one: dict[str, Any]) -> tuple[str, ...]:
    state = one.get("status") or f"to the end of {one['until']}"
    # What was signed first stands above the table.
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
