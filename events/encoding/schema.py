"""The JSON Schema of a type of event, as it is stored, made from its model.

The dialect is 2020-12. A schema says what a reader can know of one field at a time; what two of
them say of each other, such as that nothing is known before it happened, is for the model.

The schemas of today's shapes are written to files by `write`. The file of a shape that is no longer
today's stays as it is, like the rows that have it.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from aboard.events.encoding.schema_files import FOLDER, file_of
from aboard.events.envelope import ANY_STREAM, Part
from aboard.events.vocabulary import KINDS, class_of, topics

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.events.envelope import Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"

SHARED = ("Time", "Moment")
"""The titles of the definitions that are shared within a schema."""


def schema_of(cls: type[Event]) -> dict[str, Any]:
    """Return the schema of a type of event in its current shape."""
    made = cls.model_json_schema()
    parts = made.pop("$defs", {})
    shared: dict[str, Any] = {}
    properties = _described(cls, made["properties"], shared)
    kind = cls.TOPIC.partition(".")[0]
    if kind != ANY_STREAM:
        stream = properties["originator_id"]
        stream["pattern"] = stream["pattern"].replace(f"({'|'.join(KINDS)})", kind)
    required = made["required"]
    if cls.class_version > 1:
        properties = {"class_version": _version(cls), **properties}
        required = ["class_version", *required]
    for part in Part.__subclasses__():
        if part.__name__ in parts:
            said = parts[part.__name__]
            said["properties"] = _described(part, said["properties"], shared)
    return {
        "$schema": DIALECT,
        "$id": f"urn:aboard:{cls.TOPIC}:{cls.class_version}",
        "title": cls.TOPIC,
        "description": _reflowed(made["description"]),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        "$defs": dict(sorted((parts | shared).items())),
    }


def write(folder: Path = FOLDER) -> list[Path]:
    """Write the schema of every type in its current shape; return the files that changed."""
    changed = []
    for topic in topics():
        cls = class_of(topic)
        file = file_of(topic, cls.class_version, folder)
        text = json.dumps(schema_of(cls), ensure_ascii=False, indent=2) + "\n"
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            changed.append(file)
    return changed


def _version(cls: type[Event]) -> dict[str, Any]:
    return {
        "description": "The shape of the type. An event of the first shape stores none.",
        "const": cls.class_version,
    }


def _described(
    cls: type[BaseModel], properties: dict[str, Any], shared: dict[str, Any]
) -> dict[str, Any]:
    """Return the properties of a model with the docstrings of its fields as descriptions."""
    said = _docstrings(cls)
    found = {}
    for name, schema in properties.items():
        described = {"description": said[name]} if name in said else {}
        found[name] = described | _pointing(schema, shared)
    return found


def _pointing(schema: Any, shared: dict[str, Any]) -> Any:
    """Return a schema without titles, its `SHARED` definitions moved to `shared`."""
    match schema:
        case {"title": title} if title in SHARED:
            shared[title] = {name: value for name, value in schema.items() if name != "default"}
            kept = {"default": schema["default"]} if "default" in schema else {}
            return {"$ref": f"#/$defs/{title}", **kept}
        case dict():
            return {
                name: _pointing(value, shared) for name, value in schema.items() if name != "title"
            }
        case list():
            return [_pointing(one, shared) for one in schema]
        case _:
            return schema


def _docstrings(cls: type[BaseModel]) -> dict[str, str]:
    """Return the docstrings of a model's fields, including those of its bases."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if not issubclass(base, BaseModel) or base is BaseModel:
            continue
        tree: Any = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        for field, text in pairwise(tree.body):
            match field, text:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(said))),
                ):
                    found[name] = _reflowed(inspect.cleandoc(said))
                case _:
                    pass
    return found


def _reflowed(text: str) -> str:
    """Return a text with each paragraph on one line."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)
