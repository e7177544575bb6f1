"""The craft of the shipped ledger that docked with each other: each is shown from both sides."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.flight import story
from aboard.projections.queries.who import who
from aboard.projections.replay.replay import Replay
from aboard.projections.replay.steps import ReplayQuery
from tests.build import instant
from tests.conftest import NOW

if TYPE_CHECKING:
    from aboard.storage.connection import Connection


class Docking(NamedTuple):
    """A docking of two craft: the flight, its craft, and the other craft."""

    id: str
    flight: str
    active: str
    passive: str
    happened: str


@pytest.fixture(scope="module")
def dockings(db: Connection) -> list[Docking]:
    rows = db.execute("SELECT id, stream, happened, body FROM event WHERE type='flight.docked'")
    found = []
    for key, stream, happened, body in rows.fetchall():
        flight, said = stream.partition("/")[2], json.loads(body)
        if "to_craft" in said:
            active = said.get("craft", flight)
            found.append(Docking(key, flight, active, said["to_craft"], happened))
    return found


def sides(db: Connection, docking: Docking) -> list[str]:
    """Return the flights that are part of a docking: one, where both craft are its own."""
    flights = reader.names_of(db, "flight")
    return [one for one in dict.fromkeys((docking.flight, docking.passive)) if one in flights]


def test_there_are_pairs_of_flights_and_of_the_craft_of_one(
    db: Connection, dockings: list[Docking]
) -> None:
    assert len(dockings) >= 28
    assert sum(len(sides(db, one)) == 2 for one in dockings) >= 3


def test_each_side_has_the_docking_among_its_milestones(
    db: Connection, dockings: list[Docking]
) -> None:
    for docking in dockings:
        for flight in sides(db, docking):
            shown = story(db, flight, NOW, NOW)
            [milestone] = [one for one in shown["milestones"] if one["item"] == "docking"]
            assert docking.id in [one for actual in milestone["actual"] for one in actual["events"]]
            assert docking.id in [one["id"] for one in shown["story"]]


def test_both_sides_have_the_same_dockings_and_undockings(
    db: Connection, dockings: list[Docking]
) -> None:
    def times(flight: str, item: str) -> list[str]:
        milestones = story(db, flight, NOW, NOW)["milestones"]
        return [one["time"] for m in milestones if m["item"] == item for one in m["actual"]]

    for docking in dockings:
        one, *other = sides(db, docking)
        for item in ("docking", "undocking", "transfer") if other else ():
            assert times(one, item) == times(other[0], item)
            assert times(one, item) or item == "transfer"


def test_no_craft_docks_with_itself(db: Connection, dockings: list[Docking]) -> None:
    for docking in dockings:
        for flight in sides(db, docking):
            own = reader.name_of(db, "flight", flight)
            for event in story(db, flight, NOW, NOW)["story"]:
                if event["type"] in ("flight.docked", "flight.docking_failed"):
                    says, by_it = event["says"], event["id"].startswith(f"{flight}/")
                    assert says.endswith(f" docked with {own}") != by_it
                    assert not says.startswith(own)


def test_who_lists_each_pair_until_it_undocks(db: Connection, dockings: list[Docking]) -> None:
    for docking in dockings:
        pair = sorted((docking.active, docking.passive))
        at = Time.parse(docking.happened).end - 1
        kinds = {one: reader.place_kind(db, one) for one in pair}
        places: list[Any] = [None, *((kind, one) for one, kind in kinds.items())]
        for place in places:
            found = who(db, place, at, NOW)["pairs"]
            assert (pair, docking.happened) in [(one["craft"], one["since"]) for one in found]
            assert [one["craft"] for one in found].count(pair) == 1


@pytest.mark.parametrize(
    ("at", "together"),
    [
        ("1975-07-17T16:09:08Z", False),
        ("1975-07-17T16:09:09Z", True),
        ("1975-07-18", True),
        ("1975-07-19T12:03:20Z", False),
        ("1975-07-19T12:33:39Z", True),
        ("1975-07-19T15:26:12Z", False),
    ],
)
def test_apollo_and_soyuz(db: Connection, at: str, *, together: bool) -> None:
    ask = partial(who, db, at=instant(at), known=NOW)
    for place in (None, ("flight", "apollo-soyuz"), ("flight", "soyuz-19")):
        found = ask(place).get("pairs", [])
        assert [one["craft"] for one in found] == [["apollo-soyuz", "soyuz-19"]] * together
    docked = ask(None)["docked"]
    assert {one["station"] for one in docked} == {"salyut-4"}


@pytest.mark.parametrize("flight", ["apollo-soyuz", "soyuz-19", "soyuz-4", "soyuz-5", "apollo-11"])
def test_a_replay_has_every_docking_and_undocking_of_the_flight(
    db: Connection, flight: str
) -> None:
    query = ReplayQuery(("flight", flight), "happened", NOW, instant("1961-01-01"), NOW)
    replayed = [step.event.id for step in Replay(db, query) if step.event]
    shown = story(db, flight, NOW, NOW)["milestones"]
    events = [key for one in shown for actual in one["actual"] for key in actual["events"]]
    assert {*events} <= {*replayed}
