"""Where events come from: what a read model asks of a log, and one batch of it.

Events recorded meanwhile are not seen: a stream is read up to the end of the batch.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from aboard.events.encoding.unreadable import Unreadable, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aboard.events.amendments import Versions
    from aboard.events.envelope import Event

PAGE = 2_000
"""Positions that are read together where all are wanted."""

Read = tuple[int, "Event | Unreadable"]
"""A position of the log, and what stands there."""


class EventLog(Protocol):
    """What a read model needs of a log."""

    @property
    def identity(self) -> str:
        """An id no other log has."""
        ...

    @property
    def position(self) -> int:
        """The position of the last event."""
        ...

    def scan(self, after: int = 0) -> Iterator[Read]:
        """Yield `(position, event)` after a position; unreadable events are `Unreadable`."""
        ...

    def page(self, after: int, most: int) -> tuple[list[Read], int, int]:
        """Return what stands on the next positions, how far that is everything, and the log's end.

        At most so many positions are looked at. Where nothing is left, both are the position of the
        log, which may be before `after`.
        """
        ...

    def stream(self, stream: str, until: int | None = None) -> list[Event]:
        """Return the events of one stream, up to a position; raise where one cannot be read."""
        ...

    def history(self, stream: str, until: int) -> list[Read]:
        """Return what stands on one stream up to a position, each with its own."""
        ...

    def histories(self, streams: Iterable[str], until: int) -> Iterator[tuple[str, list[Read]]]:
        """Yield the same of several streams, each with its name."""
        ...

    def opener(self) -> Callable[[], EventLog] | None:
        """Return what opens the same log in another process; None where nothing does."""
        ...


def page_of(log: EventLog, after: int, most: int) -> tuple[list[Read], int, int]:
    """Return a page of a log that can be scanned, and has every position in memory anyway."""
    coming = (read for read in log.scan(after) if read[0] > after)
    page = list(islice(coming, most))
    return page, page[-1][0] if len(page) == most else log.position, log.position


@dataclass(slots=True)
class Batch:
    """Some positions of a log, one after another."""

    after: int
    """The position before the first of them."""
    until: int
    """The last of them; of a stream too nothing is read beyond it."""
    end: int = 0
    """The position that the log has reached at least."""
    events: list[tuple[int, Event]] = field(default_factory=list)
    unreadable: list[tuple[int, Unreadable]] = field(default_factory=list)
    whole: bool = False
    """Whether it has everything that there is up to its end."""

    @property
    def size(self) -> int:
        """How many events there are, including those that cannot be read."""
        return len(self.events) + len(self.unreadable)


def read_batch(
    log: EventLog, after: int, most: int | None = None, *, goal: int | None = None
) -> Batch:
    """Read what stands on the positions behind one, at most so many, and none beyond `goal`.

    A batch of a log that ends before `after` ends there, too.
    """
    batch = Batch(after, after, whole=after == 0)
    while True:
        page, batch.until, batch.end = log.page(batch.until, most or PAGE)
        for at, one in page:
            if goal is not None and at > goal:
                break
            if isinstance(one, Unreadable):
                batch.unreadable.append((at, one))
            else:
                batch.events.append((at, one))
        if goal is not None:
            batch.until = min(batch.until, goal)
        if most is not None or batch.until >= batch.end:
            return batch


class BatchReader:
    """Where the streams of one batch are read: each once, and from the log only when needed.

    `versions` is what amended facts say, which those who read the same streams share.
    """

    def __init__(self, log: EventLog, batch: Batch, versions: Versions | None = None) -> None:
        self._log = log
        self.versions: Versions = {} if versions is None else versions
        self.identity = log.identity
        self.batch = batch
        self._news: dict[str, list[Event]] = defaultdict(list)
        for _, event in batch.events:
            self._news[event.originator_id].append(event)
        self._unreadable = {one.originator_id for _, one in batch.unreadable}
        # From the beginning everything has just been read; later, a touched subject's streams may
        # reach back behind it.
        self._whole: dict[str, list[Event]] = dict(self._news) if batch.whole else {}

    @property
    def streams(self) -> list[str]:
        """The streams with new events, including those that cannot be read."""
        return [*dict.fromkeys((*self._news, *self._unreadable))]

    def news(self, stream: str) -> list[Event]:
        """Return what is new on a stream; raise `UnreadableError` where it cannot be read."""
        self._check(stream)
        return self._news.get(stream, [])

    def stream(self, stream: str) -> list[Event]:
        """Return everything on a stream; raise where some of it cannot be read."""
        self._check(stream)
        if stream not in self._whole:
            self._whole[stream] = self._log.stream(stream, self.batch.until)
        return self._whole[stream]

    def read_ahead(self, streams: Iterable[str]) -> None:
        """Read everything on some streams together, as far as it can be read."""
        missing = [one for one in dict.fromkeys(streams) if one not in self._whole]
        if len(missing) > 1:
            for stream, found in self._log.histories(missing, self.batch.until):
                events = [one for _, one in found if not isinstance(one, Unreadable)]
                if len(events) == len(found):
                    self._whole[stream] = events

    def readable(self, stream: str) -> list[Event]:
        """Return everything on a stream that can be read."""
        try:
            return self.stream(stream)
        except Exception:
            return [one for _, one in self.history([stream]) if not isinstance(one, Unreadable)]

    def history(self, streams: Iterable[str]) -> list[Read]:
        """Return what stands on some streams, in the order of recording."""
        found = [one for stream in streams for one in self._log.history(stream, self.batch.until)]
        return sorted(found, key=lambda one: one[0])

    def _check(self, stream: str) -> None:
        if stream in self._unreadable:
            raise UnreadableError(f"an event of {stream} cannot be read")
