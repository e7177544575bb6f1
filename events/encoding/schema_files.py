"""The files of the schemas: a JSON Schema for each type of event and each shape it has had.

They are read with the standard library alone. :mod:`aboard.events.encoding.schema` makes them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("schemas")
"""Where the files are: `<topic>.v<version>.json`."""

_NAME = re.compile(r"(?P<topic>[a-z_]+\.[a-z_]+)\.v(?P<version>[1-9][0-9]*)\.json")


def file_of(topic: str, version: int, folder: Path = FOLDER) -> Path:
    """Return where the schema of a type's shape is, or would be."""
    return folder / f"{topic}.v{version}.json"


def versions(folder: Path = FOLDER) -> dict[str, list[int]]:
    """Return the versions that each type has a schema of, oldest first, by topic."""
    found: dict[str, list[int]] = {}
    for file in folder.iterdir():
        if match := _NAME.fullmatch(file.name):
            found.setdefault(match["topic"], []).append(int(match["version"]))
    return {topic: sorted(found[topic]) for topic in sorted(found)}


def read(topic: str, version: int) -> dict[str, Any]:
    """Return the schema of a type's shape; raise `FileNotFoundError` if there is none."""
    schema: dict[str, Any] = json.loads(file_of(topic, version).read_text("utf-8"))
    return schema
