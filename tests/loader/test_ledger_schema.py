"""The JSON Schema of a ledger file: it is current, and what is shipped is valid by it."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from aboard.loader.field_order import class_of_entry
from aboard.loader.ledger import TABLES, shipped_ledger
from aboard.loader.ledger_schema import FILE, ledger_schema, write
from tests.folders import CORPUS, ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = ledger_schema()
WHOLE = jsonschema.Draft7Validator(SCHEMA)


def as_editors_have_it(value: Any) -> Any:
    """Return what TOML holds as JSON: a date is a text."""
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return {key: as_editors_have_it(one) for key, one in value.items()}
    return [as_editors_have_it(one) for one in value] if isinstance(value, list) else value


def content(file: Path) -> Any:
    return as_editors_have_it(tomllib.loads(file.read_text("utf-8")))


def test_the_file_is_current(tmp_path: Path) -> None:
    assert json.loads(FILE.read_text("utf-8")) == SCHEMA
    assert not write()
    assert write(tmp_path / "schema.json")
    assert (tmp_path / "schema.json").read_bytes() == FILE.read_bytes()


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == {"stream", *TABLES}


def test_every_shipped_entry_is_valid_as_one_of_its_type() -> None:
    validators: dict[str, Any] = {}
    seen = 0
    for file in shipped_ledger().rglob("*.toml"):
        said = content(file)
        for table in TABLES:
            for entry in said.get(table, ()):
                stream = entry.get("stream", said.get("stream"))
                cls = class_of_entry(table, stream, entry.get("type"))
                assert cls is not None
                name = f"{table}.{cls.TOPIC}"
                if name not in validators:
                    schema = {"$ref": f"#/definitions/{name}", "definitions": SCHEMA["definitions"]}
                    validators[name] = jsonschema.Draft7Validator(schema)
                assert list(validators[name].iter_errors(entry)) == [], (file, entry)
                seen += 1
    assert seen > 4000


@pytest.mark.parametrize(
    "file", sorted(shipped_ledger().glob("*/*2*.toml"))[:20], ids=lambda file: file.stem
)
def test_a_shipped_file_is_valid_as_a_whole(file: Path) -> None:
    assert list(WHOLE.iter_errors(content(file))) == []


@pytest.mark.parametrize(
    "folder", ["unknown-field", "missing-field", "unknown-type", "unknown-key", "wrong-type"]
)
def test_what_is_wrong_with_the_form_is_found(folder: str) -> None:
    folders = [
        one
        for one in CORPUS.glob(f"{folder}*")
        if one.name != "missing-field-stream"  # an entry may have its own
    ]
    assert folders
    for one in folders:
        files = list(one.rglob("*.toml"))
        assert any(list(WHOLE.iter_errors(content(file))) for file in files), one.name


@pytest.mark.parametrize(
    ("time", "valid"),
    [
        ("2021-03-01", True),
        ("2021-03-01T10:00:00Z", True),
        ("2021-03-01T10:00:00+03:00", True),
        ("2021-03", True),
        ("2021-03-01~", True),
        ("NET 2021-03", False),
        ("soon", False),
        ("2021-03-01T10:00:00", False),
    ],
)
def test_times(time: str, valid: bool) -> None:
    entry = {"id": "wren/docked", "type": "docked", "happened": time, "source": ["news"]}

    assert WHOLE.is_valid({"stream": "flight/wren", "event": [entry]}) is valid


def test_an_editor_is_told_where_it_is() -> None:
    root = ROOT
    taplo = tomllib.loads((root / ".taplo.toml").read_text("utf-8"))
    tombi = tomllib.loads((root / "tombi.toml").read_text("utf-8"))

    assert (root / taplo["rule"][0]["schema"]["path"]).samefile(FILE)
    assert (root / tombi["schemas"][0]["path"]).samefile(FILE)
