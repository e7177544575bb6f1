"""A station: its ports, and who came last and who is next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.projections.queries.station import station
from aboard.projections.queries.who import who
from tests.build import fact, instant
from tests.projections.model import built, flight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.events.envelope import Event

LATER = "2030-01-01T00:00:00Z"


def pear(kind: str, happened: str, known: str | None = None, **said: Any) -> Event:
    return fact(kind, happened, known, stream="station/pear", **said)


STATION = [
    pear("registered", "2019-01-01", name="Pear", operators=["Orchard"], aliases=["P"]),
    pear("port_added", "2019-01-01", port="north", name="North port"),
    pear("port_added", "2020-02-01", "2020-02-05", port="south", name="South port"),
]
UP = flight(
    "apple",
    ("planned", "2020-01-01", {"name": "Apple", "spacecraft": "Fruit", "operator": "Orchard"}),
    ("launched", "2020-03-01T10:00:00Z", {"crew": ["ann"]}),
    ("docked", "2020-03-01T14:00:00Z", {"station": "pear", "port": "north"}),
)
DOWN = flight("apple", ("undocked", "2020-03-11", {"crew": ["ann"]}))
NEXT = flight(
    "quince",
    ("launched", "2020-03-20T10:00:00Z", {"crew": []}),
    ("docked", "2020-03-20T14:00Z", {"station": "pear"}),
)


def ask(facts: Iterable[Event], at: str, known: str = LATER) -> dict[str, Any]:
    return station(built(facts), "pear", instant(at), instant(known))


def ports(answer: dict[str, Any]) -> dict[str, str | None]:
    return {port["port"]: port["flight"] for port in answer["ports"]}


def moves(answer: dict[str, Any]) -> list[tuple[str, str, bool] | None]:
    """Return last and next docking, last and next undocking: flight, time, planned."""
    found = [answer[kind][which] for kind in ("arrivals", "departures")
             for which in ("last", "next")]  # fmt: skip
    return [(m["flight"], m["at"], m["planned"]) if m else None for m in found]


def test_what_it_is() -> None:
    answer = ask(STATION, "2020-06-01")
    assert (answer["name"], answer["operators"], answer["aliases"], answer["since"]) == (
        "Pear", ["Orchard"], ["P"], "2019-01-01",
    )  # fmt: skip
    assert answer["sources"] == [{"key": "gcat", "publisher": "gcat"}]
    assert ask(STATION, "2020-06-01", "2018-01-01")["since"] is None


def test_who_is_aboard_is_what_who_says() -> None:
    facts = [*STATION, *UP]
    at, known = instant("2020-03-05"), instant(LATER)
    answer = ask(facts, "2020-03-05")
    same = who(built(facts), ("station", "pear"), at, known)
    docked = [{**berth, "name": "Apple"} for berth in same["docked"]]
    assert answer["people"]
    assert {**same, "docked": docked}.items() <= answer.items()


class TestPorts:
    def test_a_port_is_there_once_it_was_added_and_known(self) -> None:
        assert ports(ask(STATION, "2018-12-31")) == {}
        assert ports(ask(STATION, "2020-01-31")) == {"north": None}
        assert ports(ask(STATION, "2020-02-01", "2020-02-04")) == {"north": None}
        assert ports(ask(STATION, "2020-02-01", "2020-02-05")) == {"north": None, "south": None}

    def test_a_port_is_free_unless_somebody_is_known_to_be_there(self) -> None:
        facts = [*STATION, *UP]
        [north, south] = ask(facts, "2020-03-05")["ports"]
        assert (north["name"], north["flight"], north["free"]) == ("North port", "apple", False)
        assert (south["name"], south["flight"], south["free"]) == ("South port", None, True)
        assert ports(ask(facts, "2020-03-05", "2020-03-01"))["north"] is None

    def test_a_vehicle_at_a_port_not_named_takes_an_unknown_one(self) -> None:
        answer = ask([*STATION, *NEXT], "2020-04-01")
        assert (ports(answer), answer["unnamed"]) == ({"north": None, "south": None}, ["quince"])

    def test_a_port_that_is_not_registered_is_told_by_its_id(self) -> None:
        [nook] = ask(UP, "2020-03-05")["ports"]
        assert (nook["name"], nook["since"], nook["flight"]) == ("north", None, "apple")

    def test_a_port_is_in_doubt_while_a_coarse_time_leaves_it_open(self) -> None:
        facts = [*STATION, *UP, *DOWN, *NEXT]
        doubts = {at: [port["port"] for port in ask(facts, at)["ports"] if port.get("uncertain")]
                  for at in ("2020-03-10", "2020-03-11", "2020-03-12")}  # fmt: skip
        assert doubts == {"2020-03-10": [], "2020-03-11": ["north"], "2020-03-12": []}
        coarse = flight("plum", ("docked", "2020-05", {"station": "pear", "port": "south"}))
        south = ask([*STATION, *coarse], "2020-05-05")["ports"][1]
        assert (south["flight"], south["uncertain"]) == ("plum", True)

    def test_a_port_that_moved_has_a_place_and_one_removed_is_gone(self) -> None:
        facts = [
            *STATION,
            pear("port_moved", "2020-04-01", port="north", place="the roof"),
            pear("port_moved", "2020-04-01", port="east", place="the garden"),
            pear("port_removed", "2020-05-01", port="south"),
            pear("port_removed", "2020-05-01", port="east"),
        ]
        before, after = ask(facts, "2020-03-31"), ask(facts, "2020-05-01")
        assert [port["place"] for port in before["ports"]] == [None, None]
        assert [(port["port"], port["place"]) for port in after["ports"]] == [("north", "the roof")]


class TestMoves:
    def test_the_last_and_the_next(self) -> None:
        facts = [*STATION, *UP, *DOWN, *NEXT]
        first, left = ("apple", "2020-03-01T14:00:00Z", False), ("apple", "2020-03-11", False)
        second = ("quince", "2020-03-20T14:00Z", False)
        assert moves(ask(facts, "2020-02-01")) == [None, first, None, left]
        assert moves(ask(facts, "2020-03-01T14:00:00Z")) == [first, second, None, left]
        assert moves(ask(facts, "2020-03-12")) == [first, second, left, None]
        assert moves(ask(facts, "2020-04-01")) == [second, None, left, None]

    def test_they_have_a_port_where_it_is_known(self) -> None:
        answer = ask([*STATION, *UP, *NEXT], "2020-03-05")
        last, following = answer["arrivals"]["last"], answer["arrivals"]["next"]
        assert (last["port"], last["port_name"]) == ("north", "North port")
        assert (following["port"], following["port_name"]) == (None, None)

    def test_what_was_not_known_is_not_told(self) -> None:
        facts = [*STATION, *UP, *DOWN, *NEXT]
        assert moves(ask(facts, "2020-03-05", "2020-03-05"))[1:] == [None, None, None]

    def test_a_relocation_is_neither(self) -> None:
        facts = [
            *STATION, *UP, *DOWN,
            *flight("apple", ("relocated", "2020-03-05T10:00:00Z", {
                "undocked_at": "2020-03-05T09:00:00Z", "to_port": "south", "crew": ["ann"]})),
        ]  # fmt: skip
        assert moves(ask(facts, "2020-03-06")) == [
            ("apple", "2020-03-01T14:00:00Z", False), None, None, ("apple", "2020-03-11", False),
        ]  # fmt: skip
        assert ask(facts, "2020-03-06")["departures"]["next"]["port"] == "south"
        assert ports(ask(facts, "2020-03-05T09:30:00Z")) == {"north": None, "south": None}

    def test_a_plan_lies_ahead_until_it_lapses(self) -> None:
        plans = flight(
            "quince",
            ("docking_planned", "2020-03-02", {"station": "pear", "target": "2020-03-05"}),
        )
        home = flight("apple", ("return_planned", "2020-03-02", {"target": "2020-03-07"}))
        facts = [*STATION, *UP, *plans, *home]
        docking, back = ("quince", "2020-03-05", True), ("apple", "2020-03-07", True)
        for moment in ("2020-03-04", "2020-03-05", "2020-03-05T23:59:59Z"):
            at = instant(moment)
            answer = station(built(facts), "pear", at, at)
            assert moves(answer)[1:] == [docking, None, back], moment
        lapsed = moves(ask(facts, "2020-03-06T00:00:00Z", "2020-03-06T00:00:00Z"))
        assert lapsed[1:] == [None, None, back]

    def test_ahead_of_knowledge_a_plan_has_come(self) -> None:
        home = flight("apple", ("return_planned", "2020-03-02", {"target": "2020-03-07"}))
        answer = ask([*STATION, *UP, *home], "2020-03-09", "2020-03-03")
        assert moves(answer)[2:] == [("apple", "2020-03-07", True), None]

    def test_an_undocking_before_a_landing_of_the_same_day(self) -> None:
        facts = [
            *STATION, *UP,
            *flight("apple", ("undocked", "2020-03-11T08:00:00Z", {"crew": ["ann"]}),
                    ("landed", "2020-03-11", {"crew": ["ann"]})),
        ]  # fmt: skip
        assert moves(ask(facts, "2020-04-01"))[2] == ("apple", "2020-03-11T08:00:00Z", False)

    def test_a_coarse_undocking_on_the_day_of_the_docking(self) -> None:
        facts = [*STATION, *UP, *flight("apple", ("undocked", "2020-03-01", {"crew": ["ann"]}))]
        assert moves(ask(facts, "2020-04-01")) == [
            ("apple", "2020-03-01T14:00:00Z", False), None, ("apple", "2020-03-01", False), None,
        ]  # fmt: skip

    def test_a_docking_elsewhere_without_an_undocking_ends_a_visit_at_its_instant(self) -> None:
        facts = [
            *STATION, *UP,
            *flight("apple", ("docked", "2020-03-21T08:00:00Z", {"station": "plum"})),
        ]  # fmt: skip
        assert moves(ask(facts, "2020-04-01"))[2] == ("apple", "2020-03-21T08:00:00Z", False)

    def test_a_flight_that_leaves_twice_has_a_departure_from_each(self) -> None:
        facts = [
            *STATION, *UP,
            *flight("apple", ("undocked", "2020-03-03T08:00Z", {"crew": ["ann"]}),
                    ("docked", "2020-03-04T08:00:00Z", {"station": "plum"}),
                    ("undocked", "2020-03-09T08:00:00Z", {"crew": ["ann"]})),
        ]  # fmt: skip
        assert moves(ask(facts, "2020-04-01"))[2:] == [("apple", "2020-03-03T08:00Z", False), None]
