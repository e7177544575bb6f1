"""A log of an older program: rows of a shape that a type once had, read, amended and stated again.

The rows are the bytes that were stored then. `operators` of a station was one text, `operator`.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from aboard.app.database import FileDatabase
from aboard.domain.eventlog.log import open_log
from aboard.events.encoding.codec import decode, encode
from aboard.events.encoding.schema_files import read
from aboard.events.station import StationRegistered
from aboard.loader.parse_entries import Recording
from aboard.loader.record import record
from aboard.loader.toml_file import TomlFile
from tests.cli.running import run
from tests.conftest import NOW
from tests.loader.content import ids, tables

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.loader.record import RecordResult

RECORDED = '"recorded":"2026-10-01T00:00:00Z","recorded_by":"ledger"'
SOURCE = (
    '{"id":"source/news","originator_id":"source/news","originator_version":1,'
    f'"happened":"2026-10-01T00:00:00Z","known":"2026-10-01T00:00:00Z",{RECORDED},'
    '"source":["news"],"kind":"report","publisher":"Daily News"}'
)
STATION = (
    '{"id":"skylark/registered","originator_id":"station/skylark","originator_version":1,'
    f'"happened":"2020-01-01","known":"2020-01-01","known_assumed":true,{RECORDED},'
    '"source":["news"],"note":"naïve","name":"Skylark","aliases":["SK"],"operator":"ESA, JAXA"}'
)
CORRECTION = (
    '{"id":"skylark/registered/corrected-1","originator_id":"station/skylark",'
    f'"originator_version":2,"happened":"2021-01-01","known":"2021-01-01",{RECORDED},'
    '"source":["news"],"target":"skylark/registered","reason":"ISRO had joined",'
    '"changes":{"operator":"ESA, JAXA, ISRO","note":"mended"}}'
)
ROWS = [
    ("source.registered", SOURCE),
    ("station.registered", STATION),
    ("fact.corrected", CORRECTION),
]
SAID: dict[str, Any] = {
    "id": "skylark/registered",
    "type": "registered",
    "happened": "2020-01-01",
    "source": ["news"],
    "note": "naïve",
    "name": "Skylark",
    "aliases": ["SK"],
    "operators": ["ESA", "JAXA"],
}
"""The same fact in a ledger of today."""


def stored_in(path: Path, rows: list[tuple[str, str]]) -> Path:
    """Make a log that holds rows as they were stored, and no others."""
    with open_log(path):
        pass
    with closing(sqlite3.connect(path)) as db, db:
        for position, (topic, state) in enumerate(rows, 1):
            said = json.loads(state)
            row = said["originator_id"], said["originator_version"], topic, state.encode()
            db.execute(
                "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
                "VALUES (?,?,?,?)",
                row,
            )
            db.execute("INSERT INTO event_ids VALUES (?,?)", (said["id"], position))
    return path


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A log with a station of the first shape."""
    return stored_in(tmp_path / "log.sqlite", ROWS[:2])


@pytest.fixture
def corrected(tmp_path: Path) -> Path:
    """The same with a correction that was made of that shape."""
    return stored_in(tmp_path / "log.sqlite", ROWS)


def stated(path: Path, *entries: dict[str, Any], table: str = "event") -> RecordResult:
    """Record what a ledger file would say of the station."""
    content = {"stream": "station/skylark", table: list(entries)}
    with open_log(path) as log:
        return record(log, [TomlFile(path, "file.toml", content)], Recording(NOW, "test"))


def operators(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return who runs the station, as the command says, and what it was corrected to, in turn."""
    ran = run("station", "sk", "--format", "json", "--database", path)
    with closing(sqlite3.connect(FileDatabase(path).read_model)) as db:
        bodies = db.execute(
            "SELECT body FROM amended WHERE event='skylark/registered' ORDER BY known_from"
        ).fetchall()
    return json.loads(ran.stdout)["operators"], [json.loads(b)["operators"] for (b,) in bodies]


def test_the_rows_are_of_the_first_shape() -> None:
    for topic, state in ROWS:
        Draft202012Validator(read(topic, 1)).validate(json.loads(state))
    today = Draft202012Validator(read("station.registered", 2))
    assert not today.is_valid(json.loads(STATION))
    assert today.is_valid(json.loads(encode(decode("station.registered", STATION.encode()))))


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("ESA", ("ESA",)),
        ("NASA, Roscosmos, ESA", ("NASA", "Roscosmos", "ESA")),
        ("Smith,Jones", ("Smith,Jones",)),
        ("ESA, , JAXA,", ("ESA", "JAXA,")),
    ],
)
def test_one_text_is_one_operator_or_several(operator: str, expected: tuple[str, ...]) -> None:
    event = decode("station.registered", STATION.replace("ESA, JAXA", operator).encode())
    assert isinstance(event, StationRegistered)
    assert event.operators == expected
    assert decode("station.registered", encode(event)) == event
    assert b'"operator":' not in encode(event)


def test_a_row_of_the_first_shape_is_read_back_through_the_log(older: Path) -> None:
    with open_log(older) as log:
        [_, (position, event)] = log.read()
        assert log.stream("station/skylark") == [event]
    assert position == 2
    assert isinstance(event, StationRegistered)
    assert (event.name, event.aliases, event.operators) == ("Skylark", ("SK",), ("ESA", "JAXA"))
    assert (event.note, event.known_assumed) == ("naïve", True)


@pytest.mark.usefixtures("clock")
def test_it_is_folded_and_shown_in_todays_shape(older: Path) -> None:
    station = run("station", "skylark", "--at", "2022-01-01", "--database", older)
    shown = run("show", "skylark/registered", "--database", older)
    assert station.stdout.startswith("Skylark (ESA, JAXA)\n")
    assert "\noperators  ESA, JAXA\n" in shown.stdout
    assert (station.code, shown.code) == (0, 0)


@pytest.mark.usefixtures("clock")
def test_the_row_stays_as_it_was_stored(older: Path) -> None:
    before = tables(older)
    assert run("station", "skylark", "--database", older).code == 0
    assert stated(older, SAID).already == 1
    indexed = {"named", "named_reach"}  # made anew where it is behind
    after = tables(older)
    assert {name: after[name] for name in after.keys() - indexed} == {
        name: before[name] for name in before.keys() - indexed
    }
    assert before["stored_events"][1][-1] == STATION.encode()


def test_the_same_fact_in_todays_shape_is_no_changed_fact(older: Path) -> None:
    outcome = stated(older, SAID)
    assert (outcome.events, outcome.already, outcome.findings) == ((), 1, ())


def test_another_operator_is_a_changed_fact(older: Path) -> None:
    outcome = stated(older, SAID | {"operators": ["ESA"]})
    [finding] = outcome.refusal
    assert (finding.rule, finding.message) == (
        "changed-fact",
        "skylark/registered is already recorded, and differs in operators",
    )
    assert ids(older) == ["skylark/registered", "source/news"]


def test_the_older_shape_is_no_longer_stated(older: Path) -> None:
    less = {name: value for name, value in SAID.items() if name != "operators"}
    [finding] = stated(older, less | {"operator": "ESA, JAXA"}).refusal
    assert (finding.rule, finding.hint) == ("unknown-field", "did you mean operators?")


# a correction that was made of the older shape


@pytest.mark.usefixtures("clock")
def test_it_acts_on_the_fact_as_it_is_read_today(corrected: Path) -> None:
    joined = ["ESA", "JAXA", "ISRO"]
    assert operators(corrected) == (joined, [joined])


def test_the_stream_it_stands_on_can_be_decided_on(corrected: Path) -> None:
    port = {"id": "skylark/port-added", "type": "port_added", "happened": "2020-01-02",
            "source": ["news"], "port": "fore", "name": "Fore"}  # fmt: skip
    outcome = stated(corrected, port)
    assert [event.originator_version for event in outcome.events] == [3]
    assert outcome.findings == ()


def test_one_of_a_released_ledger_can_still_be_loaded(older: Path) -> None:
    entry = {"id": "skylark/c", "target": "skylark/registered", "known": "2021-01-01",
             "source": ["news"], "reason": "ISRO had joined",
             "changes": {"operator": "ESA, ISRO"}}  # fmt: skip
    outcome = stated(older, entry, table="correction")
    assert [event.id for event in outcome.events] == ["skylark/c"]
    assert outcome.findings == ()


@pytest.mark.usefixtures("clock")
def test_of_two_that_change_the_same_the_later_holds_whatever_their_shape(corrected: Path) -> None:
    for number, (known, changes) in enumerate(
        [("2022-01-01", {"operators": ["ISRO"]}), ("2023-01-01", {"operator": "CSA, ISRO"})]
    ):
        entry = {"id": f"skylark/c{number}", "target": "skylark/registered", "known": known,
                 "source": ["news"], "reason": "it was wrong", "changes": changes}  # fmt: skip
        assert stated(corrected, entry, table="correction").refusal == ()
    last = ["CSA", "ISRO"]
    assert operators(corrected) == (last, [["ESA", "JAXA", "ISRO"], ["ISRO"], last])


@pytest.mark.parametrize("changes", [{"operator": 5}, {"operator": " "}, {"operater": "ESA"}])
def test_what_was_no_field_of_any_shape_is_still_refused(
    older: Path, changes: dict[str, Any]
) -> None:
    entry = {"id": "skylark/c", "target": "skylark/registered", "known": "2021-01-01",
             "source": ["news"], "reason": "a slip", "changes": changes}  # fmt: skip
    [finding] = stated(older, entry, table="correction").refusal
    assert finding.rule == "wrong-correction"
