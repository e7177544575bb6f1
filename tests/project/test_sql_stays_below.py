"""The log and the read model are asked in SQL by the folders that own them, and by no other."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.folders import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWNERS = ("storage", "domain/eventlog", "projections")
"""The folders whose business SQL is."""

ABOVE = ("app", "cli", "domain", "events", "loader")
"""The folders that are searched, but for those above."""

SQL = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM"
    r"|(CREATE|DROP|ALTER)\s+(TEMPORARY\s+)?(TABLE|INDEX|SCHEMA)|PRAGMA)\b",
    re.DOTALL,
)
EXECUTES = {"execute", "executemany", "executescript", "execute_batches"}


def modules() -> Iterator[Path]:
    """Yield the modules that must not contain SQL."""
    for folder in ABOVE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not path.relative_to(ROOT).as_posix().startswith(tuple(f"{one}/" for one in OWNERS)):
                yield path


def sql_in(source: str) -> list[str]:
    """Return each statement in a program, and each call that executes one, with its line."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.JoinedStr(values=values):
                parts = (one.value if isinstance(one, ast.Constant) else "x" for one in values)
                text = "".join(str(part) for part in parts)
            case ast.Constant(value=str(text)):
                pass
            case ast.Call(func=ast.Attribute(attr=name)) if name in EXECUTES:
                found.append(f"line {node.lineno}: {name}()")
                continue
            case _:
                continue
        if SQL.search(text):
            found.append(f"line {node.lineno}: {text}")
    return found


@pytest.mark.parametrize("path", [*modules()], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_sql_above_the_folders_that_own_it(path: Path) -> None:
    assert sql_in(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "program",
    [
        "rows = db.execute(statement)",
        "HELD = 'SELECT id FROM entity'",
        "text = f'SELECT {columns} ' f'FROM {table}'",
        "text = f'UPDATE {table} SET a=1'",
        "name = 'DROP TABLE presence'",
    ],
)
def test_sql_is_found(program: str) -> None:
    assert sql_in(program) != []


def test_a_sentence_is_no_sql() -> None:
    assert sql_in("text = 'update the read model, and select an event from the log'") == []
