"""The cases every release must get right, asked of the shipped ledger.

Each test reads like its case: an instant, what was known, and the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.app.database import FileDatabase, ServerDatabase
from aboard.domain.eventlog.log import open_log
from aboard.loader.ledger import shipped_ledger
from aboard.loader.load import load
from aboard.projections.queries import reader
from aboard.projections.queries.flight import story
from aboard.projections.queries.who import who
from aboard.projections.read_model.read_model import catch_up, open_to_write
from tests.build import instant
from tests.homes import HOMES, Databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.app.database import Database
    from aboard.storage.connection import Connection

NOW = "2026-11-23T12:00:00Z"
MS_22 = ["sergey-prokopyev", "dmitry-petelin", "frank-rubio"]
CREW_4 = ["kjell-lindgren", "robert-hines", "samantha-cristoforetti", "jessica-watkins"]
CREW_5 = ["nicole-mann", "josh-cassada", "koichi-wakata", "anna-kikina"]
MS_21 = ["oleg-artemyev", "denis-matveev", "sergey-korsakov"]


@pytest.fixture(scope="module", params=HOMES)
def db(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connection]:
    home: Database = FileDatabase(tmp_path_factory.mktemp("cases") / "log.sqlite")
    databases = None
    if request.param == "postgres":
        databases = Databases(request.getfixturevalue("server"))
        home = ServerDatabase(databases.new())
    with open_log(home.log) as log:
        loaded = load(log, [shipped_ledger()], instant(NOW), lambda _done, _total: None)
        assert loaded.findings == ()
        with open_to_write(home.read_model) as built:
            catch_up(built, log)
    connection = reader.connect(home.read_model)
    yield connection
    connection.close()
    if databases:
        databases.drop()


class Asking:
    """Questions in few words."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def aboard(self, at: str, known: str = NOW, station: str = "iss") -> list[str]:
        answer = who(self.db, ("station", station), instant(at), _end(known))
        return [person["id"] for person in answer["people"]]

    def person(self, name: str, at: str, known: str = NOW) -> dict[str, Any]:
        """Return what an answer about everywhere says of one person."""
        people = who(self.db, None, instant(at), _end(known))["people"]
        (found,) = [person for person in people if person["id"] == name]
        return dict(found)

    def flight(self, flight: str, known: str) -> dict[str, Any]:
        return story(self.db, flight, instant(NOW), _end(known))

    def planned(self, flight: str, item: str, known: str) -> str:
        milestones = self.flight(flight, known)["milestones"]
        (found,) = [one["planned"]["time"] for one in milestones if one["item"] == item]
        return str(found)


def _end(known: str) -> int:
    """Return the instant that a known time means: the end of a day."""
    return instant(f"{known}T23:59:59Z") if len(known) == 10 else instant(known)


@pytest.fixture
def ask(db: Connection) -> Asking:
    return Asking(db)


class TestCase1:
    """2022-09-21T17:06:34Z: MS-22 docks at Rassvet with Prokopyev, Petelin and Rubio."""

    def test_they_are_aboard_from_that_second(self, ask: Asking) -> None:
        assert set(MS_22).isdisjoint(ask.aboard("2022-09-21T17:06:33Z"))
        assert ask.aboard("2022-09-21T17:06:34Z") == MS_21 + CREW_4 + MS_22

    def test_they_had_lifted_off_three_hours_before(self, ask: Asking) -> None:
        before = ask.aboard("2022-09-21T13:54:48Z")
        assert before == MS_21 + CREW_4
        rubio = ask.person("frank-rubio", "2022-09-21T13:54:49Z")
        assert (rubio["state"], rubio["place"], rubio["bound_for"]) == (
            "in_space", "soyuz-ms-22", "iss",
        )  # fmt: skip

    def test_it_docked_at_rassvet(self, ask: Asking) -> None:
        answer = who(ask.db, ("station", "iss"), instant("2022-09-21T17:06:34Z"), instant(NOW))
        [berth] = [one for one in answer["docked"] if one["flight"] == "soyuz-ms-22"]
        assert (berth["port"], berth["since"]) == ("rassvet-nadir", "2022-09-21T17:06:34Z")
        assert (berth["state"], berth["since_planned"]) == ("docked", False)


class TestCase2:
    """As known that day they return on 2023-03-28 on MS-22; in fact on MS-23, half a year later."""

    @pytest.mark.parametrize("name", MS_22)
    def test_as_known_on_the_day_of_the_launch(self, ask: Asking, name: str) -> None:
        expected = ask.person(name, "2023-02-01", known="2022-09-21")
        assert expected["state"] == "planned"
        assert expected["until"] == {
            "at": "2023-03-28", "precision": "day", "planned": True, "on": "soyuz-ms-22",
        }  # fmt: skip
        planned = ask.flight("soyuz-ms-22", "2022-09-21")["milestones"][-1]["planned"]
        assert planned["duration_days"] == 188

    def test_ms_22_landed_empty_that_day(self, ask: Asking) -> None:
        told = ask.flight("soyuz-ms-22", NOW)
        actual = {m["item"]: m["actual"][0] for m in told["milestones"] if m["actual"]}
        assert actual["undocking"]["time"] == "2023-03-28T09:57:27Z"
        assert actual["return"]["time"] == "2023-03-28T11:45:58Z"
        assert told["crew"]["landed"] == []
        assert [one["id"] for one in told["crew"]["launched"]] == MS_22

    @pytest.mark.parametrize("name", MS_22)
    def test_they_landed_on_ms_23(self, ask: Asking, name: str) -> None:
        last = ask.person(name, "2023-09-27T11:16:59Z")
        assert (last["place"], last["until"]["on"]) == ("soyuz-ms-23", "soyuz-ms-23")
        assert last["until"]["at"] == "2023-09-27T11:17Z"
        assert name not in [
            person["id"]
            for person in who(ask.db, None, instant("2023-09-27T11:18Z"), instant(NOW))["people"]
        ]

    def test_that_was_370_days_21_hours_and_22_minutes_after_lift_off(self, ask: Asking) -> None:
        rubio = ask.person("frank-rubio", "2023-09-27T11:00:00Z")
        seconds = instant(rubio["until"]["at"]) - instant("2022-09-21T13:54:49Z")
        assert seconds // 60 == (370 * 24 + 21) * 60 + 22


class TestCase3:
    """Crew-5: planned for 3 October 2022, then 4, then 5; lifted off on the 5th, docked the 6th."""

    @pytest.mark.parametrize(
        ("known", "target"),
        [
            ("2022-09-21", "2022-10-03"),
            ("2022-09-26", "2022-10-03T16:46Z"),
            ("2022-09-27", "2022-10-04T16:23Z"),
            ("2022-09-28", "2022-10-05T16Z"),
        ],
    )
    def test_it_slipped(self, ask: Asking, known: str, target: str) -> None:
        assert ask.planned("crew-5", "launch", known) == target

    def test_it_lifted_off_and_docked(self, ask: Asking) -> None:
        mann = ask.person("nicole-mann", "2022-10-05T16:00:57Z")
        assert mann["since"] == "2022-10-05T16:00:57Z"
        assert mann["until"]["at"] == "2022-10-06T21:01Z"
        assert set(CREW_5) <= set(ask.aboard("2022-10-06T21:02:00Z"))

    def test_as_known_on_21_september_mann_was_expected_in_space_from_3_october(
        self, ask: Asking
    ) -> None:
        for name in CREW_5:
            expected = ask.person(name, "2023-02-01", known="2022-09-21")
            assert (expected["state"], expected["place"]) == ("planned", "crew-5")
            assert (expected["since"], expected["bound_for"]) == ("2022-10-03", "iss")
        people = who(ask.db, None, instant("2022-10-02"), _end("2022-09-21"))["people"]
        assert "nicole-mann" not in [person["id"] for person in people]


class TestDragons:
    """What was planned of Dragons in the cross-flight year, what was claimed, and what is a gap."""

    def test_ax_2_had_no_day_for_two_days(self, ask: Asking) -> None:
        assert ask.planned("ax-2", "launch", "2023-05-02") == "2023-05-09T02:43Z"
        assert not ask.flight("ax-2", "2023-05-03")["milestones"]
        assert ask.planned("ax-2", "launch", "2023-05-05") == "NET 2023-05-21T21:37Z"

    def test_rubios_seat_was_to_be_on_crew_5_by_18_january(self, ask: Asking) -> None:
        assert ask.planned("crew-5", "seat move", "2023-01-14") == "2023-01-18"
        assert ask.person("frank-rubio", "2023-01-14", "2023-01-14")["seat_on"] == "soyuz-ms-22"

    def test_kikinas_seat_was_firm_once_the_agreement_was_known(self, ask: Asking) -> None:
        told = {day: ask.flight("crew-5", day)["crew"] for day in ("2022-07-14", "2022-07-15")}
        seats = {day: [seat["id"] for seat in crew["planned"]] for day, crew in told.items()}
        assert ("anna-kikina" in seats["2022-07-14"], "anna-kikina" in seats["2022-07-15"]) == (
            False, True,
        )  # fmt: skip
        assert [bool(crew["conditional"]) for crew in told.values()] == [True, False]

    @pytest.mark.parametrize(
        ("flight", "item", "holds", "claimed"),
        [
            ("crew-5", "launch", "2022-10-05T16:00:57Z", "2022-10-06"),
            ("crew-6", "docking", "2023-03-03T06:40Z", "2023-03-03T06:43Z"),
            ("crew-6", "hatch opening", "2023-03-03T08:45Z", "2023-03-03T08:18Z"),
            ("crew-7", "docking", "2023-08-27T13:16Z", "2023-08-27T13:13Z"),
        ],
    )
    def test_a_claim_that_lost_is_kept_and_is_no_answer(
        self, ask: Asking, flight: str, item: str, holds: str, claimed: str
    ) -> None:
        told = ask.flight(flight, NOW)
        (actual,) = [m["actual"][0]["time"] for m in told["milestones"] if m["item"] == item]
        assert actual == holds
        (claim,) = [one for one in told["claims"] if one["values"].get("happened") == claimed]
        assert claim["ruling"]["holds"] == claim["about"]
        assert claim["ruling"]["reason"]

    def test_that_crew_5_was_overdue_rests_on_a_gap(self, ask: Asking) -> None:
        gap = "crew-5/gap-return-put-off-to-11-march"
        at = instant("2023-03-11T03:00:00Z")
        then, now = (who(ask.db, ("station", "iss"), at, known) for known in (at, instant(NOW)))
        assert [one["id"] for one in then["people"] if one["state"] == "overdue"] == CREW_5
        assert gap in [one["id"] for one in then["gaps"]]
        assert gap not in [one["id"] for one in now.get("gaps", ())]


class TestCase4:
    """Rubio's seat moved from MS-22 to Endurance and later to MS-23; what he launched on never."""

    @pytest.mark.parametrize(
        ("at", "seat"),
        [
            ("2022-12-25", "soyuz-ms-22"),
            ("2023-01-17", "soyuz-ms-22"),
            ("2023-01-19", "crew-5"),
            ("2023-02-27", "crew-5"),
            ("2023-04-01", "soyuz-ms-23"),
            ("2023-09-01", "soyuz-ms-23"),
        ],
    )
    def test_his_seat(self, ask: Asking, at: str, seat: str) -> None:
        rubio = ask.person("frank-rubio", at)
        assert (rubio["seat_on"], rubio["launched_on"]) == (seat, "soyuz-ms-22")

    def test_in_march_the_day_is_not_known(self, ask: Asking) -> None:
        assert ask.person("frank-rubio", "2023-03-05")["uncertain"] == ["seat_on"]
        assert "uncertain" not in ask.person("frank-rubio", "2023-04-01")

    def test_ms_23_docked_empty(self, ask: Asking) -> None:
        told = ask.flight("soyuz-ms-23", NOW)
        actual = {m["item"]: m["actual"][0] for m in told["milestones"] if m["actual"]}
        assert actual["docking"]["time"] == "2023-02-26T00:58Z"
        assert told["crew"]["launched"] == []
        assert ask.aboard("2023-02-26T00:57:00Z") == ask.aboard("2023-02-26T00:59:00Z")

    def test_ms_23_was_their_way_home_before_it_had_docked(self, ask: Asking) -> None:
        for name in MS_22:
            expected = ask.person(name, "2023-05-01", known="2023-02-25")
            assert expected["until"] == {
                "at": "2023-09-27", "precision": "day", "planned": True, "on": "soyuz-ms-23",
            }  # fmt: skip
            assert expected["seat_on"] == "soyuz-ms-23"


class TestCase9:
    """Wilmore and Williams: up on Starliner, which left empty; down on Crew-9."""

    def test_they_stayed_when_it_left(self, ask: Asking) -> None:
        for at in ("2024-09-06T22:00:00Z", "2024-09-06T22:10:00Z"):
            assert {"butch-wilmore", "suni-williams"} <= set(ask.aboard(at))

    def test_their_seat_on_crew_9_was_decided_before_it_launched(self, ask: Asking) -> None:
        wilmore = ask.person("butch-wilmore", "2024-09-10", known="2024-09-10")
        assert (wilmore["seat_on"], wilmore["launched_on"]) == ("crew-9", "boeing-cft")

    def test_they_landed_on_it(self, ask: Asking) -> None:
        last = ask.person("suni-williams", "2025-03-18T21:57:06Z")
        assert (last["place"], last["until"]["at"]) == ("crew-9", "2025-03-18T21:57:07Z")


def test_case_11_nine_aboard_until_ms_26_docks_then_twelve(ask: Asking) -> None:
    assert len(ask.aboard("2024-09-11T16:23:12Z")) == 9
    assert len(ask.aboard("2024-09-11T19:32:04Z")) == 9
    assert len(ask.aboard("2024-09-11T19:32:05Z")) == 12


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2022-09-25", MS_21 + CREW_4 + MS_22),
        ("2022-10-03", CREW_4 + MS_22),
        ("2022-10-07", CREW_4 + MS_22 + CREW_5),
        ("2022-10-15", MS_22 + CREW_5),
        ("2022-12-25", MS_22 + CREW_5),
    ],
)
def test_who_was_aboard_that_autumn(ask: Asking, at: str, expected: list[str]) -> None:
    assert ask.aboard(at) == expected


@pytest.mark.parametrize(
    ("known", "person", "said_since"),
    [("2022-06-01", "anna-kikina", "2021-05"), ("2022-07-16", "frank-rubio", "2022-07-15")],
)
def test_the_third_seat_of_ms_22(ask: Asking, known: str, person: str, said_since: str) -> None:
    seat = ask.flight("soyuz-ms-22", known)["crew"]["planned"][2]
    assert (seat["seat"], seat["id"], seat["known"]) == (3, person, said_since)
    assert seat["said_by"]


def test_the_report_of_21_september_2022_is_told_as_it_was_published(ask: Asking) -> None:
    told = ask.flight("soyuz-ms-22", "2022-09-21")
    from_report = [
        event for event in told["story"] if "reuters-2022-09-21" in str(event["sources"])
    ]
    says = " ".join(event["says"] for event in from_report)
    for fact in ("about 120 kg", "188 days", "2023-03-28", "Soyuz-2.1a", "Baikonur"):
        assert fact in says
    (rolled_out,) = [m for m in told["milestones"] if m["item"] == "roll-out"]
    assert rolled_out["actual"][0]["time"] == "2022-09-18"
    assert not [event for event in told["story"] if event["known"] > "2022-09-21T99"]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_nobody_is_ever_twice_in_an_answer(ask: Asking) -> None:
    day, last = instant("2022-07-14"), instant("2026-10-07")
    for at in range(day, last, 9 * 86_400 + 3_601):
        for known in (at - 200 * 86_400, at, instant(NOW)):
            people = [person["id"] for person in who(ask.db, None, at, known)["people"]]
            assert len(people) == len(set(people))


class TestSoyuz:
    """What was planned of Soyuz ships in the cross-flight year, what was claimed, and a gap."""

    def test_ms_23_had_no_day_for_five_days(self, ask: Asking) -> None:
        assert ask.planned("soyuz-ms-23", "launch", "2023-02-12") == "2023-02-20"
        assert not ask.flight("soyuz-ms-23", "2023-02-13")["milestones"]
        assert ask.planned("soyuz-ms-23", "launch", "2023-02-18") == "2023-02-24"

    def test_that_ms_22_might_carry_its_crew_after_all_changed_no_plan(self, ask: Asking) -> None:
        assert ask.planned("soyuz-ms-22", "return", "2022-12-19") == "2023-03-28"
        assert ask.person("frank-rubio", "2023-02-01", "2022-12-19")["until"]["at"] == "2023-03-28"

    def test_rubios_seat_was_to_go_into_ms_23_on_6_march(self, ask: Asking) -> None:
        assert ask.planned("soyuz-ms-23", "seat move", "2023-03-02") == "2023-03-06"
        assert ask.person("frank-rubio", "2023-03-02", "2023-03-02")["seat_on"] == "crew-5"

    def test_the_day_of_that_is_a_gap_where_it_matters(self, ask: Asking) -> None:
        days = ("2023-02-25", "2023-03-05", "2023-03-20", "2023-07-01")
        answers = [
            who(ask.db, ("station", "iss"), instant(f"{day}T00:00:00Z"), instant(NOW))
            for day in days
        ]
        gaps = [[gap["id"] for gap in answer.get("gaps", ())] for answer in answers]
        told = ["soyuz-ms-23/gap-day-of-rubios-seat" in found for found in gaps]
        assert told == [False, True, True, False]

    @pytest.mark.parametrize(
        ("flight", "item", "holds", "claimed"),
        [
            ("soyuz-ms-21", "docking", "2022-03-18T19:12:04Z", "2022-03-18T19:12:06Z"),
            ("soyuz-ms-22", "anomaly", "2022-12-15T00:45Z", "2022-12-14"),
            ("soyuz-ms-22", "return", "2023-03-28T11:45:58Z", "2023-03-28T11:42Z"),
            ("soyuz-ms-23", "docking", "2023-02-26T00:58Z", "2023-02-25"),
            ("soyuz-ms-23", "docking", "2023-02-26T00:58Z", "2023-02-16"),
        ],
    )
    def test_a_claim_that_lost_is_kept_and_is_no_answer(
        self, ask: Asking, flight: str, item: str, holds: str, claimed: str
    ) -> None:
        told = ask.flight(flight, NOW)
        actual = {
            one["time"] for m in told["milestones"] if m["item"] == item for one in m["actual"]
        }
        assert actual == {holds}
        claims = [one for one in told["claims"] if one["values"].get("happened") == claimed]
        assert claims
        assert all(claim["ruling"]["holds"] == claim["about"] for claim in claims)
