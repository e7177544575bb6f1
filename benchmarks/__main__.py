"""`python -m benchmarks` measures every figure, prints a table and writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from aboard.cli.render import print_table
from benchmarks import load, one_event, one_pass, page, point_query, rebuild, start
from benchmarks.figure import COLUMNS, Figure, Outcome

FIGURES = {
    figure.name: figure
    for module in (start, load, one_pass, one_event, rebuild, point_query)
    for figure in module.FIGURES
}


def measured(figure: Figure) -> Outcome:
    """Measure a figure in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        return Outcome(figure, figure.measure(Path(folder)))


def main() -> int:
    """Measure what is asked for; return 1 when a bound does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one object a line, no page")
    parser.add_argument("--only", choices=FIGURES, metavar="NAME", help=", ".join(FIGURES))
    asked = parser.parse_args()
    outcomes = []
    for figure in [FIGURES[asked.only]] if asked.only else FIGURES.values():
        if sys.stderr.isatty():
            print(f"\r{figure.name}\x1b[K", end="", file=sys.stderr, flush=True)
        outcomes.append(outcome := measured(figure))
        if asked.json:
            print(json.dumps(outcome.record(), ensure_ascii=False), flush=True)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    if not asked.json:
        print_table(COLUMNS, [outcome.row() for outcome in outcomes])
        if not asked.only:
            page.PAGE.write_text(page.text(outcomes), "utf-8")
            print("\nWritten to docs/benchmarks.md")
    return 0 if all(outcome.holds for outcome in outcomes) else 1


sys.exit(main())
