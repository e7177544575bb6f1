"""The log: the application that records events and reads them back.

Events that are recorded together are recorded in one transaction, all of them or none, and are
durable when `record` returns.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any, ClassVar, cast

from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.utils import get_topic

from aboard.domain.eventlog.cache import LogCache
from aboard.domain.eventlog.find_adapter import log_database
from aboard.domain.eventlog.mapper import EventMapper
from aboard.domain.eventlog.name_index import INDEX_FORM, rows_of
from aboard.domain.eventlog.snapshot import Snapshot, readable
from aboard.events.encoding.unreadable import Unreadable
from aboard.events.station import PortsGuarded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from eventsourcing.utils import EnvType

    from aboard.domain.eventlog.adapter import Recorder
    from aboard.events.envelope import Event
    from aboard.storage.connection import Location

PAGE = 2_000
"""Events read at a time."""


class VersionConflict(Exception):  # noqa: N818 - the name the field uses
    """Another writer was first: read again, decide again and retry."""


class Log(Application[str]):
    """The event store of one Aboard, built on the library's application.

    Reading it returns facts. The log's own guards take up positions and versions, but are skipped.
    """

    name = "aboard"
    env: ClassVar[dict[str, str]] = {
        "ORIGINATOR_ID_TYPE": "text",
        "MAPPER_TOPIC": get_topic(EventMapper),
    }

    def __init__(self, env: EnvType | None = None) -> None:
        super().__init__(env)
        self._identity = ""
        self._cache = LogCache()

    def record(
        self, events: Sequence[Event], *, seen: int | None = None, people: Collection[str] = ()
    ) -> int:
        """Append the events in one transaction and return the log's position after it.

        Raises `VersionConflict` if a stream has other events by now, or if an id is already
        recorded; and if something was recorded after the position `seen`, on which the decision was
        based, on a stream that names one of the `people` whose whereabouts the events change.
        """
        try:
            named = list(dict.fromkeys(row for event in events for row in rows_of(event)))
            # The same as the library's `save`, without its checks of what each event is.
            positions = self.recorder.insert_events(
                [self.mapper.to_stored_event(cast("Any", event)) for event in events],
                event_ids=[event.id for event in events],
                named=named,
                seen=seen,
                people=people,
            )
        except IntegrityError as error:
            raise VersionConflict(str(error)) from error
        if not positions:
            return self.position
        self._cache.add(positions[0] - 1, events, named, positions[-1])
        return positions[-1]

    @property
    def _recorder(self) -> Recorder:
        return cast("Recorder", self.recorder)

    @property
    def identity(self) -> str:
        """The id that this log was given when it was created; a read model is of one log."""
        if not self._identity:
            self._identity = self._recorder.log_identity()
        return self._identity

    @property
    def position(self) -> int:
        """The position of the last event, 0 for an empty log."""
        return self.recorder.max_notification_id() or 0

    def read(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield `(position, event)` for every event after a position, in recorded order."""
        for position, stored in self._facts(after):
            yield position, cast("Event", self.mapper.to_domain_event(stored))

    def scan(self, after: int = 0) -> Iterator[tuple[int, Event | Unreadable]]:
        """Yield the same, with an `Unreadable` in place of an event that cannot be read."""
        mapper = cast("EventMapper", self.mapper)
        for position, stored in self._facts(after):
            yield position, readable(mapper, stored)

    def _facts(self, after: int) -> Iterator[tuple[int, StoredEvent]]:
        """Yield the stored events after a position, without the log's own guards."""
        while page := self._recorder.page(after, PAGE):
            yield from _without_guards(page)
            if len(page) < PAGE:
                break
            after = page[-1][0]

    def page(self, after: int, most: int) -> tuple[list[tuple[int, Event | Unreadable]], int, int]:
        """Return the events at the next positions, how far these are complete, and the log's end.

        At most `most` positions are read. If there are none, both are the position of the log,
        which may be before `after`.
        """
        page = self._recorder.page(after, most)
        mapper = cast("EventMapper", self.mapper)
        stored = [readable(mapper, StoredEvent(*row)) for _, *row in page]
        found = [
            (row[0], one) for row, one in zip(page, stored, strict=True) if not _is_guard(row[3])
        ]
        if not page:
            reached = min(
                self.position, after
            )  # what has been recorded since then is for the next page
            return found, reached, reached
        until = page[-1][0]
        if self._cache.position == after and self._cache.streams:
            self._add_to_cache(after, stored, until)
        return found, until, self.position if len(page) == most else until

    def _add_to_cache(self, after: int, read: Sequence[Event | Unreadable], until: int) -> None:
        """Add all events after one position up to another to the cache."""
        events = [one for one in read if not isinstance(one, Unreadable)]
        if len(events) == len(read):
            named = (row for event in events for row in rows_of(event))
            self._cache.add(after, events, named, until)

    def stream(self, stream: str, until: int | None = None) -> list[Event]:
        """Return the facts of one stream in the order of their versions, up to a position."""
        if until is not None and (cached := self._cache.stream_at(until, stream)):
            return list(cached.events)
        with self._reading() as snapshot:
            return snapshot.facts(stream, until)

    def history(self, stream: str, until: int) -> list[tuple[int, Event | Unreadable]]:
        """Return the events of one stream up to a position, each with its own position."""
        ((_, found),) = self.histories([stream], until)
        return found

    def histories(
        self, streams: Iterable[str], until: int
    ) -> Iterator[tuple[str, list[tuple[int, Event | Unreadable]]]]:
        """Yield the same of several streams, each with its name."""
        with self._reading() as snapshot:
            yield from snapshot.histories(streams, until)

    def opener(self) -> Callable[[], Log]:
        """Return a function that opens the same log in another process."""
        return partial(type(self), dict(self.env))

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Read the log as it is now, whatever others are writing to it.

        What was read is cached from one snapshot to the next, so that only new events are read.
        """
        with self._reading() as snapshot:
            if snapshot.is_indexed:
                yield snapshot
                return
        self._index()
        with self._reading() as snapshot:
            yield snapshot

    @contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        with self._recorder.reading() as cursor:
            yield Snapshot(cursor, cast("EventMapper", self.mapper), self._cache)
        self._cache.shrink()

    def recorded_ids(self, event_ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those of the given event ids that are recorded."""
        return self._recorder.select_event_ids(event_ids)

    def _index(self) -> None:
        """Index the events that a program without this form of index has recorded."""
        self._recorder.index(
            INDEX_FORM, lambda after: (rows_of(event) for _, event in self.read(after))
        )


def _without_guards(page: Iterable[Any]) -> Iterator[tuple[int, StoredEvent]]:
    """Yield the facts of a page, each with its position."""
    return (
        (position, StoredEvent(stream, version, topic, state))
        for position, stream, version, topic, state in page
        if not _is_guard(topic)
    )


def _is_guard(topic: str) -> bool:
    """Whether events of a topic are the log's own, which readers skip."""
    return topic == PortsGuarded.TOPIC


class Prefix:
    """A log as it was at a position, without the events recorded later."""

    def __init__(self, log: Log, position: int) -> None:
        self.identity = log.identity
        self.position = min(position, log.position)
        self._log = log

    def scan(self, after: int = 0) -> Iterator[tuple[int, Event | Unreadable]]:
        """Yield `(position, event)` for every event after a position, in recorded order."""
        return takewhile(lambda read: read[0] <= self.position, self._log.scan(after))

    def page(self, after: int, most: int) -> tuple[list[tuple[int, Event | Unreadable]], int, int]:
        """Return the events at the next positions, how far these are complete, and the end."""
        found, until, _ = self._log.page(after, most)
        found = [read for read in found if read[0] <= self.position]
        return found, min(until, self.position), self.position

    def stream(self, stream: str, until: int | None = None) -> list[Event]:
        """Return the events of one stream in the order of their versions."""
        end = self.position if until is None else min(until, self.position)
        return self._log.stream(stream, end)

    def history(self, stream: str, until: int) -> list[tuple[int, Event | Unreadable]]:
        """Return the events of one stream up to a position, each with its own position."""
        return self._log.history(stream, min(until, self.position))

    def histories(
        self, streams: Iterable[str], until: int
    ) -> Iterator[tuple[str, list[tuple[int, Event | Unreadable]]]]:
        """Yield the same of several streams, each with its name."""
        return self._log.histories(streams, min(until, self.position))

    def opener(self) -> Callable[[], Prefix]:
        """Return a function that opens the same prefix in another process."""
        return partial(_prefix, self._log.opener(), self.position)


def _prefix(opener: Callable[[], Log], position: int) -> Prefix:
    return Prefix(opener(), position)


def position_at(log: Log, instant: int) -> int:
    """Return the position of the last event recorded up to an instant, in Unix seconds."""
    reached = 0
    for position, event in log.read():
        if event.recorded.timestamp() < instant + 1:
            reached = position
    return reached


@contextmanager
def open_log(where: Location) -> Iterator[Log]:
    """Open the log in an SQLite file, or in a database by its URL, creating it if it is missing.

    Raises `StorageError` for a server that cannot be reached.
    """
    log = Log(log_database(where).environment())
    try:
        yield log
    finally:
        log.close()
