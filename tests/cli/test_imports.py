"""The read path needs the standard library and typer alone: start-up is most of an answer."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import environment

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("pydantic", "pydantic_core", "eventsourcing", "rich", "tree_sitter", "filelock")

SCRIPT = """
import json, sys
from aboard.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def imported(*arguments: str) -> set[str]:
    """Return the packages that a command has imported at its end."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    code, names = json.loads(done.stdout.splitlines()[-1])
    assert code in (0, 3, None), done.stderr
    return set(names)


@pytest.mark.parametrize(
    "question",
    [
        ("who", "iss", "--at", "2022-12-25"),
        ("who", "--at", "2022-12-25", "--format", "json"),
        ("who", "iss", "--at", "2022-12-25", "--format", "csv"),
        ("flight", "ms-22"),
        ("agreement", "--known", "2022-09-21"),
        ("person", "rubio"),
        ("station", "iss", "--format", "json"),
        ("show", "soyuz-ms-22/docked"),
        ("log", "--person", "rubio", "--type", "docked", "--since", "2022"),
        ("log", "--station", "iss", "--format", "csv"),
        ("replay", "iss", "--from", "2022-09", "--to", "2022-10"),
        ("replay", "--by", "known", "--format", "jsonl"),
        ("schema", "flight.docked"),
        ("who", "no-such-place"),
        ("ask", "presence", "iss"),
        ("parked",),
        ("wait",),
        ("--help",),
        ("who", "--help"),
    ],
    ids=" ".join,
)
def test_a_question_imports_nothing_heavy(question: tuple[str, ...], answering: Path) -> None:
    names = imported(*question)

    assert "aboard" in names
    assert names.isdisjoint(HEAVY), names & set(HEAVY)


def test_what_is_heavy_is_imported_where_it_is_needed(answering: Path) -> None:
    assert {"pydantic", "eventsourcing"} <= imported("load")
