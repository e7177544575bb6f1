"""`aboard schema`: the JSON Schema of a type of event, as it is stored."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from aboard.events.encoding.schema_files import read, versions
from aboard.loader.ledger import SCHEMA, shipped_ledger
from tests.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion


def test_the_list(snapshot: SnapshotAssertion) -> None:
    assert run("schema").shown() == snapshot


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_form_of_a_schema(form: str, snapshot: SnapshotAssertion) -> None:
    assert run("schema", "crew_replaced", "-f", form).shown() == snapshot


@pytest.mark.parametrize("topic", ["flight.launched", "agreement.amended", "fact.corrected"])
def test_the_fields_of_other_types(topic: str, snapshot: SnapshotAssertion) -> None:
    assert run("schema", topic, "-f", "table").shown() == snapshot


@pytest.mark.parametrize(("topic", "version"), [(t, v) for t, vs in versions().items() for v in vs])
def test_a_schema_is_printed_as_it_is_in_its_file(topic: str, version: int) -> None:
    ran = run("schema", topic, "--version", str(version))

    assert (ran.code, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == read(topic, version)
    fields = list(csv.DictReader(io.StringIO(run("schema", topic, "-f", "csv").stdout)))
    assert all(row["says"].endswith(".") for row in fields)


def test_todays_shape_is_printed_when_none_is_named() -> None:
    for topic, there in versions().items():
        assert json.loads(run("schema", topic).stdout)["$id"] == f"urn:aboard:{topic}:{there[-1]}"


def test_the_forms_of_the_list_agree() -> None:
    listed = json.loads(run("schema", "-f", "json").stdout)
    lines = run("schema", "-f", "jsonl").stdout.splitlines()
    rows = list(csv.DictReader(io.StringIO(run("schema", "-f", "csv").stdout)))

    assert {one["type"]: one["versions"] for one in listed} == versions()
    assert [json.loads(line) for line in lines] == listed
    assert [(row["type"], row["versions"].split()) for row in rows] == [
        (one["type"], [str(version) for version in one["versions"]]) for one in listed
    ]
    assert all(one["says"].startswith(row["says"]) for one, row in zip(listed, rows, strict=True))


def test_it_needs_no_log_and_makes_none(home: Path) -> None:
    assert run("schema", "docked").code == 0
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("name", ["dokced", "flight.evaporated", "xyzzy", "💫"])
def test_a_type_that_is_none(name: str, snapshot: SnapshotAssertion) -> None:
    ran = run("schema", name)

    assert ran.code == 3
    assert ran.shown() == snapshot


@pytest.mark.parametrize("version", [0, 4])
def test_a_shape_that_is_none(version: int, snapshot: SnapshotAssertion) -> None:
    ran = run("schema", "docked", "--version", str(version))

    assert ran.code == (3 if version else 2)
    assert ran.shown() == snapshot


@pytest.mark.parametrize(
    "arguments",
    [("registered",), ("--version", "1"), ("a", "b"), ("docked", "--at", "2022")],
    ids=["ambiguous", "no type", "two types", "no instant"],
)
def test_wrong_use(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    ran = run("schema", *arguments)

    assert ran.code == 2
    assert ran.shown() == snapshot


@pytest.mark.parametrize("form", [(), ("-f", "jsonl")], ids=["json", "jsonl"])
def test_the_schema_of_a_ledger_file(form: tuple[str, ...]) -> None:
    ran = run("schema", "--ledger", *form)

    assert (ran.code, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == json.loads((shipped_ledger() / SCHEMA).read_text("utf-8"))


@pytest.mark.parametrize(
    "arguments", [("docked",), ("--version", "1"), ("-f", "csv")], ids=["type", "version", "csv"]
)
def test_that_of_a_ledger_is_no_types(
    arguments: tuple[str, ...], snapshot: SnapshotAssertion
) -> None:
    ran = run("schema", "--ledger", *arguments)

    assert ran.code == 2
    assert ran.shown() == snapshot
