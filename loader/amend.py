"""Amending the log: a correction or a retraction, checked as a ledger's would be."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.loader.ledger import STATEMENTS
from aboard.loader.toml_file import TomlFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LABEL = "amendment"
"""The name of the file in findings about typed input."""


@dataclass(frozen=True, slots=True)
class AmendmentDraft:
    """What is to be recorded about an event: `said` has the fields of its type as TOML has them."""

    type: str
    target: str
    stream: str
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The table of a ledger file that states it."""
        return next(table for table, kind in STATEMENTS.items() if kind == self.type)

    def entry(self, taken: Callable[[str], bool]) -> dict[str, Any]:
        """Return it as an entry of a ledger, under an id that is not taken."""
        name, number = f"{self.target}/{self.type}", 1
        while taken(f"{name}-{number}"):
            number += 1
        said = {key: value for key, value in self.said.items() if value not in (None, (), {}, [])}
        return {"id": f"{name}-{number}", "target": self.target, **said}


def file_of(table: str, stated: Iterable[tuple[str, dict[str, Any]]]) -> TomlFile:
    """Return a ledger file with entries in a table, each about a stream, and nothing else."""
    content = {table: [{"stream": stream, **entry} for stream, entry in stated]}
    return TomlFile(Path(LABEL), LABEL, content)


def as_toml(table: str, entry: dict[str, Any]) -> str:
    """Return an entry as a block of a ledger file."""
    lines = [f"{name} = {as_value(value)}" for name, value in entry.items()]
    return "\n".join([f"[[{table}]]", *lines, ""])


def as_value(value: Any) -> str:
    """Return a value as TOML has it."""
    if isinstance(value, dict):
        inside = ", ".join(f"{name} = {as_value(one)}" for name, one in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(as_value(one) for one in value)}]"
    if isinstance(value, datetime):
        return str(Time.of(value))
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
