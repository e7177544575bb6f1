"""A log with some more events behind it, which nobody has recorded: what would be, if."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aboard.events.envelope import Event
    from aboard.projections.read_model import EventLog


class Supposed:
    """A log, and events at the positions behind its last one."""

    def __init__(self, log: EventLog, more: Sequence[Event]) -> None:
        self._log = log
        self._more = list(enumerate(more, log.position + 1))
        self.identity = log.identity
        self.position = log.position + len(more)

    def read(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield `(position, event)` for every event behind a position, in recorded order."""
        yield from self._log.read(after)
        yield from ((at, event) for at, event in self._more if at > after)

    def stream(self, stream: str) -> list[Event]:
        """Return the events of one stream in the order of their versions."""
        more = [event for _, event in self._more if event.originator_id == stream]
        return [*self._log.stream(stream), *more]
