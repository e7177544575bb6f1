"""Two loads of one ledger have one number, and a changed fact has another."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from aboard.loader.ledger import shipped_ledger
from tests.cli.running import run
from tests.corpus.test_corpus import CORPUS
from tests.homes import HOMES, new_place

if TYPE_CHECKING:
    from pathlib import Path

    from tests.homes import Where

QUOTED = r"= (\d{4}-\d\d-\d\d(T[\d:]+Z)?)$"
"""A time without quotes, which may have them too."""

LOADED_AT = """
import sys
from aboard.app import clock
from aboard.cli.main import main

instant = int(sys.argv.pop(1))
clock.system_time = lambda: instant
sys.exit(main())
"""
"""The program, with another clock."""


def number(database: Where) -> str:
    """Return the number of a database, as `aboard status` has it."""
    found = json.loads(run("status", "-f", "json", "--database", database).stdout)
    digits: str = found["ledger"]["number"]
    assert re.fullmatch(r"[0-9a-f]{64}", digits)
    return digits


def loaded(database: Where, *paths: Path) -> str:
    """Return the number of the log that some files are loaded into."""
    ran = run("load", *paths, "--database", database)
    assert ran.code == 0, ran.stderr
    return number(database)


@pytest.mark.usefixtures("clock")
def test_nothing_has_no_number(home: Path) -> None:
    assert json.loads(run("status", "-f", "json").stdout)["ledger"]["number"] is None
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("kind", HOMES)
@pytest.mark.usefixtures("clock")
def test_every_database_has_the_same_number(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    expected = loaded(tmp_path / "one.sqlite", CORPUS / "before")
    assert loaded(new_place(kind, request), CORPUS / "before") == expected


@pytest.mark.usefixtures("clock")
def test_the_whole_ledger_loaded_elsewhere_and_written_otherwise(
    answering: Path, tmp_path: Path
) -> None:
    """In another process, at another time, with its files in another order and form."""
    texts = []
    for file in shipped_ledger().rglob("*.toml"):
        text = re.sub(QUOTED, r'= "\1"', file.read_text(), flags=re.MULTILINE)
        if file.name == "people.toml":  # its entries move to other files
            head, *people = text.split("[[person]]")
            half = len(people) // 2
            texts += [
                "".join(f"[[person]]{one}" for one in reversed(some))
                for some in (people[half:], people[:half])
            ]
            text = head
        texts.append(text)
    random.Random(1969).shuffle(texts)  # noqa: S311 - any order will do
    folder, other = tmp_path / "ledger", tmp_path / "other.sqlite"
    folder.mkdir()
    for place, text in enumerate(texts):
        (folder / f"{place:03}.toml").write_text(f"# Another comment.\n\n{text}\n# One more.\n")
    environment = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"}

    ran = subprocess.run(
        [sys.executable, "-c", LOADED_AT, "1900000000", "load", folder,
         "--create", "--database", other],
        env={**os.environ, **environment}, check=False, capture_output=True, text=True,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr[-1000:]
    assert number(other) == number(answering)


@pytest.mark.usefixtures("clock")
def test_a_changed_fact_and_a_further_one_make_another_number(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    shutil.copytree(CORPUS / "before", folder)
    first = loaded(tmp_path / "one.sqlite", folder)
    (file, *_) = (one for one in sorted(folder.rglob("*.toml")) if "source = " in one.read_text())
    file.write_text(file.read_text().replace("source = ", 'note = "So."\nsource = ', 1))

    assert loaded(tmp_path / "two.sqlite", folder) != first

    registered = (
        "record", "person.registered", "ann-apple", "--name", "Ann Apple",
        "--family-name", "Apple", "--agency", "Orchard", "--nationality", "Kent",
        "--source", "unsourced", "--database", tmp_path / "one.sqlite",
    )  # fmt: skip
    ran = run(*registered)
    assert ran.code == 0, ran.stderr
    assert number(tmp_path / "one.sqlite") != first
