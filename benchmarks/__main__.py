"""`python -m benchmarks` measures every figure, prints a table and writes docs/benchmarks.md.

The command exits with 1 when a bound does not hold, and with 2 when it is used wrongly.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from aboard.cli.output.table import table
from benchmarks import (
    lag,
    load,
    memory,
    one_event,
    one_pass,
    page,
    point_query,
    rebuild,
    rebuild_postgres,
    start,
)
from benchmarks.figure import COLUMNS, Figure, Measured, Outcome

FIGURES = {
    figure.name: figure
    for module in (
        rebuild, rebuild_postgres, memory, point_query, one_event, load, lag, start, one_pass,
    )
    for figure in module.FIGURES
}  # fmt: skip


def measured(figure: Figure, *, alone: bool) -> Outcome:
    """Measure a figure in a temporary folder, `alone` in a process of its own.

    Raises `RuntimeError` where that process fails.
    """
    if alone:
        return _measured_alone(figure)
    with tempfile.TemporaryDirectory() as folder:
        return Outcome(figure, figure.measure(Path(folder)))


def _measured_alone(figure: Figure) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", figure.name, "--json"],
        cwd=Path(__file__).resolve().parents[1],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    try:
        return _outcome(json.loads(done.stdout))
    except ValueError as error:
        raise RuntimeError(f"{figure.name} was not measured") from error


def arguments() -> argparse.Namespace:
    """Return what is asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog="example: python -m benchmarks --only rebuild --only who-p50 --json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one object a line, no page")
    parser.add_argument(
        "--only",
        choices=FIGURES,
        action="append",
        metavar="NAME",
        help="measure this figure, and write no page; may be repeated",
    )
    parser.add_argument(
        "--full",
        action="store_true",
        help="measure the figures that take many minutes too: " + ", ".join(_long()),
    )
    parser.add_argument(
        "--earlier",
        metavar="FILE",
        type=_earlier,
        default=[],
        help="put what is not measured now on the page as an earlier run has printed it by --json",
    )
    parser.add_argument("--list", action="store_true", help="list the figures, and measure none")
    return parser.parse_args()


def _earlier(name: str) -> list[Outcome]:
    """Return the outcomes in a file; raise `argparse.ArgumentTypeError` for one that has others."""
    try:
        lines = Path(name).read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    outcomes = []
    for number, line in enumerate(lines, 1):
        try:
            outcomes.append(_outcome(json.loads(line)))
        except (ValueError, TypeError, KeyError) as error:
            raise argparse.ArgumentTypeError(
                f"{name}, line {number}: not a figure as --json prints it"
            ) from error
    return outcomes


def _outcome(told: dict[str, Any]) -> Outcome:
    """Return what was measured of a figure, of the object that was printed."""
    measured = Measured(float(told["value"]), float(told["ratio"]))
    return Outcome(FIGURES[told["figure"]], measured)


def _long() -> list[str]:
    return [figure.name for figure in FIGURES.values() if figure.long]


def listed() -> None:
    """Print the figures, and what they must reach."""
    for line in table(
        ("Figure", "Unit", "Baseline", "Bound", "Aim"),
        [
            (one.name, one.unit, one.baseline, one.limit(one.bound), one.limit(one.aim))
            for one in FIGURES.values()
        ],
    ):
        print(line)


def main() -> int:
    """Measure what is asked for; return 1 when a bound does not hold."""
    asked = arguments()
    if asked.list:
        listed()
        return 0
    chosen = [
        figure
        for name, figure in FIGURES.items()
        if (name in asked.only if asked.only else asked.full or not figure.long)
    ]
    outcomes = []
    for figure in chosen:
        if sys.stderr.isatty():
            print(f"\r{figure.name}\x1b[K", end="", file=sys.stderr, flush=True)
        alone = len(chosen) > 1 and not figure.shares
        outcomes.append(outcome := measured(figure, alone=alone))
        if asked.json:
            print(json.dumps(outcome.record(), ensure_ascii=False), flush=True)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    if not asked.json:
        for line in table(COLUMNS, [outcome.row() for outcome in outcomes]):
            print(line)
        if not asked.only:
            earlier = [outcome for outcome in asked.earlier if outcome.figure not in chosen]
            page.PAGE.write_text(page.text(outcomes, earlier), "utf-8")
            print("\nWritten to docs/benchmarks.md")
    return 0 if all(outcome.holds for outcome in outcomes) else 1


sys.exit(main())
