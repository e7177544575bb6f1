"""What events say as amended, in the catalogue: next to what they said, or instead of it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from aboard.events.amendments import FactVersions, HeldVersion
from aboard.events.fact import Amendment, Corrected
from aboard.events.station import CoverageStated
from aboard.events.time import FOREVER
from aboard.projections.ingest.catalogue import (
    CatalogueWriter,
    fields_as_json,
    is_described,
    names_in,
)
from aboard.projections.ingest.rectangle_rows import encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aboard.events.amendments import Versions
    from aboard.events.envelope import Event
    from aboard.projections.ingest.batches import BatchReader, EventLog
    from aboard.storage.connection import Connection


MAX_CACHED = 5_000
"""Streams, and versions of facts, that are remembered."""


class AmendmentCache:
    """What is remembered of amended facts from one batch to the next.

    It is of one log, and which facts are amended is as of one position of it.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._of, self._reached = "", 0
        self._targets: dict[str, set[str]] = {}
        """The ids of the amended facts, by their streams."""
        self._versions: Versions = {}

    def versions(self, log: EventLog) -> Versions:
        """Return what amended facts of a log say, as far as it is known already."""
        if self._of != log.identity or len(self._versions) > MAX_CACHED:
            self._versions = {}
        if self._of != log.identity:
            self._of, self._reached = log.identity, -1
        return self._versions

    def begin(self, source: BatchReader) -> None:
        """Go on with a batch; forget what is not as of the position before it."""
        if self._reached != source.batch.after or len(self._targets) > MAX_CACHED:
            self._targets.clear()
        self._reached = source.batch.until

    def forget(self) -> None:
        """Forget everything."""
        self._targets.clear()
        self._of = ""

    def concern(self, stream: str, news: Sequence[Event]) -> bool:
        """Whether what is new on a stream changes what events on it say, or is itself amended.

        The news are in the catalogue already.
        """
        targets = self._targets.get(stream)
        if targets is None:
            found = self._db.execute("SELECT target FROM amendment WHERE stream=?", (stream,))
            targets = self._targets[stream] = {target for (target,) in found.fetchall()}
        else:
            targets.update(event.target for event in news if isinstance(event, Amendment))
        return bool(targets) and any(
            isinstance(event, Amendment | CoverageStated) or event.id in targets or _names(event)
            for event in news
        )


def _names(event: Event) -> bool:
    """Whether an event gives anything a name."""
    return is_described(type(event)) and any(names_in(event))


def amend(db: Connection, events: Sequence[Event], versions: Versions | None = None) -> None:
    """Put what a stream says as amended in the place of what it said.

    Names and coverage are as amended at last; what each event said, and from when, is kept next to
    it. `versions` is what amended facts say, as far as that is known already.
    """
    world = FactVersions(versions)
    for event in events:
        world.add(event)
    targets = {event.target for event in events if isinstance(event, Amendment)}
    amended = [event for event in events if event.id in targets]
    described = [event for event in events if is_described(type(event))]
    if any(event.id in targets for event in described):
        _describe_again(db, world, described)
    db.executemany("DELETE FROM amended WHERE event=?", [(event.id,) for event in amended])
    db.executemany(
        "INSERT INTO amended VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        [row for event in amended for row in _versions(world, event)],
    )


def _versions(world: FactVersions, event: Event) -> Iterator[tuple[Any, ...]]:
    """Yield what an event says other than it said, as rows: from when, and until when.

    A retracted event keeps what it said last.
    """
    last = event
    last_corrections: tuple[Corrected, ...] = ()
    held = [*world.versions(event), HeldVersion(FOREVER, None, ())]
    for (since, version, amendments), (until, *_) in pairwise(held):
        if version is not None:
            last, last_corrections = version, _corrections(amendments)
        if amendments:
            yield (
                *(event.id, since, until, str(last.happened), last.happened.earliest),
                None if version is None else fields_as_json(version),
                *_shown(event, last, last_corrections),
                fields_as_json(last),
                encoded([one.id for one in amendments]).decode(),
            )


def _corrections(amendments: Iterable[Amendment]) -> tuple[Corrected, ...]:
    return tuple(one for one in amendments if isinstance(one, Corrected))


def _shown(event: Event, version: Event, corrections: Sequence[Corrected]) -> tuple[Any, ...]:
    """Return known time, when it takes effect, whether it is assumed, sources and note, as amended.

    They are those of the last correction: it says so. A mistake of ours in writing the fact down
    changes neither when it was known nor what was noted about it.
    """
    source, note = event.source, event.note
    for correction in corrections:
        changed = {*correction.changes, *correction.removes}
        source = version.source if "source" in changed else correction.source
        if "note" in changed:
            note = version.note
        elif correction.note is not None or not correction.transcription:
            note = correction.note
    stated = [*(one for one in reversed(corrections) if not one.transcription), version]
    since = max(stated, key=lambda one: one.known_from)
    return (
        *(str(since.known), since.known_from, since.known_assumed),
        encoded(source).decode(),
        note,
    )


def _describe_again(db: Connection, world: FactVersions, events: Iterable[Event]) -> None:
    """Put the names that events give, and what they state of others, as they are amended."""
    for event in events:
        for kind, key, _name, _aliases in names_in(event):
            db.execute("DELETE FROM entity WHERE kind=? AND id=?", (kind, key))
            db.execute("DELETE FROM alias WHERE kind=? AND id=?", (kind, key))
        if isinstance(event, CoverageStated):
            db.execute("DELETE FROM coverage WHERE station=?", (event.subject,))
        db.execute("DELETE FROM about WHERE statement=?", (event.id,))
        db.execute("DELETE FROM gap WHERE event=?", (event.id,))
    entries = CatalogueWriter(db)
    for event in events:
        versions = world.versions(event)
        if versions and (last := versions[-1].version) is not None:
            found = db.execute("SELECT position FROM event WHERE id=?", (event.id,))
            entries.describe(found.fetchone()[0], last)
    entries.flush()
