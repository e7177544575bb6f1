"""The read model: built from the log, kept level with it, and dropped without loss.

Only the log is the truth. A catch-up is one transaction with the position it reaches, so the read
model is always exactly as of some position. There is no incremental logic to get wrong: a subject
that an event touches is folded anew from its whole streams.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from aboard.events.fact import Amendment
from aboard.projections import catalogue
from aboard.projections.fold import FOREVER, links
from aboard.projections.folds import FOLDS
from aboard.projections.lift import lift
from aboard.projections.tables import make
from aboard.projections.versions import BUILT_TO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from aboard.events.envelope import Event
    from aboard.projections.fold import Fold


class EventLog(Protocol):
    """What a read model needs of a log."""

    @property
    def identity(self) -> str:
        """An id no other log has."""
        ...

    @property
    def position(self) -> int:
        """The position of the last event."""
        ...

    def read(self, after: int = 0) -> Iterator[tuple[int, Event]]:
        """Yield `(position, event)` behind a position."""
        ...

    def stream(self, stream: str) -> list[Event]:
        """Return the events of one stream."""
        ...


def ignore(_done: int, _total: int) -> None:
    """Report no progress."""


@contextmanager
def open_to_write(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a read model for writing, making it first where there is none of this program's kind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        # What a crash of the machine could take is built again from the log.
        db.execute("PRAGMA synchronous=NORMAL")
        yield db


def position(db: sqlite3.Connection, log: EventLog) -> int:
    """Return the position of a log that the read model has reached.

    It is -1 when it must be built anew: there is none, or it is of another program or another log.
    """
    try:
        meta = dict(db.execute("SELECT key, value FROM meta"))
    except sqlite3.OperationalError:
        return -1
    if (meta.get("built_to"), meta.get("log")) != (BUILT_TO, log.identity):
        return -1
    reached = int(meta["position"])
    return reached if reached <= log.position else -1


def catch_up(
    db: sqlite3.Connection, log: EventLog, progress: Callable[[int, int], None] = ignore
) -> int:
    """Bring the read model level with the log, in one transaction; return the new position.

    `progress` is called with the number of subjects folded and their total.
    """
    with _transaction(db):
        reached = position(db, log)
        if reached < 0:
            make(db, log.identity)
            reached = 0
        return _advance(db, log, reached, progress)


def rebuild(
    db: sqlite3.Connection, log: EventLog, progress: Callable[[int, int], None] = ignore
) -> int:
    """Drop everything and build it from the log, in one transaction; return the position."""
    with _transaction(db):
        make(db, log.identity)
        return _advance(db, log, 0, progress)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _advance(
    db: sqlite3.Connection, log: EventLog, after: int, progress: Callable[[int, int], None]
) -> int:
    streams: dict[str, list[Event]] = defaultdict(list)
    touched: dict[tuple[int, str], None] = {}
    reached, recorded = after, None
    for reached, event in log.read(after):
        recorded = event.recorded
        streams[event.originator_id].append(event)
        catalogue.add(db, reached, event)
        for number, fold in enumerate(FOLDS):
            for subject, stream in links(fold, event):
                touched[number, subject] = None
                db.execute(
                    "INSERT OR IGNORE INTO link VALUES (?,?,?)", (fold.name, subject, stream)
                )
    numbers = {fold.name: number for number, fold in enumerate(FOLDS)}
    for stream in streams:
        for name, subject in db.execute("SELECT fold, subject FROM link WHERE stream=?", (stream,)):
            touched[numbers[name], subject] = None
    # From the beginning everything has just been read; later, a touched subject's streams may reach
    # back behind it.
    whole: dict[str, list[Event]] = streams if after == 0 else {}
    for stream in list(streams):
        if stream not in whole:
            whole[stream] = log.stream(stream)
        if any(isinstance(event, Amendment) for event in whole[stream]):
            catalogue.amend(db, whole[stream])
    for done, (number, subject) in enumerate(touched):
        _refold(db, FOLDS[number], subject, log, whole)
        progress(done + 1, len(touched))
    if recorded is not None:
        db.execute("UPDATE meta SET value=? WHERE key='position'", (str(reached),))
        db.execute(
            "UPDATE meta SET value=? WHERE key='recorded'",
            (recorded.isoformat().replace("+00:00", "Z"),),
        )
    return reached


def _refold(
    db: sqlite3.Connection,
    fold: Fold[Any],
    subject: str,
    log: EventLog,
    streams: dict[str, list[Event]],
) -> None:
    """Replace the rectangles of one subject by those of its facts as they now are."""
    facts: list[Event] = []
    for (stream,) in db.execute(
        "SELECT stream FROM link WHERE fold=? AND subject=? ORDER BY stream", (fold.name, subject)
    ):
        if stream not in streams:
            streams[stream] = log.stream(stream)
        facts += streams[stream]
    rows = sorted(
        (
            r.interval.place, r.interval.start, subject, r.interval.end, r.known_from, r.known_to,
            json.dumps(dict(r.interval.value), ensure_ascii=False), json.dumps(r.interval.why),
        )
        for r in lift(fold, subject, facts)
    )  # fmt: skip
    db.execute(f"DELETE FROM {fold.name} WHERE subject=?", (subject,))  # noqa: S608 - our own name
    db.executemany(
        f"INSERT INTO {fold.name} (place, valid_from, subject, n, valid_to, known_from, known_to, "  # noqa: S608
        "value, why) VALUES (?,?,?,?,?,?,?,?,?)",
        [(*row[:3], n, *row[3:]) for n, row in enumerate(rows)],
    )
    db.executemany(
        f"INSERT INTO {fold.name}_span VALUES (?,?) ON CONFLICT (place) DO UPDATE "  # noqa: S608
        "SET longest = max(longest, excluded.longest)",
        _spans(rows),
    )


def _spans(rows: Iterable[tuple[Any, ...]]) -> list[tuple[str, int]]:
    """Return the longest closed stay of each place, 0 where there are open ones only."""
    spans: dict[str, int] = {}
    for place, start, _subject, end, *_ in rows:
        closed = end - start if end != FOREVER else 0
        spans[place] = max(spans.get(place, 0), closed)
    return list(spans.items())
