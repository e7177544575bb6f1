"""Whatever a page says about the code is there: files, folders, modules, functions, classes."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

import pytest

from tests.folders import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = {
    "ARCHITECTURE.md": (25, 0),
    "CONTRIBUTING.md": (40, 4),
    "docs/how-a-question-travels.md": (12, 30),
}
"""The pages, each with the least number of paths and of names that it mentions."""

FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
SUFFIXES = ("py", "md", "toml", "json", "txt")
PATH = re.compile(rf"[\w.-]+(/[\w.-]+)*(/|\.({'|'.join(SUFFIXES)}))")
DOTTED = re.compile(r"[a-z_]+(\.\w+)+")
LAYERS = ("app", "cli", "domain", "events", "loader", "projections", "storage")
MEMBER = re.compile(r"`(\w+)` (?:of|in|\()\s*`?([\w/]+\.py)`")
IMPORTED = re.compile(r"from (aboard[\w.]*) import (\w+)")


def code(page: str) -> list[str]:
    """Return what a page shows as code within its sentences."""
    return CODE.findall(FENCED.sub("", (ROOT / page).read_text("utf-8")))


def paths(page: str) -> list[str]:
    """Return the files and folders of this repository that a page names."""
    tops = {path.name for path in ROOT.iterdir()}
    return [
        one
        for one in code(page)
        if PATH.fullmatch(one) and (one.split("/")[0] in tops or "/" not in one)
    ]


def names(page: str) -> Iterator[tuple[str, str]]:
    """Yield the names of the package that a page uses: each with its module, as far as it says."""
    text = (ROOT / page).read_text("utf-8")
    for one in code(page):
        first = one.partition(".")[0]
        if DOTTED.fullmatch(one) and not one.endswith(tuple(f".{end}" for end in SUFFIXES)):
            if first in LAYERS:
                yield "aboard", one
            elif first == "aboard":
                yield "aboard", one.partition(".")[2]
    for name, file in MEMBER.findall(text):
        yield f"aboard.{file.removesuffix('.py').replace('/', '.')}", name
    yield from IMPORTED.findall(text)


def exists(module: str, name: str) -> bool:
    """Whether a module has something of that name, in a module or a class below it."""
    parts = f"{module}.{name}".split(".")
    for depth in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:depth]))
        except ModuleNotFoundError:
            continue
        for part in parts[depth:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_files_and_folders_that_exist(page: str) -> None:
    named = paths(page)

    assert len(named) >= PAGES[page][0]
    assert [one for one in named if not (ROOT / one).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_functions_and_classes_that_exist(page: str) -> None:
    named = list(names(page))

    assert len(named) >= PAGES[page][1]
    assert [one for one in named if not exists(*one)] == []


def test_what_is_not_there_is_noticed() -> None:
    assert exists("aboard", "projections.queries.who.who")
    assert exists("aboard", "domain.eventlog.log.Log.record")
    assert not exists("aboard", "projections.queries.who.whoever")
    assert not exists("aboard", "projections.queries.whom.who")
    assert not exists("aboard.storage.connection", "Connexion")
