"""Facts written to a ledger as they are recorded: the same facts, or nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from aboard.loader.ledger import read_files, shipped_ledger
from aboard.loader.ledger_edit import LedgerEdit, stated_in
from tests.cli.running import Ran, environment, run
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


CORRECTION = ("correct", "dove-1/docked", "port=", "--known", "2022-01-01", "--reason", "x",
              "--source", "paper", "--by", "ledger")  # fmt: skip


def correct(ledger: Path, *more: str) -> Ran:
    return run(*CORRECTION, *more, "--ledger", ledger, "--database", ledger.parent / "log.sqlite")


def everything(ledger: Path) -> tuple[Any, ...]:
    """All that a refusal must leave as it is."""
    files = {path.relative_to(ledger): path.read_bytes() for path in ledger.rglob("*")
             if path.is_file()}  # fmt: skip
    return files, content(ledger.parent / "log.sqlite")


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_refusal_of_options_names_file_and_line(ledger: Path, form: str) -> None:
    log = ledger.parent / "log.sqlite"
    run("record", "registered", "source/news", "--kind", "report", "--publisher", "News",
        "--database", log)  # fmt: skip
    before = everything(ledger)
    place = f"{ledger / 'flights' / 'dove-1.toml'}:"
    for arguments in (
        ("record", "undocked", "dove-1", "--happened", "2021-04-01T10:00Z", "--known",
         "2021-04-02", "--crew", "cid-orr"),
        ("correct", "dove-1/docked", "port=", "--reason", "x"),
        ("retract", "dove-1/docked", "--reason", "x"),
    ):  # fmt: skip
        ran = run(*arguments, "--source", "news", "--ledger", ledger, "-f", form,
                  "--database", log)  # fmt: skip
        assert ran.code == 1
        if form == "json":
            refusal = json.loads(ran.stdout)
            assert refusal["recorded"] is False
            [finding] = refusal["findings"]
            assert finding["place"].startswith(place)
            assert finding["rule"] == "unknown-source"
        else:
            assert f"--ledger {ledger} could not be loaded with it" in ran.stderr
            assert f"{place}" in ran.stderr
            assert "hint: add it to sources.toml" in ran.stderr
        assert everything(ledger) == before


@pytest.mark.parametrize(
    ("name", "broken", "rule"),
    [
        ("flights/dove-1.toml", b"\nx = [\n", "syntax"),
        ("people.toml", b"# \xff\n", "not-utf-8"),
        ("stations/more.toml", b"event = 5\n", "wrong-type"),
        ("stations/more.toml", b"stream = 5\n", "wrong-type"),
        ("stations/more.toml", b"[[gap]]\nwhat = 3\n", "missing-field"),
    ],
)
def test_a_ledger_that_cannot_be_read_is_refused(
    ledger: Path, name: str, broken: bytes, rule: str
) -> None:
    path = ledger / name
    path.write_bytes((path.read_bytes() if path.exists() else b"") + broken)
    before = everything(ledger)

    for ran in (correct(ledger), record(ledger, [BATCH[5]]), record(ledger, BATCH)):
        assert ran.code == 1
        assert f"{path}:" in ran.stderr
        assert rule in ran.stderr
        assert everything(ledger) == before


ABOUT: list[dict[str, Any]] = [
    {"type": "corrected", "target": "dove-1/undocked", "changes": {"crew": []}, "reason": "x"},
    {"type": "retracted", "target": "dove-1/undocked", "reason": "x"},
    {"type": "claimed", "about": "dove-1/undocked", "says": "It did not."},
]
"""What can be stated about a fact."""


@pytest.mark.parametrize("about", ABOUT)
def test_what_is_about_a_fact_that_the_ledger_lacks_is_refused(
    ledger: Path, about: dict[str, Any]
) -> None:
    """However it is stated: the log has the fact, and the ledger does not."""
    lines = json.dumps(BATCH[5])
    run("record", "-", "--database", ledger.parent / "log.sqlite", stdin=lines)
    before = everything(ledger)

    ran = record(ledger, [{**about, "stream": "flight/dove-1", "known": "2021-05-01", **PAPER}])

    assert ran.code in (1, 2)
    assert "dove-1/undocked" in ran.stderr
    assert everything(ledger) == before


@pytest.mark.parametrize(
    "first", [b"\xef\xbb\xbf", b""], ids=["with a byte order mark", "without one"]
)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("last", [b"", b"\n\n", b"  # and so on"])
def test_a_file_is_kept_as_it_is_up_to_its_end(
    ledger: Path, first: bytes, line_end: bytes, last: bytes
) -> None:
    path = ledger / "flights" / "dove-1.toml"
    text = b"# A flight of a dove.\n\n" + path.read_bytes().replace(b"crew =", b"crew   =")
    kept = first + (text.rstrip(b"\n") + last).replace(b"\n", line_end)
    path.write_bytes(kept)

    assert correct(ledger).code == 0
    after = path.read_bytes()
    assert after.startswith(kept.rstrip(b"\r\n") + line_end * 2 + b"[[correction]]" + line_end)
    assert after.count(b"\r\n") == (after.count(b"\n") if line_end == b"\r\n" else 0)
    assert run("check", ledger).code == 0
    assert same_as_loaded(ledger)


def test_what_only_the_log_has_is_added_to_the_ledger(ledger: Path) -> None:
    lines = "".join(f"{json.dumps(fact)}\n" for fact in BATCH)
    log = ledger.parent / "log.sqlite"
    assert run("record", "-", "--by", "ledger", "--database", log, stdin=lines).code == 0
    shown = [
        json.loads(run("show", key, "-f", "jsonl", "--database", log).stdout)
        for key in ("source/news", "person/ann-lee", "lark-1/planned", "lark-1/launch-planned")
    ]

    ran = record(ledger, shown)

    assert ran.code == 0
    assert f"wrote it to {ledger / 'flights' / 'lark-1.toml'}" in ran.stdout
    assert stated_in(read_files([ledger])).keys() >= {one["id"] for one in shown}
    assert "wrote" not in record(ledger, shown).stdout


@pytest.mark.parametrize("command", ["correct", "record"])
def test_cut_off_between_ledger_and_log_the_same_command_records_the_rest(
    ledger: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again() -> Ran:
        return correct(ledger) if command == "correct" else record(ledger, BATCH)

    with monkeypatch.context() as patched:
        real = LedgerEdit.write

        def cut_off(edit: LedgerEdit) -> None:
            real(edit)
            raise KeyboardInterrupt

        patched.setattr(LedgerEdit, "write", cut_off)
        assert again().code != 0
    written = texts(ledger)

    ran = again()

    assert ran.code == 0, ran.stderr
    assert texts(ledger) == written
    assert same_as_loaded(ledger)


KILLED = """
import os, signal, sys
from aboard.cli.main import main
calls = 0
def killing(real):
    def call(*arguments):
        global calls
        for _ in range(2):  # before it, and after it
            if calls == int(sys.argv[1]):
                os.kill(os.getpid(), signal.SIGKILL)
            calls += 1
            if real and calls % 2 == 1:
                done = real(*arguments)
        return done
    return call
os.replace, os.fsync = killing(os.replace), killing(os.fsync)
main(sys.argv[2:])
"""


@pytest.mark.parametrize("number", range(6))
def test_killed_at_any_moment_a_file_is_whole(ledger: Path, number: int) -> None:
    log, path = ledger.parent / "log.sqlite", ledger / "flights" / "dove-1.toml"
    before = path.read_text()
    command = [*CORRECTION, "--ledger", ledger, "--database", log]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(number), *map(str, command)], env=environment(),
        capture_output=True, check=False,
    )  # fmt: skip
    whole = before.rstrip("\n") + "\n\n[[correction]]"

    assert done.returncode == (-signal.SIGKILL if number < 4 else 0)
    assert path.read_text() == before or path.read_text().startswith(whole)
    assert run("check", ledger).code == 0
    assert run("load", ledger, "--database", log).code == 0
    assert same_as_loaded(ledger)


def test_a_file_that_somebody_else_changes_is_left_alone(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = LedgerEdit.findings

    def meanwhile(edit: LedgerEdit, now: int) -> Any:
        found = real(edit, now)
        path = ledger / "flights" / "dove-1.toml"
        path.write_text(path.read_text() + "# Mine.\n")
        return found

    monkeypatch.setattr(LedgerEdit, "findings", meanwhile)
    recorded = content(ledger.parent / "log.sqlite")
    before = texts(ledger)
    ran = correct(ledger)

    assert ran.code == 1
    assert "dove-1.toml was changed by another program, and nothing was recorded" in ran.stderr
    before["flights/dove-1.toml"] += "# Mine.\n"
    assert texts(ledger) == before
    assert content(ledger.parent / "log.sqlite") == recorded


@pytest.mark.parametrize("number", range(4))
def test_a_disk_that_is_full_leaves_every_file_as_it_was(
    ledger: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, calls = os.replace, iter(range(100))

    def full(new: Path, old: Path) -> None:
        if next(calls) == number:
            raise OSError(28, "No space left on device", str(old))
        replace(new, old)

    before = everything(ledger)
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        ran = record(ledger, BATCH)

    assert ran.code == 1
    assert "No space left on device, and nothing was recorded" in ran.stderr
    assert everything(ledger) == before
    assert not [path for path in ledger.rglob("*.toml") if "lark" in path.name]


def test_what_the_ledger_still_lacks_is_noted(ledger: Path) -> None:
    lines = json.dumps(BATCH[5])
    run("record", "-", "--database", ledger.parent / "log.sqlite", stdin=lines)

    landed = {"type": "landed", "stream": "flight/dove-1", "crew": ["cid-orr"],
              "happened": "2021-04-01T12:00Z", "known": "2021-04-02", **PAPER}  # fmt: skip
    ran = record(ledger, [landed])

    assert ran.code == 0
    assert "dove-1.toml:" in ran.stderr
    assert "undocking-missing" in ran.stderr


def test_a_retraction_shows_who_is_no_longer_there(ledger: Path) -> None:
    log = ledger.parent / "log.sqlite"
    asked = ("retract", "dove-1/docked", "--reason", "x", "--source", "paper", "--ledger", ledger,
             "--database", log)  # fmt: skip
    previewed = run(*asked, "--dry-run")
    data = json.loads(run(*asked, "--dry-run", "-f", "json").stdout)
    ran = run(*asked)

    line = next(one for one in ran.stdout.splitlines() if "Cid Orr" in one)
    assert f"# {line}" in previewed.stdout.splitlines()
    assert f"# would write it to {ledger / 'flights' / 'dove-1.toml'}" in previewed.stdout
    assert [one["person"] for one in data["changes"]["people"]][:1] == ["cid-orr"]
    counts = {one["place"]: (one["before"], one["after"]) for one in data["changes"]["counts"]}
    assert counts["heron"] == (1, 0)
    assert data["ledger"] == [str(ledger / "flights" / "dove-1.toml")]
