"""A template has a place for all that there is to say, and nothing in it passes unfilled."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aboard.events.envelope import Event
from aboard.events.vocabulary import every_type, type_names
from aboard.loader.field_order import field_order, in_order
from aboard.loader.ledger import entries
from aboard.loader.parse_entries import Recording, fact_of
from aboard.loader.template import LIVES, needed, problems, template
from aboard.loader.toml_file import TomlFile
from tests.build import instant

if TYPE_CHECKING:
    from aboard.loader.finding import Finding

TYPES = [
    (kind, name)
    for kind in ("flight", "station", "agreement")
    for name, cls in type_names(kind).items()
    if cls.TOPIC.partition(".")[0] == kind
]

FILLED: dict[str, Any] = {
    "happened": "2022-01-01", "known": "2022-01-02", "target": "2022-02-01", "source": ["news"],
    "since": "2022-01-01", "until": "2023-01-01", "undocked_at": "2021-12-31", "number": 9,
    "height": "orbit", "item": "launch", "status": "signed", "by": "hatch", "mate": "hard",
    "aliases": ["X"], "operators": ["X"], "parties": ["X", "Y"], "people": ["ann"],
    "plan": "wren/plan", "kind": "report", "payload_kg": 1, "payload_approximate": True,
    "off": ["bob"], "traveller_of": "X",
}  # fmt: skip


def findings(text: str) -> list[Finding]:
    found: list[Finding] = []
    file = TomlFile(Path("new"), "new", tomllib.loads(text))
    for entry in entries(file, found):
        fact_of(entry, Recording(instant("2024-01-01"), "test"), found)
    return found


@pytest.mark.parametrize(("kind", "name"), TYPES)
def test_a_skeleton_that_is_filled_in_states_a_fact(kind: str, name: str) -> None:
    must = needed(type_names(kind)[name])
    seats = name in ("crew_assigned", "crew_replaced")
    given = {field: FILLED.get(field, "some-id") for field in must}
    if "crew" in must:
        given["crew"] = [{"person": "ann"}] if seats else ["ann"]
    text = template(kind, "wren", [name], given, ["news"])
    assert problems(text) == []

    def fill(line: re.Match[str]) -> str:
        return f'{line[1]} = "{FILLED[line[1]]}"'

    filled = re.sub(r'^# TODO (happened|known) = "".*$', fill, text, flags=re.MULTILINE)
    assert "TODO" not in filled
    assert findings(filled) == []


@pytest.mark.parametrize(
    ("kind", "name"), [*TYPES, ("person", "registered"), ("source", "registered")]
)
def test_every_field_has_its_place_and_nothing_unfilled_passes(kind: str, name: str) -> None:
    text = template(kind, "wren", [name], {})
    bare = re.sub(r"^# (TODO )?", "", text, flags=re.MULTILINE)
    table = kind if kind in ("person", "source") else "event"
    [entry] = tomllib.loads(bare)[table]
    cls = type_names(kind)[name]
    own = {field for field in cls.model_fields if field not in Event.model_fields}

    assert own <= entry.keys()
    assert list(entry) == in_order(entry, field_order(table, cls))
    assert findings(bare)
    assert not re.search(r"TODO", bare)


@pytest.mark.parametrize("kind", LIVES)
def test_a_life_is_made_of_types_that_there_are(kind: str) -> None:
    assert set(LIVES[kind]) <= set(type_names(kind))


def test_what_is_needed_is_required_or_the_first_that_will_do() -> None:
    types = every_type()

    assert needed(types["flight.launched"]) == ["crew"]
    assert needed(types["flight.docked"]) == ["station"]
    assert needed(types["flight.hatch_opened"]) == []
    assert needed(types["spacewalk.began"]) == ["people", "station"]
    assert needed(types["station.command_handed_over"]) == ["from_person"]


def test_names_without_a_place_stand_before_the_note() -> None:
    order = field_order("event", every_type()["flight.docked"])

    names = dict.fromkeys(("note", "zzz", "port", "id", "aaa"))
    assert in_order(names, order) == ["id", "port", "zzz", "aaa", "note"]
    assert in_order(dict.fromkeys(("x", "id")), field_order("event", None)) == ["id", "x"]
