"""The ports of the shipped ledger: each is shown as one of the station that the flight was at."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from aboard.events.time import Time
from aboard.loader.ledger import shipped_ledger
from aboard.projections.queries import reader
from aboard.projections.queries.flight import story
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.storage.connection import Connection

Stated = tuple[str, dict[str, Any]]
"""A flight, and an entry of its file."""


def _time(entry: dict[str, Any], field: str) -> Time:
    value = entry[field]
    return Time.parse(value if isinstance(value, str) else value.isoformat().replace("+00:00", "Z"))


def _stated() -> Iterator[Stated]:
    """Yield what the files of flights say of stations and ports, in the order of happening."""
    for file in sorted((shipped_ledger() / "flights").rglob("*.toml")):
        content = tomllib.loads(file.read_text())
        for entry in content.get("event", ()):
            stream = entry.get("stream", content.get("stream", ""))
            yield stream.removeprefix("flight/"), entry


STATED = list(_stated())
DOCKINGS = [(flight, one) for flight, one in STATED if one["type"] == "docked" and "station" in one]
RELOCATIONS = [(flight, one) for flight, one in STATED if one["type"] == "relocated"]


@pytest.fixture(scope="module")
def said(db: Connection) -> dict[str, str]:
    """What every event of the flights that dock is shown to say, by its id."""
    flights = {flight for flight, _ in (*DOCKINGS, *RELOCATIONS)}
    return {
        event["id"]: event["says"]
        for flight in flights
        for event in story(db, flight, NOW, NOW)["story"]
    }


def _station_of(relocation: Stated) -> str:
    """Return where the last docking before a relocation was."""
    flight, moved = relocation
    left = _time(moved, "undocked_at").latest
    dockings = [
        (_time(one, "happened").earliest, one["station"])
        for name, one in DOCKINGS
        if name == flight and _time(one, "happened").earliest <= left
    ]
    return str(max(dockings)[1])


def test_there_are_dockings_and_relocations() -> None:
    assert len(DOCKINGS) > 200
    assert len(RELOCATIONS) >= 57


@pytest.mark.parametrize("relocation", RELOCATIONS, ids=lambda one: one[1]["id"])
def test_a_relocation_is_between_ports_of_the_station_it_is_at(
    db: Connection, said: dict[str, str], relocation: Stated
) -> None:
    station, (_, moved) = _station_of(relocation), relocation
    ports = reader.names_of(db, "port")
    names = [
        ports[f"{station}/{moved[field]}"] if field in moved else "a port not named"
        for field in ("from_port", "to_port")
    ]
    assert said[moved["id"]].startswith(f"relocated from {names[0]} to {names[1]}")


def test_a_docking_is_at_a_port_of_its_station(db: Connection, said: dict[str, str]) -> None:
    ports = reader.names_of(db, "port")
    for _, docked in DOCKINGS:
        named = docked.get("port")
        port = ports[f"{docked['station']}/{named}"] if named else "a port not named"
        assert said[docked["id"]].endswith(f" at {port}")


def test_ports_of_several_stations_have_one_id(db: Connection) -> None:
    """Otherwise the tests above could not fail."""
    keys = [key.rpartition("/")[2] for key in reader.names_of(db, "port")]
    assert keys.count("aft") > 3
    relocated = [json.dumps(one, default=str) for _, one in RELOCATIONS]
    assert sum('"aft"' in one for one in relocated) > 3
