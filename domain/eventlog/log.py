"""The log: the application that records events and reads them back.

What is recorded together is recorded in one transaction, all of it or nothing, and is durable when
`record` returns.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.utils import get_topic

from aboard.domain.eventlog.cache import Kept
from aboard.domain.eventlog.mapper import EventMapper
from aboard.domain.eventlog.name_index import INDEXED, rows_of
from aboard.domain.eventlog.snapshot import Snapshot, readable
from aboard.domain.eventlog.sqlite import AppendOnlyRecorder
from aboard.domain.eventlog.sqlite_pool import LogFactory
from aboard.events.encoding.unreadable import Unreadable
from aboard.events.station import PortsGuarded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from eventsourcing.utils import EnvType

    from aboard.domain.eventlog.sqlite import Recorder
    from aboard.events.envelope import Event

PAGE = 2_000
"""Events read at a time."""


class VersionConflict(Exception):  # noqa: N818 - the name the field uses
    """Another writer was first: read again, decide again, and try again."""


class Log(Application[str]):
    """The event store of one Aboard, by the library's application.

    What is read from it are facts: its own guards take their positions and their versions, and are
    not told.
    """

    name = "aboard"
    env: ClassVar[dict[str, str]] = {
        "PERSISTENCE_MODULE": get_topic(LogFactory),
        "ORIGINATOR_ID_TYPE": "text",
        "MAPPER_TOPIC": get_topic(EventMapper),
        "APPLICATION_RECORDER_TOPIC": get_topic(AppendOnlyRecorder),
        "SQLITE_LOCK_TIMEOUT": "30",
    }

    def __init__(self, env: EnvType | None = None) -> None:
        super().__init__(env)
        self._identity = ""
        self._kept = Kept()

    def record(
        self, events: Sequence[Event], *, seen: int | None = None, people: Collection[str] = ()
    ) -> int:
        """Append the events in one transaction and return the log's position after it.

        Raises `VersionConflict` when a stream has moved on, or an id is already recorded; and when
        something was recorded behind the position `seen`, as of which it was decided, on a stream
        that names one of the `people` whose ways the events change.
        """
        try:
            named = list(dict.fromkeys(row for event in events for row in rows_of(event)))
            # What the library's `save` comes to, without its asking of each event what it is.
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
        self._kept.take_in(positions[0] - 1, events, named, positions[-1])
        return positions[-1]

    @property
    def _recorder(self) -> Recorder:
        return cast("Recorder", self.recorder)

    @property
    def identity(self) -> str:
        """The id this log was given when it was made; a read model is built of one log."""
        if not self._identity:
            self._identity = self._recorder.log_identity()
        return self._identity

    @property
    def position(self) -> int:
        """The position of the last event, 0 for an empty log."""
        return self.recorder.max_notification_id() or 0

    def read(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield `(position, event)` for every event behind a position, in recorded order."""
        for position, stored in self._facts(after):
            yield position, cast("Event", self.mapper.to_domain_event(stored))

    def scan(self, after: int = 0) -> Iterator[tuple[int, Event | Unreadable]]:
        """Yield the same, with what stands for an event where one cannot be read."""
        mapper = cast("EventMapper", self.mapper)
        for position, stored in self._facts(after):
            yield position, readable(mapper, stored)

    def _facts(self, after: int) -> Iterator[tuple[int, StoredEvent]]:
        """Yield what is stored behind a position, without the log's own guards."""
        while page := self._recorder.page(after, PAGE):
            yield from _without_guards(page)
            if len(page) < PAGE:
                break
            after = page[-1][0]

    def page(self, after: int, most: int) -> tuple[list[tuple[int, Event | Unreadable]], int, int]:
        """Return what stands on the next positions, how far that is everything, and the log's end.

        At most so many positions are looked at. Where nothing is left, both are the position of the
        log, which may be before `after`.
        """
        page = self._recorder.page(after, most)
        mapper = cast("EventMapper", self.mapper)
        stored = [readable(mapper, StoredEvent(*row)) for _, *row in page]
        told = [
            (row[0], one) for row, one in zip(page, stored, strict=True) if not _is_guard(row[3])
        ]
        if not page:
            reached = min(self.position, after)  # what has come since then is for the next page
            return told, reached, reached
        until = page[-1][0]
        if self._kept.position == after and self._kept.streams:
            self._take_in(after, stored, until)
        return told, until, self.position if len(page) == most else until

    def _take_in(self, after: int, told: Sequence[Event | Unreadable], until: int) -> None:
        """Remember what has been read of all positions behind one up to another."""
        events = [one for one in told if not isinstance(one, Unreadable)]
        if len(events) == len(told):
            named = (row for event in events for row in rows_of(event))
            self._kept.take_in(after, events, named, until)

    def stream(self, stream: str, until: int | None = None) -> list[Event]:
        """Return the facts of one stream in the order of their versions, up to a position."""
        if until is not None and (kept := self._kept.stream_at(until, stream)):
            return list(kept.events)
        with self._looking() as snapshot:
            return snapshot.facts(stream, until)

    def history(self, stream: str, until: int) -> list[tuple[int, Event | Unreadable]]:
        """Return what stands on one stream up to a position, each with its own."""
        ((_, found),) = self.histories([stream], until)
        return found

    def histories(
        self, streams: Iterable[str], until: int
    ) -> Iterator[tuple[str, list[tuple[int, Event | Unreadable]]]]:
        """Yield the same of several streams, each with its name."""
        with self._looking() as snapshot:
            yield from snapshot.histories(streams, until)

    def opener(self) -> Callable[[], Log]:
        """Return what opens the same log in another process."""
        return partial(type(self), dict(self.env))

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Look at the log as it stands now, whoever else is writing to it.

        What has been looked at is remembered from one snapshot to the next, and only what is new
        is read.
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
        with self._recorder.looking() as cursor:
            yield Snapshot(cursor, cast("EventMapper", self.mapper), self._kept)
        self._kept.tidy()

    def recorded_ids(self, event_ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those of the given event ids that are recorded."""
        return self._recorder.select_event_ids(event_ids)

    def _index(self) -> None:
        """Index what a program that knows of no index, or of another, has recorded."""
        self._recorder.index(
            INDEXED, lambda after: (rows_of(event) for _, event in self.read(after))
        )


def _without_guards(page: Iterable[Any]) -> Iterator[tuple[int, StoredEvent]]:
    """Yield the facts of a page, each with its position."""
    return (
        (position, StoredEvent(stream, version, topic, state))
        for position, stream, version, topic, state in page
        if not _is_guard(topic)
    )


def _is_guard(topic: str) -> bool:
    """Whether events of a topic are the log's own, which are not told."""
    return topic == PortsGuarded.TOPIC


class Prefix:
    """A log as it stood at a position: what was recorded later is not there."""

    def __init__(self, log: Log, position: int) -> None:
        self.identity = log.identity
        self.position = min(position, log.position)
        self._log = log

    def scan(self, after: int = 0) -> Iterator[tuple[int, Event | Unreadable]]:
        """Yield `(position, event)` for every event behind a position, in recorded order."""
        return takewhile(lambda read: read[0] <= self.position, self._log.scan(after))

    def page(self, after: int, most: int) -> tuple[list[tuple[int, Event | Unreadable]], int, int]:
        """Return what stands on the next positions, how far that is everything, and the end."""
        told, until, _ = self._log.page(after, most)
        kept = [read for read in told if read[0] <= self.position]
        return kept, min(until, self.position), self.position

    def stream(self, stream: str, until: int | None = None) -> list[Event]:
        """Return the events of one stream in the order of their versions."""
        end = self.position if until is None else min(until, self.position)
        return self._log.stream(stream, end)

    def history(self, stream: str, until: int) -> list[tuple[int, Event | Unreadable]]:
        """Return what stands on one stream up to a position, each with its own."""
        return self._log.history(stream, min(until, self.position))

    def histories(
        self, streams: Iterable[str], until: int
    ) -> Iterator[tuple[str, list[tuple[int, Event | Unreadable]]]]:
        """Yield the same of several streams, each with its name."""
        return self._log.histories(streams, min(until, self.position))

    def opener(self) -> Callable[[], Prefix]:
        """Return what opens the same prefix in another process."""
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
def open_log(where: Path | str) -> Iterator[Log]:
    """Open the log in an SQLite file, or in a database by its URL, making it where there is none.

    Raises the library's `OperationalError` for a server that cannot be reached.
    """
    if isinstance(where, str) and "://" in where:
        from aboard.domain.eventlog import postgres  # noqa: PLC0415 - an extra

        postgres.prepare(where)
        env = postgres.environment(where)
    else:
        path = Path(where)
        path.parent.mkdir(parents=True, exist_ok=True)
        env = {"SQLITE_DBNAME": str(path)}
    log = Log(env)
    try:
        yield log
    finally:
        log.close()
