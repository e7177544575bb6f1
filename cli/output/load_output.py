"""What a load would record, told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from aboard.cli.errors import CHECK_FAILED, note
from aboard.cli.output.record_output import MOST_LISTED
from aboard.cli.output.render import Format, print_csv, print_json, print_table, say

if TYPE_CHECKING:
    from aboard.events.envelope import Event
    from aboard.loader.record import RecordResult

COLUMNS = ("id", "type", "stream", "version", "happened", "known")
"""The columns of the CSV form, one row an event."""


def print_dry_run(outcome: RecordResult, form: Format) -> None:
    """Print what would be recorded, or end the command with why nothing would be."""
    events = [_told(event) for event in outcome.events]
    if form is Format.json:
        findings = [finding.as_json() for finding in outcome.findings]
        told = {"events": events, "already": outcome.already, "findings": findings}
        print_json({"recorded": False, **told, "position": outcome.position})
    else:
        for finding in outcome.findings:
            typer.echo(str(finding), err=not outcome.refusal)
    if outcome.refusal:
        note("nothing would be recorded")
        raise typer.Exit(CHECK_FAILED)
    match form:
        case Format.jsonl:
            for one in events:
                print_json(one, lines=True)
        case Format.csv:
            print_csv(events, COLUMNS)
        case Format.table:
            _print_table(events, outcome.already)
        case _:
            pass


def _print_table(events: list[dict[str, Any]], already: int) -> None:
    if events:
        rows = [
            (one["id"], one["type"], one["happened"], one["known"]) for one in events[:MOST_LISTED]
        ]
        print_table(("Event", "Type", "Happened", "Known"), rows)
    if len(events) > MOST_LISTED:
        say(f"... and {len(events) - MOST_LISTED} more: --format json has them all")
    say(
        f"would record {len(events)} {'event' if len(events) == 1 else 'events'}, "
        f"{already} were recorded already; nothing was recorded"
    )


def _told(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.TOPIC,
        "stream": event.originator_id,
        "version": event.originator_version,
        "happened": str(event.happened),
        "known": str(event.known),
    }
