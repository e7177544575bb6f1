"""The helpers with which a fold is tested."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from aboard.projections.folds import presence
from aboard.projections.folds import station_command as command
from aboard.projections.testing import event, given
from tests.projections.folding import fragile

OPENED = event("hatch_opened", "flight/apple", "2022-09-21T19:34Z", "2022-09-22")
UP = event("launched", "flight/apple", "2020-03-01T10:00:00Z", "2020-03-02", crew=["ann", "bob"])


def test_what_holds() -> None:
    asked = given(presence, UP).when(at="2020-03-05")
    asked.then("apple", state="in_space").because_of("apple/launched-2020-03-01t10-00-00z")
    assert len(asked.intervals) == 2
    given(presence, UP).when(at="2020-03-05", known="2020-03-01").then_nothing()
    given(presence, UP).when(at="2020-03-05").then_nothing("pear")
    given(fragile(), OPENED).when(at="2023").then_exactly(("apple", {"since": "2022-09-21T19:34Z"}))


def test_rectangles_have_their_subjects() -> None:
    found = given(presence, UP).rectangles()
    assert [subject for subject, _ in found] == ["ann", "bob"]
    assert {one.known_from for _, one in found} == {1_583_107_200}


def test_an_event_gets_an_id_and_may_have_its_own() -> None:
    assert OPENED.id == "apple/hatch-opened-2022-09-21t19-34z"
    assert (str(OPENED.happened), str(OPENED.known)) == ("2022-09-21T19:34Z", "2022-09-22")
    whole = event("fact.claimed", "flight/apple", "2022-09", id="apple/claim", says="It was.")
    assert (whole.id, whole.TOPIC) == ("apple/claim", "fact.claimed")


@pytest.mark.parametrize(
    ("say", "message"),
    [
        (lambda it: it.then("apple", since="never"), r"does not hold at 'apple'; there: \[\{"),
        (lambda it: it.then("pear"), "does not hold at 'pear'; there: nothing"),
        (lambda it: it.then_nothing(), "this holds: "),
        (lambda it: it.then_exactly(), r"expected: \[\]"),
        (lambda it: it.because_of(), "it is because of"),
    ],
)
def test_what_does_not_hold_is_said(say: Any, message: str) -> None:
    asked = given(fragile(), OPENED).when(at="2023", known="2024")
    with pytest.raises(AssertionError, match=f"at 2023, as known at 2024.*{message}"):
        say(asked)


def test_a_fold_that_changes_its_state_is_found_out() -> None:
    def step(state: list[Any], fact: Any) -> list[Any]:
        state.append(fact)
        return state

    whole = fragile()
    parts = {name: getattr(whole, name) for name in ("name", "version", "subjects", "finish")}
    sloppy: Any = SimpleNamespace(**parts, start=lambda _subject: [], step=step)
    earlier = event("hatch_opened", "flight/apple", "2022-01-01", "2022-12-01")
    with pytest.raises(AssertionError, match="the fold is not pure: of 'apple'"):
        given(sloppy, OPENED, earlier).when(at="2023")


def test_a_fold_that_forgets_what_it_was_told_is_found_out() -> None:
    told: list[Any] = []

    def finish(state: Any, now: int) -> Any:
        told.append(now)
        return [] if len(told) > 4 else whole.finish(state, now)

    whole = fragile()
    given(fragile(finish=finish), OPENED).when(at="2023").then("apple")
    with pytest.raises(AssertionError, match="the fold is not pure"):
        given(fragile(finish=finish), OPENED).when(at="2023")


def test_command_of_a_station_reads_well() -> None:
    facts = (
        event(
            "expedition_began", "station/pear", "2020-01-02T10:00:00Z", number=1, commander="ann"
        ),
        event("command_handed_over", "station/pear", "2020-06-01T12:00:00Z", to_person="bob"),
    )
    known = given(command, *facts)
    known.when(at="2020-03-01").then("pear", item="commander", id="ann")
    known.when(at="2020-07-01").then("pear", item="commander", id="bob")
    known.when(at="2020-07-01").then("pear", item="expedition", id=1)
    known.when(at="2020-07-01", known="2020-05-01").then("pear", item="commander", id="ann")
    known.when(at="2019-01-01").then_nothing()
