"""What takes more than one stream to see: one place a person, one vehicle a port.

Whatever else it is, a history that happened is no contradiction: the hard cases of spaceflight
stand here as lists of events.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboard.domain.rules import itineraries as travellers
from aboard.domain.rules.cross_stream import conflicts
from aboard.domain.rules.itineraries import Leg, is_leg, way_problems
from aboard.events.order import in_order
from tests.build import fact
from tests.projections.histories import PEOPLE, histories

if TYPE_CHECKING:
    from aboard.events.envelope import Event


def on(flight: str, kind: str, happened: str, **said: Any) -> Event:
    """Return an event of a flight; `crew` is a string of names."""
    if "crew" in said:
        said["crew"] = said["crew"].split()
    return fact(kind, happened, stream=f"flight/{flight}", **said)


def went(flight: str, up: str, times: str, down: str) -> list[Event]:
    """Return a flight to the station that goes up with some people and comes down with others.

    `times` are those of launch, docking, undocking and landing.
    """
    launched, docked, undocked, landed = times.split()
    return [
        on(flight, "launched", launched, crew=up),
        on(flight, "docked", docked, station="iss"),
        on(flight, "undocked", undocked, crew=down),
        on(flight, "landed", landed, crew=down),
    ]


def rules(*events: Event) -> list[str]:
    """Return the rules that events break, the same in whatever order they are given."""
    found = list(conflicts(events))
    assert set(conflicts(reversed(events))) == set(found)
    return [problem.rule for problem in found]


def contradictions(*events: Event) -> list[str]:
    """Return the rules that events contradict, without what is merely missing so far."""
    return [problem.rule for problem in conflicts(events) if not problem.missing]


# people

APPLE = went("apple", "ann bob", "2022-01-01 2022-01-03 2022-06-01 2022-06-02", "ann bob")


def test_a_flight_up_and_down_again_is_consistent() -> None:
    assert rules(*APPLE) == []
    assert rules() == []


def test_who_lifts_off_again_came_down_or_the_landing_is_missing() -> None:
    pear = on("pear", "launched", "2022-02-01", crew="ann")
    (problem,) = conflicts([*APPLE[:2], pear])
    assert (problem.rule, problem.event_id) == ("landing-missing", pear.id)
    assert problem.missing
    assert problem.message == (
        "ann lifts off on 2022-02-01, but no landing ended the flight of 2022-01-03 "
        f"({APPLE[1].id})"
    )


def test_who_lifts_off_while_still_up_is_in_two_places() -> None:
    pear = on("pear", "launched", "2022-02-01", crew="ann")
    docked = on("pear", "docked", "2022-07-01", station="iss")
    (problem, *_) = (found for found in conflicts([*APPLE, pear, docked]) if not found.missing)
    assert (problem.rule, problem.event_id) == ("two-places", APPLE[2].id)
    assert problem.message == (
        f"ann is on apple on 2022-06-01, but has been on pear since 2022-02-01 ({pear.id})"
    )


def test_nobody_lifts_off_twice_without_reaching_a_station_in_between() -> None:
    up_again = on("pear", "launched", "2022-02-01", crew="ann")
    assert rules(APPLE[0], up_again) == ["landing-missing"]


def test_who_came_down_may_go_up_again() -> None:
    assert rules(*APPLE, on("pear", "launched", "2022-07-01", crew="ann")) == []


def test_nobody_leaves_a_station_they_are_not_at() -> None:
    pear = [
        on("pear", "docked", "2022-01-05", station="mir"),
        on("pear", "undocked", "2022-02-01", crew="ann"),
    ]
    assert rules(*APPLE[:2], *pear) == ["two-places"]


def test_nobody_relocates_at_a_station_they_are_not_at() -> None:
    pear = [
        on("pear", "docked", "2022-01-05", station="mir"),
        on("pear", "relocated", "2022-02-01", undocked_at="2022-02-01", crew="ann"),
    ]
    assert rules(*APPLE[:2], *pear) == ["two-places"]


def test_nobody_lands_on_a_craft_while_at_a_station() -> None:
    empty = on("apple", "undocked", "2022-06-01", crew="bob")
    landed = on("apple", "landed", "2022-06-02", crew="ann bob")
    assert rules(*APPLE[:2], empty, landed) == ["two-places"]


def test_nobody_lands_on_another_craft_than_the_one_they_are_on() -> None:
    pear = on("pear", "landed", "2022-01-02", crew="ann")
    (problem,) = conflicts([APPLE[0], pear])
    assert (problem.rule, problem.missing) == ("docking-missing", True)
    docked_later = on("apple", "docked", "2022-01-05", station="iss")
    assert "two-places" in rules(APPLE[0], pear, docked_later)


def test_nobody_is_left_in_a_craft_that_has_landed() -> None:
    landed = on("apple", "landed", "2022-06-02", crew="ann")
    (problem,) = conflicts([*APPLE[:3], landed])
    assert (problem.rule, problem.event_id) == ("left-behind", landed.id)
    assert problem.message == "bob was on apple, but is not among those who landed"


@pytest.mark.parametrize(
    "event",
    [
        on("apple", "undocked", "2022-06-01", crew="ann"),
        on("apple", "landed", "2022-06-02", crew="ann"),
        on("apple", "relocated", "2022-02-01", undocked_at="2022-02-01", crew="ann"),
    ],
)
def test_what_comes_down_went_up_or_the_launch_is_missing(event: Event) -> None:
    (problem,) = conflicts([event])
    assert (problem.rule, problem.event_id) == ("never-went-up", event.id)
    assert problem.missing


def test_who_never_went_up_is_reported_once() -> None:
    assert rules(*APPLE[1:]) == ["never-went-up", "never-went-up"]


def test_riders_of_a_relocation_stay_aboard_and_others_too() -> None:
    for crew in ({"crew": "ann"}, {"crew": ""}, {}):
        moved = on("apple", "relocated", "2022-02-01", undocked_at="2022-02-01", **crew)
        assert rules(*APPLE, moved) == []


def test_events_that_move_nobody_are_left_alone() -> None:
    assert rules(*APPLE, on("apple", "anomaly", "2022-02-01", what="a leak")) == []


def test_a_docking_not_recorded_yet_is_missing_and_no_contradiction() -> None:
    pear = [
        on("pear", "launched", "2022-01-04", crew=""),
        on("pear", "docked", "2022-01-05", station="iss"),
        on("pear", "undocked", "2022-02-01", crew="ann"),
    ]
    assert contradictions(APPLE[0], *pear) == []


def test_who_stayed_when_a_craft_undocked_was_not_left_in_it() -> None:
    empty = [
        on("apple", "undocked", "2022-06-01", crew=""),
        on("apple", "landed", "2022-06-02", crew=""),
    ]
    assert contradictions(APPLE[0], *empty) == []


def test_an_undocking_not_recorded_yet_is_missing_and_no_contradiction() -> None:
    assert contradictions(APPLE[0], APPLE[1], APPLE[3]) == []


def test_who_stays_behind_does_not_move_with_the_craft_that_brought_them() -> None:
    ferried = [
        on("apple", "launched", "1986-01-01", crew="ann bob"),
        on("apple", "docked", "1986-01-02", station="mir"),
        on("apple", "undocked", "1986-02-01", crew="ann"),
        on("apple", "docked", "1986-02-02", station="salyut-7"),
    ]
    fetched = [
        on("pear", "docked", "1986-02-05", station="mir"),
        on("pear", "undocked", "1986-02-10", crew="bob"),
    ]
    assert rules(*ferried, *fetched) == []


# coarse times


def test_a_landing_of_the_day_of_the_undocking_is_no_contradiction() -> None:
    exact = on("apple", "undocked", "2022-06-02T07:34:00Z", crew="ann bob")
    assert rules(APPLE[0], APPLE[1], exact, APPLE[3]) == []


def test_a_docking_of_the_day_of_the_launch_is_no_contradiction() -> None:
    launched = on("apple", "launched", "2022-01-03T08:55Z", crew="ann bob")
    assert rules(launched, *APPLE[1:]) == []


def test_a_flight_known_to_the_month_is_no_contradiction() -> None:
    assert rules(*went("apple", "ann", "2022-01 2022-01 2022-01 2022-01", "ann")) == []


def test_a_launch_known_to_the_year_may_have_followed_the_landing_of_that_year() -> None:
    second = [
        on("pear", "launched", "2022", crew="ann"),
        on("pear", "landed", "2022-12-20", crew="ann"),
    ]
    assert rules(*APPLE, *second) == []


def test_who_docked_and_left_on_the_same_day_may_have_docked_first() -> None:
    pear = went("pear", "", "2021-06-01 2021-06-02 2022-01-03 2022-01-04", "ann")
    apple = [
        on("apple", "launched", "2022-01-01", crew="ann"),
        on("apple", "docked", "2022-01-03T09:00:00Z", station="iss"),
    ]
    assert rules(*pear, *apple) == []


# ports


def berth(flight: str, docked: str, undocked: str | None = None) -> list[Event]:
    """Return a stay at the nadir port, which may not have ended."""
    stay = [on(flight, "docked", docked, station="iss", port="nadir")]
    if undocked:
        stay.append(on(flight, "undocked", undocked, crew=""))
    return stay


def test_one_vehicle_after_another_may_use_a_port() -> None:
    one = berth("apple", "2022-01-01", "2022-02-01T10:00Z")
    assert rules(*one, *berth("pear", "2022-02-01T12:00Z")) == []


def test_a_port_is_not_taken_twice_at_a_time() -> None:
    pear = berth("pear", "2022-01-15")
    (problem,) = conflicts([*berth("apple", "2022-01-01", "2022-02-01"), *pear])
    assert (problem.rule, problem.event_id) == ("port-taken", pear[0].id)
    assert problem.message == (
        "pear docks at iss's nadir on 2022-01-15, where apple was from 2022-01-01 to 2022-02-01"
    )


def test_a_port_is_taken_until_its_vehicle_has_left() -> None:
    (problem,) = conflicts([*berth("apple", "2022-01-01"), *berth("pear", "2022-03-01")])
    assert problem.message.endswith("since 2022-01-01, with no undocking recorded")


def test_a_vehicle_that_has_landed_holds_no_port() -> None:
    landed = on("apple", "landed", "2022-02-01", crew="")
    assert rules(*berth("apple", "2022-01-01"), landed, *berth("pear", "2022-03-01")) == []


def test_a_port_that_is_not_named_is_never_taken() -> None:
    unnamed = [on(flight, "docked", "2022-01-01", station="iss") for flight in ("apple", "pear")]
    assert rules(*unnamed) == []


def test_ports_of_two_stations_may_have_one_name() -> None:
    mir = on("pear", "docked", "2022-01-01", station="mir", port="nadir")
    assert rules(*berth("apple", "2022-01-01"), mir) == []


def moved(port: str | None = "zenith") -> Event:
    """Return the relocation of a vehicle from the nadir port."""
    said: dict[str, Any] = {"undocked_at": "2022-02-01T08:45Z", "from_port": "nadir"}
    return on("apple", "relocated", "2022-02-01T09:22Z", to_port=port, **said)


def test_a_relocation_frees_one_port_and_takes_another() -> None:
    apple = [*berth("apple", "2022-01-01"), moved()]
    pear = on("pear", "docked", "2022-02-02", station="iss", port="zenith")
    assert rules(*apple, *berth("pear", "2022-02-02")) == []
    assert rules(*apple, pear) == ["port-taken"]


def test_a_relocation_frees_its_port_from_the_undocking_on() -> None:
    apple = [*berth("apple", "2022-01-01"), moved()]
    assert rules(*apple, *berth("pear", "2022-02-01T09:00Z")) == []


def test_a_relocation_to_a_port_that_is_not_named_takes_none() -> None:
    pear = on("pear", "docked", "2022-02-02", station="iss", port="zenith")
    assert rules(*berth("apple", "2022-01-01"), moved(None), pear) == []


def test_a_relocation_at_a_station_that_is_not_known_yet_takes_no_port() -> None:
    pear = on("pear", "docked", "2022-01-02", station="iss", port="zenith")
    assert rules(moved(), pear) == []


def test_a_port_that_changes_hands_on_a_day_is_free_in_between() -> None:
    one = berth("apple", "2022-01-01", "2022-02-01")
    assert rules(*one, *berth("pear", "2022-02-01T09:00:00Z")) == []


def test_a_vehicle_that_docked_some_time_that_year_may_have_come_second() -> None:
    one = berth("apple", "2022-03-15", "2022-05-05")
    assert rules(*one, *berth("pear", "2022", "2023-01-05")) == []


def test_a_port_is_taken_whoever_else_may_have_been_there_in_between() -> None:
    one = berth("apple", "2022-01-01", "2022-02-01T12:00:00Z")
    other = berth("plum", "2022-02-01T06:00:00Z")
    assert "port-taken" in rules(*one, *other)
    assert "port-taken" in rules(*one, *berth("pear", "2022-02-01", "2022-02-01"), *other)


def test_a_port_is_not_used_before_it_is_there() -> None:
    port = fact("port_added", "2022-02-01", stream="station/iss", port="nadir", name="Nadir")
    apple = berth("apple", "2022-01-01")
    (problem,) = conflicts([port, *apple])
    assert (problem.rule, problem.event_id) == ("no-such-port-yet", apple[0].id)


@pytest.mark.parametrize(
    ("stay", "gone"),
    [
        (("2022-01-01", "2022-01-31"), False),
        (("2022-01-01", "2022-02-01T12:00:00Z"), False),
        (("2022-01-01", "2022-02-02"), True),
        (("2022-02-01T12:00:00Z",), False),
        (("2022-02-02",), True),
    ],
)
def test_a_port_is_not_used_after_it_has_gone(stay: tuple[str, ...], gone: bool) -> None:
    port = fact("port_removed", "2022-02-01", stream="station/iss", port="nadir")
    apple = berth("apple", *stay)
    found = [(problem.rule, problem.event_id) for problem in conflicts([port, *apple])]
    assert found == ([("port-gone", apple[0].id)] if gone else [])
    assert rules(port, *berth("apple", "2022-02")) == []


# the hard cases


def test_a_seat_that_moves_twice_moves_nobody() -> None:
    endurance = [
        on("crew-5", "launched", "2022-10-05T16:00:57Z", crew="mann cassada wakata kikina"),
        on("crew-5", "docked", "2022-10-06T21:01Z", station="iss"),
        on("crew-5", "seat_moved", "2023-01-18", person="rubio", from_flight="ms-22"),
        on("crew-5", "undocked", "2023-03-11T07:20Z", crew="mann cassada wakata kikina"),
        on("crew-5", "landed", "2023-03-12T02:02Z", crew="mann cassada wakata kikina"),
    ]
    cross_flight = "prokopyev petelin rubio"
    ms_22 = [
        on("ms-22", "launched", "2022-09-21T13:54:49Z", crew=cross_flight),
        on("ms-22", "docked", "2022-09-21T17:06:34Z", station="iss", port="rassvet-nadir"),
        on("ms-22", "undocked", "2023-03-28T09:57:27Z", crew=""),
        on("ms-22", "landed", "2023-03-28T11:45:58Z", crew=""),
    ]
    ms_23 = [
        on("ms-23", "launched", "2023-02-24T00:24:29Z", crew=""),
        on("ms-23", "docked", "2023-02-26T00:58Z", station="iss", port="poisk-zenith"),
        on("ms-23", "seat_moved", "2023-03", person="rubio", from_flight="crew-5"),
        on("ms-23", "undocked", "2023-09-27T07:54:21Z", crew=cross_flight),
        on("ms-23", "landed", "2023-09-27T11:17Z", crew=cross_flight),
    ]
    assert rules(*endurance, *ms_22, *ms_23) == []
    for order in permutations([endurance, ms_22, ms_23]):
        assert rules(*(event for flight in order for event in flight)) == []


def test_one_crew_may_live_on_mir_on_salyut_7_and_on_mir_again() -> None:
    crew = "kizim solovyov"
    assert not rules(
        on("t-15", "launched", "1986-03-13T12:33Z", crew=crew),
        on("t-15", "docked", "1986-03-15T13:38Z", station="mir", port="mir-fore"),
        on("t-15", "undocked", "1986-05-05T12:12Z", crew=crew),
        on("t-15", "docked", "1986-05-06", station="salyut-7"),
        on("t-15", "undocked", "1986-06-25T14:58Z", crew=crew),
        on("t-15", "docked", "1986-06-26", station="mir", port="mir-fore"),
        on("t-15", "undocked", "1986-07-16T09:09Z", crew=crew),
        on("t-15", "landed", "1986-07-16", crew=crew),
    )


def test_two_crews_may_change_craft_at_the_station() -> None:
    taxi_3, taxi_4 = "gidzenko vittori shuttleworth", "zalyotin de-winne lonchakov"
    shuttle_crew = "wetherbee lockhart lopez-alegria herrington"
    expedition_5, expedition_6 = "korzun whitson treshchev", "bowersox budarin pettit"
    assert not rules(
        on("tm-33", "docked", "2001-10-23", station="iss"),
        *went("tm-34", taxi_3, "2002-04-25 2002-04-27 2002-11-09 2002-11-10", taxi_4),
        on("tm-33", "undocked", "2002-05-05", crew=taxi_3),
        on("tm-33", "landed", "2002-05-05", crew=taxi_3),
        *went("sts-111", expedition_5, "2002-06-05 2002-06-07 2002-06-15 2002-06-19", ""),
        *went("tma-1", taxi_4, "2002-10-30 2002-11-01 2003-05-03 2003-05-04", expedition_6),
        *went(
            "sts-113",
            f"{shuttle_crew} {expedition_6}",
            "2002-11-24 2002-11-25 2002-12-02 2002-12-07",
            f"{shuttle_crew} {expedition_5}",
        ),
    )


def test_a_film_crew_may_come_down_with_another_commander() -> None:
    film, stay = "peresild shipenko", "vande-hei dubrov"
    assert not rules(
        *went(
            "ms-18",
            f"novitsky {stay}",
            "2021-04-09 2021-04-09 2021-10-17T01:14Z 2021-10-17",
            f"novitsky {film}",
        ),
        *went(
            "ms-19",
            f"shkaplerov {film}",
            "2021-10-05 2021-10-05 2022-03-30T07:21Z 2022-03-30",
            f"shkaplerov {stay}",
        ),
    )


def test_a_craft_may_leave_without_those_it_brought_and_another_take_them_home() -> None:
    pair, crew_9 = "wilmore williams", "hague gorbunov"
    assert not rules(
        *went("cft", pair, "2024-06-05 2024-06-06 2024-09-06 2024-09-07", ""),
        on("crew-9", "homeward_vehicle_assigned", "2024-08-24", people=pair.split()),
        *went(
            "crew-9",
            crew_9,
            "2024-09-28 2024-09-29 2025-03-18T05:05Z 2025-03-18T21:57:07Z",
            f"{crew_9} {pair}",
        ),
    )


def test_a_crew_may_come_down_in_the_next_crews_craft_and_a_new_one_go_up_empty() -> None:
    old, new = "chen-dong chen-zhongrui wang-jie", "zhang-lu wu-fei zhang-hongzhang"
    sz_20 = [
        on("sz-20", "launched", "2025-04-24T09:17Z", crew=old),
        on("sz-20", "docked", "2025-04-24T15:49Z", station="tiangong"),
    ]
    sz_21 = [
        on("sz-21", "launched", "2025-10-31T15:44Z", crew=new),
        on("sz-21", "docked", "2025-10-31T19:22Z", station="tiangong"),
        on("sz-21", "undocked", "2025-11-14T03:14Z", crew=old),
        on("sz-21", "landed", "2025-11-14", crew=old),
    ]
    sz_22 = [
        on("sz-22", "launched", "2025-11-25T04:11Z", crew=""),
        on("sz-22", "docked", "2025-11-25", station="tiangong"),
    ]
    assert rules(*sz_20, *sz_21, *sz_22) == []


def test_nobody_lands_with_a_craft_that_is_docked_elsewhere() -> None:
    pear = [
        on("pear", "docked", "2022-01-05", station="mir"),
        on("pear", "landed", "2022-02-01", crew="ann"),
    ]
    assert "two-places" in rules(*APPLE[:2], *pear)


def test_nobody_lands_on_another_craft_than_the_one_they_left_on() -> None:
    pear = on("pear", "landed", "2022-06-02", crew="ann")
    assert "two-places" in rules(*APPLE[:3], pear)


def test_who_has_to_be_looked_for_too_long_is_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    pear = [
        on("pear", "docked", "2022-01-05", station="mir"),
        on("pear", "undocked", "2022-02-01", crew="ann"),
    ]
    monkeypatch.setattr("aboard.domain.rules.itineraries.MOST_STEPS", 1)
    assert rules(*APPLE[:2], *pear) == []


@given(facts=histories(), data=st.data())
def test_what_was_found_of_a_way_that_was_looked_at_before_is_what_is_found_anew(
    facts: list[Event], data: st.DataObject
) -> None:
    """Whatever has been put between its legs meanwhile, taken out of them, or put elsewhere."""
    legs: list[Leg] = [one for one in in_order(facts) if is_leg(one)]
    person = data.draw(st.sampled_from(PEOPLE))
    for _ in range(5):
        some = [leg for leg in legs if data.draw(st.booleans())]
        if data.draw(st.booleans()):
            some = data.draw(st.permutations(some))
        found = way_problems(person, some)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(travellers, "_played", lambda _person: travellers._Played())
            assert way_problems(person, some) == found


def test_nobody_leaves_on_one_craft_while_in_flight_on_another() -> None:
    pear = [
        on("pear", "docked", "2022-01-05", station="iss"),
        on("pear", "undocked", "2022-06-02", crew="ann"),
    ]
    assert "two-places" in rules(*APPLE[:3], *pear)


def test_who_leaves_on_the_craft_they_came_on_needs_no_docking_of_their_own() -> None:
    assert rules(APPLE[0], *APPLE[2:]) == []


# two craft, spacewalks and deaths


def outside(place: str, happened: str = "2022-02-01", *, people: str = "ann", **said: Any) -> Event:
    """Return the beginning of a spacewalk from a station, or with `craft` from a craft."""
    where = said or {"station": place}
    return fact("began", happened, stream="spacewalk/walk", people=people.split(), **where)


PAIR = [
    on("soyuz-4", "launched", "1969-01-14T07:30:00Z", crew="shatalov"),
    on("soyuz-5", "launched", "1969-01-15T07:04:57Z", crew="volynov yeliseyev khrunov"),
    on("soyuz-4", "docked", "1969-01-16T08:20:30Z", to_craft="soyuz-5"),
]
MOVED = on("soyuz-4", "transferred", "1969-01-16T13:15Z", people=["yeliseyev", "khrunov"],
           from_craft="soyuz-5", by="spacewalk")  # fmt: skip
PARTED_LATER = on("soyuz-4", "undocked", "1969-01-16T14:55Z", crew="shatalov yeliseyev khrunov")
HOME = [
    on("soyuz-4", "landed", "1969-01-17T06:50:47Z", crew="shatalov yeliseyev khrunov"),
    on("soyuz-5", "landed", "1969-01-18T07:59:12Z", crew="volynov"),
]


def test_two_may_go_up_on_one_craft_and_come_down_on_the_other() -> None:
    walk = outside("", "1969-01-16T12:43Z", people="yeliseyev khrunov", craft="soyuz-5")
    assert rules(*PAIR, walk, MOVED, PARTED_LATER, *HOME) == []


def test_who_leaves_on_the_other_craft_of_a_pair_was_transferred() -> None:
    assert rules(*PAIR, PARTED_LATER, *HOME) == ["transfer-missing", "transfer-missing"]
    found = [one for one in conflicts([*PAIR, PARTED_LATER]) if "khrunov" in one.message]
    assert [(one.event_id, one.missing) for one in found] == [(PARTED_LATER.id, True)]


def test_who_is_left_on_a_craft_that_others_leave_was_transferred_or_is_named() -> None:
    left = on("soyuz-4", "undocked", "1969-01-16T14:55Z", crew="shatalov yeliseyev")
    assert rules(*PAIR, MOVED, left) == ["transfer-missing"]


def test_nobody_is_transferred_from_where_they_are_not() -> None:
    wrong = on("soyuz-4", "transferred", "1969-01-16T13:15Z", people=["volynov"],
               from_craft="soyuz-3")  # fmt: skip
    assert rules(*PAIR, wrong) == ["two-places"]
    aboard = on("pear", "transferred", "2022-02-01", people=["ann"])
    assert rules(*APPLE[:2], aboard) == ["two-places"]
    nobody = on("pear", "transferred", "2022-02-01", people=["zoe"])
    assert rules(nobody) == ["never-went-up"]
    others = on("soyuz-5", "transferred", "1969-01-16T13:00Z", people=["shatalov"])
    assert rules(*PAIR, others) == []


def test_a_soft_mate_puts_nobody_aboard() -> None:
    soft = on("apple", "docked", "2022-01-03", station="iss", mate="soft")
    assert rules(APPLE[0], soft, *APPLE[2:]) == []
    assert rules(APPLE[0], soft, outside("iss")) == []  # a hard mate may follow
    assert rules(APPLE[0], soft, APPLE[2], outside("iss", "2022-06-01T12:00Z")) == []


@pytest.mark.parametrize(
    ("walk", "rule"),
    [
        (outside("iss"), []),
        (outside("mir"), ["two-places"]),
        (outside("", craft="apple"), []),
        (outside("", craft="pear"), ["two-places"]),
        (outside("iss", people="zoe"), ["never-went-up"]),
        (outside("iss", "2022-01-02"), []),
        (outside("", "2022-01-02", craft="apple"), []),
        (outside("", "2022-01-02", craft="pear"), ["two-places"]),
        (outside("iss", "2022-06-03"), ["never-went-up"]),
    ],
)
def test_who_goes_outside_leaves_from_where_they_are(walk: Event, rule: list[str]) -> None:
    assert rules(*APPLE, walk) == rule


def test_from_a_station_that_is_not_known_anybody_may_go_outside() -> None:
    unrecorded = [APPLE[0], on("apple", "undocked", "2022-01-20", crew="bob")]
    assert rules(*unrecorded, outside("iss")) == []


def test_who_was_on_a_craft_that_was_lost_is_nowhere_any_more() -> None:
    lost = on("apple", "lost", "2022-06-02", crew="ann bob")
    assert rules(*APPLE[:3], lost) == []
    assert rules(*APPLE[:3], lost, on("pear", "launched", "2022-07-01", crew="ann")) == []


def test_nobody_lifts_off_after_their_death() -> None:
    died = fact("died", "2022-06-15", stream="person/ann")
    pear = on("pear", "launched", "2022-07-01", crew="ann")
    (problem,) = conflicts([*APPLE, died, pear])
    assert (problem.rule, problem.event_id, problem.missing) == ("died-before", pear.id, False)
    assert rules(*APPLE, died) == []
    assert rules(*APPLE, died, on("pear", "launched", "2022-06-15", crew="ann")) == []


def test_who_died_in_flight_is_among_those_who_came_down() -> None:
    died = fact("died", "2022-06-01T12:00Z", stream="person/ann", flight="apple")
    assert rules(*APPLE, died) == []


def test_a_soft_mate_takes_the_port_and_the_hard_one_keeps_it() -> None:
    soft = on("apple", "docked", "2022-01-01T10:00Z", station="iss", port="nadir", mate="soft")
    hard = on("apple", "docked", "2022-01-01T10:20Z", station="iss", port="nadir")
    assert rules(soft, hard) == []
    assert rules(soft, *berth("pear", "2022-01-02")) == ["port-taken"]
    assert rules(soft, hard, *berth("pear", "2022-01-02")) == ["port-taken"]


def test_craft_that_dock_with_each_other_take_and_free_no_port() -> None:
    apple = berth("apple", "2022-01-01")
    with_craft = on("apple", "docked", "2022-02-01", to_craft="plum")
    further = on("apple", "undocked", "2022-02-02", craft="core", crew="")
    assert rules(*apple, with_craft, further, *berth("pear", "2022-03-01")) == ["port-taken"]


def test_a_vehicle_that_is_lost_holds_no_port() -> None:
    lost = on("apple", "lost", "2022-02-01", crew="")
    assert rules(*berth("apple", "2022-01-01"), lost, *berth("pear", "2022-03-01")) == []


def test_nobody_lifts_off_on_two_craft_at_once() -> None:
    both = [on(one, "launched", "2022-01-01T10:00:00Z", crew="ann") for one in ("apple", "pear")]
    assert rules(*both) == ["two-places"]
