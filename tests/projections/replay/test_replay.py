"""Replays: what each event changed, and a count that is always what `who` would say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.events.amendments import amended
from aboard.events.order import in_order
from aboard.projections.queries.who import who
from aboard.projections.replay.events import REGISTRY, by_happened
from aboard.projections.replay.replay import Replay
from aboard.projections.replay.steps import ReplayQuery, ReplayStep
from tests.build import fact, instant, seats
from tests.projections.histories import STATIONS, histories, moments
from tests.projections.model import built, flight

if TYPE_CHECKING:
    from aboard.events.envelope import Event
    from aboard.storage.connection import Connection

ALWAYS = instant("1950-01-01")
LAST = instant("2035-01-01")
PLACES = (None, *(("station", one) for one in STATIONS), ("flight", "flight-0"))


def replayed(
    db: Connection,
    clock: str = "happened",
    place: tuple[str, str] | None = None,
    *,
    since: int = ALWAYS,
    until: int = LAST,
    known: int = LAST,
) -> list[ReplayStep]:
    return list(Replay(db, ReplayQuery(place, clock, known, since, until)))


def told(steps: list[ReplayStep]) -> list[tuple[Any, ...]]:
    """Return each step as the last part of its event's id, the count, and its changes."""
    return [
        (
            step.event.id.partition("/")[2] if step.event else step.says,
            step.tally.people,
            [tuple(change.as_dict().values()) for change in step.changes],
        )
        for step in steps
    ]


def counted(db: Connection, place: tuple[str, str] | None, at: int, known: int) -> Any:
    """Return the count that `who` gives, with the least and the greatest it can be."""
    answer = who(db, place, at, known)
    doubt = answer.get("uncertain", {}).get("count", {})
    return answer["count"], *(doubt.get(end, answer["count"]) for end in ("min", "max"))


# The count


@settings(max_examples=40, deadline=None)
@given(data=st.data(), history=histories())
def test_the_count_is_that_of_who(data: st.DataObject, history: list[Event]) -> None:
    db, place = built(history), data.draw(st.sampled_from(PLACES))
    known = data.draw(moments(history))
    for step in replayed(db, "happened", place, until=known, known=known):
        assert tuple(step.tally) == counted(db, place, step.instant, known)
    for step in replayed(db, "known", place):
        assert tuple(step.tally) == counted(db, place, step.instant, step.instant)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), history=histories())
def test_a_window_shows_what_the_whole_does(data: st.DataObject, history: list[Event]) -> None:
    db, place = built(history), data.draw(st.sampled_from(PLACES))
    since, until = sorted((data.draw(moments(history)), data.draw(moments(history))))
    for clock in ("happened", "known"):
        within = [s for s in replayed(db, clock, place) if since <= s.instant <= until and s.event]
        window = [s for s in replayed(db, clock, place, since=since, until=until) if s.event]
        assert told(window) == told(within)
    start = Replay(db, ReplayQuery(place, "happened", LAST, since, until))
    answer = who(db, place, since - 1, LAST)
    assert start.before.people == answer["count"]
    assert start.people == [person["id"] for person in answer["people"]]


# The order


@settings(max_examples=40, deadline=None)
@given(data=st.data(), history=histories())
def test_it_happens_in_the_order_of_facts(data: st.DataObject, history: list[Event]) -> None:
    known = data.draw(moments(history))
    found = list(by_happened(built(history), known, ALWAYS, LAST))
    held = {one.id: one for one in amended(history, known) if one.TOPIC not in REGISTRY}
    lives = {one.originator_id for one in held.values()}

    assert {replayed.id for replayed in found} == set(held)
    assert [replayed.instant for replayed in found] == sorted(
        replayed.instant for replayed in found
    )
    for stream in lives:
        in_life = [one for one in in_order(held.values()) if one.originator_id == stream]
        lifeline = {one.id for one in in_life if one.RANK in (10, 20, 30, 40, 50)}
        assert [one.id for one in found if one.id in lifeline] == [
            one.id for one in in_life if one.id in lifeline
        ]
    for replayed in found:
        assert replayed.happened == str(held[replayed.id].happened)


def test_who_landed_on_a_day_did_so_behind_the_undocking() -> None:
    life = flight(
        "apple",
        ("launched", "2020-01-01T10:00:00Z", {"crew": ["ann"]}),
        ("docked", "2020-01-01T12:00:00Z", {"station": "pear"}),
        ("landed", "2020-03-01", {"crew": ["ann"]}),
        ("undocked", "2020-03-01T07:19:00Z", {"crew": ["ann"]}),
    )
    steps = replayed(built(life))

    assert [kind.partition("-")[0] for kind, *_ in told(steps)] == [
        "launched", "docked", "undocked", "landed",
    ]  # fmt: skip
    assert [step.tally.people for step in steps] == [1, 1, 0, 0]
    assert steps[-1].instant == instant("2020-03-01T07:19:00Z")
    assert steps[-1].as_dict(built(life))["happened"] == "2020-03-01"
    early = replayed(built(life), until=instant("2020-03-01T07:00:00Z"))
    assert [kind.partition("-")[0] for kind, *_ in told(early)] == ["launched", "docked"]


# The story and the news

STAY: list[Event] = [
    fact("planned", "2019-01-01", stream="flight/apple", id="apple/planned", name="Apple",
         spacecraft="Apple", operator="Orchard", destination="pear"),
    fact("crew_assigned", "2019-02-01", id="apple/assigned", crew=seats("ann", "bob")),
    fact("crew_replaced", "2019-03-01", id="apple/replaced", off=["bob"], on=seats("cat")),
    fact("launch_planned", "2019-04-01", id="apple/plan-1", target="2020-01"),
    fact("launch_planned", "2019-05-01", id="apple/plan-2", target="2020-01-02"),
    fact("launch_planned", "2019-06-01", id="apple/plan-3", target="2020-01-03"),
    fact("launch_planned", "2019-06-02", id="apple/plan-4", target="2020-01-03"),
    fact("launch_planned", "2019-07-01", id="apple/plan-5", target="2019-12-25"),
    fact("launch_scrubbed", "2019-08-01", id="apple/scrubbed"),
    fact("launched", "2020-01-04T10:00:00Z", "2020-01-04", id="apple/launched",
         crew=["cat", "ann"]),
    fact("docked", "2020-01-04T12:00:00Z", "2020-01-05", id="apple/docked", station="pear",
         port="fore"),
    fact("return_planned", "2020-01-06", id="apple/return", target="2020-06-01",
         crew=["ann", "cat"]),
    fact("relocated", "2020-02-01T10:00:00Z", "2020-02-02", id="apple/relocated",
         undocked_at="2020-02-01T09:00:00Z", from_port="fore", to_port="aft"),
    fact("undocked", "2020-07-01T10:00:00Z", id="apple/undocked", crew=["ann", "cat"]),
    fact("landed", "2020-07-01T13:00:00Z", id="apple/landed", crew=["ann", "cat"]),
]  # fmt: skip
MOORED = {"station": "pear", "port": "fore"}
MOVED = {"station": "pear", "port": "aft"}


def test_the_story() -> None:
    """Plans are told where one came in the place of another, and no others."""
    assert told(replayed(built(STAY))) == [
        ("replaced", 0, [("assigned", "apple", "crew", ["ann", "bob"], ["ann", "cat"])]),
        ("plan-3", 0, [("slipped", "apple", "launch", "2020-01-02", "2020-01-03")]),
        ("plan-5", 0, [("brought_forward", "apple", "launch", "2020-01-03", "2019-12-25")]),
        ("scrubbed", 0, [("withdrawn", "apple", "launch", "2019-12-25", None)]),
        ("launched", 2, [("entered_space", "cat", None, "apple"),
                         ("entered_space", "ann", None, "apple")]),
        ("docked", 2, [("arrived", "cat", "apple", "pear"), ("arrived", "ann", "apple", "pear"),
                       ("docked", "apple", None, MOORED)]),
        ("relocated", 2, [("relocated", "apple", MOORED, MOVED)]),
        ("undocked", 2, [("left", "cat", "pear", "apple"), ("left", "ann", "pear", "apple"),
                         ("undocked", "apple", MOVED, None)]),
        ("landed", 0, [("left_space", "cat", "apple", None), ("left_space", "ann", "apple", None)]),
    ]  # fmt: skip


def test_the_news() -> None:
    """Each thing is told when it became known; a plan stated once more is no news."""
    end = {"at": "2020-06-01", "on": "apple"}
    assert told(replayed(built(STAY), "known")) == [
        ("planned", 0, []),
        ("assigned", 0, [("assigned", "apple", "crew", None, ["ann", "bob"])]),
        ("replaced", 0, [("assigned", "apple", "crew", ["ann", "bob"], ["ann", "cat"])]),
        ("plan-1", 0, [("planned", "apple", "launch", None, "2020-01")]),
        ("plan-2", 0, [("refined", "apple", "launch", "2020-01", "2020-01-02")]),
        ("plan-3", 0, [("slipped", "apple", "launch", "2020-01-02", "2020-01-03")]),
        ("plan-5", 0, [("brought_forward", "apple", "launch", "2020-01-03", "2019-12-25")]),
        ("scrubbed", 0, [("withdrawn", "apple", "launch", "2019-12-25", None)]),
        ("launched", 2, [("entered_space", "cat", None, "apple"),
                         ("entered_space", "ann", None, "apple")]),
        ("docked", 2, [("arrived", "cat", "apple", "pear"), ("arrived", "ann", "apple", "pear"),
                       ("docked", "apple", None, MOORED)]),
        ("return", 2, [("until", "cat", None, end), ("until", "ann", None, end),
                       ("planned", "apple", "return", None, "2020-06-01")]),
        ("relocated", 2, [("relocated", "apple", MOORED, MOVED)]),
        ("lapsed: return of Apple planned for 2020-06-01", 2,
         [("overdue", "cat", None, "2020-06-01"), ("overdue", "ann", None, "2020-06-01"),
          ("lapsed", "apple", "return", "2020-06-01", None)]),
        ("undocked", 2, [("left", "cat", "pear", "apple"), ("left", "ann", "pear", "apple"),
                         ("undocked", "apple", MOVED, None)]),
        ("landed", 0, [("left_space", "cat", "apple", None), ("left_space", "ann", "apple", None)]),
    ]  # fmt: skip


def test_a_lapse_is_told_a_day_later_and_has_no_event() -> None:
    db = built(STAY)
    [lapse] = [step for step in replayed(db, "known") if step.event is None]

    assert lapse.instant == instant("2020-06-03")
    assert lapse.as_dict(db) | {"changes": []} == {
        "at": "2020-06-03T00:00:00Z", "position": None, "id": None, "type": "lapsed",
        "stream": None, "happened": None, "known": None, "known_assumed": False,
        "says": "lapsed: return of Apple planned for 2020-06-01", "changes": [], "count": 2,
        "outside": [], "sources": [],
    }  # fmt: skip


@pytest.mark.parametrize(("late", "lapses"), [("2020-06-02T20:00:00Z", 0), ("2020-06-05", 1)])
def test_what_is_late_by_less_than_a_day_is_no_news(late: str, lapses: int) -> None:
    facts = [one for one in STAY if one.TOPIC not in ("flight.undocked", "flight.landed")]
    facts += [
        fact("undocked", late, id="apple/undocked", crew=["ann", "cat"]),
        fact("landed", late, id="apple/landed", crew=["ann", "cat"]),
    ]
    steps = replayed(built(facts), "known")

    assert sum(step.event is None for step in steps) == lapses


def test_a_lapse_at_the_end_is_told() -> None:
    facts = [one for one in STAY if one.TOPIC not in ("flight.undocked", "flight.landed")]
    steps = replayed(built(facts), "known")
    assert steps[-1].says == "lapsed: return of Apple planned for 2020-06-01"
    assert told(replayed(built(facts), "known", until=instant("2020-06-02T12:00Z"))) == told(
        steps[:-1]
    )


def test_a_station_hears_what_bears_on_it() -> None:
    elsewhere = flight(
        "quince",
        ("launched", "2020-01-05T10:00:00Z", {"crew": ["dan"]}),
        ("docked", "2020-01-05T12:00:00Z", {"station": "plum"}),
    )
    seat = [
        fact("agreement.seat_exchanged", "2019-01-05", stream="agreement/swap", person="ann",
             flight=flight, traveller_of="Orchard", carrier="Garden", id=f"swap/{flight}")
        for flight in ("apple", "quince")
    ]  # fmt: skip
    command = [
        fact("command_handed_over", "2020-03-01", stream=f"station/{one}", to_person="ann",
             id=f"{one}/command") for one in STATIONS
    ]  # fmt: skip
    db = built([*STAY, *elsewhere, *seat, *command])
    pear, everywhere = (
        {step.event.id for step in replayed(db, "known", place) if step.event}
        for place in (("station", "pear"), None)
    )

    assert {"swap/apple", "pear/command", "apple/launched"} <= pear
    assert pear.isdisjoint({"swap/quince", "plum/command", *(one.id for one in elsewhere)})
    assert {"swap/quince", "plum/command"} <= everywhere
    counts = [step.tally.people for step in replayed(db, "happened", ("station", "pear"))]
    assert max(counts) == 2
    told_of_swaps = {s.event.type for s in replayed(db) if s.event}
    assert "agreement.seat_exchanged" not in told_of_swaps


def test_command_and_expeditions() -> None:
    began = fact("expedition_began", "2020-04-01", stream="station/pear", id="pear/one", number=1,
                 commander="ann")  # fmt: skip
    assert told(replayed(built([*STAY, began]), place=("station", "pear")))[-3] == (
        "one", 2, [("commander", "pear", None, "ann"), ("expedition", "pear", None, 1)],
    )  # fmt: skip


# Corrections


def amendment(kind: str, known: str, **said: Any) -> Event:
    name = f"{kind.partition('.')[2]}-{known}"
    return fact(kind, known, stream="flight/apple", id=f"apple/{name}", reason="it was so", **said)


def test_a_correction_is_news_and_part_of_the_story() -> None:
    mended = amendment("fact.corrected", "2020-08-01", target="apple/launched",
                       changes={"crew": ["cat"], "happened": "2020-01-04T10:00:01Z"})  # fmt: skip
    db = built([*STAY, mended])

    assert told(replayed(db, "known"))[-1] == ("corrected-2020-08-01", 0, [
        ("corrected", "apple/launched", "crew", ["cat", "ann"], ["cat"]),
        ("corrected", "apple/launched", "happened", "2020-01-04T10:00:00Z",
         "2020-01-04T10:00:01Z"),
    ])  # fmt: skip
    story = replayed(db)
    launched = next(step for step in story if step.event and step.event.id == "apple/launched")
    assert launched.instant == instant("2020-01-04T10:00:01Z")
    assert told([launched]) == [("launched", 1, [("entered_space", "cat", None, "apple")])]
    assert all(step.event and not step.event.type.startswith("fact.") for step in story)


def test_what_a_correction_changes_about_today_is_its_own() -> None:
    mended = amendment("fact.corrected", "2020-03-01", target="apple/launched",
                       changes={"crew": ["cat", "ann", "dan"]})  # fmt: skip
    found = told(replayed(built([*STAY, mended]), "known"))
    [(_, count, changes)] = [one for one in found if one[0] == "corrected-2020-03-01"]

    assert count == 3
    assert changes[1:] == [("place_corrected", "dan", None, "pear")]


def test_what_is_taken_back_and_stated_again() -> None:
    back = amendment("fact.retracted", "2020-08-01", target="apple/landed")
    again = amendment("fact.retracted", "2020-09-01", target=back.id)
    db = built([*STAY, back, again])

    assert told(replayed(db, "known"))[-2:] == [
        ("retracted-2020-08-01", 2, [
            ("retracted", "apple/landed", None, None), ("place_corrected", "cat", None, "apple"),
            ("place_corrected", "ann", None, "apple"),
            ("lapsed", "apple", "return", "2020-06-01", None)]),
        ("retracted-2020-09-01", 0, [
            ("retracted", back.id, None, None), ("place_corrected", "cat", "apple", None),
            ("place_corrected", "ann", "apple", None)]),
    ]  # fmt: skip


def test_a_slip_of_the_pen_was_never_known() -> None:
    mended = amendment("fact.corrected", "2021-01-01", target="apple/launched",
                       changes={"crew": ["cat"]}, transcription=True)  # fmt: skip
    found = told(replayed(built([*STAY, mended]), "known"))

    assert ("launched", 1, [("entered_space", "cat", None, "apple")]) in found
    assert found[-1][0] == "landed"


def test_a_correction_of_what_is_not_recorded() -> None:
    mended = amendment(
        "fact.corrected", "2021-01-01", target="apple/nothing", changes={"note": "?"}
    )

    assert told(replayed(built([*STAY, mended]), "known"))[-1] == ("corrected-2021-01-01", 0, [])


STAYING = [
    *flight(
        "apple",
        ("launched", "2020-01-01T00:00:00Z", {"crew": ["ann", "bob"]}),
        ("docked", "2020-01-02T00:00:00Z", {"station": "pear"}),
    ),
    *flight("plum", ("launched", "2020-01-01T06:00:00Z", {"crew": ["cid", "dee"]})),
]
WALKS = [
    fact("began", "2020-01-05T10:00:00Z", stream="spacewalk/one", id="one/began",
         people=["bob", "ann"], station="pear", name="EVA-1"),
    fact("began", "2020-01-05T12:00:00Z", stream="spacewalk/two", id="two/began", people=["cid"],
         craft="plum"),
    fact("ended", "2020-01-05T14:00:00Z", stream="spacewalk/two", id="two/ended"),
    fact("ended", "2020-01-05T16:00:00Z", stream="spacewalk/one", id="one/ended"),
]  # fmt: skip
ON_THAT_DAY: dict[str, Any] = {"since": instant("2020-01-05"), "until": instant("2020-01-06")}


def walked(db: Connection, **asked: Any) -> list[tuple[str, list[str], tuple[str, ...]]]:
    """Return the steps of a day: the event, who went out or came in, and who is outside then."""
    return [
        (
            step.event.id if step.event else step.says,
            [f"{one.change} {one.about} {one.was or one.now}" for one in step.changes],
            step.outside,
        )
        for step in replayed(db, **asked, **ON_THAT_DAY)
    ]


class TestSpacewalks:
    @pytest.mark.parametrize("clock", ["happened", "known"])
    def test_who_went_out_and_who_is_outside(self, clock: str) -> None:
        assert walked(built([*STAYING, *WALKS]), clock=clock) == [
            ("one/began", ["went_outside ann pear", "went_outside bob pear"], ("ann", "bob")),
            ("two/began", ["went_outside cid plum"], ("ann", "bob", "cid")),
            ("two/ended", ["came_in cid plum"], ("ann", "bob")),
            ("one/ended", ["came_in ann pear", "came_in bob pear"], ()),
        ]

    def test_a_place_hears_of_its_own(self) -> None:
        db = built([*STAYING, *WALKS])
        assert walked(db, place=("station", "pear")) == [
            ("one/began", ["went_outside ann pear", "went_outside bob pear"], ("ann", "bob")),
            ("one/ended", ["came_in ann pear", "came_in bob pear"], ()),
        ]
        assert walked(db, place=("flight", "plum")) == [
            ("two/began", ["went_outside cid plum"], ("cid",)),
            ("two/ended", ["came_in cid plum"], ()),
        ]
        assert walked(db, place=("flight", "apple")) == []

    def test_a_place_that_a_correction_names_hears_of_it_too(self) -> None:
        wrong = fact("fact.corrected", "2020-02-01", stream="spacewalk/two", target="two/began",
                     changes={"station": "pear", "people": ["ann"]}, removes=["craft"],
                     reason="a slip", transcription=True)  # fmt: skip
        db = built([*STAYING, *WALKS[1:3], wrong])
        assert walked(db, place=("station", "pear")) == [
            ("two/began", ["went_outside ann pear"], ("ann",)),
            ("two/ended", ["came_in ann pear"], ()),
        ]

    def test_who_comes_in_elsewhere_was_moved_by_the_transfer(self) -> None:
        across = [
            *flight("plum", ("docked", "2020-01-04T00:00:00Z", {"to_craft": "quince"})),
            fact("transferred", "2020-01-05T14:00:00Z", stream="flight/quince", id="quince/over",
                 people=["cid"], from_craft="plum", by="spacewalk"),
        ]  # fmt: skip
        assert walked(built([*STAYING, *across, *WALKS[1:3]])) == [
            ("two/began", ["went_outside cid plum"], ("cid",)),
            ("quince/over", ["moved cid plum"], ()),
            ("two/ended", ["came_in cid quince"], ()),
        ]

    def test_who_is_outside_when_they_are_due_is_overdue_only_inside(self) -> None:
        due = fact("return_planned", "2020-01-03", stream="flight/apple", target="2020-01-04")
        found = walked(built([*STAYING, due, *WALKS]), place=("station", "pear"), known=LAST)
        assert [changes for _, changes, _ in found if changes] == [
            ["went_outside ann pear", "went_outside bob pear"],
            ["came_in ann pear", "came_in bob pear"],
        ]


def test_coarse_times_are_in_the_order_of_facts() -> None:
    facts = flight(
        "apple",
        ("launched", "2020-03-01T10:00:00Z", {"crew": ["ann"]}),
        ("docked", "2020-03-01", {"station": "pear"}),
        ("undocked", "2020-03", {"crew": ["ann"]}),
        ("relocated", "2020-03-05T07:19Z", {"undocked_at": "2020-03-05T07:00Z", "crew": []}),
        ("landed", "2020", {"crew": ["ann"]}),
    )

    steps = replayed(built(facts), "happened")
    shown = [step.event.id for step in steps if step.event]
    assert shown == [fact.id for fact in in_order(facts)]
