"""The benchmarks run and say what they measured; how long it took is for no test to say."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks import given, memory, page, point_query, rebuild
from benchmarks.figure import Figure, Measured, Outcome

from aboard.projections.queries import reader
from aboard.projections.queries.who import who
from tests.folders import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aboard.storage.connection import Connection


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command of the benchmarks."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_figure_is_printed_as_an_object_on_a_line_and_no_page_is_written() -> None:
    page = ROOT / "docs" / "benchmarks.md"
    before = page.read_bytes() if page.exists() else None

    done = run("--only", "point-query", "--json")

    assert done.returncode == 0
    [line] = done.stdout.splitlines()
    figure = json.loads(line)
    assert list(figure) == [
        "figure", "value", "unit", "baseline", "ratio", "bound", "holds", "aim",
    ]  # fmt: skip
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
        "aim": None,
    }
    assert (page.read_bytes() if page.exists() else None) == before


def test_each_of_several_figures_has_a_process_of_its_own() -> None:
    done = run("--only", "point-query", "--only", "next-who", "--json")

    first, second = map(json.loads, done.stdout.splitlines())
    assert [first["figure"], second["figure"]] == ["point-query", "next-who"]
    assert min(first["value"], first["ratio"], second["value"], second["ratio"]) > 0
    assert second["holds"] is (second["ratio"] <= second["bound"])
    assert done.returncode == (0 if second["holds"] else 1)


def test_an_unknown_figure_is_wrong_use() -> None:
    done = run("--only", "no-such")

    assert done.returncode == 2
    assert "point-query" in done.stderr


def test_what_was_measured_earlier_stands_on_the_page_and_says_so() -> None:
    now, before = (Outcome(figure, Measured(1420.0, 1.14)) for figure in memory.FIGURES * 2)

    assert "cores:\n" in page.text([now])
    told = page.text([], [before])
    assert "cores, but for `rebuild-memory`, of an earlier run:\n" in told
    assert "| `rebuild-memory` | 1,420 MiB | the same for 1,000,000 events | 1.14 |" in told
    assert "**rebuild-memory.** The peak of resident memory" in told


@pytest.mark.parametrize("line", ["no object", "7", '{"figure": "no-such", "value": 1, "ratio": 1}',
                                  '{"figure": "rebuild-memory", "value": 1}'])  # fmt: skip
def test_what_no_run_has_printed_is_no_earlier_figure(tmp_path: Path, line: str) -> None:
    known = {"figure": "rebuild-memory", "value": 1420.0, "ratio": 1.14}
    (tmp_path / "told").write_text(f"{json.dumps(known)}\n{line}\n")

    done = run("--earlier", str(tmp_path / "told"), "--list")

    assert done.returncode == 2
    assert f"{tmp_path / 'told'}, line 2: not a figure as --json prints it" in done.stderr


def test_an_earlier_run_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    done = run("--earlier", str(tmp_path / "none"), "--list")

    assert done.returncode == 2
    assert str(tmp_path / "none") in done.stderr


def test_every_figure_is_listed_with_what_it_must_reach() -> None:
    done = run("--list")

    assert done.returncode == 0
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    wanted = {
        "rebuild": ("at least 30", "at least 60"),
        "rebuild-time": ("at most 15", "at most 8"),
        "rebuild-rows": ("none",),
        "rebuild-postgres": ("at least 20", "at least 40"),
        "rebuild-memory": ("at most 1.5", "at most 1.1"),
        "who-p50": ("at most 3", "at most 1"),
        "who-answer": ("none",),
        "who-growth": ("at most 1.6", "at most 1.2"),
        "who-p99": ("at most 4", "at most 2"),
        "one-event": ("at most 3", "at most 1.5"),
        "load": ("at least 1", "at least 2"),
        "catch-up-lag": ("at most 5", "at most 2"),
        "next-who": ("at most 1.4", "at most 1.1"),
    }
    for name, limits in wanted.items():
        assert all(limit in lines[name] for limit in limits), lines[name]


@pytest.mark.parametrize(
    ("more", "ratio", "holds"),
    [(False, 2.9, True), (False, 3.1, False), (True, 2.9, False), (True, 3.0, True)],
)
def test_a_bound_is_the_most_or_the_least(more: bool, ratio: float, holds: bool) -> None:
    figure = Figure("f", "about", "s", "b", 3, lambda _: Measured(1, ratio), more=more)

    outcome = Outcome(figure, figure.measure(ROOT))

    assert outcome.holds is holds
    assert outcome.record()["holds"] is holds
    assert outcome.row()[4:6] == (
        f"{'at least' if more else 'at most'} 3",
        "yes" if holds else "NO",
    )


def test_the_tables_that_are_copied_are_those_of_the_read_model(tmp_path: Path) -> None:
    built = given.rebuilt(2_000).read_model

    rebuild.copy_tables(built, tmp_path / "copy.sqlite")

    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as db:
        db.execute("ATTACH ? AS built", (str(built),))
        names = "SELECT type, name FROM {}.sqlite_master ORDER BY 1, 2"
        tables = db.execute(names.format("main")).fetchall()
        assert tables == db.execute(names.format("built")).fetchall()
        (number,) = db.execute("SELECT count(*) FROM main.presence").fetchone()
        assert number > 2_000
        assert (number,) == db.execute("SELECT count(*) FROM built.presence").fetchone()


@pytest.mark.parametrize("ahead", [False, True])
def test_the_queries_that_are_measured_are_those_that_who_runs(
    ahead: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, ...]] = []

    def recorded(db: Connection, fold: str, *asked: Any) -> list[reader.Row]:
        ran.append((fold, *asked))
        return rows_at(db, fold, *asked)

    rows_at = reader.rows_at
    with closing(reader.connect(given.rebuilt(2_000).read_model)) as db:
        question = next(one for one in point_query.questions(db) if (one[1] > one[2]) is ahead)
        monkeypatch.setattr(reader, "rows_at", recorded)
        point_query.holding(db, question)
        measured = ran.copy()
        ran.clear()
        who(db, ("station", question[0]), *question[1:])

    assert measured
    assert sorted(measured) == sorted(ran)


@pytest.mark.parametrize(
    "measure",
    [
        lambda folder: rebuild.measure(folder, 2_000, 1_000),
        lambda folder: rebuild.measure_time(folder, 2_000),
        lambda folder: rebuild.measure_rows(folder, 2_000),
        lambda folder: point_query.measure(folder, 2_000),
        lambda folder: point_query.measure_answer(folder, 2_000),
        lambda folder: point_query.measure_growth(folder, 2_000, 1_000),
        lambda folder: point_query.measure_tail(folder, 2_000),
        lambda folder: memory.measure(folder, 1_000, 2_000),
    ],
)
def test_what_takes_minutes_is_measured_of_a_small_log_all_the_same(
    measure: Callable[[Path], Measured], tmp_path: Path
) -> None:
    measured = measure(tmp_path)

    assert measured.value > 0
    assert measured.ratio > 0
