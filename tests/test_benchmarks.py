"""The benchmarks run and say what they measured; how long it took is for no test to say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_a_figure_is_printed_as_an_object_on_a_line_and_no_page_is_written() -> None:
    page = ROOT / "docs" / "benchmarks.md"
    before = page.read_bytes() if page.exists() else None

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "point-query", "--json"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    [line] = done.stdout.splitlines()
    figure = json.loads(line)

    assert list(figure) == ["figure", "value", "unit", "baseline", "ratio", "bound", "holds"]
    assert figure["value"] > 0
    assert figure["ratio"] > 0
    assert figure | {"value": ..., "ratio": ...} == {
        "figure": "point-query",
        "value": ...,
        "unit": "µs",
        "baseline": "SELECT of one row by primary key",
        "ratio": ...,
        "bound": None,
        "holds": True,
    }
    assert (page.read_bytes() if page.exists() else None) == before


def test_an_unknown_figure_is_wrong_use() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "no-such"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 2
    assert "point-query" in done.stderr
