"""`aboard schema`: the JSON Schema of a type of event, as it is stored."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

import typer

from aboard.app.errors import NotFound, UsageError
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.render import Format, render
from aboard.cli.output.table import table
from aboard.events.encoding.schema_files import read, versions

TYPES = ("type", "versions", "says")
"""The columns of the list of types; in CSV the versions stand side by side in a cell."""

FIELDS = ("field", "holds", "required", "says")
"""The columns of a schema as a table."""


def command(
    kind: Annotated[
        str,
        typer.Argument(metavar="[TYPE]", help="A type of event: docked, flight.docked."),
    ] = "",
    version: Annotated[
        int | None,
        typer.Option(
            "--version", metavar="N", min=1, help="Which version of it. [default: the latest]"
        ),
    ] = None,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="The schema of a ledger file instead, for an editor.")
    ] = False,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format", "-f", help="The format. [default: json for a schema, table for the list]"
        ),
    ] = None,
) -> None:
    """The JSON Schema of an event type, as it is stored; without a type, a list of all types.

    \b
    Examples:
      aboard schema
      aboard schema flight.docked > docked.json
      aboard schema docked --format table       its fields, one per row
      aboard schema station.registered --version 1
      aboard schema --format json | jq '.[].type'
      aboard schema --ledger > ledger.schema.json

    If a type has several versions, it is the latest one, unless `--version` names another.
    """
    if ledger:
        if kind or version is not None:
            raise UsageError("--ledger does not go with a type", "leave out the type and --version")
        render(_ledger_schema(form), form or Format.json)
        return
    there = versions()
    if not kind:
        if version is not None:
            raise UsageError("--version needs a type", "give the type too")
        render(_types(there), form or Format.table)
        return
    topic = _topic(kind, list(there))
    if version is not None and version not in there[topic]:
        known = ", ".join(map(str, there[topic]))
        raise NotFound(f"{topic} has no version {version}", f"its versions: {known}")
    render(_schema(read(topic, version or there[topic][-1])), form or Format.json)


def _ledger_schema(form: Format | None) -> AnswerForms:
    """Return the schema of a ledger file, as it is shipped; it has no form of a table."""
    import json  # noqa: PLC0415 - the schema of a type does without

    from aboard.loader.ledger import SCHEMA, shipped_ledger  # noqa: PLC0415

    schema = json.loads((shipped_ledger() / SCHEMA).read_text("utf-8"))
    refusal = f"--format {form}: the schema of a ledger has no table form", "use json or jsonl"
    return AnswerForms.of(schema, unavailable=refusal)


def _topic(name: str, topics: list[str]) -> str:
    """Return the topic that a name means, or end the command with near names."""
    if name in topics:
        return name
    found = [topic for topic in topics if topic.partition(".")[2] == name]
    if len(found) > 1:
        raise UsageError(f"{name!r} could be any of: {', '.join(found)}", "give the full name")
    return found[0] if found else _no_such(name, topics)


def _no_such(name: str, topics: list[str]) -> NoReturn:
    from difflib import get_close_matches  # noqa: PLC0415 - only a miss needs it

    short = {topic.partition(".")[2]: topic for topic in topics}
    near = get_close_matches(name, [*topics, *short])
    offers = dict.fromkeys(short.get(one, one) for one in near)
    hint = f"did you mean {', '.join(offers)}?" if near else "`aboard schema` lists them"
    raise NotFound(f"no type of event is called {name!r}", hint)


def _types(there: dict[str, list[int]]) -> AnswerForms:
    """Return every type with its versions, and what it says."""
    types = [
        {"type": topic, "versions": found, "says": read(topic, found[-1])["description"]}
        for topic, found in there.items()
    ]
    rows = [
        {**one, "versions": " ".join(map(str, one["versions"])), "says": _first(one["says"])}
        for one in types
    ]
    cells = [[one[name] for name in TYPES] for one in rows]
    return AnswerForms.of(
        types,
        records=lambda: types,
        columns=TYPES,
        rows=lambda: rows,
        text=lambda: table(("Type", "Versions", "Says"), cells),
    )


def _schema(schema: dict[str, Any]) -> AnswerForms:
    """Return the schema of a type; as a table, its fields."""
    return AnswerForms.of(
        schema,
        columns=FIELDS,
        rows=lambda: _fields(schema),
        text=lambda: table(
            ("Field", "Holds", "Required", "Says"),
            [
                (row["field"], row["holds"], "yes" if row["required"] else "", row["says"])
                for row in _fields(schema)
            ],
        ),
    )


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "field": name,
            "holds": _holds(said),
            "required": name in schema["required"],
            "says": _first(said["description"]),
        }
        for name, said in schema["properties"].items()
    ]


def _first(text: str) -> str:
    """Return the first paragraph of a description."""
    return text.partition("\n")[0]


def _holds(said: dict[str, Any]) -> str:
    """Return in a word or two what a field holds."""
    match said:
        case {"$ref": ref}:
            return str(ref).rpartition("/")[2].lower()
        case {"const": value}:
            return str(value)
        case {"enum": values}:
            return " | ".join(values)
        case {"anyOf": [*options]}:
            return " | ".join(_holds(one) for one in options if one != {"type": "null"})
        case {"type": "array", "items": items}:
            return f"list of {_holds(items)}"
        case {"format": name}:
            return str(name)
        case {"pattern": _}:
            return "id"
        case {"type": "string"}:
            return "text"
        case {"type": "boolean"}:
            return "true | false"
        case _:
            return str(said["type"])
