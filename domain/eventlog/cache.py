"""The cache of a log: streams and lookups that are kept from one snapshot to the next.

It is as of one position. Events recorded since then are added before the next snapshot, so that
nothing in the cache is ever older than the snapshot it is used for.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aboard.domain.eventlog.adapter import IndexRow
    from aboard.domain.rules.ports import Port
    from aboard.domain.rules.stream import Stream
    from aboard.events.envelope import Event

STREAMS = 5_000
"""Streams that are cached, as they were last read."""

LOOKUPS = 50_000
"""Lookups that are cached; with one more, all of them are dropped."""

MOST_NEW = 500
"""New events that are added one by one; if there are more, everything is read again."""

INVALID = -MOST_NEW - 1
"""The position of a cache that is half changed: nothing is found in it, and it is read again."""

K = TypeVar("K")
V = TypeVar("V")


class LogCache:
    """Streams, and lookups in the index, as of a position.

    Several threads may read a log at once, each as of its own position. A reader at another
    position than the cache's finds nothing in it, and adds nothing.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.position = 0
        self.streams: OrderedDict[str, Stream] = OrderedDict()
        self.named: dict[tuple[str, str], frozenset[str]] = {}
        """The streams that name something, by its kind and id."""
        self.at_port: dict[Port, frozenset[str]] = {}
        """The streams that have a stay at a port, and some that may once have had one."""

    def look_up(self, position: int, cached: dict[K, V], key: K, read: Callable[[], V]) -> V:
        """Return the value of a key as of a position, from the cache or by reading it."""
        with self._lock:
            if self.position == position and key in cached:
                if isinstance(cached, OrderedDict):
                    cached.move_to_end(key)
                return cached[key]
        found = read()
        with self._lock:
            if self.position == position:
                cached[key] = found
        return found

    def stream_at(self, position: int, name: str) -> Stream | None:
        """Return a stream as of a position, if it is cached."""
        with self._lock:
            return self.streams.get(name) if self.position == position else None

    def clear(self, position: int) -> None:
        """Empty the cache, which is then as of a position."""
        with self._lock:
            self._clear(position)

    def _clear(self, position: int) -> None:
        self.streams.clear()
        self.named.clear()
        self.at_port.clear()
        self.position = position

    def shrink(self) -> None:
        """Drop whatever exceeds the limits."""
        with self._lock:
            while len(self.streams) > STREAMS:
                self.streams.popitem(last=False)
            if len(self.named) + len(self.at_port) > LOOKUPS:
                self.named.clear()
                self.at_port.clear()

    def add(
        self, after: int, events: Sequence[Event], named: Iterable[IndexRow], position: int
    ) -> None:
        """Add all events after one position up to another, if the cache is at the first.

        `named` are the rows that they add to the index.
        """
        with self._lock:
            if self.position != after:
                return
            if len(events) > MOST_NEW:
                self._clear(position)
                return
            self.position = INVALID  # until everything has been added
            self._add_events(events)
            self._add_index_rows(named)
            self.position = position

    def _add_events(self, events: Sequence[Event]) -> None:
        new: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            if event.originator_id in self.streams:
                new[event.originator_id].append(event)
        for name, following in new.items():
            facts = [event for event in following if not event.BY_THE_LOG]
            last = following[-1].originator_version
            self.streams[name] = self.streams[name].followed_by(facts, last)

    def _add_index_rows(self, named: Iterable[IndexRow]) -> None:
        berthed: set[str] = set()
        for kind, key, stream in named:
            if (kind, key) in self.named:
                self.named[kind, key] |= {stream}
            if kind in ("at", "port"):
                berthed.add(stream)
        for name in berthed:
            if name not in self.streams:
                self.at_port.clear()
                break
            for stay in self.streams[name].stays:
                if stay.port in self.at_port:
                    self.at_port[stay.port] |= {name}
