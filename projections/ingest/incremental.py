"""The subjects of the folds: which of them a batch touches, and the update of their rectangles.

A subject is folded from all of its streams when it is first touched. While it stays in memory, new
events fold only what they change.
"""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from aboard.projections.ingest import rectangle_rows as rows
from aboard.projections.ingest.parking import lift_carefully, linked
from aboard.projections.lift.lift import Lift

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboard.events.envelope import Event
    from aboard.projections.ingest.batches import Batch, BatchReader
    from aboard.projections.ingest.checkpoints import Target
    from aboard.projections.ingest.parking import Parked
    from aboard.storage.connection import Connection

MAX_CACHED = 5_000
"""Subjects that are kept in memory."""


Key = tuple[int, str]
"""The number of a fold, and one of its subjects."""

TouchedStreams = dict[Key, dict[str, None]]
"""What a batch touches: of each subject the streams with news."""


@dataclass(slots=True)
class CachedSubject:
    """A subject in memory: its rectangles, and the streams that are in them."""

    lift: Lift[Any]
    streams: set[str] = field(default_factory=set)


class Subjects:
    """The subjects in a read model, some of them in memory."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._cache: OrderedDict[Key, CachedSubject] = OrderedDict()
        self._reached: dict[int, tuple[str, int]] = {}
        self._read_by: dict[str, list[tuple[str, str]]] = {}
        """Which subjects read a stream, by the tables that they are in."""
        self._tables: list[str] = []
        self._writer = rows.RectangleWriter(db)

    def forget(self) -> None:
        """Forget what is in memory."""
        self._cache.clear()
        self._reached.clear()
        self._read_by.clear()
        self._writer = rows.RectangleWriter(self._db)

    def shrink(self) -> None:
        """Forget what was not needed for longest, down to `MAX_CACHED` subjects."""
        while len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)
        if len(self._read_by) > MAX_CACHED:
            self._read_by.clear()

    def take_in(
        self,
        targets: Iterable[Target],
        source: BatchReader,
        parked: Parked,
        progress: Callable[[int, int], None],
        more: Iterable[Key] = (),
    ) -> None:
        """Update the subjects that a batch touches, and those in `more`."""
        batch = source.batch
        by_table = {target.table: target for target in targets}
        by_number = {target.number: target for target in by_table.values()}
        if self._tables != [*by_table]:
            self._tables = [*by_table]
            self._read_by.clear()  # a version that has taken over has its table renamed
        for number in by_number:
            if self._reached.get(number) != (source.identity, batch.after):
                self._drop(number)
            self._reached[number] = source.identity, batch.until
        touched, faulty = self._touched(by_table.values(), batch, parked)
        for key in more:
            touched.setdefault(key, {})
        self._link(touched, by_number)
        for stream in source.streams:
            for table, subject in self._readers(stream):
                if table in by_table:
                    touched.setdefault((by_table[table].number, subject), {})[stream] = None
        new = self._read_by_new(touched, by_number)
        source.read_ahead(stream for streams in new.values() for stream in streams)
        for done, (key, streams) in enumerate(touched.items(), 1):
            target, subject = by_number[key[0]], key[1]
            careful = any((target.table, stream) in faulty for stream in streams)
            read = new.get(key, streams)
            self._refold(target, subject, source, read, parked, careful=careful)
            progress(done, len(touched))
        self.flush()

    def flush(self) -> None:
        """Write what is held of rows."""
        self._writer.flush()

    def _drop(self, number: int) -> None:
        """Forget the subjects of one fold: somebody else has brought them further."""
        for key in [key for key in self._cache if key[0] == number]:
            del self._cache[key]
        self._read_by.clear()

    def _link(self, touched: TouchedStreams, targets: dict[int, Target]) -> None:
        """Write down which subjects read which streams, where that is not known to be there."""
        new = [
            (targets[key[0]].table, key[1], stream)
            for key, streams in touched.items()
            for stream in streams
            if key not in self._cache or stream not in self._cache[key].streams
        ]
        if new:
            self._db.executemany("INSERT OR IGNORE INTO link VALUES (?,?,?)", new)
            for _, _, stream in new:
                self._read_by.pop(stream, None)

    def _readers(self, stream: str) -> list[tuple[str, str]]:
        """Return which subjects read a stream, of the projections in whichever tables."""
        if stream not in self._read_by:
            self._read_by[stream] = self._db.execute(
                "SELECT fold, subject FROM link WHERE stream=?", (stream,)
            ).fetchall()
        return self._read_by[stream]

    def _read_by_new(
        self, touched: TouchedStreams, targets: dict[int, Target]
    ) -> dict[Key, list[str]]:
        """Return what those subjects read that are not in memory."""
        new: dict[Key, list[str]] = {key: [] for key in touched if key not in self._cache}
        asked = [
            (number, self._db.execute(
                "SELECT subject, stream FROM link WHERE fold=? "
                "AND subject IN (SELECT value FROM json_each(?)) ORDER BY subject, stream",
                (targets[number].table, json.dumps([subject for _, subject in some])),
            ))
            for number, some in groupby(sorted(new), itemgetter(0))
        ]  # fmt: skip
        for number, found in asked:
            for subject, stream in found.fetchall():
                new[number, subject].append(stream)
        return new

    def _touched(
        self, targets: Iterable[Target], batch: Batch, parked: Parked
    ) -> tuple[TouchedStreams, set[tuple[str, str]]]:
        """Return what a batch touches, and the streams that are faulty for a table."""
        touched: TouchedStreams = defaultdict(dict)
        faulty: set[tuple[str, str]] = set()
        for target in targets:
            for position, event in batch.events:
                for subject, stream in linked(target, position, event, parked, faulty):
                    touched[target.number, subject][stream] = None
        return touched, faulty

    def _refold(
        self,
        target: Target,
        subject: str,
        source: BatchReader,
        streams: Iterable[str],
        parked: Parked,
        *,
        careful: bool,
    ) -> None:
        """Bring the rectangles of one subject to what its facts now are.

        `streams` are those of it that have news; all of them, where it is not in memory.
        """
        key = target.number, subject
        kept, is_new = self._cache.pop(key, None), False
        if kept is None:
            kept, is_new = CachedSubject(Lift(target.fold, subject, source.versions)), True
        skipped = parked.skipped(target.fold.name)
        # A stream is held where an event on it does not even say whom it is about.
        held = any(parked.holds(target.table, one) for one in (subject, *streams))
        if not careful and not held:
            try:
                facts: list[Event] = []
                for stream in streams:
                    known = stream in kept.streams
                    facts += source.news(stream) if known else source.stream(stream)
                    kept.streams.add(stream)
                if skipped:
                    facts = [fact for fact in facts if fact.id not in skipped.values()]
                gone, come = kept.lift.add(facts)
                keys = [rows.key(subject, one) for one in gone]
                found = [rows.row(subject, one) for one in come]
            except Exception:
                careful = True
            else:
                self._cache[key] = kept
                if is_new:
                    self._clear(target, subject)
                self._writer.delete(target.table, keys)
                self._writer.insert(target.table, found)
                return
        self.fold_carefully(target, subject, source, parked)

    def fold_carefully(
        self, target: Target, subject: str, source: BatchReader, parked: Parked
    ) -> None:
        """Fold a subject again as far as possible; hold it before the first event that fails."""
        everything = self._streams(target, subject)
        lift, stops_at = lift_carefully(
            target.fold,
            subject,
            source.history(everything),
            frozenset(parked.skipped(target.fold.name)),
        )
        parked.hold(target.table, subject, stops_at)
        self._clear(target, subject)
        self._writer.insert(target.table, [rows.row(subject, one) for one in lift.rectangles])
        if stops_at is None:
            self._cache[target.number, subject] = CachedSubject(lift, set(everything))

    def _streams(self, target: Target, subject: str) -> list[str]:
        read = self._db.execute(
            "SELECT stream FROM link WHERE fold=? AND subject=? ORDER BY stream",
            (target.table, subject),
        )
        return [stream for (stream,) in read]

    def _clear(self, target: Target, subject: str) -> None:
        self._db.execute(f"DELETE FROM {target.table} WHERE subject=?", (subject,))  # noqa: S608
