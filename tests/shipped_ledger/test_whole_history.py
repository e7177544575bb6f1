"""The whole history, asked of the shipped ledger: what is well known, and what always holds.

Each test of a case reads like its case: an instant, and the answer.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from aboard.events.time import FOREVER, Time
from aboard.loader.check import check
from aboard.loader.ledger import shipped_ledger
from aboard.loader.tiers import Tier
from aboard.projections.queries import reader
from aboard.projections.queries.statements import claims
from aboard.projections.queries.who import who
from tests.build import instant
from tests.conftest import NOW
from tests.homes import HOMES, Databases, Where

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aboard.storage.connection import Connection

OCCUPIED = "2000-11-02T09:21:03Z"
"""Soyuz TM-31 docks at the ISS, which has never been empty since."""

IN_SPACE_NOW = {
    "pyotr-dubrov", "anna-kikina", "anil-menon",
    "jessica-watkins", "luke-delaney", "joshua-kutryk", "sergey-teteryatnikov",
    "zhu-yangzhu", "zhang-zhiyuan", "lai-ka-ying",
}  # fmt: skip
"""Those whose landing is in no source that was found."""


@pytest.fixture(scope="module", params=HOMES)
def db(request: pytest.FixtureRequest, _loaded: Path) -> Iterator[Connection]:
    where: Where = _loaded / "log.sqlite.read-model"
    if request.param == "postgres":
        databases = Databases(request.getfixturevalue("server"))
        where = databases.url(request.getfixturevalue("_loaded_server"))
    connection = reader.connect(where)
    yield connection
    connection.close()


class Asking:
    """Questions in few words."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def answer(
        self, place: tuple[str, str] | None, at: str | int, **how: Any
    ) -> dict[str, dict[str, Any]]:
        """Return who is at a place, or everywhere, by id."""
        when = at if isinstance(at, int) else instant(at)
        return {one["id"]: one for one in who(self.db, place, when, NOW, **how)["people"]}

    def in_space(self, at: str | int, boundary: str = "orbit") -> dict[str, dict[str, Any]]:
        return self.answer(None, at, boundary=boundary)

    def aboard(self, station: str, at: str | int) -> set[str]:
        return set(self.answer(("station", station), at))

    def places(self, at: str, *people: str) -> list[str]:
        there = self.in_space(at)
        return [str(there[person]["place"]) for person in people]

    def docked(self, station: str, at: str) -> dict[str, str | None]:
        """Return the port of each flight that is docked."""
        docked = who(self.db, ("station", station), instant(at), NOW)["docked"]
        return {one["flight"]: one["port"] for one in docked}

    def crew(self, event: str) -> list[str]:
        """Return the crew that an event states."""
        (body,) = self.db.execute("SELECT body FROM event WHERE id=?", (event,)).fetchone()
        return [str(person) for person in json.loads(body).get("crew", [])]

    def down(self, person: str, at: str) -> tuple[str, str, str]:
        """Return on what somebody went up, on what they came down, and when."""
        one = self.in_space(at)[person]
        return one["launched_on"], one["until"]["on"], one["until"]["at"]


@pytest.fixture(scope="module")
def ask(db: Connection) -> Asking:
    return Asking(db)


def steps(db: Connection, station: str, since: str) -> list[int]:
    """Return every instant from one on at which somebody comes to a station, or leaves it."""
    rows = db.execute(
        "SELECT valid_from, valid_to FROM presence WHERE place=? AND known_to>?", (station, NOW)
    )
    start = instant(since)
    return sorted({start, *(at for row in rows for at in row if start <= at <= NOW)})


class TestCase5:
    """Soyuz T-15, 1986: one crew, Mir, then Salyut 7, then Mir again."""

    @pytest.mark.parametrize(
        ("at", "place"),
        [
            ("1986-03-15T13:38:41Z", "soyuz-t-15"),
            ("1986-03-15T13:38:42Z", "mir"),
            ("1986-05-06T00:00:00Z", "soyuz-t-15"),
            ("1986-05-06T16:57:52Z", "salyut-7"),
            ("1986-06-25T14:58:00Z", "soyuz-t-15"),
            ("1986-06-26T19:46:07Z", "mir"),
            ("1986-07-16T09:09:50Z", "soyuz-t-15"),
        ],
    )
    def test_where_they_were(self, ask: Asking, at: str, place: str) -> None:
        assert ask.places(at, "leonid-kizim", "vladimir-solovyov") == [place, place]

    def test_nobody_else_was_in_space(self, ask: Asking) -> None:
        assert set(ask.in_space("1986-06-01")) == {"leonid-kizim", "vladimir-solovyov"}


class TestCase6:
    """Soyuz 4 and 5, 1969: two launched on one craft and landed on the other, by spacewalk."""

    TWO = ("aleksei-yeliseyev", "yevgeny-khrunov")

    def test_they_went_over(self, ask: Asking) -> None:
        assert ask.places("1969-01-16T11:47:59Z", *self.TWO) == ["soyuz-5", "soyuz-5"]
        assert ask.places("1969-01-16T11:48:00Z", *self.TWO, "boris-volynov") == [
            "soyuz-4", "soyuz-4", "soyuz-5",
        ]  # fmt: skip

    def test_they_landed_on_the_other(self, ask: Asking) -> None:
        for name in self.TWO:
            down = ("soyuz-5", "soyuz-4", "1969-01-17T06:50:47Z")
            assert ask.down(name, "1969-01-17T00:00:00Z") == down
        assert set(ask.in_space("1969-01-17T12:00:00Z")) == {"boris-volynov"}

    def test_the_pair_was_no_station(self, ask: Asking) -> None:
        places = who(ask.db, None, instant("1969-01-16T09:00:00Z"), NOW)["places"]
        assert {one["kind"] for one in places} == {"flight"}


class TestCase7:
    """STS-113's Bowersox, Budarin, Pettit landed on Soyuz TMA-1; its crew on TM-34."""

    @pytest.mark.parametrize("name", ["ken-bowersox", "nikolai-budarin", "donald-pettit"])
    def test_expedition_6(self, ask: Asking, name: str) -> None:
        down = ("sts-113", "soyuz-tma-1", "2003-05-04T02:04:25Z")
        assert ask.down(name, "2003-05-04T00:00:00Z") == down

    def test_tma_1s_crew_had_landed_on_tm_34(self, ask: Asking) -> None:
        up = set(ask.crew("soyuz-tma-1/launched"))
        assert up == set(ask.crew("soyuz-tm-34/landed"))
        assert len(up) == 3
        assert up.isdisjoint(ask.crew("soyuz-tma-1/landed"))


class TestCase8:
    """MS-19: Peresild and Shipenko down on MS-18 with Novitsky; Vande Hei and Dubrov stayed."""

    def test_who_came_down_on_ms_18(self, ask: Asking) -> None:
        assert set(ask.crew("soyuz-ms-18/landed")) == {
            "oleg-novitskiy", "klim-shipenko", "yulia-peresild",
        }  # fmt: skip
        for name in ("klim-shipenko", "yulia-peresild"):
            down = ("soyuz-ms-19", "soyuz-ms-18", "2021-10-17T04:35:44Z")
            assert ask.down(name, "2021-10-17T02:00:00Z") == down

    def test_who_came_down_on_ms_19(self, ask: Asking) -> None:
        for name in ("pyotr-dubrov", "mark-vande-hei"):
            down = ("soyuz-ms-18", "soyuz-ms-19", "2022-03-30T11:28:36Z~")
            assert ask.down(name, "2022-03-30T10:00:00Z") == down


class TestCase10:
    """Shenzhou 20's crew landed on Shenzhou 21 on 2025-11-14; Shenzhou 22 went up empty."""

    def test_shenzhou_20s_crew(self, ask: Asking) -> None:
        for name in ask.crew("shenzhou-20/launched"):
            down = ("shenzhou-20", "shenzhou-21", "2025-11-14T08:40:31Z")
            assert ask.down(name, "2025-11-14T05:00:00Z") == down
        assert ask.crew("shenzhou-20/landed") == []

    def test_shenzhou_22_went_up_empty(self, ask: Asking) -> None:
        assert ask.crew("shenzhou-22/launched") == []
        assert ask.aboard("tiangong", "2025-11-26") == set(ask.crew("shenzhou-21/launched"))
        assert ask.crew("shenzhou-22/landed") == ask.crew("shenzhou-21/launched")


def test_case_11_nineteen_people_in_space(ask: Asking) -> None:
    assert len(ask.in_space("2024-09-11T16:23:11Z")) == 16
    assert len(ask.in_space("2024-09-11T16:23:12Z")) == 19
    assert len(ask.aboard("iss", "2024-09-11T19:32:04Z")) == 9
    assert len(ask.aboard("iss", "2024-09-11T19:32:05Z")) == 12


class TestCase13:
    """Facts that GCAT has wrong by a day, or at a wrong hour: claims that never held."""

    def test_tma_16_left_on_18_march_2010(self, ask: Asking) -> None:
        two = {"maksim-surayev", "jeffrey-williams"}
        assert two <= ask.aboard("iss", "2010-03-18T08:03:02Z")
        assert not two & ask.aboard("iss", "2010-03-18T08:03:03Z")
        down = ("soyuz-tma-16", "soyuz-tma-16", "2010-03-18T11:24:04Z")
        assert ask.down("maksim-surayev", "2010-03-18T11:24:03Z") == down

    def test_tma_04m_docked_on_17_may_2012(self, ask: Asking) -> None:
        assert len(ask.aboard("iss", "2012-05-16T12:00:00Z")) == 3
        assert len(ask.aboard("iss", "2012-05-17T04:35:56Z")) == 6

    def test_shenzhou_15_docked_more_than_six_hours_after_its_launch(self, ask: Asking) -> None:
        assert len(ask.aboard("tiangong", "2022-11-29T21:41:59Z")) == 3
        assert len(ask.aboard("tiangong", "2022-11-29T21:43:00Z")) == 6

    @pytest.mark.parametrize(
        ("flight", "says"),
        [
            ("soyuz-tma-16", ["2010-03-17T08:03:03Z", "2010-03-17T11:24:04Z"]),
            ("soyuz-tma-04m", ["2012-05-16T04:35:56Z"]),
            ("shenzhou-15", ["2022-11-29T15:17:59Z"]),
        ],
    )
    def test_what_gcat_has_is_kept_as_a_claim_that_lost(
        self, ask: Asking, flight: str, says: list[str]
    ) -> None:
        found = claims(ask.db, f"flight/{flight}", NOW, NOW)
        assert sorted(one["values"]["happened"] for one in found) == says
        assert all(one["ruling"]["holds"] == one["about"] for one in found)


def test_nobody_was_in_space_in_the_last_week_of_october_2000(ask: Asking) -> None:
    assert len(ask.in_space("2000-10-24T20:59:40Z")) == 7
    first, last = instant("2000-10-24T20:59:41Z"), instant("2000-10-31T07:52:46Z")
    for at in (*range(first, last, 12 * 3_600), last):
        assert ask.in_space(at, "80km") == {}
    assert len(ask.in_space("2000-10-31T07:52:47Z")) == 3


def test_seven_people_flew_on_three_craft_in_october_1969(ask: Asking) -> None:
    assert len(ask.in_space("1969-10-13T10:19:08Z")) == 5
    for at in ("1969-10-13T10:19:09Z", "1969-10-16T09:52:46Z"):
        there = ask.in_space(at)
        craft = {person["place"] for person in there.values()}
        assert (len(there), craft) == (7, {"soyuz-6", "soyuz-7", "soyuz-8"})
    assert len(ask.in_space("1969-10-16T09:52:47Z")) == 5


def test_the_iss_has_never_been_empty_since_expedition_1(ask: Asking, db: Connection) -> None:
    assert ask.aboard("iss", instant(OCCUPIED) - 1) == set()
    for at in steps(db, "iss", OCCUPIED):
        assert len(ask.aboard("iss", at)) >= 2


def test_strictly_it_was_empty_eleven_times_while_everybody_moved_a_soyuz(
    ask: Asking, db: Connection
) -> None:
    strict = partial(ask.answer, ("station", "iss"), strict=True)
    moved = db.execute(
        "SELECT happened, body FROM event WHERE type='flight.relocated' ORDER BY happened_from"
    ).fetchall()
    empty = [
        undocked
        for undocked in (json.loads(body)["undocked_at"] for _, body in moved)
        if undocked >= OCCUPIED and not strict(instant(undocked))
    ]
    assert len(empty) == 11
    assert empty[0] == "2001-02-24T10:06:40Z"


def test_thirteen_were_aboard_the_iss_three_times_and_never_more(
    ask: Asking, db: Connection
) -> None:
    at = steps(db, "iss", "1998-11-20")
    counts = {one: len(ask.aboard("iss", one)) for one in at}
    assert max(counts.values()) == 13
    spans: list[list[int]] = []
    for one, after in pairwise(at):
        if counts[one] == 13:
            if spans and spans[-1][1] == one:
                spans[-1][1] = after
            else:
                spans.append([one, after])
    assert [[str(Time.at(edge)) for edge in span] for span in spans] == [
        ["2009-07-17T17:47:06Z", "2009-07-28T17:25:56Z"],
        ["2009-08-31T00:53:57Z", "2009-09-08T19:26:22Z"],
        ["2010-04-07T07:44:09Z", "2010-04-17T12:52:21Z"],
    ]


@pytest.mark.parametrize(
    ("flight", "person", "height"),
    [
        ("soyuz-18-1", "vasily-lazarev", "100km"),
        ("soyuz-ms-10", "aleksey-ovchinin", "80km"),
    ],
)
def test_an_aborted_launch_counts_from_the_height_it_reached(
    ask: Asking, db: Connection, flight: str, person: str, height: str
) -> None:
    (lift_off,) = db.execute(
        "SELECT happened_from FROM event WHERE id=?", (f"{flight}/launched",)
    ).fetchone()
    orbit, reached = ask.in_space(lift_off), ask.in_space(lift_off, height)
    assert person not in orbit
    assert person in reached
    assert len(reached) == len(orbit) + 2


def test_ms_10_flew_for_19_minutes_and_41_seconds(ask: Asking) -> None:
    begin, end = instant("2018-10-11T08:40:15Z"), instant("2018-10-11T08:59:56Z")
    assert end - begin == 19 * 60 + 41
    assert "nick-hague" not in ask.in_space(begin - 1, "80km")
    assert "nick-hague" in ask.in_space(end - 1, "80km")
    assert "nick-hague" not in ask.in_space(end, "80km")


def test_the_pad_abort_put_nobody_in_space(ask: Asking) -> None:
    assert "gennadi-strekalov" not in ask.in_space("1983-09-26T19:40:00Z", "80km")


def test_a_vehicle_that_is_lost_ends_the_flight(ask: Asking) -> None:
    assert len(ask.in_space("2003-02-01T14:01:09Z")) == 10
    assert set(ask.in_space("2003-02-01T14:01:10Z")) == {
        "ken-bowersox", "nikolai-budarin", "donald-pettit",
    }  # fmt: skip


def test_when_the_crew_of_soyuz_11_died_is_a_gap(ask: Asking) -> None:
    answer = who(ask.db, None, instant("1971-06-29T22:30:00Z"), NOW)
    assert [gap["id"] for gap in answer["gaps"]] == ["soyuz-11/gap-deaths"]
    assert answer["uncertain"]["count"] == {"min": 0, "max": 3}
    assert len(ask.in_space("1971-06-29T21:59:59Z")) == 3
    assert ask.in_space("1971-06-29T23:00:00Z", "80km") == {}


def test_soyuz_10_docked_softly_and_nobody_was_aboard_salyut_1(ask: Asking) -> None:
    assert ask.aboard("salyut-1", "1971-04-24T05:00:00Z") == set()
    assert len(ask.aboard("salyut-1", "1971-06-10")) == 3


def test_sts_88_was_docked_with_a_station_once_that_held_zarya(ask: Asking) -> None:
    assert ask.aboard("iss", "1998-12-06T12:00:00Z") == set()
    assert len(ask.aboard("iss", "1998-12-08")) == 6


def test_armstrong_and_aldrin_were_in_eagle(ask: Asking) -> None:
    assert ask.places("1969-07-21T03:00:00Z", "neil-armstrong", "michael-collins") == [
        "apollo-11-eagle", "apollo-11",
    ]  # fmt: skip
    assert len(ask.in_space("1969-07-21T03:00:00Z")) == 3
    assert ask.down("buzz-aldrin", "1969-07-24T00:00:00Z")[1:] == (
        "apollo-11", "1969-07-24T16:50:35Z",
    )  # fmt: skip


def test_the_docking_of_apollo_and_soyuz_moved_nobody(ask: Asking) -> None:
    there = ask.in_space("1975-07-18T12:00:00Z")
    assert sorted(str(one["place"]) for one in there.values()) == [
        "apollo-soyuz", "apollo-soyuz", "apollo-soyuz", "salyut-4", "salyut-4",
        "soyuz-19", "soyuz-19",
    ]  # fmt: skip


def test_when_atlantis_left_mir_its_two_residents_were_watching_from_a_soyuz(ask: Asking) -> None:
    residents = {"anatoly-solovyev", "nikolai-budarin"}
    there = ask.answer(("station", "mir"), "1995-07-04T11:20:00Z")
    assert set(there) == residents
    assert {one["state"] for one in there.values()} == {"relocating"}


@pytest.mark.parametrize("flight", ["soyuz-34", "soyuz-ms-23", "shenzhou-22"])
def test_some_went_up_empty_and_came_down_crewed(ask: Asking, flight: str) -> None:
    assert ask.crew(f"{flight}/launched") == []
    assert len(ask.crew(f"{flight}/landed")) in (2, 3)


def test_which_went_up_crewed_and_came_down_empty(db: Connection) -> None:
    rows = db.execute(
        "SELECT stream, type, body FROM event WHERE type IN ('flight.launched', 'flight.landed')"
    )
    crews: dict[str, dict[str, list[str]]] = {}
    for stream, kind, body in rows:
        crews.setdefault(stream.partition("/")[2], {})[kind] = json.loads(body)["crew"]
    assert {
        flight
        for flight, crew in crews.items()
        if crew["flight.launched"] and crew.get("flight.landed") == []
    } == {"soyuz-32", "soyuz-ms-22", "boeing-cft", "shenzhou-20"}


def test_all_who_went_up_came_down_but_those_who_are_there(ask: Asking, db: Connection) -> None:
    assert set(ask.in_space(NOW, "80km")) == IN_SPACE_NOW
    held = db.execute(
        "SELECT subject FROM presence WHERE known_to>? AND valid_to=? AND subject NOT IN "
        "(SELECT value FROM json_each(?))",
        (NOW, FOREVER, json.dumps(sorted(IN_SPACE_NOW))),
    )
    assert held.fetchall() == []


def test_everyone_who_is_registered_has_lifted_off(db: Connection) -> None:
    flown = [
        person
        for (body,) in db.execute("SELECT body FROM event WHERE type='flight.launched'")
        for person in json.loads(body)["crew"]
    ]
    people = {one for (one,) in db.execute("SELECT id FROM entity WHERE kind='person'")}
    assert set(flown) == people
    assert (len(people), len(flown)) == (790, 1_618)


def test_how_much_there_is(db: Connection) -> None:
    def number(kind: str) -> int:
        (found,) = db.execute("SELECT count(*) FROM event WHERE type=?", (kind,)).fetchone()
        return int(found)

    stations = "SELECT count(*) FROM event WHERE type='flight.docked' AND body LIKE '%\"station\"%'"
    assert number("flight.planned") == number("flight.launched") == 418
    assert number("flight.lost") == 3
    assert number("flight.relocated") == 57
    assert number("station.registered") == 12
    assert db.execute(stations).fetchone() == (222,)


def test_every_docking_but_one_is_at_a_port(db: Connection) -> None:
    rows = db.execute("SELECT id, body FROM event WHERE type='flight.docked'")
    said = {key: json.loads(body) for key, body in rows}
    at_stations = {key: one for key, one in said.items() if "station" in one}
    assert [key for key, one in at_stations.items() if "port" not in one] == ["soyuz-ms-29/docked"]
    assert all("port" not in one for key, one in said.items() if key not in at_stations)


def test_every_move_to_another_port_but_one_names_its_riders(db: Connection) -> None:
    rows = db.execute(
        "SELECT id FROM event WHERE type='flight.relocated' AND body NOT LIKE '%crew%'"
    )
    assert sorted(key.partition("/")[0] for (key,) in rows) == ["crew-8"]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_nobody_is_twice_in_an_answer(ask: Asking) -> None:
    for at in range(instant("1961-04-12"), NOW, 83 * 86_400 + 4_001):
        people = who(ask.db, None, at, NOW, boundary="80km")["people"]
        assert len(people) == len({person["id"] for person in people})


def test_the_page_says_how_much_is_missing() -> None:
    """`check --strict` lists it; the page of what is covered counts it."""
    found = Counter(
        finding.rule for finding in check([shipped_ledger()], NOW, tier=Tier.sources).findings
    )
    page = (shipped_ledger().parent / "docs" / "coverage.md").read_text("utf-8")
    table = page.partition("## What is missing")[2]
    rows = re.findall(r"^\| .*`(\w+)` \| (\d+) \|$", table, re.MULTILINE)
    assert {rule: int(number) for rule, number in rows} == {"unruled": 0, **found}
