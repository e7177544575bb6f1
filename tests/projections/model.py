"""A read model of a list of facts, to ask questions of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from aboard.events.encoding.unreadable import Unreadable, UnreadableError
from aboard.events.flight import CraftAdded
from aboard.projections.ingest.batches import page_of
from aboard.projections.queries.who import who
from aboard.projections.read_model.read_model import catch_up
from tests.build import fact, instant
from tests.memory import in_memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.storage.connection import Connection


def readable(event: Event | Unreadable) -> Event:
    """Return an event that can be read; raise for another, as a log does."""
    if isinstance(event, Unreadable):
        raise UnreadableError(event.error)
    return event


class ListLog:
    """A log that is a list."""

    identity = "a list"

    def __init__(self, events: Iterable[Event | Unreadable] = ()) -> None:
        self.events: list[Any] = list(events)

    def scan(self, after: int = 0) -> Iterator[tuple[int, Event | Unreadable]]:
        yield from enumerate(self.events[after:], after + 1)

    def page(self, after: int, most: int) -> tuple[list[tuple[int, Event | Unreadable]], int, int]:
        return page_of(self, after, most)

    @property
    def position(self) -> int:
        return len(self.events)

    def history(self, stream: str, until: int) -> list[tuple[int, Event | Unreadable]]:
        told = enumerate(self.events[:until], 1)
        return [(at, event) for at, event in told if event.originator_id == stream]

    def histories(
        self, streams: Iterable[str], until: int
    ) -> Iterator[tuple[str, list[tuple[int, Event | Unreadable]]]]:
        for stream in streams:
            yield stream, self.history(stream, until)

    def opener(self) -> None:
        return None

    def stream(self, stream: str, until: int | None = None) -> list[Event]:
        until = self.position if until is None else until
        return [readable(event) for _, event in self.history(stream, until)]


def built(events: Iterable[Event]) -> Connection:
    """Return a read model in memory that is level with the events."""
    db = in_memory()
    catch_up(db, ListLog(events))
    return db


def ask(
    events: Iterable[Event],
    place: str | None,
    at: str,
    known: str = "2030-01-01T00:00:00Z",
    **more: Any,
) -> dict[str, Any]:
    """Return the answer to who is there, asked of a read model of the events."""
    kinds = {e.subject: "flight" for e in events if "flight/" in e.originator_id}
    kinds |= {e.craft: "craft" for e in events if isinstance(e, CraftAdded)}
    where = (kinds.get(place, "station"), place) if place else None
    return who(built(events), where, instant(at), instant(known), **more)


def names(answer: dict[str, Any]) -> list[str]:
    """Return the ids of the people in an answer."""
    return [person["id"] for person in answer["people"]]


def tables(db: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of a read model but what says how far it has come."""
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for table in db.table_names():
        if table != "meta":
            found[table] = sorted(db.execute(f"SELECT * FROM {table}"), key=repr)  # noqa: S608
    return found


def flight(name: str, *facts: tuple[Any, ...]) -> list[Event]:
    """Return the facts of a flight, each `(type, happened)` or `(type, happened, fields)`."""
    return [
        fact(kind, happened, stream=f"flight/{name}", **(fields[0] if fields else {}))
        for kind, happened, *fields in facts
    ]
