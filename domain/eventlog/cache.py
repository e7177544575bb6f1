"""What is remembered of a log from one look at it to the next.

It is as of one position. What has come since is taken in before the next look, so that nothing
remembered is ever older than what is looked at.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aboard.domain.eventlog.sqlite import Named
    from aboard.domain.rules.ports import Port
    from aboard.domain.rules.stream import Stream
    from aboard.events.envelope import Event

STREAMS = 5_000
"""Streams that are remembered, as they were last read."""

LOOKUPS = 50_000
"""Look-ups that are remembered; with one more, all are forgotten."""

NEWS = 500
"""Events that are taken in one by one; after more of them, everything is read again."""


NOWHERE = -NEWS - 1
"""The position of what is in disorder; nobody finds anything there, and it is read again."""

K = TypeVar("K")
V = TypeVar("V")


class Kept:
    """Streams, and what was found in the index, as of a position.

    Several may look at a log at once, each as of a position of its own: who is at another position
    than this finds nothing here, and leaves nothing.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.position = 0
        self.streams: OrderedDict[str, Stream] = OrderedDict()
        self.named: dict[tuple[str, str], frozenset[str]] = {}
        """The streams that name something, by its kind and id."""
        self.at_port: dict[Port, frozenset[str]] = {}
        """The streams that have a stay at a port, and some that once may have had one."""

    def look_up(self, position: int, kept: dict[K, V], key: K, read: Callable[[], V]) -> V:
        """Return what is remembered of a key, as of a position, or read it and remember it."""
        with self._lock:
            if self.position == position and key in kept:
                if isinstance(kept, OrderedDict):
                    kept.move_to_end(key)
                return kept[key]
        found = read()
        with self._lock:
            if self.position == position:
                kept[key] = found
        return found

    def stream_at(self, position: int, name: str) -> Stream | None:
        """Return what is remembered of a stream as of a position, if anything is."""
        with self._lock:
            return self.streams.get(name) if self.position == position else None

    def forget(self, position: int) -> None:
        """Remember nothing, as of a position."""
        with self._lock:
            self._forget(position)

    def _forget(self, position: int) -> None:
        self.streams.clear()
        self.named.clear()
        self.at_port.clear()
        self.position = position

    def tidy(self) -> None:
        """Forget what is more than was meant to be remembered."""
        with self._lock:
            while len(self.streams) > STREAMS:
                self.streams.popitem(last=False)
            if len(self.named) + len(self.at_port) > LOOKUPS:
                self.named.clear()
                self.at_port.clear()

    def take_in(
        self, after: int, events: Sequence[Event], named: Iterable[Named], position: int
    ) -> None:
        """Take in all events behind one position up to another; nothing, if it is at neither.

        `named` are the rows that they add to the index.
        """
        with self._lock:
            if self.position != after:
                return
            if len(events) > NEWS:
                self._forget(position)
                return
            self.position = NOWHERE  # until all of it is taken in
            self._add(events)
            self._name(named)
            self.position = position

    def _add(self, events: Sequence[Event]) -> None:
        news: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            if event.originator_id in self.streams:
                news[event.originator_id].append(event)
        for name, following in news.items():
            facts = [event for event in following if not event.BY_THE_LOG]
            last = following[-1].originator_version
            self.streams[name] = self.streams[name].followed_by(facts, last)

    def _name(self, named: Iterable[Named]) -> None:
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
