"""The log as it is at one moment: the few things that a decision needs, each looked up by itself.

Everything that is read of one snapshot is consistent. What others record meanwhile is not seen; it
shows in the version of a stream, when the events that were decided on are recorded.
"""

from __future__ import annotations

import json
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from eventsourcing.persistence import MapperDeserialisationError, StoredEvent

from aboard.domain.eventlog.adapter import COLUMNS
from aboard.domain.eventlog.cache import MOST_NEW
from aboard.domain.eventlog.name_index import INDEX_FORM, rows_of
from aboard.domain.rules.stream import Stream
from aboard.events.encoding.unreadable import Unreadable
from aboard.events.station import PortsGuarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.domain.eventlog.adapter import LogCursor
    from aboard.domain.eventlog.cache import LogCache
    from aboard.domain.eventlog.mapper import EventMapper
    from aboard.events.envelope import Event


AT_ONCE = 500
"""Streams that are read by one statement."""


class Snapshot:
    """Lookups in one reading transaction; `cache` has those of the transactions before."""

    def __init__(self, cursor: LogCursor, mapper: EventMapper, cache: LogCache) -> None:
        self._cursor = cursor
        self._mapper = mapper
        self._cache = cache
        self._streams: dict[str, Stream] = {}
        ((form, reached, last),) = self._rows(
            "SELECT made, position, (SELECT max(rowid) FROM stored_events) FROM named_reach"
        )
        self.position: int = last or 0
        """The position of the log's last event."""
        self.is_indexed = (form, reached) == (INDEX_FORM, self.position)
        """Whether the index is up to date, and of the form that this program builds."""
        if cache.position != self.position:
            self._update_cache()

    def _update_cache(self) -> None:
        """Bring the cache to this position."""
        cache = self._cache
        after = cache.position
        if not 0 < self.position - after <= MOST_NEW:
            cache.clear(self.position)
            return
        rows = self._rows(
            f"SELECT {COLUMNS} FROM stored_events WHERE rowid>? ORDER BY rowid",  # noqa: S608
            after,
        )
        try:
            events = [self._event(row) for row in rows]
        except MapperDeserialisationError:
            cache.clear(self.position)  # the error is raised when that stream is read
            return
        named = [row for event in events for row in rows_of(event)]
        cache.add(after, events, named, self.position)

    def stream(self, name: str) -> Stream:
        """Return a stream: its facts, and the version of its last event, which may be a guard."""
        if not self.position:
            return Stream(name)
        if name not in self._streams:
            cache = self._cache
            found = cache.look_up(self.position, cache.streams, name, partial(self._stream, name))
            self._streams[name] = found
        return self._streams[name]

    def _stream(self, name: str) -> Stream:
        rows = list(
            self._rows(
                f"SELECT {COLUMNS} FROM stored_events WHERE originator_id=? "  # noqa: S608 - ours
                "ORDER BY originator_version",
                name,
            )
        )
        facts = [self._event(row) for row in rows if row[2] != PortsGuarded.TOPIC]
        return Stream(name, facts, rows[-1][1] if rows else 0)

    def facts(self, name: str, until: int | None) -> list[Event]:
        """Return the facts of a stream, up to a position."""
        facts = list(self.stream(name).events)
        if until is None or until >= self.position or not facts:
            return facts
        ((last,),) = self._rows(
            "SELECT max(originator_version) FROM stored_events WHERE originator_id=? AND rowid<=?",
            name,
            until,
        )
        while facts and facts[-1].originator_version > (last or 0):
            facts.pop()
        return facts

    def histories(
        self, names: Iterable[str], until: int
    ) -> Iterator[tuple[str, list[tuple[int, Event | Unreadable]]]]:
        """Yield some streams, each with its events up to a position."""
        names = iter(names)
        while some := list(islice(names, AT_ONCE)):
            found: dict[str, list[tuple[int, Event | Unreadable]]] = {name: [] for name in some}
            for position, *stored in self._rows(
                f"SELECT rowid, {COLUMNS} FROM stored_events "  # noqa: S608 - our names
                "WHERE originator_id IN (SELECT value FROM json_each(?)) "
                "AND rowid<=? AND topic<>? ORDER BY originator_id, originator_version",
                json.dumps(some),
                until,
                PortsGuarded.TOPIC,
            ):
                found[stored[0]].append((position, readable(self._mapper, StoredEvent(*stored))))
            yield from found.items()

    def event(self, event_id: str) -> Event | None:
        """Return the event that is recorded under an id."""
        if not self.position:
            return None
        for row in self._rows(
            f"SELECT {COLUMNS} FROM event_ids JOIN stored_events ON rowid=position "  # noqa: S608
            "WHERE event_id=?",
            event_id,
        ):
            return self._event(row)
        return None

    def naming(self, kind: str, ids: Iterable[str]) -> set[str]:
        """Return the streams that name any of these things."""
        cache = self._cache
        found: set[str] = set()
        for key in ids if self.position else ():
            read = partial(self._naming, kind, key)
            streams = cache.look_up(self.position, cache.named, (kind, key), read)
            found |= streams
        return found

    def _naming(self, kind: str, key: str) -> frozenset[str]:
        rows = self._rows("SELECT stream FROM named WHERE kind=? AND id=?", kind, key)
        return frozenset(stream for (stream,) in rows)

    def at_port(self, station: str, port: str) -> set[str]:
        """Return the streams that may have a stay at a port of a station."""
        cache = self._cache
        read = partial(self._at_port, station, port)
        streams = cache.look_up(self.position, cache.at_port, (station, port), read)
        return set(streams)

    def _at_port(self, station: str, port: str) -> frozenset[str]:
        rows = self._rows(
            "SELECT stream FROM named AS one JOIN named AS other USING (stream) "
            "WHERE one.kind='at' AND one.id=? AND other.kind='port' AND other.id=?",
            station,
            port,
        )
        return frozenset(stream for (stream,) in rows)

    def registered(self, kind: str) -> list[str]:
        """Return everything of a kind that is registered."""
        first = f"{kind}/"
        rows = self._rows(
            "SELECT DISTINCT id FROM named WHERE kind='registered' AND id>=? AND id<?",
            first,
            f"{kind}0",  # what follows the slash
        )
        return [key.removeprefix(first) for (key,) in rows]

    def _rows(self, statement: str, *parameters: str | int) -> Iterator[Any]:
        self._cursor.execute(statement, parameters)
        return iter(self._cursor.fetchall())

    def _event(self, row: Any) -> Event:
        return cast("Event", self._mapper.to_domain_event(StoredEvent(*row)))


def readable(mapper: EventMapper, stored: StoredEvent) -> Event | Unreadable:
    """Return the stored event, or an `Unreadable` in its place."""
    try:
        return cast("Event", mapper.to_domain_event(stored))
    except MapperDeserialisationError as error:
        return Unreadable(
            str(stored.originator_id), stored.originator_version, stored.topic, str(error)
        )
