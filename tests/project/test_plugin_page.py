"""The page that teaches a projection of one's own: its code is run, and does what it says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from aboard.projections.folds.plugins import every_fold
from tests.cli.running import run
from tests.folders import ROOT
from tests.project.test_docs import blocks

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "projections.md"


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fold of the page, in a file of its own."""
    (_, fold), _ = blocks(PAGE, "python")
    file = tmp_path / "ports.py"
    file.write_text(fold, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return file


def test_its_test_passes(plugin: Path) -> None:
    _, (_, test) = blocks(PAGE, "python")
    assert test.count(".then") >= 4
    exec(compile(test, "docs/projections.md", "exec"), {})  # noqa: S102 - our own page
    del sys.modules["ports"]


def test_its_test_can_fail(plugin: Path) -> None:
    plugin.write_text(plugin.read_text("utf-8").replace("// 86_400", "// 3_600"), "utf-8")
    _, (_, test) = blocks(PAGE, "python")
    with pytest.raises(AssertionError, match="does not hold at 'iss/rassvet-nadir'"):
        exec(compile(test, "docs/projections.md", "exec"), {})  # noqa: S102
    del sys.modules["ports"]


def test_it_is_one_of_the_folds(plugin: Path) -> None:
    assert [fold.name for fold in every_fold([plugin], environment="")][-1] == "ports"
    named = every_fold(environment=str(plugin))
    assert (named[-1].name, named[-1].version) == ("ports", 1)


def test_a_package_announces_its_folds(plugin: Path, tmp_path: Path) -> None:
    about = tmp_path / "orchard-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: orchard\nVersion: 1\n")
    points = "[aboard.projections]\nports = ports\n"
    (about / "entry_points.txt").write_text(points)
    assert every_fold(environment="")[-1].name == "ports"
    del sys.modules["ports"]
    (about / "entry_points.txt").write_text(points.replace("= ports", "= nowhere_at_all"))
    ran = run("rebuild", "--database", tmp_path / "log.sqlite")
    assert ran.code == 2
    assert ran.stderr.startswith("aboard: --plugin nowhere_at_all: it cannot be imported: ")
