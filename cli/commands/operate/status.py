"""`aboard status`: where the log is, what it holds, and what is up to date."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.database import find_database
from aboard.app.errors import Stale, UsageError
from aboard.app.status import status_of
from aboard.cli.options.database import DatabaseOption
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.table import table

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
"""What a lag in time is given in."""


def command(
    max_lag: Annotated[
        str,
        typer.Option(
            "--max-lag",
            metavar="EVENTS|TIME",
            help="Exit with 4 if answers are further behind: 100 events, or 30s, 5m, 2h, 1d.",
        ),
    ] = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """Where the log is, what it holds, and what is up to date.

    \b
    Examples:
      aboard status
      aboard status --format json | jq .log.position
      aboard status --max-lag 100
      aboard status --max-lag 30s

    Changes nothing: it does not load the ledger or build the read model.
    """
    where, allowed = find_database(database), _allowed(max_lag)
    found = status_of(where)
    render(_answer(found), form)
    if allowed:
        _refuse_stale(found, *allowed)


def _answer(found: dict[str, Any]) -> AnswerForms:
    facts = [
        (f"{part} {key}".replace("_", " "), "" if value is None else _shown(value))
        for part, about in found.items()
        for key, value in (_lines(about) if part == "projections" else about.items())
    ]
    return AnswerForms.of(
        found,
        columns=("name", "value"),
        rows=lambda: [{"name": name, "value": value} for name, value in facts],
        text=lambda: table(
            ("What", "Is"),
            [(name.replace("is level", "is up to date"), is_) for name, is_ in facts],
        ),
        notes=lambda: _notes(found),
    )


def _notes(found: dict[str, Any]) -> Iterator[str]:
    if found["read_model"]["position"] is None:
        does = "builds the read model" if found["log"]["position"] else "loads the ledger"
        yield f"there is no read model yet: the next query {does}"
    if number := found["read_model"]["parked"]:
        events = "1 event is" if number == 1 else f"{number} events are"
        yield f"{events} parked: `aboard parked` lists the events that could not be read"


def _allowed(text: str) -> tuple[str, int, str] | None:
    """Return what is measured, how much of it is allowed, and how to describe it."""
    if not text:
        return None
    found = re.fullmatch(r"(\d+)([smhd]?)", text.strip())
    if not found:
        raise UsageError(
            f"--max-lag: {text!r} is not a lag", "give a number of events, or a time such as 30s"
        )
    if found[2]:
        return "lag_seconds", int(found[1]) * SECONDS[found[2]], text.strip()
    return "lag_events", int(found[1]), f"{text.strip()} events"


def _refuse_stale(found: dict[str, Any], measure: str, allowed: int, limit: str) -> None:
    """End the command where answers are behind by more than is allowed."""
    if not found["projections"] and found["log"]["position"]:
        raise Stale(
            f"stale: no read model is built, and {limit} are allowed", "`aboard run` builds it"
        )
    for one in found["projections"]:
        if one["live"] and one[measure] > allowed:
            behind = f"{one['lag_events']} events and {one['lag_seconds']} s"
            raise Stale(
                f"stale: {one['name']} {one['version']} is {behind} behind, "
                f"and {limit} are allowed",
                "`aboard run` brings it up to date",
            )


def _lines(projections: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return how far each version has come, in words."""
    found = []
    for one in projections:
        lag = f", {one['lag_events']} events and {one['lag_seconds']} s behind"
        parts = [
            f"position {one['position']}{lag if one['lag_events'] else ', up to date'}",
            "" if one["live"] else "being built",
            f"{one['parked']} parked" if one["parked"] else "",
            f"{one['skipped']} skipped" if one["skipped"] else "",
        ]
        found.append((f"{one['name']} {one['version']}", ", ".join(filter(None, parts))))
    return found


def _shown(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)
