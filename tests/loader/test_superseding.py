"""Recording facts of one time: the one that is recorded later says that it supersedes the other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from aboard.domain.eventlog.log import open_log
from aboard.events.order import in_order
from aboard.events.series import are_rivals
from aboard.loader.baseline import LogBaseline
from aboard.loader.check import check
from aboard.loader.parse_entries import Recording
from aboard.loader.record import RecordResult, record
from aboard.loader.record_input import JsonLines
from aboard.loader.superseding import fill_in
from tests.conftest import NOW
from tests.rivals import KINDS, PEOPLE, TIMES, background, event

if TYPE_CHECKING:
    from aboard.events.envelope import Event

RECORDING = Recording(NOW, "test")
PLAN = {"type": "launch_planned", "stream": "flight/kiwi", "happened": "2022-09-28"}


def entry(fact: Event, *, is_complete: bool = False) -> dict[str, Any]:
    """Return what states a fact; a complete one says what it supersedes, be it nothing."""
    said = fact.content()
    stated = {key: value for key, value in said.items() if value is not None}
    for key in ("originator_id", "known_assumed", "supersedes"):
        stated.pop(key, None)
    more = {"supersedes": list(fact.supersedes)} if is_complete else {}
    stream = fact.originator_id
    return {**stated, "stream": stream, "type": fact.TOPIC.partition(".")[2],
            "source": ["unsourced"], **more}  # fmt: skip


def stated(log: Path, *entries: dict[str, Any], fills: bool = True) -> RecordResult:
    """Record what entries state, filling in what they supersede or not."""
    file = JsonLines(json.dumps(one).encode() for one in entries)
    with open_log(log) as opened:
        if fills:
            with opened.snapshot() as snapshot:
                fill_in(file, LogBaseline(snapshot), RECORDING)
        return record(opened, [file], RECORDING)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a log with the background of the pairs, and what it needs."""
    log = tmp_path_factory.mktemp("begun") / "log.sqlite"
    people = [
        {"id": f"person/{one}", "type": "registered", "stream": f"person/{one}", "name": one,
         "family_name": one, "agency": "NASA", "source": ["unsourced"]}
        for one in (*PEOPLE, "eve")
    ]  # fmt: skip
    ports = [
        {"id": f"iss/port-{one}", "type": "port_added", "stream": "station/iss", "port": one,
         "name": one, "happened": "2000", "source": ["unsourced"]}
        for one in ("a", "b", "c", "aft")
    ]  # fmt: skip
    facts = [entry(fact) for fact in background()]
    for one in facts:
        if one["type"] == "docked" and one["stream"] == "flight/fig":
            one.pop("port")
    result = stated(log, *people, *ports, *facts, fills=False)
    assert not result.refusal
    return log


def copied(log: Path, name: str) -> Path:
    return Path(shutil.copy(log, log.with_name(f"{name}.sqlite")))


def refused(result: RecordResult) -> set[str]:
    return {finding.rule for finding in result.refusal}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_what_is_recorded_later_is_the_later_and_arrival_does_not_matter(
    begun: Path, kind: Any
) -> None:
    random = Random(kind.__name__)  # noqa: S311
    before = {fact.id: fact for fact in background()}
    tried = 0
    while tried < 4:
        time, names = random.choice(list(TIMES)), random.sample(("9", "10", "crew", "soyuz"), 2)
        one, other = (event(kind(random), time, name) for name in names)
        if not are_rivals(one, other, before):
            continue
        tried += 1
        log, again, whole = (copied(begun, f"{kind.__name__}-{name}") for name in "abc")
        first = stated(log, entry(one))
        if refused(first):  # it contradicts the background, whatever comes after it
            tried -= 1
            continue
        second = stated(log, entry(other))
        if refused(second):  # the two contradict each other, as two signings do
            assert refused(second) == {"supplement-twice"}
            tried -= 1
            continue
        earlier, later = first.events[0], second.events[0]
        assert in_order([later, earlier]) == [earlier, later]

        assert not stated(again, entry(later, is_complete=True)).refusal
        assert not stated(again, entry(earlier, is_complete=True)).refusal
        with open_log(log) as here, open_log(again) as there:
            assert {event.id: event.supersedes for _, event in here.read()} == {
                event.id: event.supersedes for _, event in there.read()
            }

        plain = stated(whole, entry(one), entry(other), fills=False)
        is_open = earlier.order[:3] == later.order[:3]
        assert ("which-is-later" in refused(plain)) == is_open


def test_a_chain_of_plans_of_one_day_is_one(begun: Path) -> None:
    log = copied(begun, "chain")
    targets = [f"2025-01-{day:02}" for day in range(1, 13)]
    said = [
        stated(log, {**PLAN, "id": f"kiwi/plan-{number}", "target": target, "known": "2022-09-28",
                     "source": "unsourced"}).events[0]
        for number, target in enumerate(targets, 1)
    ]  # fmt: skip
    assert [one.supersedes for one in said] == [
        tuple(f"kiwi/plan-{one}" for one in range(1, number)) for number in range(1, 13)
    ]  # fmt: skip
    assert in_order(reversed(said)) == said
    retraction = {"type": "retracted", "stream": "flight/kiwi", "target": "kiwi/plan-11",
                  "id": "kiwi/back", "reason": "so", "known": "2022-09-28",
                  "source": "unsourced"}  # fmt: skip
    assert not stated(log, retraction).refusal
    assert in_order([said[11], *said[:10]]) == [*said[:10], said[11]]


def test_lines_of_one_input_supersede_those_before_them(begun: Path) -> None:
    lines = [
        {**PLAN, "id": f"kiwi/{name}", "target": target, "known": "2022-09-28",
         "source": "unsourced"}
        for name, target in (("z", "2025-01-01"), ("a", "2025-01-02"))
    ]  # fmt: skip
    result = stated(copied(begun, "lines"), *lines)
    assert {one.id: one.supersedes for one in result.events} == {
        "kiwi/z": (), "kiwi/a": ("kiwi/z",)
    }  # fmt: skip


def test_what_became_known_earlier_supersedes_nothing(begun: Path) -> None:
    log = copied(begun, "late")
    late = {**PLAN, "id": "kiwi/late", "target": "2025-01-01", "known": "2022-10-03",
            "source": "unsourced"}  # fmt: skip
    early = {**late, "id": "kiwi/z-early", "target": "2025-02-01", "known": "2022-09-29"}
    assert stated(log, late).events[0].supersedes == ()
    assert stated(log, early).events[0].supersedes == ()


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"supersedes": []}, "which-is-later"),
        ({"supersedes": ["kiwi/later"]}, "superseded-later"),
        ({"supersedes": ["fig/launched"]}, "superseded-unrelated"),
    ],
)
def test_what_is_stated_wrong_is_refused(begun: Path, more: dict[str, Any], rule: str) -> None:
    log = copied(begun, rule)
    plan = {**PLAN, "target": "2025-01-01", "known": "2022-09-28", "source": "unsourced"}
    stated(log, {**plan, "id": "kiwi/one"}, {**plan, "id": "kiwi/later", "happened": "2022-09-29",
                                             "known": "2022-09-29"})  # fmt: skip
    result = stated(log, {**plan, "id": "kiwi/two", "target": "2025-02-01", **more})
    assert rule in refused(result)


def test_two_that_supersede_each_other_are_refused(begun: Path) -> None:
    plan = {**PLAN, "target": "2025-01-01", "known": "2022-09-28", "source": "unsourced"}
    circle = (
        {**plan, "id": "kiwi/one", "supersedes": ["kiwi/two"]},
        {**plan, "id": "kiwi/two", "target": "2025-02-01", "supersedes": ["kiwi/one"]},
    )
    assert "circular" in refused(stated(copied(begun, "circle"), *circle))


def test_what_supersedes_something_still_missing_is_recorded_and_noted(begun: Path) -> None:
    plan = {**PLAN, "id": "kiwi/one", "target": "2025-01-01", "known": "2022-09-28",
            "source": "unsourced", "supersedes": ["kiwi/none"]}  # fmt: skip
    result = stated(copied(begun, "missing"), plan)
    assert not result.refusal
    assert "superseded-missing" in {note.rule for note in result.notes}


def test_a_fact_that_supersedes_nothing_of_any_kind_is_refused_to(begun: Path) -> None:
    odd = {
        "id": "apple/odd",
        "type": "anomaly",
        "stream": "flight/apple",
        "what": "A",
        "happened": "2022-09-28",
        "source": "unsourced",
        "supersedes": ["apple/launched"],
    }
    assert "superseded-unrelated" in refused(stated(copied(begun, "odd"), odd))


def test_check_says_that_nothing_decides_between_two_plans_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "kiwi.toml"
    plan = """
[[event]]
id = "crew-5/{name}"
type = "launch_planned"
known = 2022-09-28
target = {target}
source = ["gcat"]
"""
    file.write_text(
        'stream = "flight/kiwi-9"\n'
        '[[event]]\nid = "kiwi-9/planned"\ntype = "planned"\nhappened = 2022-01-01\n'
        'source = ["gcat"]\nname = "Kiwi 9"\nspacecraft = "Kiwi"\noperator = "Kiwi"\n'
        + plan.format(name="ninth", target="2022-11-01")
        + plan.format(name="tenth", target="2022-11-02")
    )
    (found,) = [one for one in check([file], NOW).findings if one.rule == "which-is-later"]
    assert 'state supersedes = ["crew-5/ninth"] with crew-5/tenth' in found.hint
