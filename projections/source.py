"""Where events come from: what a read model asks of a log, and one batch of it.

Whoever writes to the log meanwhile is not seen: what is read of a stream ends where the batch ends.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from aboard.events.unreadable import Unreadable, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aboard.events.envelope import Event

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
        """Yield `(position, event)` behind a position, or what stands for an unreadable one."""
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


@dataclass(slots=True)
class Batch:
    """Some positions of a log, one after another."""

    after: int
    """The position before the first of them."""
    until: int
    """The last of them; of a stream too nothing is read beyond it."""
    events: list[tuple[int, Event]] = field(default_factory=list)
    unreadable: list[tuple[int, Unreadable]] = field(default_factory=list)
    whole: bool = False
    """Whether it has everything that there is up to its end."""


def read_batch(
    log: EventLog, after: int, most: int | None, end: int, *, goal: int | None = None
) -> Batch:
    """Read at most so many events behind a position, and none beyond `goal`.

    `end` is the position that the log has reached at least.
    """
    end = end if goal is None else goal
    batch = Batch(after, after, whole=after == 0)
    for at, one in log.scan(after):
        if goal is not None and at > goal:
            break
        if at <= batch.until:
            continue  # a page that repeats what one before it had
        batch.until = at
        if isinstance(one, Unreadable):
            batch.unreadable.append((at, one))
        else:
            batch.events.append((at, one))
        if most is not None and len(batch.events) + len(batch.unreadable) == most:
            return batch
    # The log tells facts alone: what it writes for itself takes positions too.
    batch.until = max(batch.until, end)
    return batch


class Source:
    """Where the streams of one batch are read: each once, and from the log only when needed."""

    def __init__(self, log: EventLog, batch: Batch) -> None:
        self._log = log
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
        """The streams that have news, be it that they cannot be read."""
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
