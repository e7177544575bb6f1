"""A poison event is parked, what it is about is held, and the rest goes on."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.events.encoding.unreadable import Unreadable
from aboard.projections.folds.registry import FOLDS
from aboard.projections.read_model.read_model import ReadModel
from aboard.projections.read_model.retry_parked import NotParked
from tests.build import fact
from tests.memory import in_memory
from tests.projections.folding import POISON, fragile, with_fragile
from tests.projections.histories import histories
from tests.projections.model import ListLog, tables

if TYPE_CHECKING:
    from aboard.events.envelope import Event
    from aboard.storage.sqlite import SqliteConnection


def opened(day: int, flight: str = "apple", **said: Any) -> Event:
    return fact("hatch_opened", f"2020-01-{day:02}", stream=f"flight/{flight}", version=day,
                id=f"{flight}/opened-{day}", **said)  # fmt: skip


def unreadable(day: int, flight: str = "apple") -> Unreadable:
    return Unreadable(f"flight/{flight}", day, "flight.hatch_opened", "it has no id")


def grown(events: list[Any], folds: Any = None, by: int = 1) -> tuple[ReadModel, SqliteConnection]:
    """Return a read model that has taken events in one after another."""
    db = in_memory()
    model, log = ReadModel(db, folds or with_fragile()), ListLog()
    for end in range(by, len(events) + by, by):
        log.events = events[:end]
        model.catch_up(log)
    return model, db


def rebuilt(events: list[Any], folds: Any = None) -> SqliteConnection:
    db = in_memory()
    ReadModel(db, folds or with_fragile()).rebuild(ListLog(events))
    return db


def contents(db: SqliteConnection) -> dict[str, Any]:
    """Return a read model without what depends on the order of arrival, and on the hour."""
    found: dict[str, Any] = tables(db)
    found["parked"] = [row[:5] for row in found["parked"]]
    found["skipped"] = [row[:4] for row in found["skipped"]]
    return found


def told(db: SqliteConnection) -> list[str]:
    """Return since when each hatch is open, as the fragile fold has it."""
    return sorted(json.loads(why)[0] for (why,) in db.execute("SELECT why FROM fragile"))


def parked(db: SqliteConnection) -> list[tuple[Any, ...]]:
    columns = "projection, subject, position, event, error"
    return db.execute(f"SELECT {columns} FROM parked ORDER BY 1, 2, 3").fetchall()  # noqa: S608


POISONED = [opened(1), opened(2, note=POISON), opened(3), opened(1, "pear")]


@pytest.mark.parametrize("by", [1, 2, 4])
def test_what_is_before_the_poison_stays_and_what_it_is_not_about_goes_on(by: int) -> None:
    _, db = grown(POISONED, by=by)

    assert told(db) == ["apple/opened-1", "pear/opened-1"]
    assert parked(db) == [
        ("fragile", "apple", 2, "apple/opened-2", "ZeroDivisionError: the fact is poison")
    ]
    assert dict(db.execute("SELECT key, value FROM meta"))["parked"] == "1"
    assert dict(db.execute("SELECT key, value FROM meta"))["position"] == "4"
    assert contents(db) == contents(rebuilt(POISONED))


def test_a_retraction_of_the_poison_lets_its_subject_go() -> None:
    mended = [
        *POISONED,
        fact("fact.retracted", "2020-01-01", stream="flight/apple", target="apple/opened-2",
             reason="poison", transcription=True),
    ]  # fmt: skip

    _, db = grown(mended)

    assert told(db) == ["apple/opened-1", "apple/opened-3", "pear/opened-1"]
    assert parked(db) == []
    assert dict(db.execute("SELECT key, value FROM meta"))["parked"] == "0"
    assert contents(db) == contents(rebuilt(mended))


def test_a_fold_that_is_mended_takes_in_what_is_tried_again() -> None:
    _, db = grown(POISONED)
    log = ListLog(POISONED)
    assert ReadModel(db, with_fragile()).retry(log, 2) == 1, "it raises as before"
    assert len(parked(db)) == 1

    assert ReadModel(db, with_fragile(raises_on="nothing")).retry(log, 2) == 0

    assert told(db) == ["apple/opened-1", "apple/opened-2", "apple/opened-3", "pear/opened-1"]
    assert parked(db) == []


def test_what_is_skipped_is_left_out_for_a_reason_even_of_what_is_rebuilt() -> None:
    model, db = grown(POISONED)
    log = ListLog(POISONED)

    assert model.skip(log, 2, "a slip of the pen") == 0

    assert told(db) == ["apple/opened-1", "apple/opened-3", "pear/opened-1"]
    assert parked(db) == []
    skipped = db.execute("SELECT projection, position, event, reason FROM skipped").fetchall()
    assert skipped == [("fragile", 2, "apple/opened-2", "a slip of the pen")]
    log.events.append(opened(4))
    model.catch_up(log)
    assert told(db)[:3] == ["apple/opened-1", "apple/opened-3", "apple/opened-4"]
    before = contents(db)
    model.rebuild(log)
    assert contents(db) == before
    assert model.retry(log, 2) == 1, "to try again takes the skip back"
    assert (len(parked(db)), db.execute("SELECT count(*) FROM skipped").fetchone()) == (1, (0,))


def test_only_what_is_parked_can_be_tried_again_or_skipped() -> None:
    model, db = grown(POISONED)
    log = ListLog(POISONED)
    before = contents(db)
    for at in (1, 3, 99):
        with pytest.raises(NotParked):
            model.retry(log, at)
        with pytest.raises(NotParked):
            model.skip(log, at, "why not")
    with pytest.raises(NotParked):
        ReadModel(in_memory()).retry(log, 2)
    model.skip(log, 2, "once")
    with pytest.raises(NotParked):
        model.skip(log, 2, "twice")
    assert contents(db) != before


def test_an_event_of_which_the_fold_cannot_tell_whom_it_is_about_holds_all_of_its_stream() -> None:
    folds = with_fragile(raises_on=f"subjects:{POISON}")
    first = [opened(1, note=POISON), opened(1, "pear")]

    _, alone = grown(first, folds)
    _, db = grown(POISONED, folds)

    assert parked(alone) == [
        ("fragile", "flight/apple", 1, "apple/opened-1", "LookupError: nobody knows whose it is")
    ]
    assert told(db) == ["apple/opened-1", "pear/opened-1"]
    assert [row[:3] for row in parked(db)] == [
        ("fragile", "apple", 2), ("fragile", "flight/apple", 2),
    ]  # fmt: skip
    assert contents(db) == contents(rebuilt(POISONED, folds))
    model = ReadModel(db, folds)
    assert model.skip(ListLog(POISONED), 2, "whose?") == 0
    assert told(db) == ["apple/opened-1", "apple/opened-3", "pear/opened-1"]


@pytest.mark.parametrize("by", [1, 2, 4])
def test_bytes_that_cannot_be_read_hold_every_subject_of_their_stream(by: int) -> None:
    events: list[Any] = [opened(1), unreadable(2), opened(3), opened(1, "pear")]

    model, db = grown(events, by=by)

    assert told(db) == ["apple/opened-1", "pear/opened-1"]
    held = {(projection, subject) for projection, subject, *_ in parked(db)}
    assert {("catalogue", "flight/apple"), ("fragile", "apple"), ("berths", "apple")} <= held
    assert {row[2:] for row in parked(db)} == {(2, "flight/apple@2", "it has no id")}
    ids = [key for (key,) in db.execute("SELECT id FROM event ORDER BY position")]
    assert ids == ["apple/opened-1", "apple/opened-3", "pear/opened-1"]
    assert dict(db.execute("SELECT key, value FROM meta"))["parked"] == "1"
    assert contents(db) == contents(rebuilt(events))
    readable = ListLog([opened(1), opened(2), opened(3), opened(1, "pear")])
    assert model.retry(ListLog(events), 2) == len(held)
    assert model.retry(readable, 2) == 0
    assert contents(db) == contents(rebuilt(readable.events))


def test_bytes_that_cannot_be_read_can_be_skipped() -> None:
    events: list[Any] = [opened(1), unreadable(2), opened(3), opened(1, "pear")]
    model, db = grown(events)

    assert model.skip(ListLog(events), 2, "rubbish") == 0

    assert told(db) == ["apple/opened-1", "apple/opened-3", "pear/opened-1"]
    assert parked(db) == []
    fresh = in_memory()
    db.backup(fresh)
    log = ListLog([*events, opened(4)])
    ReadModel(fresh, with_fragile()).catch_up(log)
    model.catch_up(log)
    assert contents(fresh) == contents(db)
    assert "apple/opened-4" in told(db)


def test_a_stream_that_a_subject_comes_to_late_holds_it_from_then_on() -> None:
    """The person named by a return planned on an unreadable stream was elsewhere before."""
    events = [
        unreadable(1, "pear"),
        fact("launched", "2020-01-01T00:00:00Z", stream="flight/apple", id="late/up", crew=["ann"]),
        fact("return_planned", "2020-01-02", stream="flight/pear", id="late/back", version=2,
             target="2020-02-01", crew=["ann"]),
        fact("landed", "2020-01-03T00:00:00Z", stream="flight/apple", id="late/down", crew=["ann"]),
    ]  # fmt: skip

    _, db = grown(events, FOLDS)

    ends = db.execute("SELECT valid_to = ?, why FROM presence", (2**62,)).fetchall()
    assert ends == [(1, '["late/up"]')]
    assert ("presence", "ann", 1) in [row[:3] for row in parked(db)]
    assert contents(db) == contents(rebuilt(events, FOLDS))


def test_what_cannot_be_described_is_parked_and_nothing_of_it_is_left() -> None:
    strange: Any = opened(2).model_copy(update={"source": (object(),)})
    events = [opened(1), strange, opened(3)]

    _, db = grown(events, FOLDS)

    assert [row[:4] for row in parked(db)] == [("catalogue", "flight/apple", 2, "apple/opened-2")]
    assert parked(db)[0][4].startswith("TypeError: ")
    assert contents(db) == contents(rebuilt(events, FOLDS))
    model = ReadModel(db, FOLDS)
    assert model.skip(ListLog(events), 2, "strange") == 0
    assert contents(db)["parked"] == []


@pytest.mark.parametrize(
    "interval",
    [{"place": 3}, {"start": "yesterday"}, {"value": (("what", {1, 2}),)}],
    ids=["a place that is no text", "an end that is no number", "a value that is no JSON"],
)
def test_what_cannot_be_stored_is_parked_too(interval: dict[str, Any]) -> None:
    whole = fragile()

    def finish(state: Any, now: int) -> Any:
        for one in whole.finish(state, now):
            yield replace(one, **interval) if len(state) == 2 else one

    folds = (*FOLDS, fragile(finish=finish))
    _, db = grown([opened(1), opened(2), opened(1, "pear")], folds)

    assert told(db) == ["apple/opened-1", "pear/opened-1"]
    assert [row[:3] for row in parked(db)] == [("fragile", "apple", 2)]
    assert parked(db)[0][4].startswith("TypeError: ")


def test_the_trouble_of_the_database_is_nobodys_poison() -> None:
    model, db = grown(POISONED)
    ann = fact(
        "registered",
        "2020-01-01",
        stream="person/ann",
        name="Ann",
        family_name="Ann",
        agency="Orchard",
    )
    for table, event in (("alias", ann), ("event", opened(4))):
        db.execute(f"DROP TABLE {table}")
        with pytest.raises(sqlite3.OperationalError, match=table):
            model.catch_up(ListLog([*POISONED, event]))
    assert len(parked(db)) == 1


def test_a_fold_that_raises_once_holds_nobody() -> None:
    """Where all of a subject's facts can be folded after all, there is nothing to stop at."""
    whole = fragile()
    raised: list[int] = []

    def finish(state: Any, now: int) -> Any:
        if len(state) == 2 and len(raised) < 2:
            raised.append(now)
            raise OSError("the moon is in the way")
        return whole.finish(state, now)

    _, db = grown([opened(1), opened(2)], (*FOLDS, fragile(finish=finish)), by=2)

    assert len(raised) == 2
    assert told(db) == ["apple/opened-1", "apple/opened-2"]
    assert parked(db) == []


@settings(max_examples=15, deadline=None)
@given(data=st.data(), history=histories())
def test_incremental_equals_rebuilt_with_poison_and_rubbish(
    data: st.DataObject, history: list[Event]
) -> None:
    events: list[Any] = list(data.draw(st.permutations(history)))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(events) - 1))
        one = events[place]
        if isinstance(one, Unreadable):
            continue
        rubbish = Unreadable(one.originator_id, 99, one.TOPIC, "rubbish")
        bad = one.model_copy(update={"note": POISON})
        events[place] = data.draw(st.sampled_from([bad, rubbish]))
    folds = with_fragile(raises_on=data.draw(st.sampled_from([POISON, f"subjects:{POISON}"])))
    by = data.draw(st.integers(1, 5))
    model, db = grown(events, folds, by)
    assert contents(db) == contents(rebuilt(events, folds))
    for (at,) in db.execute("SELECT DISTINCT position FROM parked").fetchall():
        model.skip(ListLog(events), at, "poison")
    log = ListLog(events)
    after = contents(db)
    model.rebuild(log)
    assert contents(db) == after
