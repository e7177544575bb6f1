"""The two ways to state events: one with an option for each of its fields, many as JSON lines."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.database import find_database
from aboard.app.errors import FAILED, NOT_FOUND, USAGE
from aboard.app.names import NameResolver
from aboard.cli.opening import TERMINAL
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.field_options import options_of, stated
from aboard.cli.output.render import Format
from aboard.cli.recording.example import example
from aboard.cli.recording.record_flow import (
    By,
    DryRun,
    LedgerOption,
    RecordFormatOption,
    RecordOptions,
    elsewhere,
    record_and_show,
)
from aboard.events.series import can_supersede
from aboard.loader.record_input import FlagInput, JsonLines, completed

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboard.cli.options.field_options import FieldOption
    from aboard.events.envelope import Event
    from aboard.loader.finding import Finding

OWN_FLAGS = {"recorded_by": "--by", "stream": "STREAM", "originator_id": "STREAM", "type": "TYPE"}
"""Where a finding is when it is not about an option of the field's name."""

Stream = Annotated[
    str, typer.Argument(metavar="STREAM", help="The stream, or a name of what it is about.")
]
Happened = Annotated[
    str, typer.Option("--happened", metavar="TIME", help="When it happened, as in the source.")
]
KnownSince = Annotated[
    str, typer.Option("--known", metavar="TIME", help="Since when it was public. [default: now]")
]
Source = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="SOURCE", help="Who says so, or unsourced. May be repeated."),
]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="Anything more to say.")]
EventId = Annotated[
    str, typer.Option("--id", metavar="ID", help="Its id. [default: made of stream and type]")
]

Supersedes = Annotated[
    list[str] | None,
    typer.Option(
        "--supersedes",
        metavar="EVENT",
        help="What it comes after, of the same time. May be repeated. [default: what holds]",
    ),
]


def one(
    stream: Stream,
    happened: Happened = "",
    known: KnownSince = "",
    source: Source = None,
    note: Note = "",
    supersedes: Supersedes = None,
    event_id: EventId = "",
    by: By = "",
    ledger: LedgerOption = None,
    dry_run: DryRun = False,
    form: RecordFormatOption = Format.table,
    database: DatabaseOption = "",
    **_own: Any,
) -> None:
    """Show with its signature what is asked for an event of any type."""


def taking(cls: type[Event]) -> Callable[..., None]:
    """Return a function that takes one event of a type, with an option for each of its fields."""
    options = options_of(cls)

    def take(**given: Any) -> None:
        _record_one(cls, options, given)

    stream, *envelope = [
        parameter.replace(kind=parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(one, eval_str=True).parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD
    ]
    if cls.STAMPED:
        envelope = [each for each in envelope if each.name not in ("happened", "known")]
    if not can_supersede(cls):
        envelope = [each for each in envelope if each.name != "supersedes"]
    own = [parameter for field in options for parameter in field.parameters()]
    take.__signature__ = inspect.Signature([stream, *own, *envelope])  # type: ignore[attr-defined]
    take.__doc__ = f"{inspect.getdoc(cls)}\n\n\b\nExamples:\n  {example(cls)}"
    return take


def _record_one(cls: type[Event], own: list[FieldOption], given: dict[str, Any]) -> None:
    from aboard.app.record import open_to_record  # noqa: PLC0415 - heavy

    options = RecordOptions(
        given["by"], given["dry_run"], given["form"], given["database"], given["ledger"]
    )
    with open_to_record(find_database(options.database), TERMINAL) as opened:
        names = NameResolver(opened.before)
        said: dict[str, Any] = {
            "id": given["event_id"],
            "type": cls.TOPIC,
            "stream": names.stream(cls, given["stream"]),
            **stated(own, given, names.id),
            **{key: given.get(key) for key in ("happened", "known", "note")},
            "supersedes": given.get("supersedes"),
            "source": [names.id("--source", "source", key) for key in given["source"] or ()],
        }
        for port in (one.field.name for one in own if one.field.refers == "port"):
            if said.get(port):
                said[port] = names.port(said["stream"], said, said[port])
        optional = ("id", "happened", "known", "note", "source", "supersedes")
        entry = {key: value for key, value in said.items() if value or key not in optional}
        flags = FlagInput(completed([entry], opened.log, opened.instant)[0])

        def place(finding: Finding) -> str:
            if finding.file != flags.label:
                return elsewhere(finding)
            if not (key := flags.key(finding.line)):
                return ""
            return OWN_FLAGS.get(key) or f"--{key.replace('_', '-')}"

        record_and_show(opened, flags, options, place, exit_code=_code)


USAGE_RULES = frozenset(
    ("missing-field", "missing-source", "unknown-field", "wrong-type", "wrong-date", "wrong-value")
)


def _code(finding: Finding) -> int:
    """Return the exit code of a refusal: wrong use, what is not there, or what cannot be."""
    if finding.rule in USAGE_RULES:
        return USAGE
    return NOT_FOUND if finding.rule.startswith("unknown-") else FAILED


def lines(
    by: By = "",
    ledger: LedgerOption = None,
    dry_run: DryRun = False,
    form: RecordFormatOption = Format.table,
    database: DatabaseOption = "",
) -> None:
    """Events from standard input, as JSON, one a line: all of them, or none.

    \b
    Examples:
      aboard record - < events.jsonl
      aboard show soyuz-ms-22/docked -f jsonl | aboard record - --database ./other.sqlite --create

    A line is {"type": "docked", "stream": "flight/soyuz-ms-22", "happened": ..., "source": [...]},
    with the fields of its type as a ledger has them. An event that is recorded already is passed
    over, by its id. Empty lines are too.
    """
    from aboard.app.record import open_to_record  # noqa: PLC0415 - heavy

    file = JsonLines(sys.stdin.buffer)
    with open_to_record(find_database(database), TERMINAL) as opened:
        file.content = {"event": completed(file.entries, opened.log, opened.instant)}

        def place(finding: Finding) -> str:
            is_here = finding.file == file.label
            return f"line {finding.line}" if is_here else elsewhere(finding)

        record_and_show(opened, file, RecordOptions(by, dry_run, form, database, ledger), place)
