"""A corrected fact is shown as corrected, with the source, known time and note of the correction.

A fact of every type that the shipped ledger has is corrected, and shown by every command that shows
facts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from aboard.app.answers.base import answer_of
from aboard.app.answers.event_log import EventAnswer
from aboard.events.vocabulary import every_type
from aboard.loader.amend import as_toml
from tests.cli.running import run
from tests.folders import CORPUS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("clock")

SOURCE, NOTE = "roscosmos-2023-09-27", "Seen again."
KNOWN, BEFORE = "2026-10-20", "2026-10-19"

NO_FACT = ("fact.corrected", "fact.retracted", "station.ports_guarded")
"""The types that amend facts, or that the log writes for itself."""


def asked(database: Path, *arguments: str) -> Any:
    ran = run(*arguments, "--format", "json", "--database", database)
    assert ran.code == 0, ran.stderr
    return json.loads(ran.stdout)


def logged(database: Path, *arguments: str) -> dict[str, Any]:
    return {one["id"]: one for one in asked(database, "log", *arguments)["events"]}


@pytest.fixture(scope="module")
def facts() -> dict[str, str]:
    """The id of the fact of each type that is corrected, by type."""
    return {}


@pytest.fixture
def corrected(database: Path, facts: dict[str, str], tmp_path: Path) -> Path:
    """The shipped ledger, with one fact of each type corrected."""
    events = [*logged(database).values()]
    found = {one["type"]: one for one in events if one["type"] not in NO_FACT}
    # Of these the last is about what is asked below.
    found |= {one["type"]: one for one in events if one["stream"].endswith("/soyuz-ms-22")}
    entries = [
        {
            "stream": one["stream"],
            "id": f"{one['id']}/corrected-1",
            "target": one["id"],
            "known": KNOWN,
            "source": [SOURCE],
            "changes": {"note": NOTE},
            "reason": "seen again",
        }
        for one in found.values()
    ]
    facts.update({kind: one["id"] for kind, one in found.items()})
    (tmp_path / "more.toml").write_text("\n".join(as_toml("correction", one) for one in entries))
    ran = run("load", tmp_path / "more.toml", "--database", database)
    assert ran.code == 0, ran.stderr
    return database


def is_corrected(shown: dict[str, Any], key: str) -> bool:
    keys = [one if isinstance(one, str) else one["key"] for one in shown["sources"]]
    assert (keys == [SOURCE]) is (shown.get("amended") == "corrected")
    assert shown.get("amended_by", [f"{key}/corrected-1"]) == [f"{key}/corrected-1"]
    return keys == [SOURCE]


def test_facts_of_every_type_in_every_command(corrected: Path, facts: dict[str, str]) -> None:
    before, after = (logged(corrected, "--known", one) for one in (BEFORE, "2026-11-01"))
    as_recorded = logged(corrected)
    assert len(facts) > 40
    assert facts.keys() >= {
        kind for kind in every_type() if kind.startswith("flight.") and kind in
        {one["type"] for one in as_recorded.values()}
    }  # fmt: skip
    for kind, key in facts.items():
        assert is_corrected(after[key], key), kind
        assert key not in before or not is_corrected(before[key], key)
        assert as_recorded[key]["sources"] != [SOURCE]
        assert as_recorded[key]["amended_by"] == [f"{key}/corrected-1"]
        if as_recorded[key]["known"] < KNOWN:
            assert (after[key]["known"], after[key]["known_assumed"]) == (KNOWN, False)
            assert before[key]["known"] == as_recorded[key]["known"]

        shown = asked(corrected, "show", key)
        assert shown["sources"] != shown["as_known"]["sources"]
        assert [one["key"] for one in shown["as_known"]["sources"]] == [SOURCE]
        assert shown["as_known"]["note"] == NOTE
        assert shown["as_known"]["amended_by"] == [f"{key}/corrected-1"]
        assert answer_of(EventAnswer, shown).as_known.note == NOTE
    text = run("show", facts["flight.docked"], "--database", corrected).stdout
    assert f"as corrected by {facts['flight.docked']}/corrected-1" in text
    assert f"known {KNOWN}, according to Roscosmos" in text
    assert f"note: {NOTE}" in text
    text = run("log", "--flight", "soyuz-ms-22", "--database", corrected).stdout
    assert "corrected-1: `aboard show soyuz-ms-22/docked` shows what it said before" in text


def test_those_of_a_flight_and_its_plans(corrected: Path, facts: dict[str, str]) -> None:
    mine = {
        key for kind, key in facts.items()
        if key.startswith("soyuz-ms-22/") and not kind.startswith("fact.")
    }  # fmt: skip
    claimed = facts["fact.claimed"]
    assert len(mine) > 10
    for known, is_so in ((BEFORE, False), (KNOWN, True)):
        found = asked(corrected, "flight", "soyuz-ms-22", "--known", known)
        story = {one["id"]: one for one in found["story"] if one["id"] in mine}
        assert story.keys() == mine
        for key, event in story.items():
            assert is_corrected(event, key) is is_so
            assert (event.get("note") == NOTE) is is_so
        for milestone in found["milestones"]:
            for one in [milestone["planned"], *milestone["actual"]]:
                if one and one["events"][-1] in mine and len(one["events"]) == 1:
                    assert (one["known"] == KNOWN) is is_so
                    assert (one["said_by"] == ["Roscosmos via Dzen"]) is is_so
        [claim] = [one for one in found["claims"] if one["id"] == claimed]
        assert is_corrected(claim, claimed) is is_so
    text = run("flight", "soyuz-ms-22", "--database", corrected).stdout
    assert f"{KNOWN}, corrected" in text
    assert "soyuz-ms-22/docked is corrected by soyuz-ms-22/docked/corrected-1" in text


def test_those_that_a_replay_shows(corrected: Path, facts: dict[str, str]) -> None:
    def steps(*arguments: str) -> Iterator[dict[str, Any]]:
        found = asked(corrected, "replay", "iss", "--from", "2022-09-20", "--to", "2022-09-23",
                      *arguments)  # fmt: skip
        return (one for one in found["steps"] if one["id"] == facts["flight.docked"])

    for known, is_so in ((BEFORE, False), (KNOWN, True)):
        [docked] = steps("--known", known)
        assert is_corrected(docked, docked["id"]) is is_so
        assert (docked["known"] == KNOWN) is is_so
    [as_understood] = steps("--by", "known")
    assert not is_corrected(as_understood, as_understood["id"])


def test_those_of_people_stations_and_agreements(corrected: Path, facts: dict[str, str]) -> None:
    for command in ("person", "station"):
        key = facts[f"{command}.registered"]
        name = key.partition("/")[2] if command == "person" else key.partition("/")[0]
        found = asked(corrected, command, name)
        assert is_corrected(found, key)
        assert found["amended_events"] == [key]
        text = run(command, name, "--database", corrected).stdout
        assert f"`aboard show {key}` shows what it said before" in text
    signed = facts["agreement.signed"]
    for known, is_so in ((BEFORE, False), (KNOWN, True)):
        found = asked(corrected, "agreement", signed.partition("/")[0], "--known", known)
        [text] = [one for one in found["text"] if signed in one["events"]]
        assert (text.get("amended_by", []) != []) is is_so
        assert (SOURCE in [one["key"] for one in text["sources"]]) is is_so
        assert (text["known"] == KNOWN) is is_so


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A log with a station and a flight."""
    log = tmp_path / "small.sqlite"
    run("load", CORPUS / "before", "--database", log)
    return log


def amend(log: Path, *arguments: str) -> None:
    reason = () if arguments[0] == "record" else ("--reason", "a test")
    ran = run(*arguments, *reason, "--database", log)
    assert ran.code == 0, ran.stderr


def shown_docking(log: Path, known: str) -> dict[str, Any]:
    story = asked(log, "flight", "dove-1", "--known", known)["story"]
    return next(one for one in story if one["id"] == "dove-1/docked")


def test_the_last_correction_says_so_and_a_retraction_keeps_what_it_said(small: Path) -> None:
    amend(small, "record", "registered", "source/later", "--kind", "report", "--publisher", "Late")
    amend(small, "correct", "dove-1/docked", "port=", "--source", "later", "--known", "2022-01-01",
          "--note", "Nobody saw it.")  # fmt: skip
    amend(small, "correct", "dove-1/docked", "happened=2021-03-01T18:00:00Z", "--source", "paper",
          "--known", "2023-01-01")  # fmt: skip
    amend(small, "retract", "dove-1/docked", "--source", "paper", "--known", "2024-01-01")

    first, second, third, fourth = (
        shown_docking(small, f"{year}-06-01") for year in (2021, 2022, 2023, 2024)
    )
    assert "amended" not in first
    assert [one["key"] for one in second["sources"]] == ["later"]
    assert (second["known"], second["note"]) == ("2022-01-01", "Nobody saw it.")
    assert [one["key"] for one in third["sources"]] == ["paper"]
    assert third["known"] == "2023-01-01"
    assert "note" not in third
    assert third["amended_by"] == ["dove-1/docked/corrected-1", "dove-1/docked/corrected-2"]
    assert fourth["amended"] == "retracted"
    assert fourth["amended_by"][-1] == "dove-1/docked/retracted-1"
    for what in ("says", "happened", "known", "sources"):
        assert fourth[what] == third[what]
        assert what == "sources" or first[what] != third[what]


def test_a_mistake_of_ours_was_never_known_otherwise(small: Path) -> None:
    before = shown_docking(small, "2026-10-01")
    amend(small, "correct", "dove-1/docked", "port=", "--source", "paper", "--transcription")
    after = shown_docking(small, "2021-06-01")

    assert (after["known"], after["amended"]) == (before["known"], "corrected")
    assert after["says"] != before["says"]


def test_a_corrected_correction_is_shown_as_it_stands(small: Path) -> None:
    amend(small, "record", "registered", "source/later", "--kind", "report", "--publisher", "Late")
    amend(small, "correct", "dove-1/docked", "port=", "--source", "paper", "--known", "2022-01-01")
    amend(small, "correct", "dove-1/docked/corrected-1", 'source=["later"]', "--source", "paper",
          "--transcription")  # fmt: skip

    assert [one["key"] for one in shown_docking(small, "2022-06-01")["sources"]] == ["later"]


def test_ports_and_the_beginning_of_a_station_are_shown_as_corrected(small: Path) -> None:
    def ports() -> dict[str, Any]:
        found = asked(small, "station", "heron")
        return {one["port"]: one for one in found["ports"]} | {"since": found["since"]}

    added = next(
        one for one in logged(small, "--station", "heron").values()
        if one["type"] == "station.port_added"
    )  # fmt: skip
    before = ports()
    amend(small, "correct", added["id"], "happened=2020-01-02", "--source", "paper", "--known",
          "2022-01-01")  # fmt: skip
    amend(small, "correct", "heron/registered", "happened=2020-01-01T05:00:00Z", "--source",
          "paper", "--known", "2022-01-01")  # fmt: skip

    after = ports()
    changed = [key for key in after if key != "since" and after[key] != before[key]]
    assert [after[key]["since"] for key in changed] == ["2020-01-02"]
    assert (after["since"], before["since"] != after["since"]) == ("2020-01-01T05:00:00Z", True)


def test_a_retracted_ruling_does_not_rule(database: Path) -> None:
    def ruling() -> Any:
        [claim] = [
            one for one in asked(database, "flight", "soyuz-ms-22")["claims"] if one["ruling"]
        ][:1]  # fmt: skip
        return claim["ruling"]

    first = ruling()["id"]
    amend(database, "retract", first, "--source", SOURCE, "--transcription")
    assert all(
        one["ruling"] is None or one["ruling"]["id"] != first
        for one in asked(database, "flight", "soyuz-ms-22")["claims"]
    )
