"""Deaths, losses and flights below orbit of the shipped ledger, in the answers about people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aboard.events.time import Time
from aboard.projections.queries.person import person
from aboard.projections.queries.top import top
from aboard.projections.queries.who import HEIGHTS, who
from tests.conftest import NOW

if TYPE_CHECKING:
    from aboard.storage.connection import Connection

LOST = {"sts-51-l": 7, "sts-107": 7, "x-15-191": 1}
DIED = {**LOST, "soyuz-1": 1, "soyuz-11": 3}
"""How many died on the flights of which somebody did."""


def test_everybody_who_died_on_a_flight_is_said_to_have(db: Connection) -> None:
    events = db.execute("SELECT stream, body FROM event WHERE type='person.died'").fetchall()
    ranked = {one["id"]: one for one in top(db, "flights", NOW, NOW, n=10_000)["people"]}
    counts: dict[str, int] = {}
    for stream, body in events:
        key, flight = stream.partition("/")[2], json.loads(body)["flight"]
        counts[flight] = counts.get(flight, 0) + 1
        answer = person(db, key, NOW, NOW)
        assert (answer["where"], answer["died"]["flight"]) == (None, flight)
        [last] = [one for one in answer["flights"] if one["died"]]
        assert last is answer["flights"][-1]
        assert (last["launched_on"], bool(last["lost"])) == (flight, flight in LOST)
        if key in ranked:
            assert ranked[key]["died"]["flight"] == flight
            assert ranked[key]["lost_on"] == (flight if flight in LOST else None)
    assert counts == DIED


def test_people_on_a_flight_below_the_boundary_are_named(db: Connection) -> None:
    """Each flight that did not reach orbit, in the middle of its time."""
    rows = db.execute("SELECT DISTINCT place, value FROM presence").fetchall()
    checked = set()
    for place, text in rows:
        value = json.loads(text)
        if value.get("height", "orbit") == "orbit" or not value["until"]:
            continue
        since, until = Time.parse(value["since"]), Time.parse(value["until"])
        at = (since.latest + until.earliest) // 2
        if not (since.exact and until.exact):
            continue
        there = who(db, ("flight", place), at, NOW)
        assert there["count"] == 0
        assert there["not_counted"]["below_boundary"]
        checked.add(place)
    assert len(checked) > 40
    assert {"sts-51-l", "mercury-redstone-3", "ns-22"} <= checked


def test_every_flight_that_is_over_has_its_time(db: Connection) -> None:
    below = 0
    for (key,) in db.execute("SELECT DISTINCT subject FROM presence").fetchall():
        answer = person(db, key, NOW, NOW)
        for flown in answer["flights"]:
            if flown["state"] == "over" and flown["launched_on"]:
                assert flown["time_in_space"]["max"] > 0, (key, flown["launched_on"])
                assert flown["height"] in HEIGHTS
                below += flown["height"] != "orbit"
    assert below > 100


def test_shepard_has_the_quarter_of_an_hour_of_his_first_flight(db: Connection) -> None:
    first, second = person(db, "alan-shepard", NOW, NOW)["flights"]
    assert first["time_in_space"] == {"min": 922, "max": 922, "text": "15 m"}
    totals = {
        boundary: person(db, "alan-shepard", NOW, NOW, boundary=boundary)["time_in_space"]["min"]
        for boundary in ("orbit", "100km", "80km")
    }
    orbit = second["time_in_space"]["min"]
    assert totals == {"orbit": orbit, "100km": orbit + 922, "80km": orbit + 922}
