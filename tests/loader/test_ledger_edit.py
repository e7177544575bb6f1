"""Facts written to a ledger as they are recorded: the same facts, or nothing."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from aboard.loader.ledger import shipped_ledger
from tests.cli.running import Ran, run
from tests.folders import CORPUS
from tests.loader.content import comparable, content

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("clock")

PAPER = {"source": ["paper"]}

BATCH: list[dict[str, Any]] = [
    {"type": "registered", "stream": "source/news", "kind": "report", "publisher": "The News"},
    {"type": "registered", "stream": "person/ann-lee", "name": "Ann Lee", "family_name": "Lee",
     "agency": "NASA", **PAPER},
    {"type": "planned", "stream": "flight/lark-1", "happened": "2021-01-10", "known": "2021-01-10",
     "name": "Lark 1", "spacecraft": "Lark", "operator": "NASA", "destination": "heron", **PAPER},
    {"type": "launch_planned", "stream": "flight/lark-1", "target": "NET 2021-06",
     "happened": "2021-01-10", "known": "2021-01-10", "source": ["news", "paper"]},
    {"type": "launched", "stream": "flight/lark-1", "happened": "2021-06-01T10:00Z",
     "known": "2021-06-01", "crew": ["ann-lee"], "note": 'It said "go" \\ twice.', **PAPER},
    {"type": "undocked", "stream": "flight/dove-1", "happened": "2021-04-01T10:00:00Z",
     "known": "2021-04-01", "crew": ["cid-orr"], **PAPER},
    {"type": "began", "stream": "spacewalk/heron-2021-03-10", "station": "heron",
     "happened": "2021-03-10T10:00Z", "known": "2021-03-10", "people": ["cid-orr"], **PAPER},
    {"type": "claimed", "stream": "flight/dove-1", "says": "It docked twice.",
     "about": "dove-1/docked", "known": "2021-03-03", **PAPER},
    {"type": "gap_stated", "stream": "flight/lark-1", "what": "where it landed", **PAPER},
    {"type": "corrected", "stream": "flight/dove-1", "target": "dove-1/docked",
     "changes": {"happened": "2021-03-01T17:00Z"}, "reason": "an hour off",
     "known": "2021-03-05", **PAPER},
    {"type": "retracted", "stream": "flight/lark-1", "target": "lark-1/launch-planned",
     "reason": "never said", "known": "2021-02-01", **PAPER},
]  # fmt: skip
"""Facts of every table that a ledger has but a ruling, on streams old and new."""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger of one flight, which the log has too."""
    shutil.copytree(CORPUS / "before", tmp_path / "ledger")
    run("load", tmp_path / "ledger", "--database", tmp_path / "log.sqlite")
    return tmp_path / "ledger"


def texts(ledger: Path) -> dict[str, str]:
    return {str(path.relative_to(ledger)): path.read_text() for path in ledger.rglob("*.toml")}


def record(ledger: Path, facts: list[dict[str, Any]], *more: str) -> Ran:
    lines = "".join(f"{json.dumps(fact)}\n" for fact in facts)
    return run("record", "-", "--ledger", ledger, "--by", "ledger", *more,
               "--database", ledger.parent / "log.sqlite", stdin=lines)  # fmt: skip


def same_as_loaded(ledger: Path) -> bool:
    """Whether a log loaded from the ledger answers as the log in which the facts were recorded."""
    log, other = ledger.parent / "log.sqlite", ledger.parent / "other.sqlite"
    assert run("load", ledger, "--database", other).code == 0
    return comparable(log.with_name("log.sqlite.read-model")) == comparable(
        other.with_name("other.sqlite.read-model")
    )


def test_what_is_recorded_with_a_ledger_is_what_is_loaded_from_it(ledger: Path) -> None:
    ran = record(ledger, BATCH)

    assert (ran.code, ran.stderr) == (0, "")
    assert run("check", ledger).code == 0
    assert run("fmt", ledger, "--check").code == 0
    again = run("load", ledger, "--database", ledger.parent / "log.sqlite")
    assert again.stdout.startswith("recorded 0 events, ")
    assert same_as_loaded(ledger)


def test_one_fact_at_a_time_too(ledger: Path) -> None:
    for fact in BATCH:
        assert record(ledger, [fact]).code == 0

    assert same_as_loaded(ledger)


def test_by_options_it_goes_into_the_file_of_its_stream(ledger: Path) -> None:
    before = texts(ledger)
    ran = run("record", "undocked", "dove-1", "--happened", "2021-04-01T10:00Z", "--known",
              "2021-04-02", "--crew", "cid-orr", "--source", "paper", "--ledger", ledger,
              "--database", ledger.parent / "log.sqlite")  # fmt: skip

    assert ran.code == 0
    assert (
        f"--reason ... --source ... --database {ledger.parent / 'log.sqlite'} --ledger"
        in (ran.stdout.splitlines()[-1])
    )
    after = texts(ledger)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {"flights/dove-1.toml"}
    name = changed.pop()
    assert after[name].startswith(before[name].rstrip("\n"))
    assert after[name].removeprefix(before[name].rstrip("\n")) == (
        '\n\n[[event]]\nid = "dove-1/undocked"\ntype = "undocked"\n'
        'happened = "2021-04-01T10:00Z"\nknown = "2021-04-02"\nsource = ["paper"]\n'
        'crew = ["cid-orr"]\n'
    )


def test_a_preview_writes_nothing(ledger: Path) -> None:
    before = texts(ledger)

    assert record(ledger, BATCH, "--dry-run").code == 0
    assert texts(ledger) == before


@pytest.mark.parametrize("number", range(len(BATCH)))
def test_a_batch_that_the_log_refuses_changes_no_file(ledger: Path, number: int) -> None:
    before, log = texts(ledger), content(ledger.parent / "log.sqlite")
    wrong = [
        {**fact, "source": ["nobody"]} if n == number else fact for n, fact in enumerate(BATCH)
    ]

    ran = record(ledger, wrong)

    assert ran.code == 1
    assert texts(ledger) == before
    assert content(ledger.parent / "log.sqlite") == log


def test_what_the_ledger_would_not_load_with_is_refused(ledger: Path) -> None:
    """The log knows a source that the ledger does not have."""
    log = ledger.parent / "log.sqlite"
    run("record", "registered", "source/news", "--kind", "report", "--publisher", "News",
        "--database", log)  # fmt: skip
    before, recorded = texts(ledger), content(log)

    ran = record(ledger, [{**BATCH[5], "source": ["news"]}])

    assert ran.code == 1
    assert "unknown-source" in ran.stderr
    assert f"{ledger / 'flights' / 'dove-1.toml'}:" in ran.stderr
    assert texts(ledger) == before
    assert content(log) == recorded


@pytest.mark.parametrize("change", ["correct", "retract"])
def test_an_amendment_of_what_the_ledger_does_not_state_is_refused(
    ledger: Path, change: str
) -> None:
    log = ledger.parent / "log.sqlite"
    lines = "".join(f"{json.dumps(fact)}\n" for fact in [BATCH[5]])
    run("record", "-", "--database", log, stdin=lines)
    before, recorded = texts(ledger), content(log)
    changes = ["crew=[]"] if change == "correct" else []

    ran = run(change, "dove-1/undocked", *changes, "--reason", "x", "--source", "paper",
              "--ledger", ledger, "--database", log)  # fmt: skip

    assert ran.code == 2
    assert "no file there states dove-1/undocked" in ran.stderr
    assert texts(ledger) == before
    assert content(log) == recorded


def test_a_correction_that_the_ledger_contradicts_is_refused(ledger: Path) -> None:
    """The ledger states a correction that the log does not have yet."""
    log = ledger.parent / "log.sqlite"
    flight = ledger / "flights" / "dove-1.toml"
    flight.write_text(
        flight.read_text() + '\n[[correction]]\nid = "dove-1/launched/corrected-1"\n'
        'known = "2021-04-01"\nsource = ["paper"]\ntarget = "dove-1/launched"\nreason = "x"\n'
        "changes = { happened = 2021-03-01T15:00:00Z }\n"
    )
    before, recorded = texts(ledger), content(log)

    ran = run("correct", "dove-1/docked", "happened=2021-03-01T14:00Z", "--reason", "x", "--source",
              "paper", "--ledger", ledger, "--database", log)  # fmt: skip

    assert ran.code == 1
    assert "could not be loaded with it" in ran.stderr
    assert "out-of-order" in ran.stderr
    assert texts(ledger) == before
    assert content(log) == recorded


@pytest.mark.parametrize("survived", range(5))
def test_cut_off_between_any_two_files_the_ledger_still_loads(
    ledger: Path, survived: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is replaced at once, and sources and people come before what names them."""
    replace = os.replace
    done: list[Path] = []

    def cut_off(new: Path, old: Path) -> None:
        if len(done) == survived:
            raise KeyboardInterrupt
        done.append(old)
        replace(new, old)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", cut_off)
        ran = record(ledger, BATCH)

    assert len(done) == survived
    assert ran.code != 0
    assert run("check", ledger).code == 0
    assert not list(ledger.rglob(".*.new"))


def test_a_correction_of_a_spacewalk_finds_its_file(tmp_path: Path) -> None:
    """Several spacewalks share a file, in which each entry names its stream."""
    ledger, log = tmp_path / "ledger", tmp_path / "log.sqlite"
    shutil.copytree(shipped_ledger(), ledger)
    ran = run("correct", "voskhod-2-1965-03-18/began", "note=Leonov", "--transcription",
              "--reason", "x", "--source", "gcat", "--ledger", ledger,
              "--database", log)  # fmt: skip

    assert ran.code == 0, ran
    added = (ledger / "spacewalks" / "1960s.toml").read_text().rpartition("[[correction]]")[2]
    assert added.startswith('\nstream = "spacewalk/voskhod-2-1965-03-18"\n')
