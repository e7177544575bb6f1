"""A changed fold is built beside the one that answers, and takes its place when it is level."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.projections.folds.registry import FOLDS
from aboard.projections.queries import reader
from aboard.projections.read_model.read_model import BatchResult, ReadModel, open_to_write, position
from aboard.projections.tables.fold_versions import BUILT_TO, VERSIONS
from tests.build import fact
from tests.memory import in_memory
from tests.projections.folding import changed, fragile, with_fragile
from tests.projections.histories import histories
from tests.projections.model import ListLog, tables

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.events.envelope import Event
    from aboard.storage.sqlite import SqliteConnection

FLIGHTS = [
    fact("launched", f"2020-01-0{n}T10:00:00Z", stream=f"flight/apple-{n}", crew=[f"ann-{n}"],
         id=f"apple-{n}/up")
    for n in range(1, 10)
]  # fmt: skip

OLD = VERSIONS["presence"]
NEW = OLD + 1
"""The version of `presence` that this program has, and one that a newer program has."""

NOBODY = changed("presence", finish=lambda _state, _now: ())
"""The folds of a program in which nobody is anywhere."""


def built(events: list[Any], folds: Any = FOLDS) -> SqliteConnection:
    db = in_memory()
    ReadModel(db, folds).catch_up(ListLog(events))
    return db


def aboard(db: SqliteConnection) -> int:
    return int(db.execute("SELECT count(*) FROM presence").fetchone()[0])


def versions(db: SqliteConnection, name: str = "presence") -> list[tuple[Any, ...]]:
    return db.execute(
        "SELECT version, live, position FROM projection WHERE name=? ORDER BY 1", (name,)
    ).fetchall()


def contents(db: SqliteConnection) -> dict[str, Any]:
    return tables(db)


def test_the_old_version_answers_until_the_new_one_is_level() -> None:
    log = ListLog(FLIGHTS[:6])
    db = built(log.events)
    model = ReadModel(db, NOBODY)
    log.events = FLIGHTS

    steps = [model.advance(log, most=2) for _ in range(2)]

    assert [(one.building, one.built, one.events) for one in steps] == [
        (f"presence {NEW}", 2, 2), (f"presence {NEW}", 4, 2),
    ]  # fmt: skip
    assert not any(one.took_over or one.is_up_to_date for one in steps)
    assert (aboard(db), versions(db)) == (6, [(OLD, 1, None), (NEW, 0, 4)])
    assert reader.meta(db)["built_to"] == BUILT_TO
    assert reader.meta(db)["position"] == "6", "answers are as of one position"

    step = model.advance(log, most=2)

    assert (step.took_over, step.built, step.is_up_to_date) == (True, 6, False)
    assert (aboard(db), versions(db)) == (0, [(NEW, 1, None)])
    assert f"presence={NEW}" in reader.meta(db)["built_to"]
    assert model.catch_up(log) == 9
    assert contents(db) == contents(built(FLIGHTS, NOBODY))
    names = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    assert not any("_v" in name for name in names), "nothing is left of how it was built"


def test_who_goes_on_with_it_is_another_process() -> None:
    log = ListLog(FLIGHTS)
    db = built(FLIGHTS)
    while not ReadModel(db, NOBODY).advance(log, most=2).is_up_to_date:
        assert aboard(db) == 9
    assert contents(db) == contents(built(FLIGHTS, NOBODY))


def test_what_is_touched_later_is_taken_in_once() -> None:
    """A stream that goes on behind the batch is not read beyond it."""
    later = [
        fact("landed", f"2020-02-0{n}T10:00:00Z", stream=f"flight/apple-{n}", crew=[f"ann-{n}"],
             version=2, id=f"apple-{n}/down")
        for n in range(1, 10)
    ]  # fmt: skip
    events = [*FLIGHTS, *later]
    db, log = built(events), ListLog(events)
    model = ReadModel(db, changed("presence"))
    while not model.advance(log, most=4).is_up_to_date:
        pass
    assert contents(db) == contents(built(events, changed("presence")))


def test_it_goes_on_with_the_log_when_what_is_new_has_taken_over() -> None:
    log = ListLog(FLIGHTS[:6])
    db = built(log.events)
    log.events = FLIGHTS
    assert ReadModel(db, NOBODY).catch_up(log) == 9
    assert contents(db) == contents(built(FLIGHTS, NOBODY))


def test_what_was_not_needed_for_long_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aboard.projections.ingest.incremental.MAX_CACHED", 2)
    db, log = in_memory(), ListLog()
    model = ReadModel(db)
    for end in range(1, 10):
        log.events = FLIGHTS[:end]
        model.catch_up(log)
    assert contents(db) == contents(built(FLIGHTS))


def test_back_and_forth() -> None:
    log, db = ListLog(FLIGHTS), built(FLIGHTS)
    for folds in (NOBODY, FOLDS, NOBODY, changed("presence", by=2), FOLDS):
        ReadModel(db, folds).catch_up(log)
        assert contents(db) == contents(built(FLIGHTS, folds))


def test_a_version_that_never_became_level_is_thrown_away_with_the_next() -> None:
    log, db = ListLog(FLIGHTS), built(FLIGHTS)
    ReadModel(db, NOBODY).advance(log, most=2)
    assert versions(db) == [(OLD, 1, None), (NEW, 0, 2)]
    newest = changed("presence", by=2)
    ReadModel(db, newest).catch_up(log)
    assert contents(db) == contents(built(FLIGHTS, newest))


def test_what_is_built_anew_leaves_nothing_of_what_was_there() -> None:
    log, db = ListLog(FLIGHTS), built(FLIGHTS, with_fragile())
    ReadModel(db, NOBODY).advance(log, most=2)
    db.execute("CREATE TABLE of_an_older_form (what TEXT)")
    ReadModel(db).rebuild(log)
    assert contents(db) == contents(built(FLIGHTS))


def test_several_changed_folds_are_built_one_after_another() -> None:
    log, db = ListLog(FLIGHTS), built(FLIGHTS)
    both = tuple(
        next(one for one in folds if one.name == fold.name)
        for fold, folds in zip(FOLDS, [NOBODY, *[changed("berths")] * 5], strict=True)
    )
    model = ReadModel(db, both)
    steps: list[BatchResult] = []
    while not steps or not steps[-1].is_up_to_date:
        steps.append(model.advance(log, most=5))
    assert [one.building for one in steps] == [f"presence {NEW}"] * 2 + [
        f"berths {VERSIONS['berths'] + 1}"
    ] * 2
    assert [one.left for one in steps] == [2, 1, 1, 0]
    assert contents(db) == contents(built(FLIGHTS, both))


def test_a_poison_event_of_the_new_version_is_parked_beside_and_taken_over() -> None:
    events = [*FLIGHTS, fact("hatch_opened", "2020-03-01", stream="flight/apple-1", version=2,
                             id="apple-1/opened", note="poison")]  # fmt: skip
    log, db = ListLog(events), built(events, with_fragile(raises_on="nothing"))
    model = ReadModel(db, (*FOLDS, fragile(2)))
    while not (step := model.advance(log, most=9)).took_over:
        assert db.execute("SELECT count(*) FROM fragile").fetchone() == (1,)
        assert not step.is_up_to_date
    assert db.execute("SELECT projection, subject, position FROM parked").fetchall() == [
        ("fragile", "apple-1", 10)
    ]
    assert reader.meta(db)["parked"] == "1"
    assert model.skip(log, 10, "poison") == 0


def test_a_fold_that_is_not_here_stays_where_it_is_and_catches_up_when_it_is() -> None:
    events = [
        fact("hatch_opened", f"2020-03-0{n}", stream=f"flight/apple-{n}", id=f"apple-{n}/opened")
        for n in range(1, 6)
    ]
    log = ListLog(events[:2])
    db = built(log.events, with_fragile())
    log.events = events
    ReadModel(db).catch_up(log)
    assert versions(db, "fragile") == [(1, 1, 2)]
    assert position(db, log) == 5, "the program's own are level"

    model = ReadModel(db, with_fragile())
    step = model.advance(log, most=2)
    assert (step.building, step.built, step.took_over, step.is_up_to_date) == (
        "fragile 1", 4, False, False,
    )  # fmt: skip
    assert model.catch_up(log) == 5

    assert versions(db, "fragile") == [(1, 1, None)]
    assert contents(db) == contents(built(events, with_fragile()))


def test_a_new_fold_does_not_keep_the_others_from_going_on() -> None:
    log, db = ListLog(FLIGHTS[:8]), built(FLIGHTS[:8])
    model = ReadModel(db, with_fragile())
    assert model.advance(log, most=3).building == "fragile 1"
    log.events = FLIGHTS
    step = model.advance(log, most=3)
    assert (step.building, step.position, step.left, step.is_up_to_date) == ("", 9, 1, False)
    assert model.catch_up(log) == 9
    assert contents(db) == contents(built(FLIGHTS, with_fragile()))


def test_the_tables_of_a_new_version_are_indexed_as_those_of_the_old_are() -> None:
    """So a question costs no more: it is asked of a table, and the plan is the same."""
    old, new = built(FLIGHTS), built(FLIGHTS)
    ReadModel(new, changed("presence")).catch_up(ListLog(FLIGHTS))

    def plan(db: SqliteConnection) -> list[str]:
        statements: list[str] = []
        db.set_trace_callback(statements.append)
        list(reader.rows_at(db, "presence", "apple-1", 1_577_876_400, 1_893_456_000))
        db.set_trace_callback(None)
        [asked] = [one for one in statements if "UNION ALL" in one]
        return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {asked}")]

    scanned = {line for line in plan(old) if "SCAN" in line}
    assert scanned == {"SCAN CONSTANT ROW", "SCAN c"}  # the classes of length, and no table
    assert any("SEARCH i USING COVERING INDEX presence_at" in one for one in plan(old)), plan(old)
    assert [line.replace(f"_v{NEW}", "") for line in plan(new)] == plan(old)


def test_another_schema_is_built_anew_and_answers_by_nothing_until_then(tmp_path: Path) -> None:
    with open_to_write(tmp_path / "model") as db:
        ReadModel(db).catch_up(ListLog(FLIGHTS))
        db.execute("UPDATE meta SET value='schema=0,presence=4' WHERE key='built_to'")
        assert position(db, ListLog(FLIGHTS)) == -1
        with closing(reader.connect(tmp_path / "model")) as other:
            other.execute("BEGIN")
            reader.meta(other)
            step = ReadModel(db).advance(ListLog(FLIGHTS))
            assert reader.meta(other)["built_to"] == "schema=0,presence=4"
        assert (step.events, step.is_up_to_date) == (9, True)
        assert reader.meta(db)["built_to"] == BUILT_TO


@settings(max_examples=10, deadline=None)
@given(data=st.data(), history=histories())
@pytest.mark.parametrize("name", ["presence", "agreement_seats"])
def test_built_beside_equals_built_anew(
    name: str, data: st.DataObject, history: list[Event]
) -> None:
    events = data.draw(st.permutations(history))
    cut, most = data.draw(st.integers(0, len(events))), data.draw(st.integers(1, 9))
    log = ListLog(events[:cut])
    db = built(log.events)
    folds = changed(name)
    model = ReadModel(db, folds)
    log.events = list(events)
    while not model.advance(log, most=most).is_up_to_date:
        if data.draw(st.booleans()):
            model = ReadModel(db, folds)
    assert contents(db) == contents(built(events, folds))
