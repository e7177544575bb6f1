"""What a load would record: the answer of a dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.app.errors import FAILED
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.phrases import plural
from aboard.cli.output.record_output import MOST_LISTED
from aboard.cli.output.table import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.events.envelope import Event
    from aboard.loader.record import RecordResult

COLUMNS = ("id", "type", "stream", "version", "happened", "known")
"""The columns of the CSV form, one row an event."""


def dry_run_answer(outcome: RecordResult) -> AnswerForms:
    """Return what would be recorded, or why nothing would be."""
    events = [_row(event) for event in outcome.events]
    found = {
        "recorded": False,
        "events": events,
        "already": outcome.already,
        "findings": [finding.as_json() for finding in outcome.findings],
        "position": outcome.position,
    }
    if outcome.refusal:
        return AnswerForms(
            data=lambda: found,
            text=lambda: map(str, outcome.findings),
            notes=lambda: ["nothing would be recorded"],
            exit_code=FAILED,
        )
    return AnswerForms.of(
        found,
        records=lambda: events,
        columns=COLUMNS,
        rows=lambda: events,
        text=lambda: _text(events, outcome.already),
        details=lambda: map(str, outcome.findings),
    )


def _text(events: list[dict[str, Any]], already: int) -> Iterator[str]:
    if events:
        rows = [
            (one["id"], one["type"], one["happened"], one["known"]) for one in events[:MOST_LISTED]
        ]
        yield from table(("Event", "Type", "Happened", "Known"), rows)
    if len(events) > MOST_LISTED:
        yield f"... and {len(events) - MOST_LISTED} more: --format json lists them all"
    yield (
        f"would record {plural(len(events), 'event')}, "
        f"{already} were recorded already; nothing was recorded"
    )


def _row(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.TOPIC,
        "stream": event.originator_id,
        "version": event.originator_version,
        "happened": str(event.happened),
        "known": str(event.known),
    }
