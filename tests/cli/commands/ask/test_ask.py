"""`aboard ask`: what any projection holds, one of the user's own too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.commands.operate.test_parked import PLUGIN
from tests.cli.running import run
from tests.corpus.test_corpus import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A fold that says of each flight that it is up."""
    file = tmp_path / "lift_off.py"
    file.write_text(PLUGIN.format(poison="none"))
    return file


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "log.sqlite"
    assert run("load", CORPUS / "before", "--database", file).code == 0
    return file


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form(form: str, log: Path, plugin: Path, snapshot: SnapshotAssertion) -> None:
    asked = ("ask", "lift_off", "--plugin", plugin, "--at", "2021-03-02", "--known", "2026-01-01")
    told = run(*asked, "--format", form, "--database", log).shown()
    assert told == snapshot


def test_it_has_both_axes(log: Path, plugin: Path) -> None:
    for at, known, holds in (("2021-03-02", "2026", 1), ("2020", "2026", 0), ("2022", "2020", 0)):
        ran = run("ask", "lift_off", "dove-1", "--at", at, "--known", known, "--plugin", plugin,
                  "--format", "json", "--database", log)  # fmt: skip
        assert len(json.loads(ran.stdout)["holds"]) == holds


def test_what_the_environment_names_is_kept_level_with_the_rest(
    log: Path, plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABOARD_PLUGINS", str(plugin))
    assert run("run", "--once", "--database", log).code == 0
    ran = run("ask", "lift_off", "nowhere", "--database", log)
    assert (ran.code, ran.stdout.splitlines()[1:]) == (0, ["  nothing"])
    status = run("status", "--database", log)
    assert "lift off 1" in status.stdout


def test_a_name_that_is_none(log: Path) -> None:
    ran = run("ask", "hatch", "--database", log)
    assert (ran.code, ran.stdout) == (3, "")
    assert ran.stderr == (
        "aboard: no projection is called 'hatch'\n"
        "hint: there are: agreement_seats, agreement_text, berths, command, flight_plan, presence; "
        "--plugin adds\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nowhere_at_all", "it cannot be imported: ModuleNotFoundError: "),
        ("name = 'Hatch'", "name is 'Hatch': lower-case letters, digits and underscores"),
        ("name = 'hatch_at'", "name is 'hatch_at': "),
        ("name, version = 'hatch', '1'", "version is '1': a whole number of at least 1"),
        ("name, version = 'hatch', 1", "there is no function subjects"),
        (PLUGIN.format(poison="").replace("lift_off", "presence"), "the name 'presence' is taken"),
        (None, "there is no such Python file"),
    ],
)
def test_a_file_that_is_no_fold_is_refused(
    text: str | None, message: str, log: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    if text is not None:
        file.write_text(text)

    ran = run("ask", "hatch", "--plugin", file, "--database", log)

    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"aboard: --plugin {file}: {message}")
    assert "\nhint: " in ran.stderr
