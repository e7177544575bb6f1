"""What the tests have: a home of their own, a clock that stands still, a ledger that is loaded."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, settings

import aboard.app.build
import aboard.app.clock
from aboard.app.database import FileDatabase, ServerDatabase
from aboard.events.time import Time
from tests import memory
from tests.homes import HOMES, Databases, Where, name_of, new_place, started

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = Time.parse("2026-11-01T00:00:00Z").earliest
"""The present of the tests: behind every fact of the shipped ledger."""


# A history takes long to draw, and longer on a busy machine: how long says nothing of the program.
settings.register_profile(
    "at any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("at any speed")

SERVER = "ABOARD_TEST_SERVER"
"""The variable that names the folder of the run's PostgreSQL server."""


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


@pytest.fixture(autouse=True)
def _memory() -> Iterator[None]:
    """Close the databases in memory that a test has opened."""
    yield
    memory.close_all()


def stop_clock(patch: pytest.MonkeyPatch) -> None:
    """Let the program believe that it is `NOW`."""
    patch.setattr(aboard.app.clock, "system_time", lambda: NOW)
    patch.setattr(aboard.app.clock, "earliest", NOW)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> int:
    """Stop the clock at `NOW`."""
    stop_clock(monkeypatch)
    return NOW


@pytest.fixture(scope="session")
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loaded")
    with pytest.MonkeyPatch.context() as patch:
        stop_clock(patch)
        aboard.app.build.build(FileDatabase(folder / "log.sqlite"))
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


def pytest_configure(config: pytest.Config) -> None:
    """Name a folder for the server that the workers of this run share."""
    if not hasattr(config, "workerinput"):
        os.environ[SERVER] = tempfile.mkdtemp(prefix="aboard-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the folder away."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(SERVER), ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server of this run, which need not outlive a crash."""
    running = started(Path(os.environ[SERVER]) / "data")
    with closing(psycopg.connect(running.get_uri(), autocommit=True)) as db:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            db.execute(f"ALTER SYSTEM SET {setting} TO off".encode())
        db.execute("SELECT pg_reload_conf()")
    yield running.get_uri()
    running.cleanup()


@pytest.fixture
def databases(server: str) -> Iterator[Databases]:
    """Databases of the server, the test's own."""
    own = Databases(server)
    yield own
    own.drop()


@pytest.fixture(scope="session")
def _loaded_server(server: str) -> Iterator[str]:
    """The name of a database as `_loaded` is."""
    own = Databases(server)
    url = own.new()
    with pytest.MonkeyPatch.context() as patch:
        stop_clock(patch)
        aboard.app.build.build(ServerDatabase(url))
    yield name_of(url)
    own.drop()


@pytest.fixture(params=HOMES)
def place(request: pytest.FixtureRequest) -> Where:
    """Where a log can be, in each kind of database; there is none yet."""
    return new_place(request.param, request)


@pytest.fixture(params=HOMES)
def shipped(request: pytest.FixtureRequest) -> Where:
    """A log as `database` is, in either home."""
    if request.param == "sqlite":
        database: Path = request.getfixturevalue("database")
        return database
    template: str = request.getfixturevalue("_loaded_server")
    databases: Databases = request.getfixturevalue("databases")
    return databases.new(template)


@pytest.fixture
def answering_anywhere(shipped: Where, monkeypatch: pytest.MonkeyPatch) -> Where:
    """The same, named by the environment."""
    monkeypatch.setenv("ABOARD_DATABASE", os.fspath(shipped))
    return shipped
