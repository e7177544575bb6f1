"""Every command refuses empty values, for each of its options and arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import typer

import aboard.cli.main
from aboard.app.event_types import short_names
from aboard.cli.main import COMMANDS
from tests.cli.running import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT: Any = typer.main.get_command(aboard.cli.main.app)


OPTIONAL = "leave it out, or give a value"
"""The hint about what is not required."""


def every_command() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command, and one for each type of event, with the words that lead to it."""
    for name in COMMANDS:
        command = ROOT.get_command(None, name)
        if name not in ("record", "new"):
            yield (name,), command
    new = ROOT.get_command(None, "new")
    for kind in new.list_commands(None):
        yield ("new", kind), new.get_command(None, kind)
    record = ROOT.get_command(None, "record")
    topics = [cls.TOPIC for classes in short_names().values() for cls in classes]
    for kind in ("-", *topics):
        yield ("record", kind), record.get_command(None, kind)


def every_parameter() -> Iterator[Any]:
    """Yield a case for each parameter that takes a value: the words, with an empty value."""
    for words, command in every_command():
        before = 0
        for one in command.params:
            if one.param_type_name == "argument":
                shown = one.make_metavar(None).strip("[].")
                hint = "give a value" if one.required else OPTIONAL
                case = [*words, *["x"] * before, ""]
                yield pytest.param(case, shown, hint, id=f"{words} {shown}")
                before += 1
            elif not one.is_flag and one.name != "help":
                for flag in one.opts:
                    shown, hint = one.opts[0], "give a value" if one.required else OPTIONAL
                    yield pytest.param([*words, flag, ""], shown, hint, id=f"{words} {flag}")
                    yield pytest.param(
                        [*words, flag, "  "], shown, hint, id=f"{words} {flag} blank"
                    )


CASES = list(every_parameter())


def test_the_cases_are_many() -> None:
    assert len(CASES) > 500
    assert {case.values[0][0] for case in CASES} == set(COMMANDS)


@pytest.mark.parametrize(("words", "shown", "hint"), CASES)
def test_an_empty_value_is_refused(words: list[str], shown: str, hint: str) -> None:
    ran = run(*words, create=False)

    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"aboard: {shown} is empty: an empty value is not the same as none\nhint: {hint}\n"
    )


def test_an_empty_value_after_an_equals_sign_is_refused() -> None:
    assert run("who", "iss", "--at=").stderr.startswith("aboard: --at is empty")


@pytest.mark.usefixtures("clock")
def test_an_empty_variable_is_as_good_as_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABOARD_DATABASE", "")

    ran = run("status", "--format", "json")

    assert ran.code == 0
    assert str(home / "data/aboard/log.sqlite") in ran.stdout
