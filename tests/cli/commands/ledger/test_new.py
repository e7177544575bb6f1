"""`aboard new`: the skeleton of a ledger file, to fill in."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import Ran, run
from tests.folders import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.usefixtures("clock")

BEFORE = CORPUS / "before"

FLIGHT = (
    "flight", "wren-9", "--name", "Wren 9", "--spacecraft", "Wren", "--operator", "Birds",
    "--destination", "heron", "--crew", "ann-lee:commander", "--crew", "bob-ray", "--site", "Field",
)  # fmt: skip

PERSON = """
[[person]]
id = "{0}"
name = "{0}"
family_name = "{0}"
agency = "ESA"
source = ["paper"]
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A small ledger of the test's own."""
    ledger = tmp_path / "ledger"
    shutil.copytree(BEFORE, ledger)
    with (ledger / "people.toml").open("a", encoding="utf-8") as people:
        people.writelines(PERSON.format(name) for name in ("ann-lee", "bob-ray"))
    return ledger


@pytest.mark.parametrize("kind", ["flight", "station", "agreement", "person", "source"])
def test_the_skeleton_of_each_kind(kind: str, snapshot: SnapshotAssertion) -> None:
    assert run("new", kind, "wren-9").shown() == snapshot


@pytest.mark.parametrize("arguments", [(), ("flight",), ("person",)], ids=" ".join)
def test_help(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    assert run("new", *arguments, "--help").shown() == snapshot


def test_what_is_given_stands_in_every_event_that_has_it(snapshot: SnapshotAssertion) -> None:
    assert run("new", *FLIGHT, "--source", "unsourced").shown() == snapshot


def test_filled_in_it_passes_the_check(ledger: Path) -> None:
    written = run("new", *FLIGHT, "--source", "unsourced", "--ledger", ledger)
    file = ledger / "flights" / "wren-9.toml"
    assert (written.code, written.stdout) == (0, f"wrote {file}\n")

    unfilled = run("check", ledger)
    assert unfilled.code == 1
    assert unfilled.stdout.count(": missing-field: ") == 8
    assert unfilled.stdout.count("\n") == 8

    days = iter(range(1, 20))
    file.write_text(
        re.sub(
            r'^# TODO (\w+) = "".*$',
            lambda found: f"{found[1]} = 2022-01-{next(days):02}",
            file.read_text("utf-8"),
            flags=re.MULTILINE,
        ),
        "utf-8",
    )
    assert run("check", ledger) == Ran(0, "", "")


def test_people_and_sources_go_to_the_end_of_their_file(ledger: Path) -> None:
    before = {name: (ledger / name).read_text("utf-8") for name in ("people.toml", "sources.toml")}
    for arguments in (
        ("person", "eve-fay", "--name", "Eve Fay", "--family-name", "Fay", "--agency", "Birds",
         "--source", "gull"),
        ("source", "gull", "--kind", "report", "--publisher", "The Gull"),
    ):  # fmt: skip
        assert run("new", *arguments, "--ledger", ledger).code == 0

    assert run("check", ledger) == Ran(0, "", "")
    for name, text in before.items():
        assert (ledger / name).read_text("utf-8").startswith(text + "\n[[")


@pytest.mark.parametrize(
    ("kind", "key"), [("flight", "dove-1"), ("person", "ann-lee"), ("source", "paper")]
)
def test_what_is_there_is_left_alone(kind: str, key: str, ledger: Path) -> None:
    before = {file: file.read_bytes() for file in ledger.rglob("*") if file.is_file()}
    other = ledger / "flights" / "moved.toml"
    (ledger / "flights" / "dove-1.toml").rename(other)

    ran = run("new", kind, key, "--ledger", ledger)

    assert ran.code == 1
    assert " has it already\nhint: " in ran.stderr
    assert len([file for file in ledger.rglob("*") if file.is_file()]) == len(before)
    assert sorted(file.read_bytes() for file in ledger.rglob("*.toml")) == sorted(
        text for file, text in before.items() if file.suffix == ".toml"
    )


def test_a_file_of_another_stream_is_not_written_over(ledger: Path) -> None:
    file = ledger / "flights" / "wren-9.toml"
    file.write_text('stream = "flight/wren-8"\n', "utf-8")

    assert run("new", *FLIGHT, "--ledger", ledger).code == 1
    assert file.read_text("utf-8") == 'stream = "flight/wren-8"\n'


@pytest.mark.parametrize(
    "arguments",
    [
        ("fligt", "x"),
        ("flight",),
        ("flight", "Wren 9"),
        ("flight", "x", "--crew", "Ann Lee"),
        ("flight", "x", "--crew", "ann,ann"),
        ("flight", "x", "--crew", "ann:admiral"),
        ("flight", "x", "--event", "dokced"),
        ("flight", "x", "--event", "xyzzy"),
        ("flight", "x", "--source", "The News"),
        ("source", "x", "--kind", "rumour"),
        ("person", "x", "--event", "registered"),
        ("flight", "x", "--ledger", "no-such-folder"),
    ],
    ids=" ".join,
)
def test_wrong_use(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("new", *arguments)

    assert ran.code == 2
    assert ran.shown() == snapshot
