"""`aboard agreement`: what was agreed, how far the text has come, and the seats exchanged."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock", "answering")

NAMED = "nasa-roscosmos-2022"
KEYS = ["agreement", "name", "at", "known", "state", "parties", "scope", "signed", "until", "text",
        "seats", "counts", "next", "claims", "gaps",
        "checked_until", "age_days", "current", "as_of"]  # fmt: skip
SIGNED = """
[[event]]
stream = "agreement/{name}"
id = "{name}/signed"
type = "signed"
happened = 2020-01-01
source = ["gcat"]
name = "{name}"
parties = ["NASA", "ESA"]
scope = "Seats."
"""


def answer(*arguments: str) -> dict[str, Any]:
    ran = run("agreement", NAMED, *arguments, "--format", "json")
    assert ran.code == 0
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def counts(found: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(side["traveller_of"], side["flown"], side["planned"]) for side in found["counts"]]


def seats(found: dict[str, Any], state: str) -> list[tuple[str, str]]:
    return [(one["person"], one["flight"]) for one in found["seats"] if one["state"] == state]


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form(form: str, snapshot: SnapshotAssertion) -> None:
    assert run("agreement", NAMED, "--known", "2022-10-06", "-f", form).shown() == snapshot


@pytest.mark.parametrize(
    "known",
    ["2020-01-01", "2022-07-01", "2022-07-15", "2022-09-21", "2022-10-06", "2023-12-28",
     "2026-11-01"],
)  # fmt: skip
def test_as_known_on_a_date(known: str, snapshot: SnapshotAssertion) -> None:
    assert run("agreement", "--known", known).shown() == snapshot


def test_before_the_signing_it_is_announced_and_no_seat_is_exchanged() -> None:
    found = answer("--known", "2022-07-01")

    assert (found["state"], found["signed"], found["parties"]) == ("announced", None, None)
    assert (found["seats"], found["counts"], found["next"]) == ([], [], None)
    assert answer("--known", "2022-07-14")["state"] == "announced"


def test_on_the_day_it_is_told_it_is_signed_and_four_seats_are_planned() -> None:
    found = answer("--known", "2022-07-15")

    assert (found["state"], found["signed"], found["until"]) == ("signed", "2022-07-14", None)
    assert counts(found) == [("NASA", 0, 2), ("Roscosmos", 0, 2)]
    assert set(seats(found, "planned")) == {
        ("frank-rubio", "soyuz-ms-22"), ("anna-kikina", "crew-5"),
        ("andrey-fedyaev", "crew-6"), ("loral-ohara", "soyuz-ms-23"),
    }  # fmt: skip


def test_one_seat_is_flown_and_then_one_on_each_side() -> None:
    first, second = answer("--known", "2022-09-21"), answer("--known", "2022-10-06")

    assert seats(first, "flown") == [("frank-rubio", "soyuz-ms-22")]
    assert counts(first) == [("NASA", 1, 1), ("Roscosmos", 0, 2)]
    assert first["next"]["person"] == "anna-kikina"
    assert counts(second) == [("NASA", 1, 1), ("Roscosmos", 1, 1)]


def test_a_seat_moves_with_its_traveller() -> None:
    for known, flight in (("2023-01-11", "soyuz-ms-23"), ("2023-01-12", "soyuz-ms-24")):
        planned = dict(seats(answer("--known", known), "planned"))
        assert planned["loral-ohara"] == flight
    planned = dict(seats(answer("--known", "2025-11-01"), "planned"))
    assert planned["oleg-artemyev"] == "crew-12"
    planned = dict(seats(answer("--known", "2025-12-02"), "planned"))
    assert planned["andrey-fedyaev"] == "crew-12"
    assert "oleg-artemyev" not in planned


def test_two_supplements_are_signed_by_the_end_of_2023() -> None:
    def supplements(known: str) -> dict[str, str]:
        text = answer("--known", known)["text"]
        return {one["item"]: one["status"] for one in text if one["item"].startswith("supplement")}

    assert supplements("2023-12-27") == {
        "supplement 1": "talks approved", "supplement 2": "talks approved",
    }  # fmt: skip
    assert supplements("2023-12-28") == {"supplement 1": "signed", "supplement 2": "signed"}
    assert answer("--known", "2023-12-28")["until"] == "2025"


def test_today() -> None:
    found = answer()

    assert list(found) == KEYS
    assert (found["state"], found["until"]) == ("signed", "2027")
    assert counts(found) == [("NASA", 7, 0), ("Roscosmos", 8, 0)]
    assert {one["item"]: one.get("status") for one in found["text"]} == {
        "conclusion": "signed", "supplement 1": "signed", "supplement 2": "signed",
        "supplement 3": "signed", "until": None, "supplement 4": "talks approved",
    }  # fmt: skip


def test_later_knowledge_takes_no_flown_seat_away() -> None:
    before: set[tuple[str, str]] = set()
    for known in ("2022-07-15", "2022-09-21", "2023-03-02", "2024-03-23", "2025-04-08", "2026-10"):
        flown = set(seats(answer("--known", known, "--at", known), "flown"))
        assert before <= flown
        before = flown
    assert ("anil-menon", "soyuz-ms-29") in before


def test_the_forms_agree() -> None:
    found = answer("--known", "2022-10-06")
    line = run("agreement", NAMED, "--known", "2022-10-06", "-f", "jsonl").stdout
    rows = list(
        csv.DictReader(
            io.StringIO(run("agreement", NAMED, "--known", "2022-10-06", "-f", "csv").stdout)
        )
    )

    assert json.loads(line)["seats"] == found["seats"]
    assert [(row["person"], row["state"]) for row in rows] == [
        (one["person"], one["state"]) for one in found["seats"]
    ]


@pytest.mark.parametrize("name", [(), ("cross-flight agreement",), ("NASA-Roscosmos 2022",)])
def test_by_any_of_its_names_or_none(name: tuple[str, ...]) -> None:
    assert run("agreement", *name) == run("agreement", NAMED)


def test_an_agreement_that_has_ended_says_so(tmp_path: Path) -> None:
    file = tmp_path / "ended.toml"
    file.write_text(
        SIGNED.format(name="old-deal")
        + '[[event]]\nstream = "agreement/old-deal"\nid = "old-deal/ended"\ntype = "ended"\n'
        + 'happened = 2021-01-01\nsource = ["gcat"]\nreason = "It ran out."\n'
    )
    assert run("load", file).code == 0

    shown = run("agreement", "old-deal").stdout
    assert shown.startswith("old-deal: signed 2020-01-01, ended\n")
    assert "It ran out." in shown


def test_of_more_than_one_a_name_is_needed(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    file = tmp_path / "other.toml"
    file.write_text(SIGNED.format(name="old-deal"))
    assert run("load", file).code == 0

    ran = run("agreement")
    assert ran.code == 2
    assert ran.shown() == snapshot


def test_a_log_without_any(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    ledger = tmp_path / "ledger"
    ledger.mkdir()
    (ledger / "sources.toml").write_text(
        '[[source]]\nkey = "gcat"\nkind = "catalogue"\npublisher = "J. McDowell"\n'
    )
    database = tmp_path / "small.sqlite"
    assert run("load", ledger, "--database", database).code == 0

    ran = run("agreement", "--database", database)
    assert ran.code == 3
    assert ran.shown() == snapshot


@pytest.mark.parametrize("name", ["iss", "nasa-roscosmos-2032", "zzz"])
def test_a_name_that_is_no_agreement(name: str, snapshot: SnapshotAssertion) -> None:
    ran = run("agreement", name)

    assert ran.code == 3
    assert ran.shown() == snapshot


def test_knowledge_of_the_future_is_refused(snapshot: SnapshotAssertion) -> None:
    ran = run("agreement", "--known", "2999")

    assert ran.code == 2
    assert ran.shown() == snapshot
