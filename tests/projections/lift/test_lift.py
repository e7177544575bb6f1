"""Properties of the lift, over made-up histories."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.projections.fold import links
from aboard.projections.folds.registry import FOLDS
from aboard.projections.lift.lift import fold_directly, lift
from aboard.projections.queries import reader
from aboard.projections.queries.who import sift
from aboard.projections.read_model.read_model import ReadModel, rebuild
from tests.memory import in_memory
from tests.projections.histories import PEOPLE, STATIONS, histories, moments
from tests.projections.model import ListLog, built, tables

if TYPE_CHECKING:
    from aboard.events.envelope import Event
    from aboard.projections.fold import Fold

every_fold = pytest.mark.parametrize("fold", FOLDS, ids=lambda fold: str(fold.name))


def subjects_of(fold: Fold[Any], facts: list[Event]) -> dict[str, list[Event]]:
    """Return the subjects a fold has in a history, with the facts of the streams they read."""
    streams: dict[str, set[str]] = {}
    for fact in facts:
        for subject, stream in links(fold, fact):
            streams.setdefault(subject, set()).add(stream)
    return {
        subject: [fact for fact in facts if fact.originator_id in linked]
        for subject, linked in streams.items()
    }


@every_fold
@settings(max_examples=25, deadline=None)
@given(data=st.data(), history=histories())
def test_any_order_of_arrival_gives_the_same_rectangles(
    fold: Fold[Any], data: st.DataObject, history: list[Event]
) -> None:
    for subject, facts in subjects_of(fold, history).items():
        shuffled = data.draw(st.permutations(facts))
        assert set(lift(fold, subject, shuffled)) == set(lift(fold, subject, facts))


@every_fold
@settings(max_examples=25, deadline=None)
@given(data=st.data(), history=histories())
def test_rectangles_agree_with_direct_folding(
    fold: Fold[Any], data: st.DataObject, history: list[Event]
) -> None:
    for subject, facts in subjects_of(fold, history).items():
        rectangles = list(lift(fold, subject, facts))
        for _ in range(10):
            at, known = data.draw(moments(history)), data.draw(moments(history))
            held = [
                r.interval
                for r in rectangles
                if r.interval.start <= at < r.interval.end and r.known_from <= known < r.known_to
            ]
            direct = fold_directly(fold, subject, facts, at, known)
            assert sorted(held, key=repr) == sorted(set(direct), key=repr)


@every_fold
@settings(max_examples=25, deadline=None)
@given(history=histories())
def test_what_a_fold_does_not_heed_makes_no_difference(
    fold: Fold[Any], history: list[Event]
) -> None:
    parts = ("name", "version", "subjects", "start", "step", "finish")
    given_all = SimpleNamespace(**{part: getattr(fold, part) for part in parts})
    assert not hasattr(given_all, "heeds")
    for subject, facts in subjects_of(fold, history).items():
        assert set(lift(fold, subject, facts)) == set(lift(given_all, subject, facts))


@settings(max_examples=25, deadline=None)
@given(data=st.data(), history=histories())
def test_incremental_equals_rebuilt(data: st.DataObject, history: list[Event]) -> None:
    arrived = data.draw(st.permutations(history))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(arrived)), max_size=9)))
    db, log = in_memory(), ListLog()
    kept = ReadModel(db)
    for cut in (*cuts, len(arrived)):
        log.events = arrived[:cut]
        # Sometimes somebody else, who has nothing of it in memory, is first.
        level = data.draw(st.sampled_from([kept, kept, ReadModel(db)]))
        assert level.catch_up(log) == cut
    grown = tables(db)
    assert rebuild(db, log) == len(arrived)
    assert grown == tables(db)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), history=histories())
def test_nobody_is_in_two_places(data: st.DataObject, history: list[Event]) -> None:
    db = built(history)
    places = reader.places(db, "presence")
    for _ in range(25):
        at, known = data.draw(moments(history)), data.draw(moments(history))
        rows = [row for place in places for row in reader.rows_at(db, "presence", place, at, known)]
        counted = sift(rows, at, known).counted
        assert len(counted) == len({row.subject for row in counted})
        assert {row.subject for row in counted} <= set(PEOPLE)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), history=histories())
def test_the_index_finds_what_a_scan_finds(data: st.DataObject, history: list[Event]) -> None:
    db = built(history)
    for _ in range(15):
        at, known = data.draw(moments(history)), data.draw(moments(history))
        for place in STATIONS:
            scanned = db.execute(
                "SELECT subject, why FROM presence WHERE place=? AND valid_from<=? AND valid_to>? "
                "AND known_from<=? AND known_to>?",
                (place, at, at, known, known),
            ).fetchall()
            found = [
                (row.subject, row.why) for row in reader.rows_at(db, "presence", place, at, known)
            ]
            assert sorted(found) == sorted(scanned)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), history=histories(amended=False))
def test_nobody_is_aboard_a_vehicle_that_is_known_not_to_have_launched(
    data: st.DataObject, history: list[Event]
) -> None:
    db = built(history)
    launches = {fact.subject: fact for fact in history if fact.TOPIC == "flight.launched"}
    for flight, launch in launches.items():
        at = launch.happened.earliest - data.draw(st.integers(1, 1_000))
        known = max(at, launch.known_from)
        rows = reader.rows_at(db, "presence", flight, at, known)
        assert not sift(rows, at, known).counted
