"""`aboard status`: where the log is, what it holds, and what is up to date."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from aboard.app.database import FileDatabase
from aboard.domain.eventlog.log import open_log
from aboard.loader.load import load
from aboard.projections.read_model.read_model import ignore
from aboard.projections.tables.fold_versions import VERSIONS
from tests.cli.running import run
from tests.conftest import NOW
from tests.corpus.test_corpus import CORPUS
from tests.loader.content import position

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form(form: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    log = tmp_path / "log.sqlite"
    run("load", CORPUS / "before", "--database", log)

    ran = run("status", "--format", form, "--database", log)

    shown = re.sub(r"(not.yet.recorded\W+)\d+", r"\1<number>", ran.shown(tmp_path))
    assert re.sub(r" {2,}", "  ", shown) == snapshot


def test_the_shipped_ledger_loaded(answering: Path) -> None:
    status = json.loads(run("status", "-f", "json").stdout)

    count = position(answering)
    assert status["log"] == {"path": str(answering), "position": count}
    assert status["read_model"] == {
        "path": str(FileDatabase(answering).read_model),
        "position": count,
        "recorded": "2026-11-01T00:00:00Z",
        "is_level": True,
        "parked": 0,
    }
    assert status["holds"]["flight"] > 20
    assert status["ledger"]["not_yet_recorded"] == 0


def test_nothing_there_and_nothing_made(home: Path) -> None:
    ran = run("status", "-f", "json")
    status = json.loads(ran.stdout)

    assert status["log"] == {"path": str(home / "data/aboard/log.sqlite"), "position": 0}
    assert status["read_model"]["is_level"] is False
    assert status["read_model"]["position"] is None
    assert status["holds"] == {}
    assert ran.stderr == "note: there is no read model yet: the next query loads the ledger\n"
    assert status["ledger"]["not_yet_recorded"] > 600
    assert list(home.iterdir()) == []


def test_a_read_model_that_is_behind(answering: Path) -> None:
    with open_log(answering) as log:
        load(log, [CORPUS / "before"], NOW, ignore)
    count = position(answering)

    status = json.loads(run("status", "-f", "json").stdout)

    assert status["log"]["position"] == count
    assert status["read_model"]["position"] == count - 8
    assert status["read_model"]["is_level"] is False


def test_how_far_behind_each_projection_is(answering: Path) -> None:
    with open_log(answering) as log:
        load(log, [CORPUS / "before"], NOW - 90, ignore)

    status = json.loads(run("status", "-f", "json").stdout)

    of = {one["name"]: one for one in status["projections"]}
    assert [*of] == [
        "agreement_seats", "agreement_text", "berths", "command", "flight_plan", "presence",
    ]  # fmt: skip
    assert of["presence"] == {
        "name": "presence",
        "version": VERSIONS["presence"],
        "live": True,
        "position": position(answering) - 8,
        "parked": 0,
        "skipped": 0,
        "lag_events": 8,
        "lag_seconds": 90,
    }
    assert f"presence {VERSIONS['presence']}" in run("status").stdout


@pytest.mark.parametrize(
    ("allowed", "code", "told"),
    [("8", 0, ""), ("7", 4, "7 events"), ("90s", 0, ""), ("1m", 4, "1m"), ("1h", 0, "")],
)
def test_what_is_stale_beyond_what_is_allowed(
    allowed: str, code: int, told: str, answering: Path
) -> None:
    with open_log(answering) as log:
        load(log, [CORPUS / "before"], NOW - 90, ignore)

    ran = run("status", "--max-lag", allowed)

    assert ran.code == code
    assert "log position" in ran.stdout
    if code:
        assert ran.stderr == (
            f"aboard: stale: agreement_seats {VERSIONS['agreement_seats']} is 8 events and 90 s "
            f"behind, and {told} are allowed\nhint: `aboard run` brings it up to date\n"
        )


def test_a_lag_that_is_none_is_refused(answering: Path) -> None:
    ran = run("status", "--max-lag", "soon")
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(
        "aboard: --max-lag: 'soon' is not a lag\nhint: give a number of events"
    )


def test_where_nothing_is_built_it_is_stale(answering: Path) -> None:
    FileDatabase(answering).read_model.unlink()
    ran = run("status", "--max-lag", "1000000")
    assert ran.code == 4
    assert "stale: no read model is built" in ran.stderr


def test_a_log_without_its_read_model(answering: Path) -> None:
    FileDatabase(answering).read_model.unlink()

    status = json.loads(run("status", "-f", "json").stdout)

    assert status["log"]["position"] == position(answering)
    assert status["ledger"]["not_yet_recorded"] == 0
    assert "loads the ledger" not in json.dumps(status["holds"]), "the log has the ledger already"
