"""Batches into the catalogue; an event that cannot be put there is parked."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aboard.projections.ingest import catalogue
from aboard.projections.ingest.catalogue_amendments import amend
from aboard.projections.ingest.parking import Parked, park_unreadable, poison
from aboard.projections.tables.schema import CATALOGUE
from aboard.storage.connection import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.events.envelope import Event
    from aboard.projections.ingest.batches import BatchReader
    from aboard.projections.ingest.catalogue_amendments import AmendmentCache
    from aboard.storage.connection import Connection


TROUBLE = (sqlite3.Error, StorageError, OSError)
"""What is raised for the database's trouble, and for none of an event's."""


class EventFailedError(Exception):
    """An event raised on the way into the catalogue: the batch is to be done again, carefully."""


def describe(
    db: Connection,
    source: BatchReader,
    parked: Parked,
    amendments: AmendmentCache,
    *,
    careful: bool,
) -> None:
    """Add a batch to the catalogue.

    If that raises `EventFailedError`, the caller rolls back and tries again with `careful`: then
    each event is added by itself, and one that cannot be added is parked.
    """
    batch, skipped = source.batch, parked.skipped(CATALOGUE)
    for at, one in batch.unreadable:
        park_unreadable(at, one, parked)
    news: dict[str, list[tuple[int, Event]]] = {}
    entries = catalogue.CatalogueWriter(db)
    for at, event in batch.events:
        if at not in skipped:
            with parking(db, at, event, parked, careful=careful):
                entries = catalogue.CatalogueWriter(db) if careful else entries
                entries.add(at, event)
                if careful:
                    entries.flush()
                news.setdefault(event.originator_id, []).append((at, event))
    if not careful:
        entries.flush()
    amendments.begin(source)
    for stream, events in news.items():
        with parking(db, *events[-1], parked, careful=careful):
            if amendments.concern(stream, [event for _, event in events]):
                amend(db, source.readable(stream), source.versions)
    if careful or batch.unreadable or not parked.is_clear:
        amendments.forget()  # what is missing now may be added by a later repair


@contextmanager
def event_errors() -> Iterator[None]:
    """Raise `EventFailedError` where something is raised that an event is at fault for."""
    try:
        yield
    except TROUBLE:
        raise
    except Exception as error:
        raise EventFailedError from error


@contextmanager
def parking(
    db: Connection, at: int, event: Event, parked: Parked, *, careful: bool
) -> Iterator[None]:
    """Park an event on which something is raised, and leave nothing of the attempt."""
    if not careful:
        with event_errors():
            yield
        return
    db.execute("SAVEPOINT described")
    try:
        yield
    except TROUBLE:
        raise
    except Exception as error:
        db.execute("ROLLBACK TO SAVEPOINT described")
        parked.park(CATALOGUE, event.originator_id, poison(at, event, error))
    db.execute("RELEASE SAVEPOINT described")
