"""What facts say once corrections and retractions are applied."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from aboard.events.amendments import AT_LAST, FactVersions, amended, corrected
from aboard.events.fact import Corrected
from aboard.events.time import Time
from tests.build import fact, instant

if TYPE_CHECKING:
    from aboard.events.envelope import Event

LAUNCHED = fact("launched", "2020-03-01T10:00:00Z", "2020-03-01", id="apple/launched", crew=["ann"])


def correction(made: str, target: str = "apple/launched", **said: Any) -> Event:
    """Return a correction that became known on a day."""
    known = {"id": f"apple/corrected-{made}", "target": target, "reason": "it was wrong"}
    return fact("fact.corrected", made, **{**known, **said})


def retraction(made: str, target: str = "apple/launched", **said: Any) -> Event:
    """Return a retraction that became known on a day."""
    known = {"id": f"apple/retracted-{made}", "target": target, "reason": "it was wrong"}
    return fact("fact.retracted", made, **{**known, **said})


def crews(known: str, *amendments: Event) -> list[tuple[str, ...]]:
    """Return the crews of the launches that hold as known on a day, in any order of arrival."""
    found = [
        [event.crew for event in amended(facts, instant(known))]  # type: ignore[attr-defined]
        for facts in itertools.permutations([LAUNCHED, *amendments])
    ]
    assert all(one == found[0] for one in found)
    return found[0]


def test_before_a_correction_the_wrong_value_is_still_the_answer() -> None:
    bob = correction("2021-01-01", changes={"crew": ["bob"]})
    assert crews("2020-12-31", bob) == [("ann",)]
    assert crews("2021-01-01", bob) == [("bob",)]


def test_before_the_fact_itself_there_is_nothing_to_correct() -> None:
    early = correction("2020-01-01", changes={"crew": ["bob"]})
    assert crews("2020-02-01", early) == []
    assert crews("2020-03-02", early) == [("bob",)]


def test_a_slip_of_ours_never_was() -> None:
    bob = correction("2021-01-01", changes={"crew": ["bob"]}, transcription=True)
    assert crews("2020-03-02", bob) == [("bob",)]


def test_of_two_corrections_the_one_made_later_holds() -> None:
    bob = correction("2021-01-01", changes={"crew": ["bob"]})
    cat = correction("2022-01-01", changes={"crew": ["cat"]})
    assert [crews(day, cat, bob) for day in ("2021-06-01", "2022-06-01")] == [
        [("bob",)],
        [("cat",)],
    ]


def test_a_correction_can_be_corrected() -> None:
    bob = correction("2021-01-01", changes={"crew": ["bob"]})
    better = correction("2022-01-01", bob.id, changes={"changes": {"crew": ["cat"]}})
    assert crews("2021-06-01", bob, better) == [("bob",)]
    assert crews("2022-06-01", bob, better) == [("cat",)]


def test_a_retracted_correction_leaves_what_was_there() -> None:
    bob = correction("2021-01-01", changes={"crew": ["bob"]})
    back = retraction("2022-01-01", bob.id)
    assert crews("2021-06-01", bob, back) == [("bob",)]
    assert crews("2022-06-01", bob, back) == [("ann",)]


def test_a_retraction_takes_a_fact_away_and_its_own_retraction_brings_it_back() -> None:
    gone = retraction("2021-01-01")
    back = retraction("2022-01-01", gone.id)
    assert crews("2020-06-01", gone, back) == [("ann",)]
    assert crews("2021-06-01", gone, back) == []
    assert crews("2022-06-01", gone, back) == [("ann",)]


def test_a_slip_that_is_retracted_never_was() -> None:
    assert crews("2020-06-01", retraction("2021-01-01", transcription=True)) == []


def test_a_correction_of_something_not_recorded_changes_nothing() -> None:
    assert crews("2022-01-01", correction("2021-01-01", "apple/other", changes={"crew": []})) == [
        ("ann",)
    ]


def test_a_correction_that_does_not_fit_changes_nothing() -> None:
    wrong = correction("2021-01-01", changes={"crew": 5})
    assert crews("2022-01-01", wrong) == [("ann",)]


def test_a_happening_that_turns_out_later_is_known_no_earlier() -> None:
    told_late = fact("launched", "2020-03-01T10:00:00Z", "2020", id="apple/launched", crew=["ann"])
    later = correction("2020-03-02", changes={"happened": "2020-12-31T23:59:59Z"})
    assert amended([told_late, later], instant("2020-12-31T00:00:00Z")) == []
    assert len(amended([told_late, later], instant("2021-01-01"))) == 1


def test_a_happening_cannot_turn_out_to_be_later_than_its_report() -> None:
    later = correction("2020-03-02", changes={"happened": "2020-05-01T00:00:00Z"})
    assert crews("2020-04-01", later) == [("ann",)]


def test_a_happening_that_is_assumed_known_then_is_known_when_it_turns_out_to_have_happened() -> (
    None
):
    assumed = fact("launched", "2020-03-01", id="apple/launched", crew=[], known_assumed=True)
    later = correction("2022-01-01", changes={"happened": "2020-05-01"})
    (launched,) = amended([assumed, later], AT_LAST)
    assert (str(launched.happened), str(launched.known)) == ("2020-05-01", "2020-05-01")
    assert amended([assumed, later], instant("2020-04-01")) == [assumed]


def test_a_circle_of_amendments_is_left_alone() -> None:
    one = fact("fact.retracted", "2021-01-01", id="apple/one", target="apple/two", reason="why")
    two = fact("fact.retracted", "2021-01-01", id="apple/two", target="apple/one", reason="why")
    assert crews("2022-01-01", one, two) == [("ann",)]
    world = FactVersions()
    for event in (one, two):
        world.add(event)
    assert [held.since for held in world.versions(one)] == [instant("2021-01-01")]


def test_a_field_can_be_taken_away() -> None:
    placed = fact("docked", "2020-03-01", id="apple/docked", station="pear", port="north")
    unknown = correction("2021-01-01", placed.id, removes=["port"])
    (docked,) = amended([placed, unknown], AT_LAST)
    assert (docked.port, docked.station) == (None, "pear")  # type: ignore[attr-defined]


def test_the_same_version_is_the_same_object() -> None:
    world = FactVersions()
    for event in (LAUNCHED, correction("2021-01-01", changes={"crew": ["bob"]})):
        world.add(event)
    assert world.at(AT_LAST)[0] is world.at(instant("2021-02-01"))[0]
    assert world.at(instant("2020-06-01"))[0] is LAUNCHED


def test_the_versions_of_a_fact_say_from_when() -> None:
    bob = correction("2021-01-01", changes={"crew": ["bob"]})
    gone = retraction("2022-01-01")
    world = FactVersions()
    for event in (LAUNCHED, bob, gone):
        world.add(event)
    told = [
        (since, getattr(version, "crew", None)) for since, version, _ in world.versions(LAUNCHED)
    ]
    assert told == [
        (LAUNCHED.known_from, ("ann",)),
        (instant("2021-01-01"), ("bob",)),
        (instant("2022-01-01"), None),
    ]


def test_a_slip_of_ours_leaves_one_version() -> None:
    early = correction("2019-01-01", changes={"crew": ["bob"]})
    slip = correction("2021-01-01", changes={"crew": ["cat"]}, transcription=True)
    world = FactVersions()
    for event in (LAUNCHED, early, slip):
        world.add(event)
    ((known, version, _),) = world.versions(LAUNCHED)
    assert (known, getattr(version, "crew", None)) == (LAUNCHED.known_from, ("cat",))


def test_a_correction_made_by_hand_says_what_does_not_fit() -> None:
    wrong = correction("2021-01-01", changes={"crew": 5})
    assert isinstance(wrong, Corrected)
    with pytest.raises(ValidationError, match="crew"):
        corrected(LAUNCHED, wrong)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"changes": {}}, "changes a field or removes one"),
        ({"changes": {"id": "apple/other"}}, "id cannot be corrected"),
        ({"removes": ["known"]}, "known cannot be corrected"),
        ({"changes": {"note": "x"}, "target": "apple/corrected-2021"}, "cannot amend itself"),
    ],
)
def test_what_no_correction_can_say(said: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        correction("2021", **said)


# fields of an older shape


def station(**said: Any) -> Event:
    """Return a registration of a station."""
    operators = {"name": "Pear", "operators": ["Orchard"], **said}
    return fact(
        "registered", "2020-03-01", stream="station/pear", id="pear/registered", **operators
    )


def of_station(**changes: Any) -> Corrected:
    """Return a correction of it."""
    found = correction("2021-01-01", "pear/registered", stream="station/pear", changes=changes)
    assert isinstance(found, Corrected)
    return found


def test_a_correction_of_an_older_shape_says_what_it_said() -> None:
    mended = corrected(station(), of_station(operator="Orchard, Garden", name="Plum"))
    assert mended == station(operators=["Orchard", "Garden"], name="Plum")


def test_where_a_correction_has_both_shapes_todays_holds() -> None:
    both = of_station(operator="Orchard, Garden", operators=["Wood"])
    assert corrected(station(), both) == station(operators=["Wood"])


def test_a_correction_of_a_correction_may_be_of_an_older_shape_too() -> None:
    wrong = of_station(operators=["Wood"])
    again = correction("2022-01-01", wrong.id, stream="station/pear",
                       changes={"changes": {"operator": "Wood, Garden"}})  # fmt: skip
    [held] = amended([station(), wrong, again], instant("2023-01-01"))
    assert held == station(operators=["Wood", "Garden"])


def test_what_is_no_field_of_any_shape_does_not_fit() -> None:
    for changes in ({"operator": 5}, {"operater": "Wood"}):
        with pytest.raises(ValidationError, match="Extra inputs"):
            corrected(station(), of_station(**changes))


MONTH = fact(
    "docked", "2020-03", "2020-03", known_assumed=True, station="pear", id="apple/docked"
)  # fmt: skip


def since(target: Event, *amendments: Event) -> list[str]:
    """Return from which day or time on a fact is known, whatever the order of arrival."""
    found = []
    for facts in itertools.permutations([target, *amendments]):
        world = FactVersions()
        for one in facts:
            world.add(one)
        found.append([held.since for held in world.versions(target)])
        first = found[-1][0]
        assert [bool(world.at(known)) for known in (first - 1, first)] == [False, True]
    assert all(one == found[0] for one in found)
    return [str(Time.at(one)) for one in found[0]]


def to_the_14th(made: str, **said: Any) -> Event:
    changes = {"happened": "2020-03-14T18:02:00Z"}
    return correction(made, "apple/docked", **{"changes": changes, **said})


def test_an_assumed_known_time_follows_the_happening() -> None:
    assert since(MONTH) == ["2020-04-01T00:00:00Z"]
    assert since(MONTH, to_the_14th("2020-03-15"))[0] == "2020-03-15T00:00:00Z"
    assert since(MONTH, to_the_14th("2020-09-01", transcription=True))[0] == "2020-03-14T18:02:00Z"


def test_a_stated_known_time_holds_a_correction_back() -> None:
    stated = fact("docked", "2020-03", "2020-03-26", station="pear", id="apple/docked")
    assert since(stated, to_the_14th("2020-03-15"))[0] == "2020-03-26T00:00:00Z"


@pytest.mark.parametrize("happened", ["2020-03", "2020"])
@pytest.mark.parametrize("kind", ["docked", "undocked", "landed", "launched", "seat_moved"])
def test_a_coarse_fact_that_is_corrected_is_known_by_then(kind: str, happened: str) -> None:
    said: dict[str, Any] = {"person": "ann"} if kind == "seat_moved" else {"crew": ["ann"]}
    if kind == "docked":
        said = {"station": "pear"}
    coarse = fact(kind, happened, happened, known_assumed=True, id="apple/coarse", **said)
    noted = correction("2020-03-15", "apple/coarse", changes={"note": "a report"})
    assert since(coarse, noted)[0] == "2020-03-15T00:00:00Z"


def test_nothing_is_known_before_it_happens_as_corrected() -> None:
    late = to_the_14th("2020-03-10")
    assert since(MONTH, late)[0] == "2020-03-14T18:02:00Z"


def test_a_correction_whose_own_time_is_corrected_acts_from_then() -> None:
    vague = to_the_14th("2020-03", known_assumed=True, id="apple/vague")
    sooner = correction("2020-03-18", "apple/vague", changes={"happened": "2020-03-16"})
    assert since(MONTH, vague, sooner)[0] == "2020-03-18T00:00:00Z"


def test_a_retraction_of_a_coarse_fact_acts_before_its_month_is_over() -> None:
    gone = retraction("2020-03-20", "apple/docked")
    for facts in itertools.permutations([MONTH, to_the_14th("2020-03-15"), gone]):
        assert [one.id for one in amended(facts, instant("2020-03-19"))] == ["apple/docked"]
        assert amended(facts, instant("2020-03-20")) == []
        assert amended(facts, instant("2020-05-01")) == []
