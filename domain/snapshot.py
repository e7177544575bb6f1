"""The log as it stood at one moment: the few things a decision needs, each looked up by itself.

Whatever is read of one snapshot belongs together: who records something meanwhile is not seen, and
is found out by the version of a stream when what was decided is recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from eventsourcing.persistence import StoredEvent

from aboard.domain.aggregates import Stream
from aboard.domain.names import INDEXED
from aboard.events.station import PortsGuarded

if TYPE_CHECKING:
    from collections import OrderedDict
    from collections.abc import Iterable, Iterator

    from eventsourcing.sqlite import SQLiteCursor

    from aboard.domain.mapper import EventMapper
    from aboard.events.envelope import Event

COLUMNS = "originator_id, originator_version, topic, state"


class Snapshot:
    """Lookups in one reading transaction; `kept` holds streams as they were last read."""

    def __init__(
        self, cursor: SQLiteCursor, mapper: EventMapper, kept: OrderedDict[str, Stream]
    ) -> None:
        self._cursor = cursor
        self._mapper = mapper
        self._kept = kept
        self._looked_at: dict[str, Stream] = {}

    @property
    def is_indexed(self) -> bool:
        """Whether the index has what every event names, as this program would have it."""
        ((made, reached, position),) = self._rows(
            "SELECT made, position, (SELECT max(rowid) FROM stored_events) FROM named_reach"
        )
        return (made, reached) == (INDEXED, position or 0)

    def stream(self, name: str) -> Stream:
        """Return a stream: its facts, and the version of its last event, be it a guard."""
        if name in self._looked_at:
            return self._looked_at[name]
        stream = self._kept.pop(name, None) or Stream(name)
        newer = list(
            self._rows(
                f"SELECT {COLUMNS} FROM stored_events WHERE originator_id=? "  # noqa: S608 - ours
                "AND originator_version>? ORDER BY originator_version",
                name,
                stream.version,
            )
        )
        if newer:
            facts = [self._event(row) for row in newer if row[2] != PortsGuarded.TOPIC]
            stream = stream.followed_by(facts, newer[-1][1])
        self._kept[name] = self._looked_at[name] = stream
        return stream

    def event(self, event_id: str) -> Event | None:
        """Return the event that is recorded under an id."""
        for row in self._rows(
            f"SELECT {COLUMNS} FROM event_ids JOIN stored_events ON rowid=position "  # noqa: S608
            "WHERE event_id=?",
            event_id,
        ):
            return self._event(row)
        return None

    def naming(self, kind: str, ids: Iterable[str]) -> set[str]:
        """Return the streams that name any of these things."""
        return {
            stream
            for key in ids
            for (stream,) in self._rows("SELECT stream FROM named WHERE kind=? AND id=?", kind, key)
        }

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
