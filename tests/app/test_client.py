"""The Python interface: the same answers as the command line, as typed objects."""

from __future__ import annotations

import json
import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import aboard
from aboard.app.answers.base import Value
from tests.app import times
from tests.cli.running import run
from tests.folders import CORPUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aboard.app.answers.base import Answer
    from tests.homes import Where

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def log(database: Path) -> Iterator[aboard.Client]:
    with aboard.open(database) as opened:
        yield opened


Question = tuple[str, "Callable[[aboard.Client], Answer]"]

QUESTIONS: list[Question] = [
    ("who", lambda log: log.who()),
    ("who iss --at 2022-12-25 --known 2023-01-01",
     lambda log: log.who("iss", at="2022-12-25", known="2023-01-01")),
    ("who iss --at 2023-02-01 --known 2022-09-21",
     lambda log: log.who("iss", at="2023-02-01", known="2022-09-21")),
    ("who --at 2018-10-11T08:45Z --boundary 80km",
     lambda log: log.who(at="2018-10-11T08:45Z", boundary="80km")),
    ("who iss --at 2001-02-24T10:30Z --strict",
     lambda log: log.who("iss", at="2001-02-24T10:30Z", strict=True)),
    ("who ms-22 --at 2022-09-21T15:00Z", lambda log: log.who("ms-22", at="2022-09-21T15:00Z")),
    ("flight ms-22", lambda log: log.flight("ms-22")),
    ("flight ms-22 --known 2022-06-01", lambda log: log.flight("ms-22", known="2022-06-01")),
    ("person rubio", lambda log: log.person("rubio")),
    ("person rubio --at 2022-12-25 --known 2022-12-25",
     lambda log: log.person("rubio", at="2022-12-25", known="2022-12-25")),
    ("station iss --at 2022-12-25", lambda log: log.station("iss", at="2022-12-25")),
    ("agreement", lambda log: log.agreement()),
    ("agreement cross-flight-agreement --known 2022-09-21",
     lambda log: log.agreement("cross-flight-agreement", known="2022-09-21")),
    ("population iss --from 2022 --to 2023",
     lambda log: log.population("iss", start="2022", end="2023")),
    ("population --agency JAXA", lambda log: log.population(agency="jaxa")),
    ("occupation mir -n 2", lambda log: log.occupation("mir", number=2)),
    ("timeline iss --from 2022-09 --to 2023-10",
     lambda log: log.timeline("iss", start="2022-09", end="2023-10")),
    ("top spacewalks -n 3 --agency NASA",
     lambda log: log.top("spacewalks", number=3, agency="NASA")),
    ("replay iss --from 2022-09 --to 2022-12",
     lambda log: log.replay("iss", start="2022-09", end="2022-12")),
    ("replay iss --by known --from 2022-09-20 --to 2022-09-22",
     lambda log: log.replay("iss", by="known", start="2022-09-20", end="2022-09-22")),
    ("replay iss --by recorded --from 4000 --to 4100",
     lambda log: log.replay("iss", by="recorded", start=4000, end=4100)),
    ("log --flight ms-22 --type docked --type undocked",
     lambda log: log.events(flight="ms-22", types=["docked", "undocked"])),
    ("log --clock known --since 2022-07-14 --until 2022-07-15 --known 2023-01-01 --reverse -n 3",
     lambda log: log.events(clock="known", since="2022-07-14", until="2022-07-15",
                            known="2023-01-01", reverse=True, limit=3)),
    ("show soyuz-ms-22/docked", lambda log: log.event("soyuz-ms-22/docked")),
    ("show crew-5/launch-planned-2022-09-21 --known 2022-09-30",
     lambda log: log.event("crew-5/launch-planned-2022-09-21", known="2022-09-30")),
    ("ask berths iss", lambda log: log.ask("berths", "iss")),
    ("ask command", lambda log: log.ask("command")),
    ("status", lambda log: log.status()),
]  # fmt: skip


@pytest.mark.parametrize(("command", "ask"), QUESTIONS, ids=[command for command, _ in QUESTIONS])
def test_an_answer_is_that_of_the_command_line(
    log: aboard.Client, database: Path, command: str, ask: Callable[[aboard.Client], Answer]
) -> None:
    answer = ask(log)

    printed = run(*command.split(), "--format", "json", "--database", database)
    assert answer.to_dict() == json.loads(printed.stdout)
    assert pickle.loads(pickle.dumps(answer)).to_dict() == answer.to_dict()  # noqa: S301
    assert missing(answer, answer.to_dict(), ignored=OPEN) == set()


OPEN = {"PlannedMilestone", "ActualMilestone"}
"""Parts that say more in the JSON than in their fields, which their documentation says."""


def missing(value: Any, data: Any, ignored: set[str]) -> set[str]:
    """Return the names in some data that the object made from it has no field for."""
    if isinstance(value, Value):
        fields = {one.encode_name: one.name for one in msgspec.structs.fields(value)}
        own = f"{type(value).__name__}."
        found = (
            set() if type(value).__name__ in ignored else {own + k for k in data.keys() - fields}
        )
        for name, part in data.items():
            if name in fields:
                found |= missing(getattr(value, fields[name]), part, ignored)
        return found
    if isinstance(value, tuple):
        pairs = zip(value, data, strict=True)
        return {name for one, part in pairs for name in missing(one, part, ignored)}
    return set()


def test_every_flight_person_and_station_can_be_answered(log: aboard.Client) -> None:
    """No stored value is of a form that the types do not allow."""
    with sqlite3.connect(f"{log.status().read_model.path}") as db:
        found = db.execute("SELECT kind, id FROM entity ORDER BY id").fetchall()
    db.close()
    by_kind = {
        kind: [key for of, key in found if of == kind] for kind in ("flight", "person", "station")
    }
    for key in by_kind["flight"][::6]:
        assert log.flight(key).flight == key
        assert log.flight(key, known="2022-10-01").flight == key
    for key in by_kind["person"][::12]:
        assert log.person(key).person == key
    for key in by_kind["station"]:
        assert log.station(key, at="1986-05-06").station == key


def test_an_answer_has_types_and_does_not_change(log: aboard.Client) -> None:
    crew = log.who("iss", at="2022-12-25", known="2023-01-01")

    rubio = next(one for one in crew.people if one.id == "frank-rubio")
    assert rubio.until is not None
    assert rubio.until.at is not None
    assert (str(rubio.since), str(rubio.until.at)) == ("2022-09-21T17:06:34Z", "2023-03-28")
    assert rubio.until.at.precision == "day"
    with pytest.raises(AttributeError):
        crew.count = 8  # type: ignore[misc]
    crew.to_dict()["people"].clear()
    assert len(crew.to_dict()["people"]) == crew.count == 7


@pytest.mark.parametrize("at", times.SAME_INSTANT, ids=repr)
def test_a_time_is_a_text_a_time_or_a_datetime(log: aboard.Client, at: Any) -> None:
    assert str(log.who("iss", at=at).at) == "2022-12-25T13:00:00Z"


def test_a_date_is_the_start_of_its_day_and_known_to_its_end(log: aboard.Client) -> None:
    answer = log.who("iss", at=aboard.Time.parse("2022-12-25"), known="2023-01-01")

    assert str(answer.at) == "2022-12-25T00:00:00Z"
    assert str(answer.known) == "2023-01-01T23:59:59Z"
    just_after = datetime(2023, 1, 1, 2, 0, 0, 1, timezone(timedelta(hours=2)))
    assert str(log.who("iss", known=just_after).known) == "2023-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda log: log.who("isss"), aboard.NotFound, "no station or flight or craft is called"),
        (lambda log: log.who("atlantis"), aboard.UsageError, "'atlantis' could be any of: sts-"),
        (lambda log: log.who(""), aboard.UsageError, "is empty"),
        (lambda log: log.who(at=""), aboard.UsageError, "at is empty"),
        (lambda log: log.who(at=datetime(2022, 12, 25)), aboard.UsageError,  # noqa: DTZ001
         r"at: datetime.datetime\(2022, 12, 25, 0, 0\) has no time zone"),
        (lambda log: log.who(at=5), aboard.UsageError, "at: 5 is not a time"),
        (lambda log: log.who(at="Christmas"), aboard.UsageError, "at: 'Christmas'"),
        (lambda log: log.who(at="NET 2022-12"), aboard.UsageError, "about one instant"),
        (lambda log: log.who(known="2030"), aboard.UsageError, "nothing is known from the future"),
        (lambda log: log.who(known=datetime(2030, 1, 1, tzinfo=UTC)), aboard.UsageError,
         "nothing is known from the future"),
        (lambda log: log.who(recorded=999_999), aboard.UsageError, "the log ends at position"),
        (lambda log: log.who(recorded=-1), aboard.UsageError, "-1 is not a position"),
        (lambda log: log.who(boundary="moon"), aboard.UsageError, "'moon' is not one of orbit"),
        (lambda log: log.top("age"), aboard.UsageError, "'age' is not one of time, aboard"),
        (lambda log: log.population(start="2023", end="2022"), aboard.UsageError, "start is not"),
        (lambda log: log.replay(start="2023", end="2022"), aboard.UsageError,
         "start 2023 is after end 2022"),
        (lambda log: log.events(types=["dockt"]), aboard.UsageError, "no type of event"),
        (lambda log: log.event("soyuz-ms-22/none"), aboard.NotFound, "no event is called"),
        (lambda log: log.ask("birth"), aboard.NotFound, "no projection is called 'birth'"),
        (lambda log: log.record("dokked", "ms-22"), aboard.UsageError, "no type of event"),
        (lambda log: log.retract("nothing", reason="x", source="gcat"), aboard.NotFound,
         "no event is called 'nothing'"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_an_error(
    log: aboard.Client,
    ask: Callable[[aboard.Client], object],
    error: type[aboard.AboardError],
    message: str,
) -> None:
    with pytest.raises(error, match=message) as raised:
        ask(log)
    assert isinstance(raised.value, aboard.AboardError)
    assert raised.value.hint
    assert raised.value.code == {aboard.UsageError: 2, aboard.NotFound: 3}[error]


def test_the_log_as_it_stood(log: aboard.Client) -> None:
    with pytest.raises(aboard.NotFound):
        log.event("crew-13/docked", recorded=100)
    assert log.events(limit=1, reverse=True, recorded=100).events[0].position == 100
    assert log.events(recorded=datetime(1999, 1, 1, tzinfo=UTC)).count == 0


def test_a_database_that_is_something_else_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "notes.sqlite"
    file.write_text("not a database " * 100)
    with aboard.open(file) as log, pytest.raises(aboard.DatabaseError, match="cannot be read"):
        log.who("iss")


def test_nothing_can_be_asked_after_closing(database: Path) -> None:
    with aboard.open(database) as log:
        assert log.who("iss", at="2022-12-25").count == 7
    with pytest.raises(aboard.UsageError, match="the log is closed"):
        log.who("iss")
    with pytest.raises(aboard.UsageError, match="the log is closed"):
        log.status()


def test_it_finds_the_database_as_the_command_line_does(answering: Path) -> None:
    with aboard.open() as log:
        assert log.status().log.path == str(answering)


def test_an_empty_log_is_loaded_and_says_how_far_it_is(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    with aboard.open(
        tmp_path / "new.sqlite", create=True, progress=lambda *step: heard.append(step)
    ) as log:
        assert log.status().read_model.position is None
        assert log.who("iss", at="2022-12-25").count == 7
    assert {task for task, _, _ in heard} == {"Loading the ledger", "Building the read model"}
    assert all(0 <= done <= total for _, done, total in heard)


# Recording


@pytest.fixture
def small(tmp_path: Path) -> Iterator[aboard.Client]:
    """A log of eight facts about one flight."""
    run("load", CORPUS / "before", "--database", tmp_path / "log.sqlite")
    with aboard.open(tmp_path / "log.sqlite") as opened:
        yield opened


def test_a_preview_says_what_would_change_and_records_nothing(small: aboard.Client) -> None:
    before = small.status().log.position
    answer = small.record(
        "planned", "lark-1", source="paper", happened="2021-01-10", known="2021-01-10",
        fields={"name": "Lark 1", "spacecraft": "Lark", "operator": "NASA"}, preview=True,
    )  # fmt: skip

    assert (answer.recorded, answer.batch) == (False, None)
    assert [(one.id, one.stream, one.position) for one in answer.events] == [
        ("lark-1/planned", "flight/lark-1", None)
    ]
    assert small.status().log.position == before


def test_what_is_recorded_is_answered(small: aboard.Client) -> None:
    when = datetime(2021, 1, 10, 12, tzinfo=UTC)
    answer = small.record(
        "planned", "lark-1", source=["paper"], happened=when, known=aboard.Time.parse("2021-01-11"),
        fields={"name": "Lark 1", "spacecraft": "Lark", "operator": "NASA"}, by="ann",
    )  # fmt: skip

    (event,) = answer.events
    assert answer.recorded
    assert event.position == answer.position
    found = small.event(event.id)
    assert (str(found.happened), str(found.known), found.recorded_by) == (
        "2021-01-10T12:00:00Z", "2021-01-11", "ann",
    )  # fmt: skip
    assert small.flight("Lark 1").name == "Lark 1"
    again = small.record_all([small.event(event.id).to_dict()])
    assert (again.recorded, again.already) == (False, (event.id,))


def test_what_contradicts_the_log_is_refused_whole(small: aboard.Client) -> None:
    before = small.status().log.position
    planned = {
        "type": "planned", "stream": "flight/lark-1", "source": ["paper"], "happened": "2021-01-10",
        "known": "2021-01-10", "name": "Lark 1", "spacecraft": "Lark", "operator": "NASA",
    }  # fmt: skip
    wrong = {"type": "landed", "stream": "flight/dove-1", "source": ["paper"],
             "happened": "2020-01-01", "known": "2021-04-01"}  # fmt: skip
    with pytest.raises(aboard.RecordingRefused) as refused:
        small.record_all([planned, wrong])

    assert refused.value.code == 1
    assert {one.line for one in refused.value.findings} == {2}
    assert refused.value.message.startswith(f"{refused.value.findings[0].rule}: ")
    assert small.status().log.position == before


def test_a_correction_and_its_retraction(small: aboard.Client) -> None:
    changes = {"happened": datetime(2021, 3, 1, 18, tzinfo=UTC)}
    preview = small.correct("dove-1/docked", changes, reason="a slip", source="paper", preview=True)
    assert (preview.recorded, preview.events[0].position) == (False, None)
    assert 'changes = { happened = "2021-03-01T18:00:00Z" }' in preview.toml[0]

    done = small.correct(
        "dove-1/docked", changes, reason="a slip", source="paper", known="2022-01-01"
    )
    assert done.ids == preview.ids == ("dove-1/docked/corrected-1",)
    assert done.recorded
    assert done.changes["people"][0]["change"] == "moves"
    then = "2021-03-01T17:00Z"
    assert small.who("heron", at=then).docked == ()
    assert len(small.who("heron", at=then, known="2021-12-31").docked) == 1

    small.retract(done.ids[0], reason="it was right", source="paper", transcription=True)
    assert len(small.who("heron", at=then).docked) == 1


def test_a_missing_database_is_refused_unless_it_is_to_be_created(tmp_path: Path) -> None:
    with pytest.raises(aboard.NotFound) as missing:
        aboard.open(tmp_path / "none.sqlite")

    assert missing.value.message == f"there is no database {tmp_path / 'none.sqlite'}"
    assert missing.value.hint == "check the path, or give create=True to create it"
    assert list(tmp_path.iterdir()) == []


# Threads


def test_many_threads_ask_one_client(shipped: Where) -> None:
    days = [f"2022-{month:02}-{day:02}" for month in range(1, 13) for day in (5, 15, 25)]
    with aboard.open(str(shipped)) as log:
        alone = [log.who("iss", at=day).to_dict() for day in days]
        with ThreadPoolExecutor(8) as threads:
            together = list(threads.map(lambda day: log.who("iss", at=day).to_dict(), days))
    assert together == alone


def test_threads_that_find_an_empty_log_load_it_once(tmp_path: Path) -> None:
    with aboard.open(tmp_path / "new.sqlite", create=True) as log:
        with ThreadPoolExecutor(4) as threads:
            counts = list(threads.map(lambda _: log.who("iss", at="2022-12-25").count, range(4)))
        assert counts == [7] * 4
        assert log.status().ledger.not_yet_recorded == 0


def test_threads_record_through_one_client(small: aboard.Client) -> None:
    def register(number: int) -> tuple[str, ...]:
        answer = small.record(
            "registered", f"person/person-{number}", source="paper",
            fields={"name": f"Person {number}", "family_name": str(number), "agency": "NASA"},
        )  # fmt: skip
        return tuple(one.id for one in answer.events)

    before = small.status().log.position
    with ThreadPoolExecutor(4) as threads:
        ids = list(threads.map(register, range(8)))
    assert len(set(ids)) == 8
    assert small.status().log.position >= before + 8
    assert {small.person(f"person-{number}").name for number in range(8)} == {
        f"Person {number}" for number in range(8)
    }
