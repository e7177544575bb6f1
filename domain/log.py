"""The log: the application that records events and reads them back.

What is recorded together is recorded in one transaction, all of it or nothing, and is durable when
`record` returns.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import takewhile
from typing import TYPE_CHECKING, Any, ClassVar, cast

from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError
from eventsourcing.utils import get_topic

from aboard.domain.mapper import EventMapper
from aboard.domain.recorder import AppendOnlyRecorder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from aboard.events.envelope import Event

PAGE = 2_000
"""Events read at a time."""


class VersionConflict(Exception):  # noqa: N818 - the name the field uses
    """Another writer was first: read again, decide again, and try again."""


class Log(Application[str]):
    """The event store of one Aboard, by the library's application."""

    name = "aboard"
    env: ClassVar[dict[str, str]] = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "ORIGINATOR_ID_TYPE": "text",
        "MAPPER_TOPIC": get_topic(EventMapper),
        "APPLICATION_RECORDER_TOPIC": get_topic(AppendOnlyRecorder),
        "SQLITE_LOCK_TIMEOUT": "30",
    }

    def record(self, events: Sequence[Event]) -> int:
        """Append the events in one transaction and return the log's position after it.

        Raises `VersionConflict` when a stream has moved on, or an id is already recorded.
        """
        try:
            # The library types what it saves as its own aggregates; any object with an
            # originator id and version will do.
            saved = cast("Any", events)
            recordings = self.save(*saved, event_ids=[event.id for event in events])
        except IntegrityError as error:
            raise VersionConflict(str(error)) from error
        return recordings[-1].notification.id if recordings else self.position

    @property
    def identity(self) -> str:
        """The id this log was given when it was made; a read model is built of one log."""
        return cast("AppendOnlyRecorder", self.recorder).log_identity()

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
                yield notification.id, cast("Event", self.mapper.to_domain_event(notification))
            after = page[-1].id

    def stream(self, stream: str) -> list[Event]:
        """Return the events of one stream in the order of their versions."""
        return [
            cast("Event", self.mapper.to_domain_event(stored))
            for stored in self.recorder.select_events(stream)
        ]

    def recorded_ids(self, event_ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those of the given event ids that are recorded."""
        return cast("AppendOnlyRecorder", self.recorder).select_event_ids(event_ids)


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
