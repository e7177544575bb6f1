"""Deaths and losses, as the answers about people and records have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.projections.queries.fate import deaths, losses
from aboard.projections.queries.person import person
from aboard.projections.queries.top import top
from aboard.projections.queries.who import who
from tests.build import fact, instant, seats
from tests.projections.model import built, flight

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

LATER = "2030-01-01T00:00:00Z"
PEOPLE = [
    fact("registered", "2020-01-01", stream=f"person/{name}", name=name.title(),
         family_name=name.title(), agency="Orchard")
    for name in ("ann", "bob")
]  # fmt: skip
FLIGHT = flight(
    "apple",
    ("planned", "2020-01-01", {"name": "Apple", "spacecraft": "Fruit", "operator": "Orchard"}),
    ("crew_assigned", "2020-01-01", {"crew": seats("ann", "bob")}),
    ("launched", "2020-03-01T10:00:00Z", {"crew": ["ann", "bob"]}),
)
LOST = flight(
    "apple",
    ("lost", "2020-03-01T10:05:00Z", {"crew": ["ann", "bob"], "height": "below 80 km",
                                      "reason": "it broke up"}),
)  # fmt: skip
DIED = [
    fact("died", "2020-03-01T10:05:00Z~", stream=f"person/{name}", flight="apple")
    for name in ("ann", "bob")
]


@pytest.fixture
def db() -> Connection:
    return built([*PEOPLE, *FLIGHT, *LOST, *DIED])


def asked(db: Connection, at: str, known: str = LATER, **more: Any) -> dict[str, Any]:
    return person(db, "ann", instant(at), instant(known), **more)


def test_who_died_is_said_with_the_flight(db: Connection) -> None:
    answer = asked(db, LATER)

    assert answer["where"] is None
    assert answer["died"] == {
        "at": "2020-03-01T10:05:00Z~", "precision": "second", "flight": "apple"
    }  # fmt: skip
    [flown] = answer["flights"]
    assert (flown["died"], flown["lost"]["reason"]) == (True, "it broke up")


@pytest.mark.parametrize(
    ("at", "known"), [("2020-03-01T10:01:00Z", LATER), (LATER, "2020-03-01T10:01:00Z")]
)
def test_before_it_happened_or_was_known_nobody_had_died(
    db: Connection, at: str, known: str
) -> None:
    answer = asked(db, at, known)

    assert answer["died"] is None
    [flown] = answer["flights"]
    assert (flown["died"], flown["lost"]) == (False, None)


def test_a_death_that_is_retracted_is_none() -> None:
    back = fact("fact.retracted", "2021-01-01", stream="person/ann", target=DIED[0].id, reason="x")
    db = built([*PEOPLE, *FLIGHT, *LOST, *DIED, back])

    at = instant(LATER)
    assert set(deaths(db, at, at)) == {"bob"}
    assert set(deaths(db, at, instant("2020-06-01"))) == {"ann", "bob"}
    assert set(losses(db, at, at)) == {"apple"}


def test_those_below_the_boundary_are_there_and_not_counted(db: Connection) -> None:
    at, known = instant("2020-03-01T10:01:00Z"), instant(LATER)

    for place in (("flight", "apple"), None):
        answer = who(db, place, at, known)
        assert (answer["count"], answer["people"]) == (0, [])
        assert answer["not_counted"] == {"below_boundary": ["ann", "bob"]}
    assert "not_counted" not in who(db, ("flight", "apple"), instant("2020-02-01"), known)


def test_a_flight_has_its_time_whatever_its_height(db: Connection) -> None:
    answer = asked(db, LATER)

    [flown] = answer["flights"]
    assert (flown["height"], flown["counts"]) == ("below 80 km", False)
    assert flown["time_in_space"]["min"] == 300
    assert answer["time_in_space"]["min"] == 0
    assert answer["time_below_boundary"]["min"] == 300


@pytest.mark.parametrize(
    ("height", "counts"),
    [("orbit", {"orbit", "100km", "80km"}), ("above 100 km", {"100km", "80km"}),
     ("above 80 km", {"80km"}), ("below 80 km", set())],
)  # fmt: skip
def test_time_counts_by_the_boundary_in_every_answer(height: str, counts: set[str]) -> None:
    down = flight("apple", ("landed", "2020-03-01T10:15:00Z", {"crew": ["ann", "bob"]}))
    [planned, *others] = FLIGHT
    planned = planned.model_copy(update={"height": height})
    db = built([*PEOPLE, planned, *others, *down])

    from aboard.projections.queries.who import heights  # noqa: PLC0415

    for boundary in ("orbit", "100km", "80km"):
        seconds = 900 if boundary in counts else 0
        assert asked(db, LATER, boundary=boundary)["time_in_space"]["min"] == seconds
        ranked = top(db, "time", instant(LATER), instant(LATER), height=heights(boundary))
        assert [one["time_in_space"]["min"] for one in ranked["people"]] == (
            [seconds, seconds] if seconds else []
        )
