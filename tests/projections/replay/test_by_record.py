"""Replays of the log: what each event changed when it was recorded, and the count it left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.events.order import in_order
from aboard.projections.replay.by_record import ReplayByRecord
from aboard.projections.replay.steps import ReplayQuery, ReplayStep
from tests.build import fact, instant
from tests.projections.histories import histories, moments
from tests.projections.model import built, flight
from tests.projections.replay.test_replay import LAST, PLACES, STAY, amendment, counted, told

if TYPE_CHECKING:
    from aboard.events.envelope import Event


def recorded(
    history: list[Event],
    place: tuple[str, str] | None = None,
    *,
    since: int = 1,
    until: int = 10_000,
    known: int = LAST,
) -> list[ReplayStep]:
    asked = ReplayQuery(place, "recorded", known, since, until)
    return list(ReplayByRecord(built(history), asked, enumerate(history, 1)))


@settings(max_examples=20, deadline=None)
@given(data=st.data(), history=histories())
def test_the_count_is_that_of_who_asked_of_the_log_as_it_stood(
    data: st.DataObject, history: list[Event]
) -> None:
    shuffled = data.draw(st.permutations(history))
    place, known = data.draw(st.sampled_from(PLACES)), data.draw(moments(history))
    steps = recorded(shuffled, place, known=known)
    for step in data.draw(st.lists(st.sampled_from(steps), max_size=4)) if steps else ():
        assert step.event is not None
        then = built(shuffled[: step.event.position])
        assert tuple(step.tally) == counted(then, place, step.instant, known)


def test_who_is_planned_to_be_there_counts_ahead_of_what_is_known() -> None:
    planned = flight(
        "apple",
        ("planned", "2020-01-01",
         {"name": "Apple", "spacecraft": "Cart", "operator": "Orchard", "destination": "pear"}),
        ("crew_assigned", "2020-01-02", {"crew": [{"person": "ann"}, {"person": "bob"}]}),
        ("launch_planned", "2020-01-03", {"target": "2020-02-01T00:00:00Z"}),
    )  # fmt: skip
    known = instant("2020-01-10T00:00:00Z")

    *before, last = recorded(planned, known=known)

    assert [tuple(step.tally) for step in before] == [(0, 0, 0), (0, 0, 0)]
    assert last.instant == instant("2020-02-01T00:00:00Z")
    assert tuple(last.tally) == counted(built(planned), None, last.instant, known) == (2, 2, 2)


@settings(max_examples=20, deadline=None)
@given(data=st.data(), history=histories())
def test_it_is_told_position_by_position(data: st.DataObject, history: list[Event]) -> None:
    since, until = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 20))
    whole = {step.event.position: step for step in recorded(history) if step.event}
    window = [
        step.event.position for step in recorded(history, since=since, until=until) if step.event
    ]

    assert list(whole) == [*range(1, len(history) + 1)]
    assert window == [position for position in whole if since <= position <= until]


def test_what_each_event_changed() -> None:
    """In the order of happening it is the story, with every plan in it."""
    found = told(recorded(in_order(STAY)))
    changed = {name: [change[0] for change in changes] for name, _, changes in found}

    assert changed == {
        "planned": [], "assigned": ["assigned"], "replaced": ["assigned"], "plan-1": ["planned"],
        "plan-2": ["refined"], "plan-3": ["slipped"], "plan-4": [], "plan-5": ["brought_forward"],
        "scrubbed": ["withdrawn"], "launched": ["entered_space"] * 2,
        "docked": ["arrived"] * 2 + ["docked"], "return": ["until"] * 2 + ["planned"],
        "relocated": ["relocated"], "undocked": ["left"] * 2 + ["undocked"],
        "landed": ["left_space"] * 2,
    }  # fmt: skip
    assert [count for _, count, _ in found] == [0] * 9 + [2] * 5 + [0]


def test_what_was_recorded_first_is_known_without_what_came_later() -> None:
    """The docking is recorded before the launch: nobody is known to be on the craft."""
    docked = next(one for one in STAY if one.id == "apple/docked")
    rest = [one for one in STAY if one is not docked]
    first, *_, landed = told(recorded([docked, *rest]))

    assert first == ("docked", 0, [
        ("docked", "apple", None, {"station": "pear", "port": "fore"})
    ])  # fmt: skip
    assert landed[0] == "landed"


def test_amendments() -> None:
    mended = amendment("fact.corrected", "2020-08-01", target="apple/launched",
                       changes={"crew": ["cat"], "happened": "2020-01-04T10:00:01Z"})  # fmt: skip
    back = amendment("fact.retracted", "2020-08-02", target="apple/docked")
    again = amendment("fact.retracted", "2020-08-03", target=back.id)
    nothing = amendment("fact.retracted", "2020-08-04", target="apple/nothing")
    steps = recorded([*STAY, mended, back, again, nothing])[-4:]

    assert [step.instant for step in steps[:3]] == [
        instant(time)
        for time in ("2020-01-04T10:00:01Z", "2020-01-04T12:00:00Z", "2020-01-04T12:00:00Z")
    ]  # fmt: skip
    assert told(steps) == [
        ("corrected-2020-08-01", 1, [
            ("corrected", "apple/launched", "crew", ["cat", "ann"], ["cat"]),
            ("corrected", "apple/launched", "happened", "2020-01-04T10:00:00Z",
             "2020-01-04T10:00:01Z"),
            ("place_corrected", "ann", "apple", None)]),
        ("retracted-2020-08-02", 1, [
            ("retracted", "apple/docked", None, None),
            ("place_corrected", "cat", "pear", "apple"),
            ("undocked", "apple", {"station": "pear", "port": "fore"}, None)]),
        ("retracted-2020-08-03", 1, [
            ("retracted", back.id, None, None),
            ("place_corrected", "cat", "apple", "pear"),
            ("docked", "apple", None, {"station": "pear", "port": "fore"})]),
        ("retracted-2020-08-04", 0, []),
    ]  # fmt: skip


def test_what_is_not_known_yet_and_what_is_registered_are_passed_over() -> None:
    port = fact("station.port_added", "2019-01-01", stream="station/pear", port="fore", name="Fore")
    known = instant("2020-01-04T11:00:00Z")
    told_of = told(recorded([port, *STAY], ("station", "pear"), known=known))

    assert [name for name, *_ in told_of][-1] == "launched"
    assert "docked" not in {name for name, *_ in told_of}


def test_only_what_bears_on_a_place() -> None:
    other: list[Any] = [
        fact("launched", "2020-01-02T10:00:00Z", stream="flight/quince", crew=["dan"],
             id="quince/launched"),
        fact("docked", "2020-01-02T12:00:00Z", stream="flight/quince", station="plum",
             id="quince/docked"),
    ]  # fmt: skip
    found = told(recorded([*other, *STAY], ("station", "pear")))

    assert {name for name, *_ in found} == {one.id.partition("/")[2] for one in STAY}


def test_spacewalks() -> None:
    log = [
        *flight("apple", ("launched", "2020-01-01T00:00:00Z", {"crew": ["ann", "bob"]}),
                ("docked", "2020-01-02T00:00:00Z", {"station": "pear"})),
        fact("began", "2020-01-05T10:00:00Z", stream="spacewalk/one", id="one/began",
             people=["ann", "bob"], station="pear"),
        fact("ended", "2020-01-05T16:00:00Z", stream="spacewalk/one", id="one/ended"),
        fact("fact.corrected", "2020-02-01", stream="spacewalk/one", id="one/corrected",
             target="one/began", changes={"people": ["bob"]}, reason="a slip"),
    ]  # fmt: skip
    for place in (None, ("station", "pear")):
        steps = recorded(log, place)[-3:]
        found = [
            (step.event.id, [f"{one.change} {one.about}" for one in step.changes], step.outside)
            for step in steps
            if step.event
        ]
        assert found == [
            ("one/began", ["went_outside ann", "went_outside bob"], ("ann", "bob")),
            ("one/ended", ["came_in ann", "came_in bob"], ()),
            ("one/corrected", ["corrected one/began", "came_in ann"], ("bob",)),
        ]
