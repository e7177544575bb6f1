"""What facts are checked against: recorded events, or those of the rest of the ledger.

Both offer the same few look-ups. A log reads its index; the events of a ledger are all in memory,
with an index like the log's.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from aboard.domain.eventlog.name_index import names
from aboard.domain.rules.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aboard.domain.eventlog.snapshot import Snapshot
    from aboard.events.envelope import Event


class LogBaseline:
    """The current content of a log: facts already recorded there are not new."""

    recorded = True

    def __init__(self, snapshot: Snapshot) -> None:
        self.stream = snapshot.stream
        self.event = snapshot.event
        self.naming = snapshot.naming
        self.at_port = snapshot.at_port
        self.registered = snapshot.registered

    def is_registered(self, kind: str, key: str) -> bool:
        """Whether a thing is registered; a port as ``station/port``; an event if it is stated."""
        if kind == "event":
            return self.event(key) is not None
        return bool(self.naming("registered", [f"{kind}/{key}"]))

    def origin(self, event_id: str) -> tuple[str, int]:
        """Return the file and line at which an event is stated, for a finding."""
        return f"log {event_id}", 0


class Baseline:
    """Events in memory.

    `recorded` tells whether they are recorded: a recorded event stated again with the same content
    is not new, and with other content it is a changed fact. `origin` says where one is stated.
    """

    def __init__(
        self,
        events: Sequence[Event] = (),
        *,
        recorded: bool = False,
        origin: Callable[[str], tuple[str, int]] = lambda event_id: (f"log {event_id}", 0),
    ) -> None:
        self.recorded = recorded
        self.origin = origin
        self._events = {event.id: event for event in events}
        self._by_stream: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            self._by_stream[event.originator_id].append(event)
        self._streams: dict[str, Stream] = {}

    @cached_property
    def _named(self) -> dict[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for event in self._events.values():
            for name in names(event):
                found[name].add(event.originator_id)
        return found

    def stream(self, name: str) -> Stream:
        """Return the current content of a stream."""
        if name not in self._streams:
            self._streams[name] = Stream(name, self._by_stream.get(name, ()))
        return self._streams[name]

    def event(self, event_id: str) -> Event | None:
        """Return the event that has an id."""
        return self._events.get(event_id)

    def naming(self, kind: str, ids: Iterable[str]) -> set[str]:
        """Return the streams that name any of these things."""
        return {stream for key in ids for stream in self._named.get((kind, key), ())}

    def at_port(self, station: str, port: str) -> set[str]:
        """Return the streams that may have a stay at a port of a station."""
        return self.naming("port", [port]) & self.naming("at", [station])

    def registered(self, kind: str) -> list[str]:
        """Return everything of a kind that is registered."""
        first = f"{kind}/"
        return [
            key.removeprefix(first)
            for what, key in self._named
            if what == "registered" and key.startswith(first)
        ]

    def is_registered(self, kind: str, key: str) -> bool:
        """Whether a thing is registered; a port as ``station/port``; an event if it is stated."""
        if kind == "event":
            return key in self._events
        return ("registered", f"{kind}/{key}") in self._named
