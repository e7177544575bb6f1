"""What two files hold, so that it can be compared: the log, and the read model beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, get_args

from aboard.cli.paths import Paths
from aboard.domain.guards import OWN_ID
from aboard.events.vocabulary import AnyEvent

if TYPE_CHECKING:
    from pathlib import Path

Content = dict[str, list[tuple[Any, ...]]]
"""The rows of each table by its name, in an order of their own."""

STAMPED = frozenset(cls.TOPIC for cls in get_args(AnyEvent) if cls.STAMPED)
"""The types of event that happen when they are recorded."""


def tables(path: Path) -> Content:
    """Return every row of every table of a file; nothing for a file that is not there."""
    if not path.exists():
        return {}
    with closing(sqlite3.connect(path)) as db:
        names = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return {
            name: sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=repr)  # noqa: S608
            for name in sorted(names)
        }


def content(log: Path) -> tuple[Content, Content]:
    """Return the content of a log, and of its read model."""
    return tables(log), tables(Paths(log).read_model)


def ids(log: Path) -> list[str]:
    """Return the ids of the facts in a log, in order."""
    ids = (row[0] for row in tables(log).get("event_ids", []))
    return sorted(key for key in ids if not OWN_ID.fullmatch(key))


def position(log: Path) -> int:
    """Return the position of a log, which its own guards count in."""
    return len(tables(log).get("event_ids", []))


def comparable(read_model: Path) -> Content:
    """Return a read model without what depends on the order of arrival.

    That is positions, places in a stream, the load, the time of recording, which is also the one of
    a registration, and the longest stay, which is an upper bound.
    """
    found = tables(read_model)
    found["event"] = [
        (row[0], row[2:4], None if row[3] in STAMPED else row[4:10], row[11:14])
        for row in found["event"]
    ]
    found["coverage"] = [(row[0], *row[2:]) for row in found["coverage"]]
    for name in ("meta", *(name for name in found if name.endswith("_span"))):
        del found[name]
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def spans(read_model: Path) -> dict[tuple[str, str], int]:
    """Return the longest stay by fold and place."""
    return {
        (name, place): longest
        for name, rows in tables(read_model).items()
        if name.endswith("_span")
        for place, longest in rows
    }
