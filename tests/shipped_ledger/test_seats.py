"""The agency, the nationality and the role of everybody on every flight, in the shipped ledger."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from aboard.app.errors import NotFound
from aboard.app.lookup import find_agency, find_nationality
from aboard.events.amendments import AT_LAST, amended
from aboard.events.flight import Launched
from aboard.events.flight_plan import CrewAssigned, CrewReplaced, Seat
from aboard.events.time import Time
from aboard.loader.check import check
from aboard.loader.ledger import shipped_ledger
from aboard.loader.tiers import Tier
from aboard.projections.queries.flight import story
from aboard.projections.queries.person import person
from aboard.projections.queries.population import CountScope, steps
from aboard.projections.queries.seats import SeatFilter
from aboard.projections.queries.timeline import as_dict, timeline
from aboard.projections.queries.top import top
from aboard.projections.queries.who import HEIGHTS, who
from tests.build import instant
from tests.conftest import NOW

if TYPE_CHECKING:
    from aboard.events.envelope import Event
    from aboard.storage.connection import Connection

FLOWN = 1_618
"""How many times somebody has gone up."""

UNION_ENDS = Time.parse("1991-12-26").earliest
"""The first instant at which there was no Soviet Union."""

AGENCIES = {
    "NASA": 901, "Roscosmos": 172, "private": 141, "Soviet space programme": 140, "ESA": 49,
    "CMSA": 47, "Virgin Galactic": 40, "CSA": 18, "JAXA": 18, "Intercosmos": 12, "CNES": 12,
    "USAF": 9, "NASDA": 7, "Axiom Space": 4, "DLR": 4, "Italian Air Force": 4,
}  # fmt: skip
"""How many went up for each agency; the others have three at most."""

NATIONALITIES = {
    "United States": 1_051, "Russia": 169, "Soviet Union": 140, "China": 47, "Japan": 28,
    "Canada": 25, "France": 21, "Italy": 19, "United Kingdom": 18, "Germany": 16,
    "West Germany": 3, "East Germany": 1, "Czechoslovakia": 1,
}  # fmt: skip

CHANGED = {
    "peggy-whitson": ["NASA", "NASA", "NASA", "Axiom Space", "Axiom Space"],
    "michael-lopez-alegria": ["NASA"] * 4 + ["Axiom Space"] * 2,
    "koichi-wakata": ["NASDA"] * 2 + ["JAXA"] * 3,
    "leopold-eyharts": ["CNES", "ESA"],
    "marc-garneau": ["NRC Canada", "CSA", "CSA"],
    "joe-engle": ["USAF"] * 3 + ["NASA"] * 2,
    "sergei-krikalev": ["Soviet space programme"] * 2 + ["Roscosmos"] * 4,
    "c-j-sturckow": ["NASA"] * 4 + ["Virgin Galactic"] * 7,
    "eytan-stibbe": ["private"],
    "larry-connor": ["private"],
    "slawosz-uznanski-wisniewski": ["ESA"],
    "aidyn-aimbetov": ["Kazcosmos"],
    "helen-sharman": ["Project Juno"],
}
"""For whom people flew, flight by flight, where it is not one agency for life."""

NO_ROLE = {
    *(("soyuz-ms-29", one) for one in ("pyotr-dubrov", "anna-kikina", "anil-menon")),
    *(("crew-13", one) for one in ("luke-delaney", "joshua-kutryk", "sergey-teteryatnikov")),
}
"""The seats whose role is in no source that was found."""


@pytest.fixture(scope="module")
def seats() -> dict[tuple[str, str], tuple[int, Seat]]:
    """Return the seat of everybody on every flight as the facts state it, with the lift-off."""
    return _stated(amended(check([shipped_ledger()], NOW).events, AT_LAST))


def _stated(events: list[Event]) -> dict[tuple[str, str], tuple[int, Seat]]:
    assigned: dict[tuple[str, str], Seat] = {}
    found: dict[tuple[str, str], tuple[int, Seat]] = {}
    for event in sorted(events, key=lambda event: event.order):
        match event:
            case CrewAssigned(crew=given) | CrewReplaced(on=given):
                assigned |= {(event.subject, seat.person): seat for seat in given}
            case Launched():
                stated = {seat.person: seat for seat in event.seats or ()}
                for one in event.crew:
                    key, later = (event.subject, one), stated.get(one, Seat(person=one))
                    seat = assigned[key].with_later(later) if key in assigned else later
                    found[key] = event.happened.earliest, seat
    return found


def shown(one: Seat | dict[str, Any]) -> tuple[Any, ...]:
    said = one if isinstance(one, dict) else one.model_dump()
    return said["agency"], said["nationality"], said["role"]


def test_every_seat_states_its_agency_its_nationality_and_its_role(
    seats: dict[tuple[str, str], tuple[int, Seat]],
) -> None:
    assert len(seats) == FLOWN
    assert {key for key, (_, seat) in seats.items() if not (seat.agency and seat.nationality)} == (
        set()
    )
    assert {key for key, (_, seat) in seats.items() if not seat.role} == NO_ROLE
    agencies = Counter(seat.agency for _, seat in seats.values())
    assert {one: count for one, count in agencies.items() if count > 3} == AGENCIES
    assert len(agencies) == 45
    nationalities = Counter(seat.nationality for _, seat in seats.values())
    assert nationalities | NATIONALITIES == nationalities
    assert {one: nationalities[one] for one in NATIONALITIES} == NATIONALITIES
    assert len(nationalities) == 55
    wanting = check([shipped_ledger()], NOW, tier=Tier.sources).findings
    assert [one for one in wanting if one.rule == "agency-missing"] == []


def test_one_state_has_one_name_at_a_time(
    seats: dict[tuple[str, str], tuple[int, Seat]],
) -> None:
    for at, seat in seats.values():
        before = at < UNION_ENDS
        assert (seat.nationality == "Soviet Union") == (seat.agency == "Soviet space programme")
        assert not (before and "Russia" in (seat.nationality or ""))
        assert not (before and seat.agency == "Roscosmos")
        assert before or seat.agency not in ("Soviet space programme", "Intercosmos")


@pytest.mark.parametrize("name", sorted(CHANGED))
def test_people_fly_for_one_agency_and_later_for_another(db: Connection, name: str) -> None:
    found = person(db, name, NOW, NOW)
    assert [flight["agency"] for flight in found["flights"]] == CHANGED[name]
    assert found["agency"] == CHANGED[name][-1]


def test_each_is_shown_with_what_their_seat_says(
    db: Connection, seats: dict[tuple[str, str], tuple[int, Seat]]
) -> None:
    now = NOW
    for flight, one in sorted(seats):
        at, seat = seats[flight, one]
        there = {someone["id"]: someone for someone in who(
            db, ("flight", flight), at, now, boundary="80km")["people"]}  # fmt: skip
        if one in there:  # those on a flight that stayed lower are in no count
            assert shown(there[one]) == shown(seat), (flight, one)
    for name in {one for _, one in seats}:
        flights = person(db, name, now, now)["flights"]
        assert [shown(each) for each in flights] == [
            shown(seats[each["launched_on"], name][1]) for each in flights
        ]
    for flight in {flight for flight, _ in seats}:
        crew = story(db, flight, now, now)["crew"]["launched"]
        assert [shown(each) for each in crew] == [
            shown(seats[flight, each["id"]][1]) for each in crew
        ]


def test_a_person_keeps_the_agency_of_their_flight_at_a_station_and_in_another_seat(
    db: Connection,
) -> None:
    now = NOW

    def agencies(place: str, at: str) -> dict[str, str]:
        there = who(db, ("station", place), instant(at), now)["people"]
        return {one["id"]: one["agency"] for one in there}

    assert agencies("iss", "2017-05-01")["peggy-whitson"] == "NASA"
    assert agencies("iss", "2023-05-25")["peggy-whitson"] == "Axiom Space"
    assert set(agencies("salyut-6", "1979-03-01").values()) == {"Soviet space programme"}
    assert set(agencies("mir", "1992-01-15").values()) == {"Soviet space programme"}
    assert set(agencies("mir", "1992-05-01").values()) == {"Roscosmos"}
    assert agencies("iss", "2023-06-01")["frank-rubio"] == "NASA"


def test_filters_count_flights_and_not_people(
    db: Connection, seats: dict[tuple[str, str], tuple[int, Seat]]
) -> None:
    now, number = NOW, len(seats)
    for agency in {seat.agency for _, seat in seats.values()}:
        found = top(db, "flights", now, now, n=number, seats=SeatFilter(agency), height=HEIGHTS)
        expected = Counter(one for (_, one), (_, seat) in seats.items() if seat.agency == agency)
        assert {one["id"]: one["flights"] for one in found["people"]} == expected
        assert {tuple(one["agencies"]) for one in found["people"]} == {(agency,)}
    for country in {seat.nationality for _, seat in seats.values()}:
        wanted = SeatFilter(nationality=country)
        found = top(db, "flights", now, now, n=number, seats=wanted, height=HEIGHTS)
        expected = Counter(
            one for (_, one), (_, seat) in seats.items() if seat.nationality == country
        )
        assert {one["id"]: one["flights"] for one in found["people"]} == expected


def test_what_somebody_did_for_another_agency_does_not_count(db: Connection) -> None:
    now = NOW
    by_agency = {
        agency: {one["id"]: one for one in top(
            db, "time", now, now, n=900, seats=SeatFilter(agency))["people"]}["peggy-whitson"]
        for agency in (None, "NASA", "Axiom Space")
    }  # fmt: skip
    everything, nasa, axiom = by_agency.values()
    for measure in ("flights", "spacewalks"):
        assert everything[measure] == nasa[measure] + axiom[measure]
    assert (nasa["flights"], nasa["spacewalks"], axiom["spacewalks"]) == (3, 10, 0)
    assert everything["time_in_space"]["min"] == (
        nasa["time_in_space"]["min"] + axiom["time_in_space"]["min"]
    )
    assert (everything["agency"], everything["agencies"]) == (
        "Axiom Space",
        ["NASA", "Axiom Space"],
    )


def test_a_population_of_an_agency_and_of_a_nationality(db: Connection) -> None:
    day = instant("2017-05-01"), instant("2017-05-02")

    def counted(**wanted: str) -> int:
        [step] = steps(db, CountScope("iss", SeatFilter(**wanted)), NOW, *day)
        return step.people

    assert (counted(agency="NASA"), counted(agency="Roscosmos"), counted(agency="ESA")) == (2, 2, 1)
    assert counted(agency="Axiom Space") == 0
    assert (counted(nationality="France"), counted(nationality="United States")) == (1, 2)
    assert counted(agency="ESA", nationality="United States") == 0


def test_a_timeline_says_it_of_each_stay(db: Connection) -> None:
    drawn = as_dict(timeline(db, "iss", instant("2000-01-01"), NOW, NOW))
    [whitson] = [one for one in drawn["people"] if one["id"] == "peggy-whitson"]
    assert [bar["agency"] for bar in whitson["bars"]] == CHANGED["peggy-whitson"]
    assert {"agency", "role"} & set(drawn["vehicles"][0]["bars"][0]) == set()


def test_names_of_agencies_and_nationalities(db: Connection) -> None:
    assert find_agency(db, "nasa") == "NASA"
    assert (find_agency(db, "Kazakhstan"), find_agency(db, "ESA/POLSA")) == ("Kazcosmos", "ESA")
    assert find_nationality(db, "soviet union") == "Soviet Union"
    with pytest.raises(NotFound, match="nobody is of the nationality 'Japann'"):
        find_nationality(db, "Japann")
