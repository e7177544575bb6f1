"""Checking without a log: a whole ledger, and files as part of the one around them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from aboard.loader.check import check, is_whole
from aboard.loader.ledger import label, read_files, shipped_ledger
from aboard.loader.tiers import Tier
from tests.conftest import NOW

FILE = "flights/soyuz-ms-22.toml"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A copy of the shipped ledger."""
    return Path(shutil.copytree(shipped_ledger(), tmp_path / "ledger"))


def said(*paths: Path, strict: bool = False) -> list[tuple[str, int, str]]:
    examined = check(paths, NOW, tier=Tier.sources if strict else Tier.physics)
    return [(Path(one.file).name, one.line, one.rule) for one in examined.findings]


def edit(path: Path, old: str, new: str) -> int:
    """Replace a text that is there once; return its line."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    path.write_text(text.replace(old, new), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_shipped_ledger_has_nothing_wrong() -> None:
    examined = check([shipped_ledger()], NOW)

    assert examined.findings == []
    assert len(examined.events) > 600


def test_strict_lists_what_is_unsourced_and_what_is_not_known() -> None:
    rules = {rule for _, _, rule in said(shipped_ledger(), strict=True)}

    assert rules == {"unsourced", "gap"}


@pytest.mark.parametrize(
    "part",
    [FILE, "flights", "stations/iss.toml"],
)
def test_a_part_of_a_ledger_is_checked_within_it(ledger: Path, part: str) -> None:
    assert said(ledger / part) == []


def test_a_whole_ledger_stands_alone(ledger: Path) -> None:
    (ledger / "people.toml").unlink()

    assert is_whole([ledger])
    assert "unknown-person" in {rule for _, _, rule in said(ledger)}


def test_a_file_is_checked_against_the_ledger_around_it(ledger: Path) -> None:
    edit(ledger / "people.toml", '"frank-rubio"', '"franco-rubio"')

    assert not is_whole([ledger / FILE])
    found = said(ledger / FILE)
    assert found
    assert {(file, rule) for file, _, rule in found} == {("soyuz-ms-22.toml", "unknown-person")}


def test_a_file_elsewhere_stands_in_for_the_shipped_one_of_its_stream(tmp_path: Path) -> None:
    file = tmp_path / "draft.toml"
    shutil.copy(shipped_ledger() / FILE, file)
    assert said(file) == []
    edit(file, '"soyuz-ms-22/launched"', '"soyuz-ms-22/lift-off"')
    assert said(file) == []
    edit(file, "2022-09-21T13:54:49Z\nknown = 2022-09-21\n", "2022-09-22T13:54:49Z\n")

    found = said(file)

    docked = file.read_text().splitlines().index('id = "soyuz-ms-22/docked"') + 1
    assert ("draft.toml", docked + 2, "out-of-order") in found
    assert "duplicate-id" not in {rule for _, _, rule in found}


def test_a_file_without_a_stream_stands_in_for_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    shutil.copy(shipped_ledger() / "people.toml", file)

    assert said(file) == []


def test_a_new_file_is_checked_against_the_shipped_ledger(tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text(
        'stream = "flight/soyuz-ms-98"\n\n[[event]]\nid = "soyuz-ms-98/planned"\n'
        'type = "planned"\nhappened = 2026-01-01\nsource = ["gcat"]\nname = "Soyuz MS-98"\n'
        'spacecraft = "Soyuz MS"\noperator = "Roscosmos"\ndestination = "iss"\n'
    )

    examined = check([file], NOW)

    assert examined.findings == []
    assert [event.id for event in examined.events] == ["soyuz-ms-98/planned"]


def test_a_file_named_twice_is_read_once(ledger: Path) -> None:
    named = [ledger / FILE, ledger / "flights", ledger / "flights" / ".." / FILE]

    assert len(read_files(named)) == len(list((ledger / "flights").rglob("*.toml")))


def test_a_link_to_a_file_or_to_a_folder_is_no_other_file(ledger: Path) -> None:
    (ledger / "again.toml").symlink_to(ledger / FILE)
    (ledger / "missions").symlink_to(ledger / "flights", target_is_directory=True)
    named = [ledger / "flights", ledger / "again.toml", ledger / "missions", ledger / "missions/x"]

    labels = [file.label for file in read_files(named[:3])]

    assert labels == [str(path) for path in sorted((ledger / "flights").rglob("*.toml"))]
    (nowhere,) = read_files(named[3:])
    assert [finding.rule for finding in nowhere.findings] == ["unreadable"]


def test_a_label_is_relative_where_it_can_be(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ledger)

    assert label(ledger / FILE) == FILE
    assert label(Path(FILE)) == FILE
    assert label(Path("/elsewhere/x.toml")) == os.fspath(Path("/elsewhere/x.toml"))


def test_all_problems_of_all_files_are_collected(ledger: Path) -> None:
    one = edit(ledger / FILE, "payload_kg = 120", 'payload_kg = "120"')
    other = edit(ledger / "flights/ax-2.toml", 'name = "Ax-2"', 'nmae = "Ax-2"')

    found = said(ledger)

    assert ("soyuz-ms-22.toml", one, "wrong-type") in found
    assert ("ax-2.toml", other, "unknown-field") in found
    assert found == sorted(found)


T_15 = "flights/soyuz/soyuz-t-15.toml"


@pytest.mark.parametrize("port", ["core-aft", "kristall-axial"])
def test_a_port_of_another_station_of_the_flight_is_no_port_of_this_one(
    ledger: Path, port: str
) -> None:
    """Soyuz T-15 was at Mir, at Salyut 7, and at Mir again."""
    text = (ledger / T_15).read_text("utf-8")
    moved = """
[[event]]
id = "soyuz-t-15/relocated"
type = "relocated"
happened = 1986-05-10T12:00:00Z
undocked_at = 1986-05-10T11:00:00Z
source = ["gcat"]
to_port = "%s"
"""
    (ledger / T_15).write_text(text + moved % port, "utf-8")
    assert ("soyuz-t-15.toml", "unknown-port") in [(file, rule) for file, _, rule in said(ledger)]
    (ledger / T_15).write_text(text + moved % "forward", "utf-8")
    assert "unknown-port" not in [rule for *_, rule in said(ledger)]


def test_a_planned_relocation_is_checked_before_the_docking(ledger: Path) -> None:
    path = ledger / "flights/soyuz-ms-23.toml"
    edit(
        path,
        'to_port = "prichal-nadir"\nnote = "The programme',
        'to_port = "aft"\nnote = "The programme',
    )
    assert "unknown-port" in [rule for *_, rule in said(ledger)]
