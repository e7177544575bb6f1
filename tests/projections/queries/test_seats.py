"""The agency, the nationality and the role of a seat: who states them, and what stands in."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from aboard.projections.queries.flight import story
from aboard.projections.queries.person import person
from aboard.projections.queries.seats import agencies, nationalities
from tests.build import fact, instant
from tests.projections.model import ask, built, flight

if TYPE_CHECKING:
    from aboard.events.envelope import Event

LATER = instant("2030-01-01")
ANN = fact("registered", "2019-01-01", stream="person/ann", id="person/ann", name="Ann",
           family_name="Ann", agency="Orchard", nationality="Westland")  # fmt: skip


def seat(**said: str) -> dict[str, str]:
    return {"person": "ann", **said}


def flown(*, assigned: Any = None, launched: Any = None, replaced: Any = None) -> list[Event]:
    """Return a flight to a station and back, with what is stated of Ann's seat."""
    said: list[Any] = [("planned", "2020-01-01", {"name": "Apple", "spacecraft": "Pip",
                        "operator": "Orchard"})]  # fmt: skip
    if assigned:
        said.append(("crew_assigned", "2020-01-02", {"crew": [assigned]}))
    if replaced:
        said.append(("crew_assigned", "2020-01-03", {"crew": [replaced]}))
    seats = {"seats": [launched]} if launched else {}
    said += [
        ("launched", "2020-02-01T00:00:00Z", {"crew": ["ann"], **seats}),
        ("docked", "2020-02-02T00:00:00Z", {"station": "pear"}),
        ("undocked", "2020-02-10T00:00:00Z", {"crew": ["ann"]}),
        ("landed", "2020-02-11T00:00:00Z", {"crew": ["ann"]}),
    ]
    return [ANN, *flight("apple", *said)]


def of_ann(events: list[Event], place: str = "pear", at: str = "2020-02-03") -> tuple[Any, ...]:
    [ann] = ask(events, place, at)["people"]
    return ann["agency"], ann["nationality"], ann["role"]


NASA = seat(agency="NASA", nationality="Eastland", role="pilot")


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ({}, ("Orchard", "Westland", None)),
        ({"assigned": seat(role="pilot")}, ("Orchard", "Westland", "pilot")),
        ({"assigned": NASA}, ("NASA", "Eastland", "pilot")),
        ({"launched": NASA}, ("NASA", "Eastland", "pilot")),
        ({"assigned": NASA, "launched": seat(role="commander")},
         ("NASA", "Eastland", "commander")),
        ({"assigned": NASA, "replaced": seat(agency="ESA")}, ("ESA", "Eastland", "pilot")),
        ({"assigned": NASA, "replaced": seat()}, ("NASA", "Eastland", "pilot")),
        ({"assigned": seat(nationality="Eastland")}, ("Orchard", "Eastland", None)),
    ],
)  # fmt: skip
def test_what_is_stated_goes_before_the_registration(
    stated: dict[str, Any], found: tuple[Any, ...]
) -> None:
    events = flown(**stated)
    assert of_ann(events) == found
    assert of_ann(events, "apple", "2020-02-01T12:00Z") == found
    assert of_ann(events, "apple", "2020-02-10T12:00Z") == found
    [shown] = person(built(events), "ann", LATER, LATER)["flights"]
    [up] = story(built(events), "apple", LATER, LATER)["crew"]["launched"]
    for one in (shown, up):
        assert (one["agency"], one["nationality"], one["role"]) == found
    assert agencies(built(events)) == [found[0]]
    assert nationalities(built(events)) == [found[1]]


def test_the_order_of_recording_changes_nothing() -> None:
    events = flown(assigned=seat(agency="NASA", role="pilot"), launched=seat(agency="ESA"))
    for order in permutations(events[1:4]):
        assert of_ann([events[0], *order, *events[4:]]) == ("ESA", "Westland", "pilot")


def test_a_seat_is_as_known_then() -> None:
    plan = flight(
        "apple",
        ("launch_planned", "2020-01-01", {"target": "2020-02-01"}),
        ("crew_assigned", "2020-01-02", {"crew": [seat(agency="NASA")]}),
        ("crew_assigned", "2020-01-05", {"crew": [seat(agency="ESA")]}),
    )

    def planned(known: str) -> str:
        [ann] = ask([ANN, *plan], "apple", "2020-03-01", known)["people"]
        assert ann["state"] == "planned"
        return str(ann["agency"])

    assert (planned("2020-01-03"), planned("2020-01-06")) == ("NASA", "ESA")


def test_a_seat_that_is_moved_and_another_way_home_leave_the_agency_as_it_was() -> None:
    fig = flight(
        "fig",
        ("launched", "2020-02-03T00:00:00Z", {"crew": []}),
        ("docked", "2020-02-04T00:00:00Z", {"station": "pear"}),
        ("seat_moved", "2020-02-05T00:00:00Z", {"person": "ann", "from_flight": "apple"}),
        ("crew_assigned", "2020-02-05T00:00:00Z", {"crew": [seat(agency="ESA")]}),
        ("undocked", "2020-02-20T00:00:00Z", {"crew": ["ann"]}),
        ("landed", "2020-02-21T00:00:00Z", {"crew": ["ann"]}),
    )
    events = [*flown(launched=NASA)[:-2], *fig]
    assert of_ann(events, "pear", "2020-02-06") == ("NASA", "Eastland", "pilot")
    assert of_ann(events, "fig", "2020-02-20T12:00Z") == ("NASA", "Eastland", "pilot")


def test_an_assignment_that_happened_after_the_launch_counts_too() -> None:
    events = flown()
    late = flight("apple", ("crew_assigned", "2020-02-01T12:00:00Z", {"crew": [NASA]}))
    assert of_ann([*events, *late]) == ("NASA", "Eastland", "pilot")
