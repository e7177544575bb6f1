"""A log followed by events that are not recorded: what a dry run is computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.projections.ingest.batches import page_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aboard.events.envelope import Event
    from aboard.projections.ingest.batches import EventLog, Read


class DryRunLog:
    """A log, and more events at the positions after its last one."""

    def __init__(self, log: EventLog, more: Sequence[Event]) -> None:
        self._log = log
        self._more = list(enumerate(more, log.position + 1))
        self.identity = log.identity
        self.position = log.position + len(more)

    def scan(self, after: int = 0) -> Iterator[Read]:
        """Yield `(position, event)` for every event after a position, in recorded order."""
        yield from self._log.scan(after)
        yield from ((at, event) for at, event in self._more if at > after)

    def page(self, after: int, most: int) -> tuple[list[Read], int, int]:
        """Return what stands on the next positions, how far that is everything, and the end."""
        return page_of(self, after, most)

    def stream(self, stream: str, until: int | None = None) -> list[Event]:
        """Return the events of one stream in the order of their versions."""
        return [*self._log.stream(stream, until), *(one for _, one in self._added(stream, until))]

    def history(self, stream: str, until: int) -> list[Read]:
        """Return what stands on one stream up to a position, each with its own."""
        return [*self._log.history(stream, until), *self._added(stream, until)]

    def histories(self, streams: Iterable[str], until: int) -> Iterator[tuple[str, list[Read]]]:
        """Yield the same of several streams, each with its name."""
        for stream in streams:
            yield stream, self.history(stream, until)

    def opener(self) -> None:
        """Return None: another process cannot open what is not recorded."""
        return

    def _added(self, stream: str, until: int | None) -> list[tuple[int, Event]]:
        return [
            (at, event)
            for at, event in self._more
            if event.originator_id == stream and (until is None or at <= until)
        ]
