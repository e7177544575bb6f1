"""`aboard record`: facts typed one by one, or as JSON lines."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

import aboard.cli.main
from aboard.cli.options.field_options import PREFIX, options_of
from aboard.cli.recording.event_options import one as envelope
from aboard.cli.recording.example import example
from aboard.domain.eventlog.log import open_log
from aboard.events.field_kinds import Kind, own_fields
from aboard.events.vocabulary import KINDS, every_type
from tests.cli.running import Ran, run, spawn
from tests.conftest import stop_clock
from tests.folders import CORPUS
from tests.loader.content import content, ids

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock")

LAUNCH = ("launched", "lark-1", "--happened", "2021-05-03T10:00:00Z", "--known", "2021-05-03")
BATCH: tuple[dict[str, Any], ...] = (
    {"type": "launched", "stream": "flight/lark-1", "happened": "2021-05-03T10:00Z",
     "crew": ["ann-lee"], "source": "paper"},
    {"type": "flight.undocked", "stream": "flight/dove-1", "happened": "2021-05-03T11:00Z",
     "known": "2021-05-03", "crew": ["cid-orr"], "source": ["paper"], "note": None},
    {"type": "docked", "id": "lark-1/came", "stream": "flight/lark-1",
     "happened": "2021-05-03T16:00Z", "station": "heron", "port": "fore", "source": ["paper"]},
)  # fmt: skip


LANDED = (
    '{"stream": "flight/dove-1", "type": "landed", "happened": "2021-05-03T18:00Z", '
    '"crew": [%s], "source": ["paper"]}'
)


@pytest.fixture(scope="module")
def _given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with somebody at a station, and a flight that is to follow."""
    folder = tmp_path_factory.mktemp("given")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ABOARD_DATABASE", str(folder / "log.sqlite"))
        stop_clock(patch)
        run("load", CORPUS / "before")
        for command in (
            ("registered", "person/ann-lee", "--name", "Ann Lee", "--family-name", "Lee",
             "--agency", "NASA"),
            ("planned", "lark-1", "--name", "Lark 1", "--spacecraft", "Lark", "--operator",
             "NASA", "--destination", "Heron", "--happened", "2021-01-10", "--known", "2021-01-10"),
            ("launch-planned", "lark-1", "--target", "2021-05-01", "--known", "2021-02-01"),
            ("crew_assigned", "Lark 1", "--crew", "Ann Lee:commander", "--known", "2021-02-01"),
        ):  # fmt: skip
            assert record(*command).code == 0
    return folder


@pytest.fixture
def log(_given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, of the test's own."""
    shutil.copytree(_given, tmp_path / "log")
    monkeypatch.setenv("ABOARD_DATABASE", str(tmp_path / "log" / "log.sqlite"))
    return tmp_path / "log" / "log.sqlite"


def record(*arguments: str, source: str = "paper") -> Ran:
    return run("record", *arguments, "--source", source, "--by", "ann")


def lines(*events: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(event)}\n" for event in events)


def told(ran: Ran, log: Path) -> str:
    return re.sub(r"record-[0-9a-f-]{36}", "BATCH", ran.shown(log.parent))


# The options


@pytest.mark.parametrize("topic", every_type())
def test_a_type_has_an_option_for_each_of_its_fields_and_says_what_they_are(topic: str) -> None:
    cls = every_type()[topic]
    ran = run("record", topic, "--help")
    text = " ".join(ran.stdout.split())

    assert (ran.code, ran.stderr) == (0, "")
    assert all(len(line) <= 100 for line in ran.stdout.splitlines())
    for field in own_fields(cls):
        assert " ".join(field.about.split()) in text
    for asked in options_of(cls):
        assert f" {asked.flag} " in text
    assert "Examples: aboard record" in text
    for flag in ("--source", "--note", "--id", "--by", "--dry-run", "--format", "--database"):
        assert flag in text
    assert ("--happened" in text) is not cls.STAMPED


@pytest.mark.parametrize("topic", every_type())
def test_no_option_of_a_type_is_one_of_every_event(topic: str) -> None:
    common = {name.replace("_", "-") for name in inspect.signature(envelope).parameters}
    flags = [one.flag.removeprefix("--") for one in options_of(every_type()[topic])]
    assert set(flags) & (common | {"id", "format", "help"}) == set()
    assert len(flags) == len(set(flags))


@pytest.mark.parametrize("topic", every_type())
def test_the_example_of_a_type_is_of_the_right_form(topic: str, answering: Path) -> None:
    program, *arguments = shlex.split(example(every_type()[topic]).replace("\\\n", " "))
    assert program == "aboard"
    before = content(answering)
    if topic in ("fact.corrected", "fact.retracted"):
        arguments += ["--known", "2026-10-20"]

    ran = run(*arguments, "--dry-run")

    form = "missing-field|missing-source|wrong-|unknown-field|unknown-type|No such option"
    assert re.search(form, ran.stdout + ran.stderr) is None
    assert content(answering) == before


def test_every_kind_of_field_has_an_option() -> None:
    kinds = {field.shape.kind for cls in every_type().values() for field in own_fields(cls)}
    assert kinds <= set(Kind)
    assert {Kind.text, Kind.id, Kind.event, Kind.time, Kind.whole, Kind.flag, Kind.choice,
            Kind.part, Kind.pairs} <= kinds  # fmt: skip
    assert PREFIX


@pytest.mark.parametrize("topic", ["flight.relocated", "flight.crew_assigned", "fact.corrected"])
def test_help_of_a_type(topic: str, snapshot: SnapshotAssertion) -> None:
    assert run("record", topic.partition(".")[2], "--help").stdout == snapshot


def test_the_types_are_listed_by_kind() -> None:
    text = run("record", "--help").stdout
    for kind in KINDS:
        assert re.search(rf"^On the stream of an? {kind}:$", text, re.MULTILINE)
    for topic in every_type():
        assert re.search(rf"^  {topic.partition('.')[2]}  ", text, re.MULTILINE)


def test_every_type_is_a_command_by_a_name_of_its_own() -> None:
    group: Any = typer.main.get_command(aboard.cli.main.app)
    types = group.get_command(None, "record")
    names = types.list_commands(None)

    assert len(names) == len(set(names)) == len(every_type()) + 1
    assert all(types.get_command(None, name) for name in names)
    assert types.get_command(None, "registered") is None


def test_completion_offers_types_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    def complete(words: str) -> list[str]:
        monkeypatch.setenv("_ABOARD_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
        return spawn().stdout.split()

    assert complete("aboard record dock")[0].startswith("docking_")
    assert "docked" in complete("aboard record dock")
    assert complete("aboard record docked --po") == ["--port"]


# One event


def test_a_flight_from_its_plan_to_its_docking(log: Path, snapshot: SnapshotAssertion) -> None:
    steps = (
        ("launch_planned", "lark-1", "--target", "2021-05-03", "--known", "2021-03-01"),
        (*LAUNCH, "--crew", "lee"),
        ("undocked", "dove-1", "--happened", "2021-05-03T12:00Z", "--crew", "orr"),
        ("docked", "lark-1", "--happened", "2021-05-03T16:00:00Z", "--station", "heron",
         "--port", "fore port"),
        ("landed", "dove-1", "--happened", "2021-05-03", "--crew", "cid-orr"),
    )  # fmt: skip
    for step in steps:
        before = content(log)
        dry = record(*step, "--dry-run")
        assert dry.code == 0
        assert content(log) == before
        done = record(*step)
        assert told(done, log) == snapshot
        assert effect(done) == effect(dry)

    there = run("who", "heron", "--at", "2021-06-01", "-f", "json")
    assert [one["id"] for one in json.loads(there.stdout)["people"]] == ["ann-lee"]


def test_seats_rides_and_ways_home(log: Path, snapshot: SnapshotAssertion) -> None:
    steps = (
        ("port_added", "heron", "--port", "aft", "--name", "aft port", "--happened", "2020"),
        ("relocated", "dove-1", "--undocked-at", "2021-04-01T09:00Z", "--happened",
         "2021-04-01T10:00Z", "--from-port", "fore", "--to-port", "aft", "--crew", "orr"),
        ("retracted", "dove-1", "--target", "dove-1/relocated", "--reason", "a test"),
        ("return_planned", "dove-1", "--target", "2027-01"),
        ("return_planned", "dove-1", "--target", "2026-12"),
        ("launched", "lark-1", "--happened", "2021-05-03T10:00Z", "--no-crew"),
        ("docked", "lark-1", "--happened", "2021-05-03T16:00Z", "--station", "heron",
         "--port", "aft"),
        ("seat_moved", "lark-1", "--happened", "2021-05-05", "--person", "orr"),
        ("retracted", "lark-1", "--target", "lark-1/seat-moved", "--reason", "a test"),
        ("undocked", "dove-1", "--happened", "2021-06", "--no-crew"),
        ("homeward_vehicle_assigned", "lark-1", "--people", "orr"),
        ("retracted", "lark-1", "--target", "lark-1/launch-planned", "--reason", "a test"),
        ("retracted", "dove-1", "--target", "dove-1/launched", "--reason", "a test"),
    )  # fmt: skip
    for step in steps:
        ran = record(*step)
        assert ran.code == 0, ran.stderr
        assert effect(ran) == snapshot


def test_a_name_of_a_stream_that_is_that_of_several(log: Path) -> None:
    record("registered", "person/bo-lee", "--name", "Bo Lee", "--family-name", "Lee",
           "--agency", "NASA")  # fmt: skip
    ran = record("corrected", "lee", "--target", "person/bo-lee", "--reason", "a slip")

    assert ran.code == 2
    assert "'lee' could be any of: ann-lee, bo-lee\nhint: give the id" in ran.stderr


def effect(ran: Ran) -> list[str]:
    return [line for line in ran.stdout.splitlines() if line.startswith("  ")]


def test_a_dry_run_as_json(log: Path, snapshot: SnapshotAssertion) -> None:
    before = content(log)

    ran = record(*LAUNCH, "--crew", "ann-lee", "--dry-run", "--format", "json")

    assert ran.code == 0
    assert ran.stdout == snapshot
    assert content(log) == before


def test_nobody_is_something_else_than_not_known(log: Path) -> None:
    nobody = record(*LAUNCH, "--no-crew", "--dry-run")
    unknown = record(*LAUNCH)
    both = record(*LAUNCH, "--crew", "lee", "--no-crew")

    assert "lifted off with nobody" in nobody.stdout
    assert (unknown.code, both.code) == (2, 2)
    assert "--crew: missing-field: `crew` is missing" in unknown.stderr
    assert "--crew and --no-crew contradict each other" in both.stderr


@pytest.mark.parametrize(
    "crew", [("--crew", "ann-lee,Orr"), ("--crew", "lee", "--crew", "cid orr")]
)
def test_a_list_repeats_or_takes_commas(log: Path, crew: tuple[str, ...]) -> None:
    ran = record(*LAUNCH, *crew, "--dry-run")
    assert "lifted off with Ann Lee and Cid Orr" in ran.stdout


def test_every_form_of_value(log: Path) -> None:
    record(*LAUNCH, "--crew", "lee", "--payload-kg", "120", "--payload-approximate")
    ran = record("corrected", "flight/lark-1", "--target", "lark-1/launched", "--reason", "a slip",
                 "--changes", "payload_kg=130", "--changes", "happened=2021", "--removes", "site",
                 "--dry-run")  # fmt: skip
    seats = record("crew_replaced", "lark-1", "--off", "lee", "--on", "orr:flight engineer",
                   "--known", "2021-03-01", "--dry-run")  # fmt: skip

    shown = json.loads(run("show", "lark-1/launched", "-f", "json").stdout)
    assert shown["fields"] == {"crew": ["ann-lee"], "payload_kg": 120, "payload_approximate": True}
    assert 'payload_kg is 130, happened is "2021" and site is not known' in ran.stdout
    assert "Cid Orr (flight engineer) assigned in place of Ann Lee" in seats.stdout
    assert "Lark 1: crew: Cid Orr added; Ann Lee removed" in seats.stdout


def test_the_clocks_of_what_is_recorded_as_it_happens(log: Path) -> None:
    record("anomaly", "lark-1", "--happened", "2021-05-04", "--what", "a leak")
    record("launch_planned", "lark-1", "--target", "2021-06")

    leak = json.loads(run("show", "lark-1/anomaly", "-f", "json").stdout)
    plan = json.loads(run("show", "lark-1/launch-planned-2", "-f", "json").stdout)
    person = json.loads(run("show", "person/ann-lee", "-f", "json").stdout)
    assert (leak["happened"], leak["known"], leak["known_assumed"]) == (
        "2021-05-04", "2026-11-01T00:00:00Z", False)  # fmt: skip
    assert plan["happened"] == plan["known"] == person["happened"] == "2026-11-01T00:00:00Z"
    assert (leak["recorded_by"], leak["sources"][0]["key"]) == ("ann", "paper")


def test_an_id_is_made_and_is_not_one_that_is_taken(log: Path) -> None:
    for _ in range(3):
        record("anomaly", "lark-1", "--happened", "2021-05-04", "--what", "a leak")
    record("anomaly", "lark-1", "--happened", "2021-05-04", "--what", "it", "--id", "lark-1/leak")

    assert {key for key in ids(log) if "anomaly" in key or "leak" in key} == {
        "lark-1/anomaly", "lark-1/anomaly-2", "lark-1/anomaly-3", "lark-1/leak"}  # fmt: skip


def test_what_is_recorded_already(log: Path) -> None:
    event = ("anomaly", "lark-1", "--happened", "2021-05-04", "--what", "it", "--id", "lark-1/leak")
    record(*event)
    before = content(log)

    again = record(*event)
    other = record(*event, "--note", "another")

    assert (again.code, again.stdout) == (0, "lark-1/leak is recorded already\n")
    assert other.code == 1
    assert "--id: changed-fact" in other.stderr
    assert content(log) == before


def test_a_source_cites_itself(log: Path) -> None:
    ran = run(
        "record", "registered", "source/gazette", "--kind", "report", "--publisher", "Gazette"
    )

    assert ran.code == 0
    assert record("anomaly", "lark-1", "--happened", "2021", "--what", "it",
                  source="gazette").code == 0  # fmt: skip


def test_options_may_stand_before_the_type(log: Path) -> None:
    ran = run("record", "--dry-run", "--by", "ann", *LAUNCH, "--crew", "lee", "--source", "paper")
    assert ran.stdout.startswith("would record lark-1/launched: lifted off with Ann Lee")


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ("dockd lark-1", 2, "no type of event is called 'dockd'\nhint: did you mean docked"),
        ("flight.docekd lark-1", 2, "hint: did you mean flight.docked"),
        ("zzzz lark-1", 2, "hint: `aboard record --help` lists them"),
        ("registered ann", 2, "registered could be any of: person.registered, source.reg"),
        ("docked person/cid-orr", 2, "flight.docked belongs on the stream of a flight, not of a p"),
        ("docked moon/one", 2, "'moon/one' is not a stream\nhint: a kind and an id: flight/ID"),
        ("docked lrak-1 --station heron", 3, "no flight is called 'lrak-1'\nhint: did you mean"),
        ("docked flight/lrak-1 --station heron", 3, "no flight is called 'lrak-1'"),
        ("corrected lrak-1 --target x/y", 3, "no flight or station or person"),
        ("docked lark-1 --station hern", 3, "--station: no station is called 'hern'\nhint: did"),
        ("docked lark-1 --happened 2021-05-04 --station heron --port zzzzzzzzzzzz", 3,
         "--port: unknown-port: no port is called 'zzzzzzzzzzzz'\nhint: register it first"),
        ("docked lark-1 --happened 2021-05-04 --station heron --port foer", 3,
         "hint: did you mean fore?"),
        ("launched lark-1 --happened 2021 --crew liee", 3, "--crew: no person is called 'liee'"),
        ("docked lark-1 --station heron", 2, "--happened: missing-field: `happened` is missing"),
        ("docked lark-1 --happened soon --station heron", 2, "--happened: wrong-date: happened"),
        ("docked lark-1 --happened 2021-05-04", 2, "hint: "),
        ("docked lark-1 --happened 2021-05-04 --known 2021-05-01 --station heron", 2,
         "--known: wrong-value: known 2021-05-01 is before it happened"),
        ("docked lark-1 --happened 2027 --station heron", 1, "--happened: from-the-future"),
        ("docked lark-1 --happened 2021-04-01 --station heron --port fore", 1,
         "--happened: port-taken: lark-1 docks at heron's fore"),
        ("launched lark-1 --happened 2021 --no-crew --payload-kg much", 2,
         "--payload-kg: wrong-type"),
        ("return_planned lark-1 --target 2021-06 --duration-days 0", 2, "--duration-days: wrong"),
        ("crew_assigned lark-1 --crew lee:king", 2, "--crew: wrong-value: crew.0.role"),
        ("crew_replaced lark-1 --known 2021", 2, "aboard: wrong-value: a replacement names who"),
        ("planned Lark_2 --name L --spacecraft L --operator N --happened 2021", 2,
         "STREAM: wrong-value: stream: 'flight/Lark_2' is not a valid id"),
        ("anomaly lark-1 --happened 2021 --what x --id No", 2, "--id: wrong-value: id"),
        ("retracted dove-1 --target dove-1/dokced --reason x --known 2022", 0,
         "note: --happened: target-missing"),
        ("corrected dove-1 --target dove-1/docked --reason x --changes port", 2,
         "--changes: 'port' is not a pair\nhint: write FIELD=VALUE"),
        ("docked lark-1 --sation heron", 2, "No such option: --sation"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_the_flag_and_changes_nothing(
    log: Path, arguments: str, code: int, complaint: str
) -> None:
    before = content(log)

    ran = record(*shlex.split(arguments), *(("--dry-run",) if code == 0 else ()))

    assert complaint in ran.stderr
    assert (ran.code, ran.stdout == "") == (code, code != 0)
    assert content(log) == before


def test_a_name_that_is_that_of_several(log: Path) -> None:
    record("registered", "person/bo-lee", "--name", "Bo Lee", "--family-name", "Lee",
           "--agency", "NASA")  # fmt: skip
    ran = record(*LAUNCH, "--crew", "lee")

    assert ran.code == 2
    assert "--crew: 'lee' could be any of: ann-lee, bo-lee\nhint: give the id" in ran.stderr


@pytest.mark.parametrize(
    ("source", "code", "complaint"),
    [
        ("papper", 3, "--source: no source is called 'papper'\nhint: did you mean"),
        ("unsourced", 0, ""),
    ],
)
def test_a_source_is_registered(log: Path, source: str, code: int, complaint: str) -> None:
    ran = record("anomaly", "lark-1", "--happened", "2021", "--what", "x", source=source)
    assert (ran.code, complaint in ran.stderr) == (code, True)
    none = run("record", "anomaly", "lark-1", "--happened", "2021", "--what", "x")
    assert none.code == 2
    assert "--source: missing-source: no source is cited\nhint: the key of a source" in none.stderr


def test_a_refusal_as_json(log: Path) -> None:
    ran = record("docked", "lark-1", "--happened", "2021-04-01", "--station", "heron", "--port",
                 "fore", "-f", "json")  # fmt: skip

    assert (ran.code, ran.stderr) == (1, "")
    refused = json.loads(ran.stdout)
    assert (refused["recorded"], refused["events"]) == (False, [])
    found = {(one["place"], one["rule"]) for one in refused["findings"] if not one["missing"]}
    assert found == {("--happened", "port-taken")}


# Undoing


def test_undoing_it_undoes_it(log: Path) -> None:
    def who() -> list[Any]:
        answer = run("who", "--at", "2021-06-01", "-f", "json").stdout
        return [{**one, "since": None} for one in json.loads(answer)["people"]]

    before = who()
    ran = record(*LAUNCH, "--crew", "lee")
    assert who() != before
    undo = shlex.split(ran.stdout.splitlines()[-1].removeprefix("to undo it: ").replace(
        "...", "paper"))  # fmt: skip
    assert undo[:3] == ["aboard", "retract", "lark-1/launched"]
    assert run(*undo[1:]).code == 0
    assert who() == before


def test_the_database_is_named_again_where_it_was_named(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "an other.sqlite"
    run("load", CORPUS / "before", "--database", other)
    ran = record(
        "anomaly", "dove-1", "--happened", "2021-05", "--what", "x", "--database", str(other)
    )
    assert ran.stdout.endswith(f"--source ... --database '{other}'\n")


def test_a_batch_says_how_to_undo_it(log: Path) -> None:
    ran = run("record", "-", stdin=lines(*BATCH))
    undo = ran.stdout.splitlines()[-1].removeprefix("to undo it: ").replace("...", "paper")
    _, *arguments = shlex.split(undo)
    undone = run(*arguments, "--transcription")
    assert undone.code == 0
    assert undone.stdout.count("recorded ") == 3
    assert "to undo it: aboard retract retracted-" in undone.stdout
    answer = json.loads(run("who", "heron", "--at", "2021-06-01", "-f", "json").stdout)
    assert [one["id"] for one in answer["people"]] == ["cid-orr"]


# JSON lines


def test_lines_are_recorded_together(log: Path, snapshot: SnapshotAssertion) -> None:
    with open_log(log) as opened:
        count, before = len(ids(log)), opened.position
    ran = run("record", "-", "--by", "ann", stdin="\n" + lines(*BATCH) + "  \n")

    assert told(ran, log) == snapshot
    assert len(ids(log)) == count + 3
    with open_log(log) as opened:
        events = [event for _, event in opened.read(before)]
    assert {event.recorded_by for event in events} == {"ann"}
    assert len({event.correlation_id for event in events}) == 1


def test_lines_that_are_recorded_already(log: Path) -> None:
    stated: list[dict[str, Any]] = [
        {**event, "id": f"lark-1/{number}"} for number, event in enumerate(BATCH)
    ]
    run("record", "-", stdin=lines(*stated[:2]))
    ran = run("record", "-", "-f", "json", stdin=lines(*stated))
    before = content(log)
    again = run("record", "-", stdin=lines(*stated))

    outcome = json.loads(ran.stdout)
    assert [event["id"] for event in outcome["events"]] == ["lark-1/2"]
    assert outcome["already"] == ["lark-1/0", "lark-1/1"]
    assert outcome["undo"] == "aboard retract lark-1/2 --reason ... --source ..."
    assert again.code == 0
    assert again.stdout.splitlines() == [f"lark-1/{n} is recorded already" for n in range(3)]
    assert content(log) == before


def test_a_dry_run_of_lines(log: Path) -> None:
    before = content(log)
    ran = run("record", "-", "--dry-run", stdin=lines(*BATCH))

    assert "would record lark-1/came: docked with Heron at fore port" in ran.stdout
    assert ran.stdout.endswith("nothing was recorded\n")
    assert content(log) == before


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "line 4: syntax: it is not JSON"),
        ("[1]", "line 4: wrong-type: it is not an object"),
        ('{"a": NaN}', "line 4: syntax: it is not JSON: NaN is not a number"),
        (b"\xff", "line 4: not-utf-8"),
        ("{}", 'line 4: missing-field: `stream` is missing\nhint: write "stream": "flight'),
        ('{"stream": "flight/dove-1", "type": "x"}', "line 4: unknown-type"),
        ('{"stream": "flight/dove-1", "type": "station.port_added"}', "line 4: unknown-type"),
        (LANDED % "", "line 4: left-behind"),
        (LANDED % '"bo"', "line 4: unknown-person: no person is called 'bo'"),
    ],
)  # fmt: skip
def test_one_bad_line_and_nothing_is_recorded(log: Path, line: str | bytes, complaint: str) -> None:
    before = content(log)
    raw = line if isinstance(line, bytes) else line.encode()
    ran = run("record", "-", stdin=lines(*BATCH).encode() + raw + b"\n")

    assert (ran.code, ran.stdout) == (1, "")
    assert complaint in ran.stderr
    assert ran.stderr.endswith("note: nothing was recorded\n")
    assert content(log) == before


def test_no_lines(log: Path) -> None:
    assert run("record", "-", stdin="\n").stdout == "nothing to record\n"


def test_a_long_batch_is_not_listed_whole(log: Path) -> None:
    leak = {"type": "anomaly", "stream": "flight/dove-1", "happened": "2021-04-01", "what": "x",
            "source": "paper"}  # fmt: skip
    ran = run("record", "-", stdin=lines(*[leak] * 25))

    assert ran.stdout.count("\nrecorded ") == 19
    assert ran.stdout.count("... and 5 more: --format json lists them all") == 1
    assert "\nto undo it: aboard retract record-" in ran.stdout


def test_what_show_tells_can_be_recorded_in_another_log(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    run("load", CORPUS / "before", "--database", other)
    shown = "".join(
        run("show", key, "-f", "jsonl").stdout
        for key in ("person/ann-lee", "lark-1/planned", "lark-1/crew-assigned", "dove-1/docked")
    )
    ran = run("record", "-", "-f", "json", "--database", other, stdin=shown)

    outcome = json.loads(ran.stdout)
    assert len(outcome["events"]) == 3
    assert outcome["already"] == ["dove-1/docked"]
    for event in outcome["events"]:
        one, two = (
            json.loads(run("show", event["id"], "-f", "json", "--database", file).stdout)
            for file in (log, other)
        )
        assert (one["fields"], one["sources"]) == (two["fields"], two["sources"])


def test_an_empty_log_gets_the_shipped_ledger_first(tmp_path: Path) -> None:
    ran = run("record", "hatch_closed", "ms-29", "--happened", "2026-10-30", "--source", "gcat",
              "--dry-run", "--database", tmp_path / "log.sqlite")  # fmt: skip
    assert ran.stdout.startswith("would record soyuz-ms-29/hatch-closed: hatch closed")


def test_command_of_a_station(log: Path) -> None:
    for arguments, says in (
        (("command_handed_over", "heron", "--to-person", "lee", "--happened", "2021-04-01"),
         "Ann Lee takes command of Heron, 2021-04-01"),
        (("expedition_began", "heron", "--number", "1", "--commander", "lee", "--happened",
          "2021-05-01"), "Expedition 1 of Heron begins, 2021-05-01"),
        (("command_handed_over", "heron", "--from-person", "lee", "--happened", "2021-06-01",
          "--id", "heron/lee-left"), "the commander of Heron is not known, 2021-06-01"),
    ):  # fmt: skip
        dry, ran = record(*arguments, "--dry-run"), record(*arguments)
        assert (dry.code, ran.code) == (0, 0), ran.stderr
        assert f"\n  {says}\n" in dry.stdout
        assert f"\n  {says}\n" in ran.stdout
    gone = record("retracted", "heron", "--target", "heron/lee-left", "--reason", "a slip",
                  "--dry-run")  # fmt: skip
    assert "\n  the commander of Heron is known (was 2021-06-01)\n" in gone.stdout
    moved = record("corrected", "heron", "--target", "heron/expedition-began", "--changes",
                   "happened=2021-04-20", "--reason", "a slip", "--dry-run")  # fmt: skip
    assert "\n  Expedition 1 of Heron begins, 2021-04-20 (was 2021-05-01)\n" in moved.stdout


def test_what_changes_no_answer_says_so(log: Path) -> None:
    ran = record("anomaly", "lark-1", "--what", "A leak.", "--happened", "2021-02-10", "--dry-run")

    assert "nobody arrives, leaves, moves or takes command, and no plan of a flight" in ran.stdout


class TestNamesOfPorts:
    """A port is called by its name at the station that the event is about."""

    @pytest.mark.usefixtures("answering")
    @pytest.mark.parametrize(
        ("what", "day", "ports", "says"),
        [
            ("relocated soyuz-31", "1978-09-09", "--from-port 'Salyut 6 forward' --to-port aft",
             "Salyut 6 forward to Salyut 6 aft"),
            ("relocated soyuz-t-15", "1986-05-09", "--from-port aft --to-port forward",
             "Salyut 7 aft to Salyut 7 forward"),
            ("relocated ms-29", "2026-10-09", "--to-port poisk", "to Poisk zenith"),
            ("relocation_planned ms-29", "2026-12-24", "--to-port poisk", "to Poisk zenith"),
        ],
    )  # fmt: skip
    def test_a_port_of_the_station_is_meant(
        self, what: str, day: str, ports: str, says: str
    ) -> None:
        moved = f"--undocked-at {day}T11:00Z --happened {day}T12:00Z"
        when = f"--target {day}" if "planned" in what else moved
        ran = record(*shlex.split(f"{what} {when} {ports}"), "--dry-run", source="gcat")
        assert says in ran.stdout


def test_a_second_plan_of_one_day_holds_whatever_the_two_are_called(answering: Path) -> None:
    said = ("--happened", "2021-01-05", "--known", "2021-01-05", "--source", "gcat")
    planned = ("--name", "Rook 1", "--spacecraft", "Rook", "--operator", "Nest")
    assert run("record", "planned", "flight/rook-1", *planned, *said).code == 0
    for name, target in (("soyuz", "2021-02-05"), ("10", "2021-02-06"), ("9", "2021-02-07")):
        ran = run("record", "launch_planned", "rook-1", "--target", target, "--id",
                  f"rook-1/{name}", *said)  # fmt: skip
        assert ran.code == 0, ran.stderr
        found = json.loads(run("flight", "rook-1", "--known", "2021-01-05", "-f", "json").stdout)
        (launch,) = (one for one in found["milestones"] if one["item"] == "launch")
        assert launch["planned"]["time"] == target
    assert "of facts of the same time, it comes after rook-1/soyuz and rook-1/10" in ran.stdout
    withdrawn = run("record", "plan_withdrawn", "rook-1", "--item", "launch", *said)
    assert "it comes after rook-1/soyuz, rook-1/10 and rook-1/9" in withdrawn.stdout
    found = json.loads(run("flight", "rook-1", "--known", "2021-01-05", "-f", "json").stdout)
    assert not [one for one in found["milestones"] if one["item"] == "launch"]
    assert answering.exists()


def test_the_later_of_two_corrections_of_one_day_holds(answering: Path) -> None:
    key = next(one for one in ids(answering) if one.endswith("/docked"))
    for number in range(1, 12):
        ran = run("correct", key, f"note=number {number}", "--reason", "so", "--source", "gcat",
                  "--known", "2021-06-01")  # fmt: skip
        assert ran.code == 0, ran.stderr
    assert f" and {key}/corrected-10" in ran.stdout
    shown = json.loads(run("show", f"{key}/corrected-11", "-f", "json").stdout)
    assert "number 11" in json.dumps(shown)
    assert "number 11" in run("show", key).stdout
