"""Against a release: a released fact never changes."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from aboard.loader.released import NoSuchRelease, against
from tests.cli.running import run
from tests.folders import CORPUS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger in a repository, released as v1."""
    folder = tmp_path / "repository" / "ledger"
    shutil.copytree(CORPUS / "before", folder)
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "release"), ("tag", "v1")):
        subprocess.run(["git", *identity, *arguments], cwd=folder.parent, check=True)
    monkeypatch.chdir(folder.parent)
    return folder


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def said(ledger: Path) -> list[tuple[str, int, str, str]]:
    return [(f.file, f.line, f.rule, f.message) for f in against(ledger, "v1")]


def test_a_release_is_nothing_against_itself(ledger: Path) -> None:
    assert said(ledger) == []


def test_an_edited_fact_is_found_at_what_was_edited(ledger: Path) -> None:
    edit(ledger / "flights/dove-1.toml", "16:00:00Z", "17:00:00Z")
    assert said(ledger) == [
        (
            "ledger/flights/dove-1.toml",
            22,
            "edited-fact",
            "dove-1/docked was released in v1, and differs in happened",
        )
    ]


def test_a_note_put_in_later_is_an_edit_too(ledger: Path) -> None:
    edit(ledger / "people.toml", 'name = "Cid Orr"', 'name = "Cid Orr"\naliases = ["C."]')
    ((_, _, rule, message),) = said(ledger)
    assert (rule, message) == ("edited-fact", "cid-orr was released in v1, and differs in aliases")


def test_a_deleted_fact_is_found(ledger: Path) -> None:
    (ledger / "flights/dove-1.toml").unlink()
    assert {(rule, message.split()[0]) for _, _, rule, message in said(ledger)} == {
        ("deleted-fact", f"dove-1/{name}") for name in ("planned", "launched", "docked")
    }


def test_a_fact_may_move_to_another_file_but_not_to_another_stream(ledger: Path) -> None:
    file = ledger / "flights/dove-1.toml"
    file.rename(ledger / "flights/moved.toml")
    assert said(ledger) == []
    edit(ledger / "flights/moved.toml", "flight/dove-1", "flight/dove-2")
    assert {message.rpartition(" ")[2] for *_, message in said(ledger)} == {"stream"}


def test_what_is_new_and_a_correction_are_no_findings(ledger: Path) -> None:
    with (ledger / "flights/dove-1.toml").open("a") as file:
        file.write(
            '\n[[correction]]\nid = "dove-1/docked/corrected-1"\n'
            'target = "dove-1/docked"\nknown = 2022-01-01\nsource = ["paper"]\n'
            'reason = "a test"\nchanges = { port = "fore" }\n'
        )
    assert said(ledger) == []


def test_the_command_fails_on_them(ledger: Path) -> None:
    assert run("check", ledger, "--against", "v1").code == 0
    edit(ledger / "flights/dove-1.toml", "16:00:00Z", "17:00:00Z")
    ran = run("check", ledger, "--against", "v1")
    assert (ran.code, ran.stderr) == (1, "")
    assert ran.stdout == (
        "ledger/flights/dove-1.toml:22: edited-fact: dove-1/docked was released in v1, and differs "
        "in happened (a released fact never changes: restore it, and add a correction)\n"
    )


def test_what_is_no_release_is_refused(ledger: Path, tmp_path: Path) -> None:
    ran = run("check", ledger, "--against", "v2")
    assert (ran.code, ran.stdout) == (2, "")
    assert "--against v2: " in ran.stderr
    with pytest.raises(NoSuchRelease, match="not a git repository"):
        against(tmp_path, "v1")
    one_file = run("check", ledger / "people.toml", "--against", "v1")
    assert one_file.code == 2
    assert "give one ledger folder" in one_file.stderr


def test_without_git_it_says_so(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoSuchRelease, match="git is not installed"):
        against(ledger, "v1")
