"""Every layer of the package is the folder of its name at the top of the repository."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path

import pytest

import aboard
from aboard.loader.ledger import shipped_ledger
from tests.folders import ROOT

LAYERS = ["app", "cli", "domain", "events", "loader", "projections", "storage"]
APART = {"benchmarks", "tests"}
"""Packages at the top that are no part of the package."""


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_its_top_level_folder(layer: str) -> None:
    module = importlib.import_module(f"aboard.{layer}")

    assert [Path(folder).resolve() for folder in module.__path__] == [ROOT / layer]


def test_the_ledger_is_its_top_level_folder() -> None:
    assert shipped_ledger() == ROOT / "ledger"


def test_every_package_at_the_top_is_a_layer() -> None:
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")}

    assert packages - APART == set(LAYERS)


def test_every_link_of_the_package_is_a_layer_or_the_ledger() -> None:
    [package] = aboard.__path__
    links = {path.name: path for path in Path(package).iterdir() if path.is_symlink()}

    assert set(links) == {*LAYERS, "ledger"}
    for name, link in links.items():
        assert link.readlink() == Path("../..") / name


def test_every_layer_has_its_place_in_the_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    [rows] = [one["layers"] for one in contracts if one.get("containers") == ["aboard"]]

    assert sorted(name.strip() for row in rows for name in row.split("|")) == LAYERS
