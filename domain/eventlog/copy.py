"""Copying a log to another database: positions, ids, bytes and identity stay the same.

The stored rows are copied, and no event is decoded. A copy is one transaction: until it ends, and
after an interruption, the target is empty. Before it ends, the rows in the target are read again
and compared with those that were read from the source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.domain.eventlog.adapter import (
    CopyRefused,
    NoLog,
    NotEmpty,
    NotTheSame,
)
from aboard.domain.eventlog.find_adapter import log_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aboard.domain.eventlog.adapter import LogTables, Row
    from aboard.storage.connection import Location

__all__ = ["Copied", "CopyRefused", "NoLog", "NotEmpty", "NotTheSame", "copy"]

PAGE = 2_000
"""Rows after which progress is reported."""


class Copied(NamedTuple):
    """What was copied: how many events, up to which position, of which log, and their digest.

    The digest is the SHA-256, in hexadecimal, over the position, the stream, the version, the topic
    and the bytes of every event, in the order of positions. Each is taken as bytes, numbers in
    decimal and texts in UTF-8, preceded by its length in eight bytes, most significant first.
    """

    events: int
    position: int
    identity: str
    digest: str


@dataclass(slots=True)
class Digest:
    """A digest of the events of a log, computed while they are read."""

    events: int = 0
    position: int = 0
    _sum: Any = field(default_factory=sha256)

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows, and add each of them to the digest."""
        add = self._sum.update
        for row in rows:
            position, stream, version, topic, state = row
            for part in (b"%d" % position, stream.encode(), b"%d" % version, topic.encode(), state):
                add(len(part).to_bytes(8, "big"))
                add(part)
            self.events += 1
            self.position = position
            yield row

    @property
    def hex(self) -> str:
        """The digest of the rows so far."""
        return str(self._sum.hexdigest())


def copy(source: Location, target: Location, progress: Callable[[int, int], None]) -> Copied:
    """Copy a log into an empty database and verify the copy; raise `CopyRefused`, and copy nothing.

    `progress` is called with the number of events that were written or compared, and their total.
    """
    here, there = log_database(source).tables(), log_database(target).tables()
    with here.reading():
        ((identity,),) = here.rows("log_identity")
        total = 2 * sum(1 for _ in here.rows("event_ids"))
        read, found = Digest(), Digest()
        with there.filling(identity):
            events = _with_progress(read.over(here.rows("stored_events")), progress, 0, total)
            there.insert("stored_events", events)
            for table in ("event_ids", "named"):
                there.insert(table, here.rows(table))
            # A log of an older program has no index: it is built when it is first needed.
            there.insert("named_reach", list(here.rows("named_reach")) or [(0, 0)])
            for _ in _with_progress(
                found.over(there.rows("stored_events")), progress, total // 2, total
            ):
                pass
            if (read.events, read.hex) != (found.events, found.hex) or not _alike(here, there):
                raise NotTheSame(
                    f"{read.events} events were read, with the digest {read.hex}, "
                    f"and {found.events} stand there, with {found.hex}"
                )
    return Copied(read.events, read.position, identity, read.hex)


def _alike(here: LogTables, there: LogTables) -> bool:
    tables = ("log_identity", "event_ids")
    return all(sorted(here.rows(one)) == sorted(there.rows(one)) for one in tables)


def _with_progress(
    rows: Iterable[Row], progress: Callable[[int, int], None], done: int, total: int
) -> Iterator[Row]:
    for number, row in enumerate(rows, done + 1):
        if number % PAGE == 0 or number == total:
            progress(number, total)
        yield row
