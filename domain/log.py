"""The log: the application that records events and reads them back.

What is recorded together is recorded in one transaction, all of it or nothing, and is durable when
`record` returns.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from itertools import takewhile
from typing import TYPE_CHECKING, Any, ClassVar, cast

from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError
from eventsourcing.utils import get_topic

from aboard.domain.mapper import EventMapper
from aboard.domain.names import INDEXED, names
from aboard.domain.recorder import AppendOnlyRecorder
from aboard.domain.snapshot import Snapshot
from aboard.events.station import PortsGuarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from eventsourcing.utils import EnvType

    from aboard.domain.aggregates import Stream
    from aboard.domain.recorder import Named
    from aboard.events.envelope import Event

PAGE = 2_000
"""Events read at a time."""

KEPT = 5_000
"""Streams that are kept in memory, as they were last read."""


class VersionConflict(Exception):  # noqa: N818 - the name the field uses
    """Another writer was first: read again, decide again, and try again."""


class Log(Application[str]):
    """The event store of one Aboard, by the library's application.

    What is read from it are facts: its own guards take their positions and their versions, and are
    not told.
    """

    name = "aboard"
    env: ClassVar[dict[str, str]] = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "ORIGINATOR_ID_TYPE": "text",
        "MAPPER_TOPIC": get_topic(EventMapper),
        "APPLICATION_RECORDER_TOPIC": get_topic(AppendOnlyRecorder),
        "SQLITE_LOCK_TIMEOUT": "30",
    }

    def __init__(self, env: EnvType | None = None) -> None:
        super().__init__(env)
        self._identity = ""
        self._streams: OrderedDict[str, Stream] = OrderedDict()

    def record(self, events: Sequence[Event]) -> int:
        """Append the events in one transaction and return the log's position after it.

        Raises `VersionConflict` when a stream has moved on, or an id is already recorded.
        """
        try:
            # The library types what it saves as its own aggregates; any object with an
            # originator id and version will do.
            saved = cast("Any", events)
            recordings = self.save(
                *saved,
                event_ids=[event.id for event in events],
                named=[row for event in events for row in _named(event)],
            )
        except IntegrityError as error:
            raise VersionConflict(str(error)) from error
        return recordings[-1].notification.id if recordings else self.position

    @property
    def identity(self) -> str:
        """The id this log was given when it was made; a read model is built of one log."""
        if not self._identity:
            self._identity = cast("AppendOnlyRecorder", self.recorder).log_identity()
        return self._identity

    @property
    def position(self) -> int:
        """The position of the last event, 0 for an empty log."""
        return self.recorder.max_notification_id() or 0

    def read(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield `(position, event)` for every event behind a position, in recorded order."""
        while page := self.recorder.select_notifications(
            after, limit=PAGE, inclusive_of_start=False
        ):
            for notification in page:
                if notification.topic != PortsGuarded.TOPIC:
                    yield notification.id, cast("Event", self.mapper.to_domain_event(notification))
            if len(page) < PAGE:
                break
            after = page[-1].id

    def stream(self, stream: str) -> list[Event]:
        """Return the facts of one stream in the order of their versions."""
        with self._looking() as snapshot:
            return list(snapshot.stream(stream).events)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Look at the log as it stands now, whoever else is writing to it.

        Streams are kept from one snapshot to the next, and only what is new on them is read.
        """
        with self._looking() as snapshot:
            if snapshot.is_indexed:
                yield snapshot
                return
        self._index()
        with self._looking() as snapshot:
            yield snapshot

    @contextmanager
    def _looking(self) -> Iterator[Snapshot]:
        recorder = cast("AppendOnlyRecorder", self.recorder)
        with recorder.datastore.transaction(commit=False) as cursor:
            yield Snapshot(cursor, cast("EventMapper", self.mapper), self._streams)
        while len(self._streams) > KEPT:
            self._streams.popitem(last=False)

    def recorded_ids(self, event_ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those of the given event ids that are recorded."""
        return cast("AppendOnlyRecorder", self.recorder).select_event_ids(event_ids)

    def _index(self) -> None:
        """Index what a program that knows of no index, or of another, has recorded."""
        cast("AppendOnlyRecorder", self.recorder).index(
            INDEXED, lambda after: (_named(event) for _, event in self.read(after))
        )


def _named(event: Event) -> Iterable[Named]:
    return [(kind, key, event.originator_id) for kind, key in names(event)]


class Prefix:
    """A log as it stood at a position: what was recorded later is not there."""

    def __init__(self, log: Log, position: int) -> None:
        self.identity = log.identity
        self.position = min(position, log.position)
        self._events = list(takewhile(lambda read: read[0] <= self.position, log.read()))

    def read(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield `(position, event)` for every event behind a position, in recorded order."""
        return ((at, event) for at, event in self._events if at > after)

    def stream(self, stream: str) -> list[Event]:
        """Return the events of one stream in the order of their versions."""
        return [event for at, event in self.read() if event.originator_id == stream]


def position_at(log: Log, instant: int) -> int:
    """Return the position of the last event recorded up to an instant, in Unix seconds."""
    reached = 0
    for position, event in log.read():
        if event.recorded.timestamp() < instant + 1:
            reached = position
    return reached


@contextmanager
def open_log(path: Path) -> Iterator[Log]:
    """Open the log in an SQLite file, making it first where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    log = Log({"SQLITE_DBNAME": str(path)})
    try:
        yield log
    finally:
        log.close()
