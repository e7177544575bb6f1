"""What is remembered of amended facts is what a look would find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.events.encoding.unreadable import Unreadable
from aboard.projections.ingest import catalogue_amendments as amendments
from aboard.projections.read_model.read_model import ReadModel
from tests.build import fact
from tests.memory import in_memory
from tests.projections.model import ListLog, tables

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

DAYS = range(1, 7)


def told(key: str, day: int, kind: str, **said: Any) -> Any:
    return fact(kind, f"2020-01-{day:02}", stream="flight/apple", id=f"apple/{key}", version=day,
                **said)  # fmt: skip


def corrected(day: int, target: str, **changes: str) -> Any:
    return told(f"corrected-{day}", day, "fact.corrected", target=f"apple/{target}",
                reason="misread", changes=changes)  # fmt: skip


PLANNED = told("planned", 1, "flight.planned", name="Apple", spacecraft="Soyuz MS",
               operator="Roscosmos")  # fmt: skip
HISTORY = [
    PLANNED,
    told("launched", 2, "launched", crew=["ann"]),
    corrected(3, "launched", happened="2020-01-01"),
    corrected(4, "planned", name="Pear"),
    corrected(5, "opened", happened="2020-01-05"),
    told("opened", 6, "hatch_opened"),
]
"""An event that is corrected before it comes is among them."""


def grown(events: list[Any]) -> Connection:
    """Return a read model that one process has updated event by event."""
    db = in_memory()
    model = ReadModel(db)
    for end in range(1, len(events) + 1):
        model.catch_up(ListLog(events[:end]))
    return db


def rebuilt(events: list[Any]) -> dict[str, Any]:
    db = in_memory()
    ReadModel(db).rebuild(ListLog(events))
    return tables(db)


def test_what_is_amended_is_so_however_it_came() -> None:
    db = grown(HISTORY)

    assert tables(db) == rebuilt(HISTORY)
    assert db.execute("SELECT name FROM entity WHERE kind='flight'").fetchall() == [("Pear",)]
    amended = db.execute("SELECT DISTINCT event FROM amended ORDER BY 1").fetchall()
    assert amended == [("apple/launched",), ("apple/opened",), ("apple/planned",)]


def test_another_process_that_goes_on_in_between_is_seen() -> None:
    db = in_memory()
    models = [ReadModel(db), ReadModel(db)]
    for end in range(1, len(HISTORY) + 1):
        models[end % 2].catch_up(ListLog(HISTORY[:end]))

    assert tables(db) == rebuilt(HISTORY)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_little_is_remembered_of_many(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(amendments, "MAX_CACHED", number)

    assert tables(grown(HISTORY)) == rebuilt(HISTORY)


def test_what_another_process_mends_is_seen() -> None:
    """A correction that could not be read, and can be by the time that it is tried again."""
    db = in_memory()
    model, events = ReadModel(db), list(HISTORY)
    unread = Unreadable("flight/apple", 5, "fact.corrected", "it has no id")
    for end in range(1, 6):
        model.catch_up(ListLog([*HISTORY[:4], unread][:end]))
    ReadModel(db).retry(ListLog(events[:5]), 5)
    model.catch_up(ListLog(events))

    found, expected = tables(db), rebuilt(HISTORY)
    assert found["amended"] == expected["amended"]
    assert found == expected


def test_a_log_of_the_same_ids_is_another_log() -> None:
    db, other = (in_memory() for _ in range(2))
    log = ListLog(HISTORY)
    log.identity = "another list"
    log.events[1] = told("launched", 2, "launched", crew=["bob"])
    model = ReadModel(db)
    model.catch_up(ListLog(HISTORY))
    model.catch_up(log)
    ReadModel(other).rebuild(log)

    assert tables(db) == tables(other)
