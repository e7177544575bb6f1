"""The clocks of what the keeper of a ledger does: registrations, rulings, gaps and coverage.

They are not facts about the world, and no source says when they happened. So that a ledger says the
same whenever and wherever it is loaded, their clocks come from the ledger and not from the load. A
statement has the date that the ledger gives it. Otherwise

- a person or a source is registered when the first fact that names it is known;
- a ruling or a gap is stated when the last of the facts that it is about is known: those it names,
  or all of its stream;
- coverage is stated when the time that it covers is over.

What none of these facts is loaded with happens when it is recorded.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from aboard.events.fact import GapStated, Ruled
from aboard.events.mentions import ids_named
from aboard.events.station import CoverageStated
from aboard.loader.ledger import REGISTRATIONS
from aboard.loader.parse_entries import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.events.envelope import Event
    from aboard.events.time import Time


def with_clocks(stated: list[Fact], now: int) -> list[Fact]:
    """Return facts that are stated together, those of the keeper with the clocks they have.

    None of them happens after `now`, in Unix seconds.
    """
    if all(not fact.event.STAMPED for fact in stated):
        return stated
    clocks = _Clocks(fact.event for fact in stated if not fact.event.STAMPED)
    made: dict[str, Event] = {}
    # A source may be named by no other than a person or a statement, so these come first.
    for kind in (None, "person", "source"):
        for fact in stated:
            event = fact.event
            if not event.STAMPED or (fact.entry.data.get("happened") and event.DATED):
                if event.STAMPED and kind is None:
                    clocks.add(event)
                continue
            clock = clocks.of(event, kind) if _registered(event) == kind else None
            if clock is not None and clock.earliest <= now:
                event = event.model_copy(update={"happened": clock, "known": clock})
                made[event.id] = event
                clocks.add(event)
    return [Fact(fact.entry, made.get(fact.event.id, fact.event)) for fact in stated]


def _registered(event: Event) -> str | None:
    """Return the kind of what an event registers by a table of its own; None if it does not."""
    kind, _, name = event.TOPIC.partition(".")
    return kind if name == "registered" and kind in REGISTRATIONS else None


class _Clocks:
    """Since when facts are known: the first that names a person or a source, the last of others."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._first: dict[tuple[str, str], Time] = {}
        self._by_id: dict[str, Time] = {}
        self._of_stream: defaultdict[str, list[Time]] = defaultdict(list)
        for event in events:
            self.add(event)
            self._by_id[event.id] = event.known
            self._of_stream[event.originator_id].append(event.known)

    def add(self, event: Event) -> None:
        """Count an event among those that name people and sources."""
        named = [("person", one) for one in ids_named(event, "person")]
        for key in (*named, *(("source", one) for one in event.source)):
            first = self._first.get(key)
            if first is None or _order(event.known) < _order(first):
                self._first[key] = event.known

    def of(self, event: Event, kind: str | None) -> Time | None:
        """Return when a keeper's act happens; None if nothing that is stated with it says so."""
        if kind is not None:
            return self._first.get((kind, event.subject))
        match event:
            case CoverageStated():
                return event.until
            case Ruled():
                about = (event.holds, *event.against)
            case GapStated(about=str(target)):
                about = (target,)
            case _:
                return max(self._of_stream[event.originator_id], key=_order, default=None)
        known = [self._by_id[one] for one in about if one in self._by_id]
        return max(known, key=_order, default=None)


def _order(time: Time) -> tuple[int, int, str]:
    return time.earliest, time.latest, str(time)
