"""The log as it stood at one moment: the few things a decision needs, each looked up by itself.

Whatever is read of one snapshot belongs together: who records something meanwhile is not seen, and
is found out by the version of a stream when what was decided is recorded.
"""

from __future__ import annotations

import json
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from eventsourcing.persistence import MapperDeserialisationError, StoredEvent

from aboard.domain.eventlog.cache import NEWS
from aboard.domain.eventlog.name_index import INDEXED, rows_of
from aboard.domain.eventlog.sqlite import COLUMNS
from aboard.domain.rules.stream import Stream
from aboard.events.encoding.unreadable import Unreadable
from aboard.events.station import PortsGuarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.domain.eventlog.cache import Kept
    from aboard.domain.eventlog.mapper import EventMapper
    from aboard.domain.eventlog.sqlite import Cursor
    from aboard.events.envelope import Event


AT_ONCE = 500
"""Streams that are read together."""


class Snapshot:
    """Lookups in one reading transaction; `kept` is what is remembered from those before."""

    def __init__(self, cursor: Cursor, mapper: EventMapper, kept: Kept) -> None:
        self._cursor = cursor
        self._mapper = mapper
        self._kept = kept
        self._looked_at: dict[str, Stream] = {}
        ((made, reached, last),) = self._rows(
            "SELECT made, position, (SELECT max(rowid) FROM stored_events) FROM named_reach"
        )
        self.position: int = last or 0
        """The position as of which the log is looked at."""
        self.is_indexed = (made, reached) == (INDEXED, self.position)
        """Whether the index has what every event names, as this program would have it."""
        if kept.position != self.position:
            self._take_in()

    def _take_in(self) -> None:
        """Bring what is remembered to this position."""
        kept = self._kept
        after = kept.position
        if not 0 < self.position - after <= NEWS:
            kept.forget(self.position)
            return
        rows = self._rows(
            f"SELECT {COLUMNS} FROM stored_events WHERE rowid>? ORDER BY rowid",  # noqa: S608
            after,
        )
        try:
            events = [self._event(row) for row in rows]
        except MapperDeserialisationError:
            kept.forget(self.position)  # who reads that stream is told
            return
        named = [row for event in events for row in rows_of(event)]
        kept.take_in(after, events, named, self.position)

    def stream(self, name: str) -> Stream:
        """Return a stream: its facts, and the version of its last event, be it a guard."""
        if not self.position:
            return Stream(name)
        if name not in self._looked_at:
            kept = self._kept
            found = kept.look_up(self.position, kept.streams, name, partial(self._stream, name))
            self._looked_at[name] = found
        return self._looked_at[name]

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
        """Yield some streams, each with what stands on it up to a position."""
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
        kept = self._kept
        found: set[str] = set()
        for key in ids if self.position else ():
            read = partial(self._naming, kind, key)
            streams = kept.look_up(self.position, kept.named, (kind, key), read)
            found |= streams
        return found

    def _naming(self, kind: str, key: str) -> frozenset[str]:
        rows = self._rows("SELECT stream FROM named WHERE kind=? AND id=?", kind, key)
        return frozenset(stream for (stream,) in rows)

    def at_port(self, station: str, port: str) -> set[str]:
        """Return the streams that may have a stay at a port of a station."""
        kept = self._kept
        read = partial(self._at_port, station, port)
        streams = kept.look_up(self.position, kept.at_port, (station, port), read)
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

    def _rows(self, statement: str, *asked: str | int) -> Iterator[Any]:
        self._cursor.execute(statement, asked)
        return iter(self._cursor.fetchall())

    def _event(self, row: Any) -> Event:
        return cast("Event", self._mapper.to_domain_event(StoredEvent(*row)))


def readable(mapper: EventMapper, stored: StoredEvent) -> Event | Unreadable:
    """Return the event that is stored, or what stands for one that cannot be read."""
    try:
        return cast("Event", mapper.to_domain_event(stored))
    except MapperDeserialisationError as error:
        return Unreadable(
            str(stored.originator_id), stored.originator_version, stored.topic, str(error)
        )
