"""`aboard parked`: what could not be processed, and what is done about it."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from aboard.app.database import FileDatabase
from tests.cli.running import run
from tests.corpus.test_corpus import CORPUS
from tests.loader.content import comparable

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock")

CHECKED = "note: checked to 1 March 2021, 2070 days ago: later changes are not in it\n"
"""What is said of every answer about this log, in which nothing is claimed of Heron."""

PLUGIN = """
from aboard.events.flight import Launched
from aboard.events.time import FOREVER
from aboard.projections.fold import Interval

name, version = "lift_off", 1
POISON = {poison!r}


def subjects(event):
    if isinstance(event, Launched):
        yield event.subject


def start(flight):
    return ()


def step(state, fact):
    if fact.id == POISON:
        raise ZeroDivisionError("too heavy")
    return (*state, fact) if isinstance(fact, Launched) else state


def finish(state, now):
    for fact in state:
        yield Interval(fact.happened.earliest, FOREVER, fact.subject, (("up", True),), (fact.id,))
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A fold that raises on the launch of dove-1."""
    file = tmp_path / "lift_off.py"
    file.write_text(PLUGIN.format(poison="dove-1/launched"))
    return file


@pytest.fixture
def log(tmp_path: Path, plugin: Path) -> Path:
    """A small log, with a launch that the plugin raises on."""
    file = tmp_path / "log.sqlite"
    assert run("load", CORPUS / "before", "--database", file).code == 0
    ran = run("rebuild", "--plugin", plugin, "--database", file)
    assert (ran.code, ran.stderr) == (0, "")
    return file


def plain(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", text)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form(form: str, log: Path, snapshot: SnapshotAssertion) -> None:
    assert plain(run("parked", "--format", form, "--database", log).shown()) == snapshot


def test_answers_of_the_projection_and_the_status_say_so(log: Path) -> None:
    answer = run("ask", "lift_off", "--at", "2021-03-02", "--format", "json", "--database", log)
    held = json.loads(answer.stdout)["as_of"]["held"]
    status = run("status", "--format", "json", "--database", log)

    assert [(one["projection"], one["subject"]) for one in held] == [("lift_off", "dove-1")]
    assert answer.stderr == (
        "note: not up to date because an event is parked: dove-1 (lift_off); "
        "`aboard parked` says why\n" + CHECKED
    )
    assert status.stderr.startswith("note: 1 event is parked: `aboard parked` lists")
    assert json.loads(status.stdout)["read_model"]["parked"] == 1


@pytest.mark.parametrize(
    "question",
    [
        ("who", "heron", "--at", "2021-03-02"),
        ("flight", "dove-1"),
        ("person", "cid-orr"),
        ("station", "heron"),
        ("population", "heron"),
        ("occupation", "heron"),
        ("timeline", "heron"),
        ("top", "flights"),
        ("replay",),
        ("log",),
        ("show", "dove-1/launched"),
        ("ask", "presence", "heron", "--at", "2021-03-02"),
    ],
    ids=lambda question: question[0],
)
def test_other_answers_do_not(question: tuple[str, ...], log: Path) -> None:
    """The projections of the program have included the event that the plugin raised on."""
    for form in ("table", "json"):
        ran = run(*question, "--format", form, "--database", log)
        assert ran.code == 0, ran.stderr
        assert "parked" not in ran.stderr
        assert '"held"' not in ran.stdout


def test_a_mended_fold_takes_it_in(log: Path, plugin: Path) -> None:
    again = run("parked", "retry", "--plugin", plugin, "--database", log)
    assert (again.code, again.stderr) == (1, "note: `aboard parked` says why\n")
    assert re.fullmatch(r"position \d+: 1 still held\n", again.stdout)

    plugin.write_text(PLUGIN.format(poison="none"))
    ran = run("parked", "retry", "--plugin", plugin, "--database", log)

    assert (ran.code, ran.stderr) == (0, "")
    assert re.fullmatch(r"position \d+: included\n", ran.stdout)
    assert run("parked", "--database", log).stderr == "note: nothing is parked\n"
    assert run("parked", "retry", "--database", log).stderr == "note: nothing is parked\n"
    asked = run("ask", "lift_off", "dove-1", "--at", "2021-03-02", "--database", log)
    assert "dove-1/launched" in asked.stdout


def test_what_is_skipped_is_told_by_the_status_alone(log: Path, plugin: Path) -> None:
    [row] = json.loads(run("parked", "--format", "json", "--database", log).stdout)
    at = str(row["position"])

    ran = run("parked", "skip", at, "--reason", "too heavy", "--plugin", plugin, "--database", log)

    assert (ran.code, ran.stdout) == (0, f"position {at}: skipped\n")
    status = run("status", "--database", log)
    assert re.search(r"lift off 1 +position \d+, up to date, 1 skipped", status.stdout)
    assert status.stderr == ""
    who = run("who", "heron", "--at", "2021-03-02", "--database", log)
    assert who.stderr == CHECKED
    back = run("parked", "retry", at, "--plugin", plugin, "--database", log)
    assert (back.code, back.stdout) == (1, f"position {at}: 1 still held\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("skip", "3"), 2, "skip needs a POSITION and a --reason"),
        (("skip", "--reason", "why"), 2, "skip needs a POSITION and a --reason"),
        (("retry", "3", "--reason", "why"), 2, "--reason is only for skip"),
        (("list", "3"), 2, "list takes no POSITION"),
        (("retry", "999"), 3, "nothing is parked at position 999"),
        (("skip", "1", "--reason", "why"), 3, "nothing is parked at position 1"),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    arguments: tuple[str, ...], code: int, message: str, log: Path
) -> None:
    before = comparable(FileDatabase(log).read_model)

    ran = run("parked", *arguments, "--database", log)

    assert (ran.code, ran.stdout) == (code, "")
    assert ran.stderr.startswith(f"aboard: {message}\nhint: ")
    assert comparable(FileDatabase(log).read_model) == before


def test_nothing_is_parked_where_nothing_is(tmp_path: Path) -> None:
    run("load", CORPUS / "before", "--database", tmp_path / "log.sqlite")
    ran = run("parked", "--database", tmp_path / "log.sqlite")
    assert (ran.code, ran.stdout, ran.stderr) == (0, "", "note: nothing is parked\n")


def test_bytes_that_cannot_be_read_stop_nothing(tmp_path: Path, database: Path) -> None:
    """The row is spoilt by somebody who may write the file, past the triggers."""
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("DROP TRIGGER stored_events_update")
        (at,) = db.execute(
            "SELECT position FROM event_ids WHERE event_id='soyuz-ms-22/docked'"
        ).fetchone()
        db.execute("UPDATE stored_events SET state='{' WHERE rowid=?", (at,))

    rebuilt = run("rebuild", "--database", database)
    answer = run("who", "iss", "--at", "2022-12-25", "--format", "json", "--database", database)

    assert rebuilt.code == 0
    told = json.loads(answer.stdout)
    names = [one["id"] for one in told["people"]]
    assert "nicole-mann" in names
    assert "frank-rubio" not in names, "as before the docking that cannot be read"
    held = {(one["projection"], one["subject"], one["before"]) for one in told["as_of"]["held"]}
    assert {("presence", "frank-rubio", at), ("berths", "soyuz-ms-22", at)} <= held
    assert "frank-rubio (presence)" in answer.stderr or "more; `aboard parked`" in answer.stderr
    [listed] = {
        (one["position"], one["event"])
        for one in json.loads(run("parked", "-f", "json", "--database", database).stdout)
    }
    assert listed[0] == at
    assert listed[1].startswith("flight/soyuz-ms-22@")
