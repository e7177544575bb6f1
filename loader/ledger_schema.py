"""The JSON Schema of a ledger file, with which an editor completes it and marks errors.

It is made from the schemas of the types. The dialect is draft 7, which editors of TOML know best.
An editor passes dates on as strings of a format; these are accepted wherever a time is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.encoding.schema import SHARED, schema_of
from aboard.events.envelope import ANY_STREAM, Event
from aboard.events.vocabulary import every_type
from aboard.loader.field_order import field_order
from aboard.loader.ledger import REGISTRATIONS, SCHEMA, STATEMENTS, shipped_ledger
from aboard.loader.parse_entries import WRITTEN_BY_THE_LOG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = shipped_ledger() / SCHEMA
"""Where it is stored."""

DIALECT = "http://json-schema.org/draft-07/schema#"

DATES = {
    "date": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "date-time": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([0-9]{2}:){2}[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$",
}
"""The formats of the dates of TOML, with patterns for editors that ignore formats."""

STREAM = "The stream that it is on: a kind, a slash, and an id."


def ledger_schema() -> dict[str, Any]:
    """Return the schema of a ledger file."""
    shared: dict[str, Any] = {}
    types: dict[str, Any] = {}
    tables: dict[str, Any] = {"event": []}
    for topic, cls in every_type().items():
        for table, name in _places(topic):
            types[f"{table}.{topic}"] = _entry(table, name, cls, shared)
            tables.setdefault(table, []).append({"$ref": f"#/definitions/{table}.{topic}"})
    return {
        "$schema": DIALECT,
        "$id": "urn:aboard:ledger",
        "title": "A file of an Aboard ledger",
        "type": "object",
        "properties": {
            "stream": {**_stream(shared), "description": STREAM},
            **{table: {"type": "array", "items": _any(one)} for table, one in tables.items()},
        },
        "additionalProperties": False,
        "definitions": {**dict(sorted(shared.items())), **types},
    }


def write(file: Path = FILE) -> bool:
    """Write the schema; return whether the file changed."""
    text = json.dumps(ledger_schema(), ensure_ascii=False, indent=2) + "\n"
    if file.exists() and file.read_text("utf-8") == text:
        return False
    file.write_text(text, "utf-8")
    return True


def _places(topic: str) -> Iterator[tuple[str, str]]:
    """Yield the tables that state a type, each with the type that its entries state, if any."""
    kind, _, name = topic.partition(".")
    yield "event", name
    for table, stated in STATEMENTS.items():
        if kind == ANY_STREAM and stated == name:
            yield table, ""
    if kind in REGISTRATIONS and name == "registered":
        yield kind, ""


def _any(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _stream(shared: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a stream id, taken from a type that may be on any stream."""
    made = schema_of(every_type()[f"{ANY_STREAM}.retracted"])["properties"]["originator_id"]
    return dict(_plain(made, shared))


def _entry(table: str, name: str, cls: type[Event], shared: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an entry of a table that states an event of a type."""
    made = schema_of(cls)
    for title, said in made["$defs"].items():
        shared[title] = _time(said) if title in SHARED else _plain(said, shared)
    said = {
        field: _plain(schema, shared)
        for field, schema in made["properties"].items()
        if field not in (*WRITTEN_BY_THE_LOG, "class_version")
    }
    said["stream"] = {**_stream(shared), "description": STREAM}
    said["type"] = {"const": name, "description": made["description"]}
    own_id = REGISTRATIONS.get(table)
    if own_id:
        pattern = dict(_plain(made["properties"]["source"]["items"], shared))
        said[own_id] = {**pattern, "description": "Its own id, for ever."}
        del said["stream"]
    if not name:
        del said["type"]
    if cls.STAMPED:
        del said["known"]
    if cls.STAMPED and not cls.DATED:
        del said["happened"]
    return {
        "title": made["title"],
        "description": made["description"],
        "type": "object",
        "properties": {key: said[key] for key in field_order(table, cls) if key in said},
        "required": _required(table, name, cls, made),
        "additionalProperties": False,
    }


def _required(table: str, name: str, cls: type[Event], made: dict[str, Any]) -> list[str]:
    """Return the fields that an entry cannot leave out."""
    envelope = set(Event.model_fields)
    own = [field for field in made["required"] if field not in {*envelope, "class_version"}]
    clocks = [] if cls.STAMPED or cls.INTENTION else ["happened"]
    return [
        REGISTRATIONS.get(table, "id"),
        *(["type"] if name else []),
        *clocks,
        *([] if table == "source" else ["source"]),
        *own,
    ]


def _time(said: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a time: a string, or a TOML date as an editor passes it on."""
    text = {"type": "string", "pattern": said["pattern"]}
    dates = [
        {"type": "string", "format": form, "pattern": pattern} for form, pattern in DATES.items()
    ]
    return {
        "description": said["description"],
        "examples": said["examples"],
        "anyOf": [text, *dates],
    }


def _plain(schema: Any, shared: dict[str, Any]) -> Any:
    """Return a schema in the older dialect, without null: unknown values are left out."""
    match schema:
        case {"$ref": str(ref), **more}:
            pointing = {"$ref": ref.replace("#/$defs/", "#/definitions/")}
            more.pop("default", None)
            return {**more, "allOf": [pointing]} if more else pointing
        case {"anyOf": [one, {"type": "null"}], **more}:
            more.pop("default", None)
            return _plain({**one, **more}, shared)
        case dict():
            return {
                key: _plain(value, shared)
                for key, value in schema.items()
                if key not in ("default", "title")
            }
        case list():
            return [_plain(one, shared) for one in schema]
        case _:
            return schema
