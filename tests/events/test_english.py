"""The article that fits: by how a name is spoken, not by how it is written."""

from __future__ import annotations

import re
import tomllib

import pytest

from aboard.events.english import where, with_article, with_the
from tests.folders import ROOT

LEDGER = ROOT / "ledger"


@pytest.mark.parametrize(
    "name",
    ["Apollo", "Orion", "Agena target vehicle", "Atlas V", "Electron", "International crew",
     "X-15", "STS-1", "ISS module", "EVA", "HTV", "MS-22", "H-IIA", "SLS Block 1", "R-7", "LM",
     "agreement", "event", "unmanned flight", "unnamed port", "hour", "honest mistake", "A",
     "8-day flight", "80 km hop", "11-day flight", "18-day flight"],
)  # fmt: skip
def test_an(name: str) -> None:
    assert with_article(name) == f"an {name}"


@pytest.mark.parametrize(
    "name",
    ["Soyuz", "Soyuz MS", "Crew Dragon", "Shenzhou", "CST-100 Starliner", "New Shepard", "TKS",
     "Voskhod", "Harmony port", "NASA mission", "JAXA mission", "USAF pilot", "US EVA", "U-2",
     "unit", "union", "used craft", "European craft", "one-man craft", "utility", "flight",
     "1-day flight", "110 km hop", "7-day flight", "lunar module", ""],
)  # fmt: skip
def test_a(name: str) -> None:
    assert with_article(name) == f"a {name}"


def test_every_craft_and_rocket_of_the_ledger_is_spoken_as_it_should_be() -> None:
    named = {
        event[field]
        for file in (LEDGER / "flights").rglob("*.toml")
        for event in tomllib.loads(file.read_text("utf-8")).get("event", ())
        for field in ("spacecraft", "rocket")
        if field in event
    }
    spoken = {name for name in named if with_article(name) == f"an {name}"}

    assert spoken == {name for name in named if re.match(r"[AEIO]|X-15|SLS", name)}
    assert {"Apollo", "Orion", "X-15"} < spoken < named


@pytest.mark.parametrize(
    ("name", "said"),
    [("Mir", "Mir"), ("Salyut 7", "Salyut 7"), ("Tiangong", "Tiangong"), ("heron", "heron"),
     ("International Space Station", "the International Space Station"),
     ("Edwards Air Force Base", "Edwards Air Force Base")],
)  # fmt: skip
def test_the(name: str, said: str) -> None:
    assert with_the(name) == said


@pytest.mark.parametrize(
    ("place", "said"),
    [("47.0°N 69.3°E", "at 47.0°N 69.3°E"), ("Kazakhstan", "in Kazakhstan"),
     ("Kazakhstan, 47°19′N 69°33′E", "in Kazakhstan, 47°19′N 69°33′E"),
     ("Kennedy Space Center, runway 15", "at Kennedy Space Center, runway 15"),
     ("Edwards Air Force Base, runway 22", "at Edwards Air Force Base, runway 22"),
     ("Pacific Ocean off San Diego", "in the Pacific Ocean off San Diego"),
     ("Pacific Ocean", "in the Pacific Ocean"), ("the sea", "at the sea")],
)  # fmt: skip
def test_where(place: str, said: str) -> None:
    assert where(place) == said
