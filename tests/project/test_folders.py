"""Folders stay small, names stay plain, and the tests mirror the package."""

from __future__ import annotations

import ast
import graphlib
from collections import defaultdict
from typing import TYPE_CHECKING

import grimp
import pytest

from tests.folders import ROOT
from tests.project.test_layers import LAYERS

if TYPE_CHECKING:
    from pathlib import Path

MOST_MODULES = 25

BANNED = {
    "tidings", "makers", "reach", "prospects", "supposed", "kept", "news", "asking", "stating",
    "meaning", "beginning", "telling",
}  # fmt: skip
"""Names of modules that told nobody what was in them."""

TERMINAL = {"typer", "click", "rich"}

ACROSS_MODULES = {
    "app/test_home.py": "which database is used, of all that can name one",
    "cli/commands/ask/test_sources.py": "the sources of rows in every command",
    "cli/commands/log/test_corrected_facts.py": "corrected facts in every command",
    "cli/commands/operate/test_both_databases.py": "the commands on both databases",
    "cli/output/test_same_words.py": "commands that describe one change use the same words",
    "cli/output/test_terminal.py": "colors, widths and pipes, of any command",
    "cli/test_bad_database.py": "every command with a database that cannot be used",
    "cli/test_both_databases.py": "every command on both databases",
    "cli/test_imports.py": "what starting a command imports",
    "domain/eventlog/test_adapter_contract.py": "the contract of every database of a log",
    "domain/eventlog/test_postgres_log_crash.py": "a server that is killed while recording",
    "loader/test_at_once.py": "several loads at the same time",
    "loader/test_crash.py": "a load that is killed",
    "loader/test_older_shape.py": "ledgers with older versions of event types",
    "loader/test_writers.py": "writers that compete for one stream",
    "projections/folds/test_presence_hard_cases.py": "presence in histories that are hard to read",
    "projections/folds/test_presence_legs.py": "presence over several flights of one person",
    "projections/lift/test_examples.py": "the worked examples in the docstrings",
    "projections/lift/test_known_mistakes.py": "faults put into the engine, which tests must find",
    "projections/queries/test_past_answers.py": "answers as of an earlier position of the log",
    "projections/read_model/test_fold_versions.py": "a new version of a fold, built while read",
    "storage/test_adapter_contract.py": "the contract of every database of a read model",
}
"""Test modules about more than one module, each with its subject."""

TESTED_ELSEWHERE = {
    "app/answers": "by the commands and by docs/python.md",
    "cli/options": "by the commands that take them",
    "cli/recording": "by the commands that record",
}
"""Folders of the package whose tests are in another folder."""

MODULES = [file for layer in LAYERS for file in sorted((ROOT / layer).rglob("*.py"))]
FOLDERS = sorted({file.parent for file in MODULES})


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_folder_holds_a_number_of_modules_that_can_be_surveyed(folder: Path) -> None:
    assert len([file for file in folder.glob("*.py") if file.stem != "__init__"]) <= MOST_MODULES


def test_only_the_command_line_imports_what_belongs_to_a_terminal() -> None:
    found = []
    for file in MODULES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if {name.partition(".")[0] for name in names} & TERMINAL:
                found.append(name_of(file))

    assert [name for name in found if not name.startswith("cli/")] == []
    assert "cli/main.py" in found


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("aboard", exclude_type_checking_imports=True, cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}

    assert len(imports) > len(MODULES)
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as circle:
        pytest.fail(" imports ".join(reversed(circle.args[1])))


def test_no_two_classes_have_one_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for file in MODULES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name_of(file))

    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    files = [*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    names = {name_of(file): file.stem.removeprefix("test_") for file in files}

    assert [path for path, name in names.items() if name in BANNED] == []


# The tests mirror the folders


@pytest.mark.parametrize("layer", LAYERS)
def test_a_test_module_is_named_after_its_module(layer: str) -> None:
    tests = ROOT / "tests"
    found = {file.relative_to(tests) for file in (tests / layer).rglob("test_*.py")}
    others = {
        path.as_posix()
        for path in found
        if not (ROOT / path).with_name(path.name.removeprefix("test_")).exists()
    }

    assert others == {path for path in ACROSS_MODULES if path.startswith(f"{layer}/")}


def test_every_folder_of_the_package_has_its_folder_of_tests() -> None:
    without = {
        name_of(folder)
        for folder in FOLDERS
        if not list((ROOT / "tests" / folder.relative_to(ROOT)).rglob("test_*.py"))
    }

    assert without == set(TESTED_ELSEWHERE)
