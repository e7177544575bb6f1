"""What a log and its read model hold, so that it can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from aboard.domain.rules.port_guards import OWN_ID
from aboard.events.vocabulary import AnyEvent
from tests.homes import log_of, read_model_of, tables

if TYPE_CHECKING:
    from pathlib import Path

    from tests.homes import Schema, Where

__all__ = ["comparable", "content", "ids", "position", "tables"]

Content = dict[str, list[tuple[Any, ...]]]
"""The rows of each table by its name, in an order of their own."""

STAMPED = frozenset(cls.TOPIC for cls in get_args(AnyEvent) if cls.STAMPED)
"""The types of event that happen when they are recorded."""


def content(log: Where) -> tuple[Content, Content]:
    """Return the content of a log, and of its read model."""
    return tables(log_of(log)), tables(read_model_of(log))


def ids(log: Where) -> list[str]:
    """Return the ids of the facts in a log, in order."""
    ids = (row[0] for row in tables(log_of(log)).get("event_ids", []))
    return sorted(key for key in ids if not OWN_ID.fullmatch(key))


def position(log: Where) -> int:
    """Return the position of a log, which its own guards count in."""
    return len(tables(log_of(log)).get("event_ids", []))


def comparable(read_model: Path | Schema) -> Content:
    """Return a read model without what depends on the order of arrival.

    That is positions, places in a stream, the load, and the time of recording, which is also the
    one of a registration.
    """
    found = tables(read_model)
    found["event"] = [
        (row[0], row[2:4], None if row[3] in STAMPED else row[4:10], row[11:14])
        for row in found["event"]
    ]
    found["coverage"] = [(row[0], *row[2:]) for row in found["coverage"]]
    del found["meta"]
    return {name: sorted(rows, key=repr) for name, rows in found.items()}
