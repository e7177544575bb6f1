"""The read model: built from the log, kept level with it, and dropped without loss.

Only the log is the truth. A catch-up is one transaction with the position it reaches, so the read
model is always exactly as of some position. What an event touches is lifted from all the streams of
its subject, whatever order they came in.
"""

from __future__ import annotations

import json
import sqlite3
from collections import OrderedDict, defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol

from aboard.projections import catalogue
from aboard.projections.fold import FOREVER, links
from aboard.projections.folds import FOLDS
from aboard.projections.lift import Lift
from aboard.projections.tables import make
from aboard.projections.versions import BUILT_TO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from aboard.events.envelope import Event
    from aboard.projections.lift import Rectangle

KEPT = 5_000
"""Subjects that are kept in memory."""

ENCODER = json.JSONEncoder(ensure_ascii=False)

NUMBERS = {fold.name: number for number, fold in enumerate(FOLDS)}
"""The place of each fold among them all."""


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


class ReadModel:
    """A read model that is kept level, and what of it is kept in memory from one time to the next.

    A subject is folded anew from all of its streams when it is first touched; while the process has
    it, what is added to it folds what it changes. Memory is dropped when somebody else has brought
    the read model level meanwhile.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._kept: OrderedDict[tuple[int, str], Kept] = OrderedDict()
        self._reached: tuple[str, int] = ("", 0)

    def catch_up(self, log: EventLog, progress: Callable[[int, int], None] = ignore) -> int:
        """Bring it level with the log, in one transaction; return the new position.

        `progress` is called with the number of subjects folded and their total.
        """
        with self._transaction():
            reached = position(self._db, log)
            if reached < 0:
                self._make(log)
                reached = 0
            return self._advance(log, reached, progress)

    def rebuild(self, log: EventLog, progress: Callable[[int, int], None] = ignore) -> int:
        """Drop everything and build it from the log, in one transaction; return the position."""
        with self._transaction():
            self._make(log)
            return self._advance(log, 0, progress)

    def _make(self, log: EventLog) -> None:
        make(self._db, log.identity)
        self._kept.clear()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            with _transaction(self._db):
                yield
        except BaseException:
            self._kept.clear()
            raise
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _advance(self, log: EventLog, after: int, progress: Callable[[int, int], None]) -> int:
        if self._reached != (log.identity, after):
            self._kept.clear()
            self._reached = log.identity, after
        db = self._db
        # The log tells facts alone: what it writes for itself takes positions too.
        end, reached, recorded = log.position, after, None
        news: dict[str, list[Event]] = defaultdict(list)
        touched: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
        for reached, event in log.read(after):
            recorded = event.recorded
            news[event.originator_id].append(event)
            catalogue.add(db, reached, event)
            for number, fold in enumerate(FOLDS):
                for subject, stream in links(fold, event):
                    touched[number, subject][stream] = None
        if recorded is None and end == after:
            return after
        db.executemany(
            "INSERT OR IGNORE INTO link VALUES (?,?,?)",
            [
                (FOLDS[number].name, subject, stream)
                for (number, subject), streams in touched.items()
                for stream in streams
            ],
        )
        for stream in news:
            for name, subject in db.execute(
                "SELECT fold, subject FROM link WHERE stream=?", (stream,)
            ):
                touched[NUMBERS[name], subject][stream] = None
        reached = max(reached, end)
        # From the beginning everything has just been read; later, a touched subject's streams may
        # reach back behind it.
        source = Source(log, news, whole=after == 0)
        for stream, events in news.items():
            if catalogue.is_amended_by(events, source.stream(stream)):
                catalogue.amend(db, source.stream(stream))
        for done, ((number, subject), streams) in enumerate(touched.items()):
            self._refold(number, subject, source, streams)
            progress(done + 1, len(touched))
        if recorded is not None:
            text = recorded.isoformat().replace("+00:00", "Z")
            db.execute("UPDATE meta SET value=? WHERE key='recorded'", (text,))
        db.execute("UPDATE meta SET value=? WHERE key='position'", (str(reached),))
        self._reached = log.identity, reached
        return reached

    def _refold(self, number: int, subject: str, source: Source, streams: Iterable[str]) -> None:
        """Bring the rectangles of one subject to what its facts now are.

        `streams` are those of it that have news.
        """
        fold, key = FOLDS[number], (number, subject)
        kept = self._kept.pop(key, None)
        if kept is None:
            kept = Kept(Lift(fold, subject))
            read = self._db.execute(
                "SELECT stream FROM link WHERE fold=? AND subject=? ORDER BY stream",
                (fold.name, subject),
            )
            streams = [stream for (stream,) in read]
            self._db.execute(f"DELETE FROM {fold.name} WHERE subject=?", (subject,))  # noqa: S608
        facts: list[Event] = []
        for stream in streams:
            facts += source.news(stream) if stream in kept.streams else source.stream(stream)
            kept.streams.add(stream)
        gone, come = kept.lift.add(facts)
        self._kept[key] = kept
        if gone:
            self._db.executemany(
                f"DELETE FROM {fold.name} WHERE place=? AND valid_from=? AND subject=? "  # noqa: S608
                "AND known_from=? AND n=?",
                [
                    (
                        one.interval.place,
                        one.interval.start,
                        subject,
                        one.known_from,
                        number_of(one),
                    )
                    for one in gone
                ],
            )
        if come:
            self._db.executemany(
                f"INSERT INTO {fold.name} VALUES (?,?,?,?,?,?,?,?,?)",  # noqa: S608
                [_row(subject, one) for one in come],
            )
            self._db.executemany(
                f"INSERT INTO {fold.name}_span VALUES (?,?) ON CONFLICT (place) DO UPDATE "  # noqa: S608
                "SET longest = excluded.longest WHERE longest < excluded.longest",
                _spans(come),
            )


@dataclass(slots=True)
class Kept:
    """A subject in memory: its rectangles, and the streams that are in them."""

    lift: Lift[Any]
    streams: set[str] = field(default_factory=set)


class Source:
    """Where the streams of one catch-up are read: each once, and from the log only when needed."""

    def __init__(self, log: EventLog, news: dict[str, list[Event]], *, whole: bool) -> None:
        self._log = log
        self._news = news
        self._whole: dict[str, list[Event]] = dict(news) if whole else {}

    def news(self, stream: str) -> list[Event]:
        """Return what is new on a stream."""
        return self._news.get(stream, [])

    def stream(self, stream: str) -> list[Event]:
        """Return everything on a stream."""
        if stream not in self._whole:
            self._whole[stream] = self._log.stream(stream)
        return self._whole[stream]


def catch_up(
    db: sqlite3.Connection, log: EventLog, progress: Callable[[int, int], None] = ignore
) -> int:
    """Bring a read model level with the log once; see `ReadModel.catch_up`."""
    return ReadModel(db).catch_up(log, progress)


def rebuild(
    db: sqlite3.Connection, log: EventLog, progress: Callable[[int, int], None] = ignore
) -> int:
    """Build a read model anew once; see `ReadModel.rebuild`."""
    return ReadModel(db).rebuild(log, progress)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _row(subject: str, rectangle: Rectangle) -> tuple[Any, ...]:
    """Return a rectangle as it is stored."""
    held = rectangle.interval
    return (
        held.place, held.start, subject, number_of(rectangle), held.end,
        rectangle.known_from, rectangle.known_to,
        ENCODER.encode(dict(held.value)), ENCODER.encode(held.why),
    )  # fmt: skip


def number_of(rectangle: Rectangle) -> int:
    """Return what tells a rectangle from others of its subject that begin alike.

    It is a digest of the rest of it, so that its row is found without reading any other.
    """
    held = rectangle.interval
    rest = repr((held.end, rectangle.known_to, held.value, held.why))
    return int.from_bytes(blake2b(rest.encode(), digest_size=7).digest(), "big")


def _spans(rectangles: Iterable[Rectangle]) -> list[tuple[str, int]]:
    """Return the longest closed stay of each place, 0 where there are open ones only."""
    spans: dict[str, int] = {}
    for held in (rectangle.interval for rectangle in rectangles):
        closed = held.end - held.start if held.end != FOREVER else 0
        spans[held.place] = max(spans.get(held.place, 0), closed)
    return list(spans.items())
