"""Parking: an event that a fold raises on stops what it is about, and nothing else.

The subject of such an event is held: its rectangles stay as they were before it, whatever comes
later. When there is a new event about the subject, all of its facts are folded again, so that a
correction or a retraction that repairs it releases it. An event that cannot be read holds every
subject that reads its stream.

What is held follows from the log and the folds alone, so that it is the same however the events
came; only when it was parked does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.encoding.unreadable import Unreadable, UnreadableError
from aboard.projections.fold import links
from aboard.projections.ingest.rectangle_rows import row
from aboard.projections.lift.lift import Lift
from aboard.projections.tables.schema import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aboard.events.envelope import Event
    from aboard.projections.fold import Fold
    from aboard.projections.ingest.batches import Read
    from aboard.projections.ingest.checkpoints import Target
    from aboard.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class Poison:
    """An event that cannot be folded: where it stands, which it is, and what was raised."""

    position: int
    event: str
    error: str


def poison(position: int, event: Event | Unreadable, error: Exception) -> Poison:
    """Return what to park of an event that something was raised on."""
    what = str(error) or "nothing said"
    text = what if isinstance(error, UnreadableError) else f"{type(error).__name__}: {what}"
    return Poison(position, event.id, text)


class _Item(NamedTuple):
    """Something that a subject reads: from which position on, where it stands, and what it is."""

    seen: int
    position: int
    event: Event | Unreadable


def lift_carefully(
    fold: Fold[Any], subject: str, history: Sequence[Read], skipped: frozenset[int]
) -> tuple[Lift[Any], Poison | None]:
    """Lift a subject as far as it goes, and return what it does not go beyond.

    `history` is what stands on the streams that the subject reads, in the order of recording;
    `skipped` are positions to leave out. The lift has everything, or all before the first event
    with which it raises.
    """
    items = _in_order_of_sight(fold, subject, [one for one in history if one[0] not in skipped])
    try:
        return _lifted(fold, subject, items), None
    except Exception:
        lift = Lift(fold, subject)
    for item in items:
        try:
            _take_in(lift, fold, subject, [item])
        except Exception as error:
            before = [one for one in items if one.seen < item.seen]
            return _lifted(fold, subject, before), poison(item.position, item.event, error)
    return lift, None


def _in_order_of_sight(fold: Fold[Any], subject: str, history: Sequence[Read]) -> list[_Item]:
    """Return what a subject reads in the order in which it came to: a late link brings a stream."""
    linked: dict[str, int] = {}
    for position, event in history:
        if not isinstance(event, Unreadable):
            for stream in _linked(fold, subject, event):
                linked.setdefault(stream, position)
    return sorted(
        (
            _Item(max(position, linked.get(event.originator_id, 0)), position, event)
            for position, event in history
        ),
        key=lambda item: item[:2],
    )


def _linked(fold: Fold[Any], subject: str, event: Event) -> list[str]:
    """Return the streams that an event gives a subject to read, as far as the fold can tell."""
    try:
        return [stream for whose, stream in links(fold, event) if whose == subject]
    except Exception:
        return []


def _lifted(fold: Fold[Any], subject: str, items: Iterable[_Item]) -> Lift[Any]:
    lift = Lift(fold, subject)
    _take_in(lift, fold, subject, items)
    return lift


def _take_in(lift: Lift[Any], fold: Fold[Any], subject: str, items: Iterable[_Item]) -> None:
    facts: list[Event] = []
    for item in items:
        if isinstance(item.event, Unreadable):
            raise UnreadableError(item.event.error)
        list(links(fold, item.event))  # which must not raise either
        facts.append(item.event)
    _, come = lift.add(facts)
    for rectangle in come:
        row(subject, rectangle)  # nor must there be anything that cannot be stored


class Parked:
    """What is parked, and what is skipped, as one transaction finds and leaves it."""

    def __init__(self, db: Connection, meta: dict[str, str]) -> None:
        self._db = db
        self._held: set[tuple[str, str]] = set()
        self._skipped: dict[str, dict[int, str]] = {}
        self._changed = False
        if meta["parked"] != "0":
            self._held = set(db.execute("SELECT DISTINCT projection, subject FROM parked"))
        if meta["skipped"] != "0":
            for name, position, event in db.execute(
                "SELECT projection, position, event FROM skipped"
            ):
                self._skipped.setdefault(name, {})[position] = event

    @property
    def is_clear(self) -> bool:
        """Whether the transaction found nothing that is parked or skipped."""
        return not (self._held or self._skipped)

    def holds(self, table: str, subject: str) -> bool:
        """Whether a subject is held."""
        return (table, subject) in self._held

    def skipped(self, name: str) -> dict[int, str]:
        """Return what a projection leaves out: the ids of events by their positions."""
        return self._skipped.get(name, {})

    def hold(self, table: str, subject: str, found: Poison | None) -> None:
        """Hold a subject of a projection before an event, or let it go."""
        if (table, subject) in self._held:
            self._db.execute(
                "DELETE FROM parked WHERE projection=? AND subject=? AND position<>?",
                (table, subject, found.position if found else 0),
            )
            self._held.discard((table, subject))
            self._changed = True
        if found:
            self.park(table, subject, found)
            self._held.add((table, subject))

    def park(self, table: str, subject: str, found: Poison) -> None:
        """Park an event for one subject, or without one if it cannot be read."""
        since = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._db.execute(
            "INSERT INTO parked VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING",
            (table, subject, found.position, found.event, found.error, since),
        )
        self._changed = True

    def settle(self) -> None:
        """Say of the read model how much is parked, where that has changed."""
        if self._changed:
            settle(self._db)


def linked(
    target: Target, at: int, event: Event, parked: Parked, faulty: set[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Yield each subject that an event touches, with a stream that it has to read.

    Where the fold cannot tell, the event is parked, and its stream is among the `faulty` ones, by
    the table of the fold: subjects that read it are folded carefully.
    """
    try:
        yield from links(target.fold, event)
    except Exception as error:
        if at not in parked.skipped(target.fold.name):
            parked.park(target.table, event.originator_id, poison(at, event, error))
            faulty.add((target.table, event.originator_id))


def park_unreadable(at: int, one: Unreadable, parked: Parked) -> None:
    """Park what cannot be read, unless it is skipped."""
    if at not in parked.skipped(CATALOGUE):
        found = poison(at, one, UnreadableError(one.error))
        parked.park(CATALOGUE, one.originator_id, found)


def settle(db: Connection) -> None:
    """Store in `meta` how many events are parked and skipped, where readers find it at once."""
    for table in ("parked", "skipped"):
        db.execute(
            "UPDATE meta SET value="  # noqa: S608 - a name of our own
            f"(SELECT CAST(count(DISTINCT position) AS TEXT) FROM {table}) WHERE key=?",
            (table,),
        )
