"""What has been recorded so far, folded as known at one instant, so that nothing has to be lifted.

A subject that an event touches is folded again, from everything in its streams so far.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from aboard.events.amendments import FactVersions
from aboard.events.fact import Amendment
from aboard.events.order import in_order
from aboard.events.time import FOREVER
from aboard.projections.fold import links
from aboard.projections.folds.registry import FOLDS
from aboard.projections.lift.lift import ResumableFold
from aboard.projections.queries.reader import Row
from aboard.projections.replay.sweep import FOLLOWED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.events.envelope import Event
    from aboard.projections.fold import Fold, Interval

Subject = tuple[str, str]
"""A fold's name, and one of its subjects."""

BeforeAndAfter = dict[Subject, tuple["list[Interval]", "list[Interval]"]]
"""The intervals of each subject that an event touches, before the event and with it."""

Stays = dict[tuple["Interval", str], "Row"]
"""Intervals, each with the person whose stay it is, as rows."""


class RecordedFolds:
    """What has been recorded so far, folded as known at an instant."""

    def __init__(self, known: int) -> None:
        self._known = known
        self._streams: dict[str, list[Event]] = defaultdict(list)
        self._reads: dict[Subject, set[str]] = defaultdict(set)
        self._readers: dict[str, set[Subject]] = defaultdict(set)
        self._folds = {fold.name: fold for fold in FOLDS if fold.name in FOLLOWED}
        self._resumable: dict[Subject, ResumableFold[Any]] = {}
        self.intervals: dict[Subject, list[Interval]] = {}
        self.present = Present()

    def add(self, event: Event) -> BeforeAndAfter:
        """Add an event; return the intervals of the subjects it touches, before and after."""
        self._streams[event.originator_id].append(event)
        for fold in self._folds.values():
            for subject, stream in links(fold, event):
                self._reads[fold.name, subject].add(stream)
                self._readers[stream].add((fold.name, subject))
        found = {}
        for touched in sorted(self._readers[event.originator_id]):
            before = self.intervals.get(touched, [])
            after = self._fold(self._folds[touched[0]], touched)
            self.intervals[touched] = after
            if touched[0] == "presence":
                self.present.replace(touched[1], before, after)
            found[touched] = before, after
        return found

    def version(self, target: str, stream: str) -> Event | None:
        """Return an event as amended by what has been recorded; None if it is retracted."""
        world = self._world([stream])
        facts = [fact for fact in self._streams[stream] if fact.id == target]
        return world.version(facts[0], self._known) if facts else None

    def root(self, event: Event) -> str:
        """Return the id of the event that an event is about: itself, or the one that it amends."""
        by_id = {fact.id: fact for fact in self._streams[event.originator_id]}
        key, seen = event.id, set[str]()
        while key not in seen and isinstance(fact := by_id.get(key), Amendment):
            seen.add(key)
            key = fact.target
        return key

    def _fold(self, fold: Fold[Any], touched: Subject) -> list[Interval]:
        world = self._world(sorted(self._reads[touched]))
        facts = in_order(world.at(self._known))
        if touched not in self._resumable:
            self._resumable[touched] = ResumableFold(fold, touched[1])
        return self._resumable[touched].intervals(facts, self._known)

    def _world(self, streams: Iterable[str]) -> FactVersions:
        world = FactVersions()
        for stream in streams:
            for fact in self._streams[stream]:
                world.add(fact)
        return world


class Present:
    """Everybody's stays, looked up by an instant."""

    SPAN = 90 * 86_400
    """Stays that have ended are stored by stretches of time of this length, in seconds."""

    def __init__(self) -> None:
        self._by_stretch: dict[int, Stays] = defaultdict(dict)
        self._open: Stays = {}

    def replace(self, person: str, before: list[Interval], after: list[Interval]) -> None:
        """Replace some stays of a person by others."""
        gone, come = {*before} - {*after}, {*after} - {*before}
        for interval in gone:
            for kept in self._kept(interval):
                del kept[interval, person]
        for interval in come:
            row = as_row(person, interval)
            for kept in self._kept(interval):
                kept[interval, person] = row

    def at(self, instant: int) -> dict[str, list[Row]]:
        """Return the rows that hold at an instant, by person."""
        found: dict[str, list[Row]] = defaultdict(list)
        for kept in (self._by_stretch[instant // self.SPAN], self._open):
            for (interval, person), row in kept.items():
                if interval.start <= instant < interval.end:
                    found[person].append(row)
        return found

    def _kept(self, interval: Interval) -> list[Stays]:
        if interval.end == FOREVER:
            return [self._open]
        stretches = range(interval.start // self.SPAN, interval.end // self.SPAN + 1)
        return [self._by_stretch[one] for one in stretches]


def as_row(subject: str, interval: Interval) -> Row:
    """Return an interval as the read model has it."""
    value = json.loads(json.dumps(dict(interval.value)))
    return Row(interval.place, subject, value, json.dumps(interval.why))
