"""`aboard log`: the events of the log, in the order in which they were recorded."""

from __future__ import annotations

import enum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from aboard.app.clock import now
from aboard.app.instants import at_instant, known_instant, last_instant
from aboard.app.lookup import find
from aboard.cli.errors import NOT_FOUND, USAGE, fail
from aboard.cli.opening import open_database
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import At, Known, Recorded
from aboard.cli.output.render import Format, FormatOption, print_csv, print_json, print_table, say
from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.citations import UNSOURCED
from aboard.projections.queries.event_log import Picked, entries, is_stream, recorders, topics

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

COLUMNS = ("position", "id", "type", "stream", "happened", "known", "known_from", "known_assumed",
           "recorded", "recorded_by", "says", "sources")  # fmt: skip
"""The columns of the CSV form, one row an event."""


class Clock(enum.StrEnum):
    """The clock that ``--since`` and ``--until`` are read on."""

    happened = "happened"
    known = "known"
    recorded = "recorded"


def command(
    stream: Annotated[
        str, typer.Option("--stream", metavar="STREAM", help="Of one stream: flight/soyuz-ms-22.")
    ] = "",
    flight: Annotated[str, typer.Option("--flight", metavar="FLIGHT", help="About a flight.")] = "",
    person: Annotated[
        str, typer.Option("--person", metavar="PERSON", help="That name a person.")
    ] = "",
    station: Annotated[
        str, typer.Option("--station", metavar="STATION", help="About a station.")
    ] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--type", metavar="TYPE", help="Of a type: docked, flight.docked; may be repeated."
        ),
    ] = None,
    source: Annotated[
        str, typer.Option("--source", metavar="SOURCE", help="That cite a source.")
    ] = "",
    by: Annotated[
        str, typer.Option("--by", metavar="RECORDER", help="Recorded by a recorder.")
    ] = "",
    clock: Annotated[
        Clock, typer.Option("--clock", help="The clock of --since and --until.")
    ] = Clock.happened,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="From the beginning of a time on.")
    ] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="TIME", help="Up to the end of a time.")
    ] = "",
    at: At = "",
    known: Known = "",
    recorded: Recorded = "",
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", metavar="N", min=0, help="No more than N events."),
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The last recorded first.")] = False,
    form: FormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """The events of the log, in the order in which they were recorded.

    \b
    Examples:
      aboard log --reverse --limit 20           what was recorded last
      aboard log --flight ms-22 --type docked --type undocked
      aboard log --person rubio
      aboard log --station iss --since 2022-09 --until 2022-10
      aboard log --clock known --since 2022-07-14 --until 2022-07-15
                                                what became public on those days
      aboard log --flight crew-5 --at 2022-10-01 --known 2022-10-01
                                                as it was known then to be
      aboard log --recorded 100 --reverse       the log as it stood at position 100
      aboard log --source gcat --format jsonl | head

    An event is listed when it is picked by every option that is given. In the form jsonl it is
    printed as soon as it is read. Events are told as they were recorded; with --at or --known, as
    they were known then to be, without those that had not happened or had been taken back.
    """
    present = now()
    begin = at_instant(since, present, "--since") if since else None
    end = last_instant(until, present, "--until") if until else None
    asked = bool(at or known)
    with open_database(database, recorded) as db:
        picked = Picked(
            stream=_stream(db, stream),
            flight=_named(db, "flight", flight),
            person=_named(db, "person", person),
            station=_named(db, "station", station),
            types=tuple(topic for name in kind or () for topic in _topics(db, name)),
            source=source if source == UNSOURCED else _named(db, "source", source),
            by=_recorder(db, by),
            clock=clock.value,
            since=begin,
            until=end,
            at=at_instant(at, present) if asked else None,
            known=known_instant(known, present) if asked else None,
        )
        found = islice(entries(db, picked, reverse=reverse), limit)
        if form is Format.jsonl:
            for event in found:
                print_json(event, lines=True)
            return
        events = list(found)
        match form:
            case Format.json:
                print_json(_answer(db, picked, events))
            case Format.csv:
                rows = [{**event, "sources": " ".join(event["sources"])} for event in events]
                print_csv(rows, COLUMNS)
            case Format.table:
                _print_events(events)


def _answer(db: Connection, picked: Picked, events: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "clock": picked.clock,
        "since": None if picked.since is None else str(Time.at(picked.since)),
        "until": None if picked.until is None else str(Time.at(picked.until)),
        **(
            {}
            if picked.at is None or picked.known is None
            else {"at": str(Time.at(picked.at)), "known": str(Time.at(picked.known))}
        ),
        "count": len(events),
        "events": events,
        "as_of": reader.as_of(db),
    }


def _print_events(events: list[dict[str, Any]]) -> None:
    if not events:
        say("No event is like that.")
        return
    rows = [
        (
            str(event["position"]),
            event["happened"],
            f"{event['known']}{' assumed' if event['known_assumed'] else ''}",
            event["stream"],
            event["says"],
            ", ".join(event["sources"]),
        )
        for event in events
    ]
    print_table(("Position", "Happened", "Known", "Stream", "Says", "Sources"), rows)


def _named(db: Connection, kind: str, name: str) -> str:
    return find(db, (kind,), name)[1] if name else ""


def _stream(db: Connection, name: str) -> str:
    """Return the stream of that id; the name of what it is about may stand behind the slash."""
    if not name or is_stream(db, name):
        return name
    kind, _, about = name.partition("/")
    if kind not in ("flight", "station", "person", "agreement", "spacewalk", "source") or not about:
        fail(
            f"no stream is called {name!r}",
            "a stream is a kind, a slash and an id: flight/soyuz-ms-22",
            NOT_FOUND,
        )
    return f"{kind}/{_named(db, kind, about)}"


def _topics(db: Connection, name: str) -> tuple[str, ...]:
    """Return the types that a name means; refuse one that is none."""
    found = topics(db, name)
    if not found:
        from aboard.events.vocabulary import KINDS, type_names  # noqa: PLC0415 - only a miss needs it

        short = {one for kind in KINDS for one in type_names(kind)}
        full = {f"{kind}.{one}" for kind in KINDS for one in type_names(kind)}
        if name not in short | full:
            _fail_type(name, sorted(full if "." in name else short))
        found = (name,)  # a type of which nothing is recorded
    return found


def _fail_type(name: str, types: list[str]) -> NoReturn:
    from difflib import get_close_matches  # noqa: PLC0415

    near = get_close_matches(name, types)
    hint = f"did you mean {', '.join(near)}?" if near else "such as docked, or flight.docked"
    fail(f"no type of event is called {name!r}", hint, USAGE)


def _recorder(db: Connection, name: str) -> str:
    """Return a recorder's name; refuse one who recorded nothing."""
    there = recorders(db)
    if name and name not in there:
        fail(f"nothing was recorded by {name!r}", f"there are: {', '.join(there)}", NOT_FOUND)
    return name
