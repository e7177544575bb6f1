"""`aboard show`: one event, whole."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant
from aboard.cli.errors import NOT_FOUND, USAGE, fail
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
from aboard.projections.queries import reader
from aboard.projections.queries.event import event_id, one_event

COLUMNS = ("id", "type", "stream", "version", "position", "happened", "known", "known_from",
           "known_assumed", "recorded", "recorded_by", "says", "fields", "sources", "note",
           "correlation", "causation", "amendments", "statements", "state")  # fmt: skip
"""The columns of the CSV form, a single row."""


def command(
    event: Annotated[
        str,
        typer.Argument(metavar="EVENT", help="The id of an event, or a beginning no other has."),
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
      aboard show soyuz-ms-22/rol               a beginning, where it is that of one event alone
      aboard show crew-5/launch-planned-2022-09-21 --known 2022-09-30
                                                whether it held, and what it said, as known then
      aboard show soyuz-ms-22/landed --format json | jq .known_from
      aboard show soyuz-ms-22/docked --format json | jq -r '.sources[].url'

    `aboard log` and `aboard flight --format csv` list the ids.
    """
    present = now()
    instants = at_instant(at, present), known_instant(known, present)
    with open_database(database, recorded) as db:
        try:
            answer = one_event(db, event_id(db, event), *instants)
        except reader.UnknownName as miss:
            fail(str(miss), miss.hint, NOT_FOUND)
        except reader.AmbiguousName as miss:
            fail(str(miss), miss.hint, USAGE)
        match form:
            case Format.json | Format.jsonl:
                print_json(answer, lines=form is Format.jsonl)
            case Format.csv:
                print_csv([_flat(answer)], COLUMNS)
            case Format.table:
                _print_event(answer)


def _flat(answer: dict[str, Any]) -> dict[str, Any]:
    fields = [f"{name}={_shown(value)}" for name, value in answer["fields"].items()]
    sources = [source["key"] for source in answer["sources"]]
    amendments = [amendment["id"] for amendment in answer["amendments"]]
    return {
        **answer,
        "fields": "; ".join(fields),
        "sources": " ".join(sources),
        "amendments": " ".join(amendments),
        "state": answer["as_known"]["state"],
        "statements": " ".join(statement["id"] for statement in answer["statements"]),
    }


def _print_event(answer: dict[str, Any]) -> None:
    say(bold(f"{answer['id']} ({answer['type']})"))
    say(answer["says"])
    _print_as_known(answer["as_known"])
    say("")
    rows = [
        ("Stream", f"{answer['stream']}, version {answer['version']}"),
        ("Position", str(answer["position"])),
        ("Happened", f"{answer['happened']} (to the {answer['happened_precision']})"),
        ("Known", _known(answer)),
        ("Recorded", f"{answer['recorded']} by {answer['recorded_by']}"),
        *((name, str(answer[name.lower()])) for name in ("Correlation", "Causation")
          if name.lower() in answer),
    ]  # fmt: skip
    print_table(("What", "Is"), rows)
    if answer["fields"]:
        say("")
        print_table(
            ("Field", "Holds"), [(name, _shown(value)) for name, value in answer["fields"].items()]
        )
    say("")
    say(bold("Sources"))
    for source in answer["sources"]:
        _print_source(source)
    if "note" in answer:
        say(f"\nNote: {answer['note']}")
    if answer["amendments"]:
        say("")
        amendments = [(one["known"], one["id"], one["says"]) for one in answer["amendments"]]
        print_table(("Amended", "By", "Says"), amendments)
    if answer["statements"]:
        say("")
        about = [(one["type"], one["id"], one["says"]) for one in answer["statements"]]
        print_table(("About it", "Event", "Says"), about)


def _print_as_known(held: dict[str, Any]) -> None:
    """Say what held of it, where that is not just what was recorded."""
    state, when = held["state"], f"As known at {held['known']}"
    if state in ("retracted", "not yet known"):
        say(f"{when}: {state}")
        return
    if state == "corrected":
        say(f"{when}: {held['says']}, {held['happened']}")
    if not held["has_happened"]:
        say(f"{when}: by {held['at']} it had not happened")


def _known(answer: dict[str, Any]) -> str:
    if answer["known_assumed"]:
        return f"assumed known when it happened; counts from {answer['known_from']}"
    return f"{answer['known']}; counts from {answer['known_from']}"


def _print_source(source: dict[str, Any]) -> None:
    title = f": {source['title']}" if source.get("title") else ""
    say(f"  {source['key']}: {source['publisher']}{title}")
    dated = f"published {source['published']}" if source.get("published") else ""
    licence = f"licence {source['licence']}" if source.get("licence") else ""
    if told := ", ".join(filter(None, (source.get("kind"), dated, licence))):
        say(f"    {told}")
    if source.get("url"):
        say(f"    {source['url']}")


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
