"""Tables and headings in text."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def bold(text: str) -> str:
    """Return the text in bold, if the output is a terminal that supports it."""
    plain = (
        not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    )
    return text if plain else f"\x1b[1m{text}\x1b[0m"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], indent: str = "") -> Iterator[str]:
    """Yield the lines of a table, with columns as wide as their widest cell.

    This is not left to a library, because importing one takes longer than answering.
    """
    widths = [max(len(row[n]) for row in (header, *rows)) for n in range(len(header))]
    for number, row in enumerate((header, *rows)):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        line = indent + "  ".join(cells).rstrip()
        yield bold(line) if number == 0 else line
