"""A replay: each event that changed something, what it changed, and the count after it.

By the clock *happened* it is the story, as known at one instant; by *known* it is the news, each
thing at the moment it became known. What an event changed is the difference between the answers
before and after it, and belongs to the event on which the new answer rests. What changes without an
event, because the target of a plan has passed, is a step of its own.
"""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any

from aboard.events.time import FOREVER
from aboard.projections.changes.compare import changes
from aboard.projections.queries.who import who
from aboard.projections.replay.attribution import amended, as_made_by, share, without_event
from aboard.projections.replay.events import by_happened, by_known
from aboard.projections.replay.steps import ReplayQuery, ReplayScope, ReplayStep
from aboard.projections.replay.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.projections.changes.compare import AnswerKey, Change
    from aboard.projections.queries.reader import Row
    from aboard.projections.replay.events import ReplayedEvent
    from aboard.storage.connection import Connection

GRACE = 86_400
"""How late a plan may be before a replay says so, in seconds: a launch may be delayed for hours."""

REPLANNED = frozenset({"slipped", "brought_forward", "withdrawn"})
"""The changes to a plan other than that it is fulfilled or stated more exactly."""

INTENDED = frozenset({*REPLANNED, "planned", "refined", "loosened", "assigned", "crew_changed",
                      "conditional", "until"})  # fmt: skip
"""The changes to intentions, while everything stays where it is."""

ANNOUNCED = frozenset({"flight.planned", "agreement.announced", "agreement.seat_exchanged"})
"""The types that state an intention but are not part of a series of plans."""


class Replay:
    """The steps, computed as they are read, and the state before the first of them."""

    def __init__(self, db: Connection, asked: ReplayQuery) -> None:
        self._db = db
        self._asked = asked
        self._scope = ReplayScope(db, asked.place)
        before = asked.since - 1
        self._sweep = Sweep(db, asked.clock, asked.known, before, self._scope.counts)
        self._sweep.advance(before)
        self.before = self._sweep.tally
        self.people = [row.subject for row in self._sweep.people()]
        self._under_way: dict[str, Any] = {}
        self._waiting: deque[tuple[int, list[Change]]] = deque()

    def scene(self, instant: int) -> dict[str, Any]:
        """Return who is there at an instant; by the clock `known`, as known then."""
        known = instant if self._asked.clock == "known" else self._asked.known
        return who(self._db, self._asked.place, instant, known)

    def __iter__(self) -> Iterator[ReplayStep]:
        """Yield the steps in their order."""
        heard = self._replayed_events()
        coming = next(heard, None)
        while True:
            instants = [self._sweep.next, coming.instant if coming else None]
            instant = min((one for one in instants if one is not None), default=FOREVER)
            yield from self._late(min(instant, self._asked.until + 1))
            if instant > self._asked.until:
                return
            here = []
            while coming and coming.instant == instant:
                here.append(coming)
                coming = next(heard, None)
            yield from self._steps(instant, here)

    def _replayed_events(self) -> Iterator[ReplayedEvent]:
        _, clock, known, since, until = self._asked
        found = (
            by_known(self._db, since, until)
            if clock == "known"
            else by_happened(self._db, known, since, until)
        )
        return (replayed for replayed in found if self._scope.hears(replayed))

    def _steps(self, instant: int, here: list[ReplayedEvent]) -> Iterator[ReplayStep]:
        """Yield what the events of an instant changed; keep what changed without one for later."""
        found: list[Change] = []
        plans: set[str] = set()
        for key, before, after in sorted(self._sweep.advance(instant), key=in_crew):
            self._settle(key)
            if self._scope.bears(key, before, after):
                differences = changes(key, before, after, self._scope.stations)
                found += filter(self._scope.shows, differences)
                if key.fold == "flight_plan" and after:
                    plans |= set(json.loads(after.why))
        shared = share(found, here)
        self._berthed(shared)
        for replayed in here:
            mine = [*amended(self._db, replayed), *as_made_by(replayed, shared[replayed.id])]
            if self._is_news(mine, is_plan=replayed.id in plans or self._is_mere_talk(replayed)):
                yield ReplayStep(
                    instant, replayed, "", mine, self._sweep.tally, self._sweep.outside
                )
        if shared[None]:
            self._waiting.append((instant + GRACE, shared[None]))

    def _settle(self, key: AnswerKey) -> None:
        """Drop the late plans of an answer that has changed since."""
        for _, found in self._waiting:
            found[:] = [one for one in found if (one.about, one.item) != (key.subject, key.item)]

    def _late(self, before: int) -> Iterator[ReplayStep]:
        """Yield what has been late, with no event, for long enough to be shown."""
        while self._waiting and self._waiting[0][0] < before:
            instant, found = self._waiting.popleft()
            if found:
                says = without_event(self._db, found)
                yield ReplayStep(instant, None, says, found, self._sweep.tally, self._sweep.outside)

    def _is_news(self, mine: list[Change], *, is_plan: bool) -> bool:
        """Whether an event is worth showing.

        A plan that is merely stated again is not. In a story, only a plan that replaced another is.
        """
        if not is_plan or self._asked.clock == "known":
            return bool(mine) or not is_plan
        return any(change.change not in INTENDED or _replaces(change) for change in mine)

    def _is_mere_talk(self, replayed: ReplayedEvent) -> bool:
        """Whether a story leaves out an event that news would show."""
        return self._asked.clock == "happened" and replayed.type in ANNOUNCED

    def _berthed(self, shared: dict[str | None, list[Change]]) -> None:
        """Show a craft that left one berth for another as relocated, once it is there."""
        for change in [one for one in shared[None] if one.change == "undocked"]:
            self._under_way[change.about] = change.was
            shared[None].remove(change)
        for made in shared.values():
            for number, change in enumerate(made):
                if change.change == "docked" and change.about in self._under_way:
                    was = self._under_way.pop(change.about)
                    made[number] = change._replace(change="relocated", was=was)


def in_crew(touched: tuple[AnswerKey, Row | None, Row | None]) -> tuple[Any, ...]:
    """Return the sort key of an answer: people in the order of their crew first."""
    key, before, after = touched
    row = after or before
    return key.fold != "presence", row.value.get("crew_number", 0) if row else 0, key


def _replaces(change: Change) -> bool:
    """Whether a plan replaced another one."""
    if change.change == "assigned":
        return bool({*(change.was or ())} - {*(change.now or ())})
    return change.change in {*REPLANNED, "crew_changed"}
