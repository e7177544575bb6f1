"""`aboard fmt`: ledger files in the canonical form."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import Ran, run
from tests.folders import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion


UNTIDY = """\
# About it.
stream = 'flight/wren-1'

[[event]]
type="hatch_opened" # the hatch
id = "wren-1/hatch-opened"
source = [ 'paper' ]
"""

TIDY = """\
# About it.
stream = "flight/wren-1"

[[event]]
id = "wren-1/hatch-opened"
type = "hatch_opened"  # the hatch
source = ["paper"]
"""


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger with one file that is not canonical; the working folder is above it."""
    shutil.copytree(CORPUS / "before", tmp_path / "ledger")
    monkeypatch.chdir(tmp_path)
    run("fmt", "ledger")
    (tmp_path / "ledger" / "flights" / "wren-1.toml").write_text(UNTIDY, "utf-8")
    return tmp_path / "ledger"


def held(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_file_is_replaced_and_named(ledger: Path) -> None:
    file = ledger / "flights" / "wren-1.toml"
    file.chmod(0o640)

    assert run("fmt", "ledger") == Ran(0, "ledger/flights/wren-1.toml\n", "")
    assert file.read_text("utf-8") == TIDY
    assert file.stat().st_mode & 0o777 == 0o640
    assert run("fmt", "ledger") == Ran(0, "", "")


def test_check_names_it_and_changes_nothing(ledger: Path) -> None:
    before = held(ledger)

    assert run("fmt", "ledger", "--check") == Ran(1, "ledger/flights/wren-1.toml\n", "")
    assert held(ledger) == before
    assert run("fmt", "ledger/people.toml", "--check") == Ran(0, "", "")


def test_diff_shows_it_and_changes_nothing(ledger: Path, snapshot: SnapshotAssertion) -> None:
    before = held(ledger)
    ran = run("fmt", "ledger", "--diff")

    assert ran.code == 1
    assert ran.shown() == snapshot
    assert held(ledger) == before


@pytest.mark.parametrize("text", [b"a = \n", b"\xff\n"], ids=["not toml", "not utf-8"])
def test_what_is_not_toml_is_told_as_by_check_and_left_alone(text: bytes, ledger: Path) -> None:
    file = ledger / "flights" / "broken.toml"
    file.write_bytes(text)

    ran = run("fmt", "ledger")

    assert (ran.code, ran.stdout) == (1, "ledger/flights/wren-1.toml\n")
    assert ran.stderr in run("check", "ledger").stdout
    assert ran.stderr.startswith("ledger/flights/broken.toml:1: ")
    assert file.read_bytes() == text


def test_what_has_no_form_is_left_alone(ledger: Path, snapshot: SnapshotAssertion) -> None:
    file = ledger / "flights" / "odd.toml"
    file.write_text("a =   nan\n", "utf-8")

    ran = run("fmt", "ledger/flights/odd.toml")

    assert ran.code == 1
    assert ran.shown() == snapshot
    assert file.read_text("utf-8") == "a =   nan\n"


def test_a_link_stays_one(ledger: Path, tmp_path: Path) -> None:
    file, link = ledger / "flights" / "wren-1.toml", tmp_path / "link.toml"
    link.symlink_to(file)

    assert run("fmt", "link.toml").code == 0
    assert link.is_symlink()
    assert file.read_text("utf-8") == TIDY


def test_a_file_that_cannot_be_replaced_is_as_it_was(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    before = held(ledger)
    monkeypatch.setattr("aboard.loader.atomic_write.os.replace", full)
    ran = run("fmt", "ledger")

    assert (ran.code, ran.stdout) == (1, "")
    assert "No space left on device\nhint: " in ran.stderr
    assert held(ledger) == before


def test_a_path_that_is_not_there() -> None:
    assert run("fmt", "no-such-ledger").code == 2
