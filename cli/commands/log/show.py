"""`aboard show`: one event, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.errors import NotFound, UsageError
from aboard.app.instants import at_instant, known_instant
from aboard.cli.opening import open_database
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.phrases import known_since
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.table import bold, table
from aboard.projections.queries import reader
from aboard.projections.queries.event import event_id, one_event

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("id", "type", "stream", "version", "position", "happened", "known", "known_from",
           "known_assumed", "recorded", "recorded_by", "says", "fields", "sources", "note",
           "correlation", "causation", "amendments", "statements", "state")  # fmt: skip
"""The columns of the CSV form, a single row."""


def command(
    event: Annotated[
        str,
        typer.Argument(metavar="EVENT", help="The id of an event, or the unique start of one."),
    ],
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """One event in full: its times, what it says, and its sources.

    \b
    Examples:
      aboard show soyuz-ms-22/docked
      aboard show soyuz-ms-22/rol               the start of an id, if it is unique
      aboard show crew-5/launch-planned-2022-09-21 --known 2022-09-30
                                                what it said, and whether it still held
      aboard show soyuz-ms-22/landed --format json | jq .known_from
      aboard show soyuz-ms-22/docked --format json | jq -r '.sources[].url'

    `aboard log` and `aboard flight --format csv` list the ids.
    """
    present = now()
    instants = at_instant(at, present), known_instant(known, present)
    with open_database(database, recorded) as db:
        try:
            found = one_event(db, event_id(db, event), *instants)
        except reader.UnknownName as miss:
            raise NotFound(str(miss), miss.hint) from miss
        except reader.AmbiguousName as miss:
            raise UsageError(str(miss), miss.hint) from miss
        answer = AnswerForms.of(
            found,
            columns=COLUMNS,
            rows=lambda: [_row(found)],
            text=lambda: _text(found),
        )
        render(answer, form)


def _row(found: dict[str, Any]) -> dict[str, Any]:
    fields = [f"{name}={_shown(value)}" for name, value in found["fields"].items()]
    sources = [source["key"] for source in found["sources"]]
    amendments = [amendment["id"] for amendment in found["amendments"]]
    return {
        **found,
        "fields": "; ".join(fields),
        "sources": " ".join(sources),
        "amendments": " ".join(amendments),
        "state": found["as_known"]["state"],
        "statements": " ".join(statement["id"] for statement in found["statements"]),
    }


def _text(found: dict[str, Any]) -> Iterator[str]:
    yield bold(f"{found['id']} ({found['type']})")
    yield found["says"]
    yield from _as_known(found["as_known"])
    yield ""
    rows = [
        ("Stream", f"{found['stream']}, version {found['version']}"),
        ("Position", str(found["position"])),
        ("Happened", f"{found['happened']} (to the {found['happened_precision']})"),
        ("Known", _known(found)),
        ("Recorded", f"{found['recorded']} by {found['recorded_by']}"),
        *((name, str(found[name.lower()])) for name in ("Correlation", "Causation")
          if name.lower() in found),
    ]  # fmt: skip
    yield from table(("What", "Is"), rows)
    if found["fields"]:
        yield ""
        fields = [(name, _shown(value)) for name, value in found["fields"].items()]
        yield from table(("Field", "Holds"), fields)
    yield ""
    yield bold("Sources")
    for source in found["sources"]:
        yield from _source(source)
    if "note" in found:
        yield ""
        yield f"Note: {found['note']}"
    if found["amendments"]:
        yield ""
        amendments = [(one["known"], one["id"], one["says"]) for one in found["amendments"]]
        yield from table(("Amended", "By", "Says"), amendments)
    if found["statements"]:
        yield ""
        about = [(one["type"], one["id"], one["says"]) for one in found["statements"]]
        yield from table(("About it", "Event", "Says"), about)


def _as_known(held: dict[str, Any]) -> Iterator[str]:
    """Yield what held of it, where that is not just what was recorded."""
    state, when = held["state"], f"As known at {held['known']}"
    if state in ("retracted", "not yet known"):
        yield f"{when}: {state}"
        return
    if state == "corrected":
        yield f"{when}, as corrected by {', '.join(held['amended_by'])}:"
        yield f"  {held['says']}, {held['happened']}"
        who = "; ".join(source["publisher"] for source in held["sources"])
        yield f"  known {known_since({**held, 'known': held['known_since']})}, according to {who}"
        if held.get("note"):
            yield f"  note: {held['note']}"
        yield "As recorded:"
    if not held["has_happened"]:
        yield f"{when}: by {held['at']} it had not happened"


def _known(found: dict[str, Any]) -> str:
    if found["known_assumed"]:
        return f"assumed known when it happened; counts from {found['known_from']}"
    return f"{found['known']}; counts from {found['known_from']}"


def _source(source: dict[str, Any]) -> Iterator[str]:
    title = f": {source['title']}" if source.get("title") else ""
    yield f"  {source['key']}: {source['publisher']}{title}"
    dated = f"published {source['published']}" if source.get("published") else ""
    licence = f"licence {source['licence']}" if source.get("licence") else ""
    if about := ", ".join(filter(None, (source.get("kind"), dated, licence))):
        yield f"    {about}"
    if source.get("url"):
        yield f"    {source['url']}"


def _shown(value: object) -> str:
    """Return the value of a field as a cell shows it: lists in a row, parts as their fields."""
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(map(_shown, value)) or "nobody"
        case dict():
            first, *more = (str(part) for part in value.values() if part is not None)
            return f"{first} ({', '.join(more)})" if more else first
        case _:
            return str(value)
