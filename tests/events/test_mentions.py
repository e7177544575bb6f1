"""Which people and flights an event names."""

from __future__ import annotations

from typing import Any

import pytest

from aboard.events.field_kinds import own_fields
from aboard.events.mentions import flights_named, ids_named, naming_fields, people_named
from aboard.events.vocabulary import every_type
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


def naming(kind: str) -> list[tuple[str, str, str]]:
    """Return the types with a field that holds ids of a kind, with the field and its part."""
    return [
        (topic, field.name, field.part)
        for topic, cls in every_type().items()
        for field in naming_fields(cls)
        if field.reference.kind == kind
    ]


@pytest.mark.parametrize(("topic", "field", "part"), naming("person"))
def test_a_correction_of_any_field_that_names_a_person_names_them(
    topic: str, field: str, part: str
) -> None:
    one: Any = {part: "ann"} if part else "ann"
    many = {one.name: one.shape.many for one in own_fields(every_type()[topic])}[field]
    changes = {field: [one] if many else one}
    corrected = fact("fact.corrected", "2022", target="apple/x", reason="why", changes=changes)
    assert people_named(corrected) == ("ann",)

    again = fact("fact.corrected", "2022", target="apple/y", reason="why",
                 changes={"changes": changes})  # fmt: skip
    assert people_named(again) == ("ann",)


def test_people_are_named_in_more_fields_than_those_of_crews() -> None:
    fields = {field for _, field, _ in naming("person")}
    assert {"crew", "people", "person", "off", "on", "from_person", "to_person",
            "commander"} <= fields  # fmt: skip


def test_a_correction_names_flights_and_stations_too() -> None:
    changes = {"station": "iss", "from_flight": "pear", "port": "north"}
    corrected = fact("fact.corrected", "2022", target="apple/x", reason="why", changes=changes)
    assert ids_named(corrected, "station") == ("iss",)
    assert ids_named(corrected, "flight") == ("pear",)
    assert ids_named(corrected, "port") == ("north",)
    assert flights_named(corrected) == ("apple",)
