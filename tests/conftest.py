"""What the tests have: a home of their own, a clock that stands still, a ledger that is loaded."""

from __future__ import annotations

import os
import shutil
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

import aboard.cli.building
from aboard.cli import COMMANDS
from aboard.cli.paths import Paths
from aboard.events.time import Time

if TYPE_CHECKING:
    from pathlib import Path

NOW = Time.parse("2026-11-01T00:00:00Z").earliest
"""The present of the tests: behind every fact of the shipped ledger."""


HELPERS = ("aboard.cli.building", "aboard.cli.recording", "aboard.cli.amending")
"""The modules that ask for the time besides those of the commands."""


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own, so that no test reads or writes the user's."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("ABOARD_DATABASE", "NO_COLOR", "TERM", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let the commands believe that it is `NOW`."""
    modules = [import_module(name) for name in (*(one for one, _ in COMMANDS.values()), *HELPERS)]
    for module in [module for module in modules if hasattr(module, "now")]:
        monkeypatch.setattr(module, "now", lambda: NOW)
    return NOW


@pytest.fixture(scope="session")
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loaded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aboard.cli.building, "now", lambda: NOW)
        aboard.cli.building.build(Paths(folder / "log.sqlite"))
    return folder


@pytest.fixture
def database(_loaded: Path, tmp_path: Path) -> Path:
    """A log that holds the shipped ledger, with a read model that is level; the test's own."""
    folder = tmp_path / "database"
    shutil.copytree(_loaded, folder)
    return folder / "log.sqlite"


@pytest.fixture
def answering(database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, named by the environment."""
    monkeypatch.setenv("ABOARD_DATABASE", os.fspath(database))
    return database
