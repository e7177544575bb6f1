"""A replay of the log: what each event changed when it was recorded, position by position.

The answers compared are those at the instant that an event is about, with what had been recorded
before it, and with it; the count is that instant's, of the log as it then stood.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from aboard.events.fact import Amendment
from aboard.events.time import Time
from aboard.projections.changes.compare import AnswerKey, changes, key_of
from aboard.projections.ingest.catalogue import ENVELOPE
from aboard.projections.queries.who import berthed, paired, present, sift
from aboard.projections.replay.attribution import as_made_by, differing
from aboard.projections.replay.events import REGISTRY, ReplayedEvent
from aboard.projections.replay.live_folds import RecordedFolds, as_row
from aboard.projections.replay.replay import in_crew
from aboard.projections.replay.steps import ReplayQuery, ReplayScope, ReplayStep
from aboard.projections.replay.sweep import current_row, is_outside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.projections.changes.compare import Change
    from aboard.projections.fold import Interval
    from aboard.projections.queries.head_count import Tally
    from aboard.projections.queries.reader import Row
    from aboard.projections.replay.live_folds import BeforeAndAfter
    from aboard.storage.connection import Connection


Present = dict[str, list["Row"]]
"""The rows of presence at an instant, by person."""


class ReplayByRecord:
    """The steps of the log from one position to another, computed as they are read.

    `since` and `until` of the query are positions.
    """

    def __init__(
        self, db: Connection, asked: ReplayQuery, log: Iterable[tuple[int, Event]]
    ) -> None:
        self._asked = asked
        self._log = log
        self._scope = ReplayScope(db, asked.place)
        self._db = db
        self._recorded = RecordedFolds(asked.known)

    def scene(self, instant: int) -> dict[str, Any]:
        """Return who is there and what is docked at an instant, by the log up to the last step.

        It has `at`, `count`, `people` and `docked`, as in an answer of `who`.
        """
        known, everywhere = self._asked.known, self._scope.place is None
        rows = [row for some in self._recorded.present.at(instant).values() for row in some]
        berths = [
            as_row(subject, interval)
            for (fold, subject), intervals in self._recorded.intervals.items()
            if fold == "berths"
            for interval in intervals
            if interval.start <= instant < interval.end
        ]
        found, docked = ([row for row in some if self._scope.counts(row.place)]
                         for some in (rows, berths))  # fmt: skip
        people = sift(found, instant, known).people
        pairs = paired(docked, instant, known)
        return {
            "at": str(Time.at(instant)),
            "count": len(people),
            "people": [
                present(self._db, row, instant, known, everywhere=everywhere) for row in people
            ],
            "docked": berthed(docked, instant, known, everywhere=everywhere),
            **({"pairs": pairs} if pairs else {}),
        }

    def __iter__(self) -> Iterator[ReplayStep]:
        """Yield the steps in the order of recording."""
        self._recorded = recorded = RecordedFolds(self._asked.known)
        for position, event in self._log:
            if position > self._asked.until:
                return
            target = event.target if isinstance(event, Amendment) else event.id
            was = recorded.version(target, event.originator_id)
            touched = recorded.add(event)
            replayed = _replayed_event(position, event)
            if position < self._asked.since or event.TOPIC in REGISTRY:
                continue
            if not self._scope.hears(replayed) or event.known_from > self._asked.known:
                continue
            now = recorded.version(target, event.originator_id)
            root = recorded.root(event)
            held_now = recorded.version(root, event.originator_id)
            begins = (held_now or was or event).happened.earliest
            instant = _about(root, begins, touched)
            found = [*differing(target, _content(was), _content(now))] if target != event.id else []
            found += as_made_by(replayed, self._changes(instant, touched))
            there = recorded.present.at(instant)
            yield ReplayStep(instant, replayed._replace(instant=instant), "", found,
                       self._tally(there, instant), self._outside(there))  # fmt: skip

    def _changes(self, instant: int, touched: BeforeAndAfter) -> Iterator[Change]:
        found = []
        for (fold, subject), both in touched.items():
            before, after = (_by_key(fold, subject, some, instant) for some in both)
            found += [
                (key, current_row(before.get(key, [])), current_row(after.get(key, [])))
                for key in {**before, **after}
            ]
        for answer in sorted(found, key=in_crew):
            if self._scope.bears(*answer):
                yield from filter(self._scope.shows, changes(*answer, self._scope.stations))

    def _tally(self, present: Present, instant: int) -> Tally:
        rows = (row for some in present.values() for row in some if self._scope.counts(row.place))
        return sift(rows, instant, self._asked.known).tally

    def _outside(self, present: Present) -> tuple[str, ...]:
        return tuple(
            sorted(one for one, rows in present.items() if is_outside(rows, self._scope.counts))
        )


def _about(root: str, begins: int, touched: BeforeAndAfter) -> int:
    """Return the first instant at which an event makes a difference.

    A coarse time may begin before the facts that it must follow.
    """
    later = [
        max(interval.start, begins)
        for (fold, _), (_, after) in touched.items()
        if fold == "presence"
        for interval in after
        if root in interval.why and interval.end > begins
    ]
    return min(later, default=begins)


def _by_key(
    fold: str, subject: str, intervals: list[Interval], instant: int
) -> dict[AnswerKey, list[Row]]:
    found: dict[AnswerKey, list[Row]] = defaultdict(list)
    for interval in intervals:
        if interval.start <= instant < interval.end:
            row = as_row(subject, interval)
            if key := key_of(fold, row):
                found[key].append(row)
    return found


def _replayed_event(position: int, event: Event) -> ReplayedEvent:
    return ReplayedEvent(
        event.happened.earliest, event.RANK, event.id, position, event.originator_id, event.TOPIC,
        str(event.happened), str(event.known), event.known_assumed, json.dumps(event.source),
        _said(event), [],
    )  # fmt: skip


def _content(version: Event | None) -> dict[str, Any] | None:
    """Return the fields of a version of an event with its time; None for a retracted one."""
    return {"happened": str(version.happened), **_said(version)} if version else None


def _said(event: Event) -> dict[str, Any]:
    return event.model_dump(mode="json", exclude=ENVELOPE, exclude_defaults=True)
