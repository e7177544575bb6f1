"""Finding what a name on the command line means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.cli.failing import NOT_FOUND, USAGE, fail
from aboard.projections import reader

if TYPE_CHECKING:
    import sqlite3


def find(db: sqlite3.Connection, kinds: tuple[str, ...], name: str) -> tuple[str, str]:
    """Return kind and id of what is called so, or end the command with near names."""
    try:
        return reader.resolve(db, kinds, name)
    except reader.NotFound as miss:
        fail(str(miss), miss.hint, NOT_FOUND)
    except reader.Ambiguous as miss:
        fail(str(miss), miss.hint, USAGE)
