"""The page of the Python interface: its examples print what it shows, and its tables are whole."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest

import aboard
from tests.folders import ROOT
from tests.project.test_docs import blocks, named, rows, section

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "python.md"


@pytest.mark.usefixtures("clock", "answering")
def test_the_examples_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    examples, shown = list(blocks(PAGE, "python")), list(blocks(PAGE, "text"))
    assert len(examples) == len(shown) >= 6

    names: dict[str, Any] = {}
    for (line, code), (_, text) in zip(examples, shown, strict=True):
        exec(compile(code, f"docs/python.md:{line}", "exec"), names)  # noqa: S102 - our own page
        assert capsys.readouterr().out == text, f"line {line}"


def test_every_method_is_in_a_table_or_a_section() -> None:
    methods = {
        name
        for name, member in inspect.getmembers(aboard.Client, inspect.isfunction)
        if not name.startswith("_")
    }
    questions = {re.split(r"\W", names[0])[0] for row in rows(section(PAGE, "Questions"))
                 if (names := named(row[0]))}  # fmt: skip
    recording = {name for name in named(section(PAGE, "Recording")) if name in methods}

    assert questions | recording | {"close"} == methods
    assert questions.isdisjoint(recording)


def test_every_error_is_in_the_table_with_its_code() -> None:
    shown = {
        named(row[0])[0]: int(row[1]) for row in rows(section(PAGE, "Errors")) if named(row[0])
    }
    errors = {
        name: error.code
        for name in aboard.__all__
        if isinstance(error := getattr(aboard, name), type)
        and issubclass(error, aboard.AboardError)
    }

    assert set(shown) | {"AboardError"} == set(errors)
    assert all(errors[name] == code for name, code in shown.items())


def test_the_package_exports_what_it_says() -> None:
    assert all(hasattr(aboard, name) for name in aboard.__all__)
    assert set(aboard.__all__) <= set(dir(aboard))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = aboard.nothing  # type: ignore[attr-defined]
