"""Which people and flights an event names."""

from __future__ import annotations

from typing import Any

import pytest

from aboard.events.mentions import flights_named, people_named
from tests.build import fact, seats

DAY = "2022-09-21"


@pytest.mark.parametrize(
    ("kind", "said", "people"),
    [
        ("launched", {"crew": ["ann", "bob"]}, ("ann", "bob")),
        ("undocked", {"crew": ["ann"]}, ("ann",)),
        ("landed", {"crew": []}, ()),
        ("relocated", {"undocked_at": DAY, "crew": ["ann"]}, ("ann",)),
        ("relocated", {"undocked_at": DAY}, ()),
        ("return_planned", {"target": "2023", "crew": ["bob"]}, ("bob",)),
        ("return_planned", {"target": "2023"}, ()),
        ("crew_assigned", {"crew": seats("ann", "bob")}, ("ann", "bob")),
        ("crew_replaced", {"off": ["ann"], "on": seats("bob")}, ("ann", "bob")),
        ("homeward_vehicle_assigned", {"people": ["ann"]}, ("ann",)),
        ("seat_moved", {"person": "ann"}, ("ann",)),
        ("docked", {"station": "iss"}, ()),
        ("lost", {"crew": ["ann"]}, ("ann",)),
        ("transferred", {"people": ["ann"]}, ("ann",)),
        ("seat_move_planned", {"target": "2023", "person": "ann"}, ("ann",)),
        ("plan_withdrawn", {"item": "seat move", "person": "ann"}, ("ann",)),
        ("plan_withdrawn", {"item": "launch"}, ()),
        ("fact.gap_stated", {"what": "who rode", "people": ["ann"]}, ("ann",)),
        ("fact.claimed", {"says": "no", "about": "a/b", "values": {"crew": ["ann"]}}, ()),
    ],
)
def test_an_event_names_its_people(kind: str, said: dict[str, Any], people: tuple[str]) -> None:
    assert people_named(fact(kind, DAY, **said)) == people


@pytest.mark.parametrize(
    ("kind", "said", "people"),
    [
        ("station.command_handed_over", {"from_person": "ann", "to_person": "bob"}, ("ann", "bob")),
        ("station.command_handed_over", {"to_person": "bob"}, ("bob",)),
        ("station.command_handed_over", {"from_person": "ann"}, ("ann",)),
        ("station.expedition_began", {"number": 1, "commander": "ann"}, ("ann",)),
        ("station.expedition_began", {"number": 1}, ()),
        ("agreement.seat_exchanged", {"person": "ann", "flight": "pear", "traveller_of": "NASA",
                                      "carrier": "Roscosmos"}, ("ann",)),
    ],
)  # fmt: skip
def test_so_does_one_of_a_station_or_of_an_agreement(
    kind: str, said: dict[str, Any], people: tuple[str]
) -> None:
    stream = f"{kind.partition('.')[0]}/orchard"
    assert people_named(fact(kind, DAY, stream=stream, **said)) == people


def test_an_event_on_a_flights_stream_is_about_that_flight() -> None:
    assert flights_named(fact("docked", DAY, station="iss")) == ("apple",)


def test_a_moved_seat_is_about_the_flight_it_came_from_too() -> None:
    moved = fact("seat_moved", DAY, person="ann", from_flight="pear")
    assert flights_named(moved) == ("apple", "pear")
    assert flights_named(fact("seat_moved", DAY, person="ann")) == ("apple",)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("seat_move_planned", {"target": "2023", "person": "ann", "from_flight": "pear"}),
        ("docked", {"to_craft": "pear"}),
        ("docking_failed", {"to_craft": "pear"}),
        ("transferred", {"people": ["ann"], "from_craft": "pear"}),
    ],
)
def test_so_is_what_happens_between_two_craft(kind: str, said: dict[str, Any]) -> None:
    assert flights_named(fact(kind, DAY, **said)) == ("apple", "pear")


def test_a_death_on_a_flight_is_about_it_and_names_who_died() -> None:
    on_board = fact("died", DAY, stream="person/ann", flight="apple")
    at_home = fact("died", DAY, stream="person/ann")
    assert (people_named(on_board), flights_named(on_board)) == (("ann",), ("apple",))
    assert (people_named(at_home), flights_named(at_home)) == (("ann",), ())


def test_a_spacewalk_names_who_goes_out() -> None:
    began = fact("began", DAY, stream="spacewalk/one", people=["ann", "bob"], station="iss")
    assert (people_named(began), flights_named(began)) == (("ann", "bob"), ())


def test_an_event_on_another_stream_is_about_no_flight() -> None:
    port = fact("port_added", DAY, stream="station/iss", port="nadir", name="Nadir")
    assert flights_named(port) == ()


def test_a_correction_names_the_people_of_its_new_values() -> None:
    changes = {
        "crew": ["ann", {"person": "bob", "role": None}],
        "person": "cat",
        "on": [{"person": "dan"}],
        "port": "north",
        "people": 5,
    }
    corrected = fact("fact.corrected", "2022", target="apple/x", reason="why", changes=changes)
    assert people_named(corrected) == ("ann", "bob", "cat", "dan")
    assert flights_named(corrected) == ("apple",)
