"""Many writers at one log, without a lock: nothing is lost, doubled, or contradicted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aboard.domain.eventlog.log import Log, VersionConflict, open_log
from aboard.domain.rules.port_guards import OWN_ID
from aboard.loader.parse_entries import Recording
from aboard.loader.record import RecordResult, record
from aboard.loader.toml_file import TomlFile
from tests.conftest import NOW
from tests.homes import Where, log_of, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.events.envelope import Event
    from tests.homes import Where

WRITERS = range(8)
SHARED = 6
"""Facts that each writer states on the one stream of all."""

WRITER = """
import json, sys
from aboard.domain.eventlog.log import open_log
from tests.homes import named
from tests.loader.test_writers import facts_of, rules, state

print("ready", flush=True)
sys.stdin.readline()
with open_log(named(sys.argv[1])) as log:
    for stream, entry in facts_of(int(sys.argv[2])):
        outcome = state(log, stream, **entry)
        print(json.dumps([entry["id"], rules(outcome)]))
"""


def state(log: Log, stream: str, **entry: Any) -> RecordResult:
    """Record one fact."""
    file = TomlFile(Path("test"), "test", {"stream": stream, "event": [entry]})
    return record(log, [file], Recording(NOW, "test"))


def rules(outcome: RecordResult) -> list[str]:
    """Return the rules by which nothing was recorded."""
    return [one.rule for one in outcome.refusal if not one.missing]


def given(log: Log) -> None:
    """Record a station with a port."""
    station = {"name": "Pear", "operators": ["Orchard"], "type": "registered"}
    for name, said in (
        ("registered", station),
        ("north", {"type": "port_added", "port": "north", "name": "North"}),
    ):
        entry = {"id": f"pear/{name}", "happened": "2020-01-01", "source": ["unsourced"], **said}
        assert state(log, "station/pear", **entry).refusal == ()


def given_people(log: Log) -> None:
    """Record two people."""
    for person in ("ann", "bob"):
        said = {"name": person.title(), "family_name": person.title(), "agency": "Orchard"}
        entry = {"id": f"person/{person}", "type": "registered", "source": ["unsourced"], **said}
        assert state(log, f"person/{person}", **entry).refusal == ()


def docked(flight: str, happened: str = "2022-01-02", port: str = "north") -> dict[str, Any]:
    return {
        "id": f"{flight}/docked", "type": "docked", "happened": happened, "station": "pear",
        "port": port, "source": ["unsourced"],
    }  # fmt: skip


def launched(flight: str, *crew: str, happened: str = "2022-01-01T00:00:00Z") -> dict[str, Any]:
    return {
        "id": f"{flight}/launched", "type": "launched", "happened": happened, "crew": [*crew],
        "source": ["unsourced"],
    }  # fmt: skip


def facts_of(writer: int) -> list[tuple[str, dict[str, Any]]]:
    """Return what a writer states: on the stream of all, and on a flight of its own."""
    own, facts = f"plum-{writer}", []
    for number in range(SHARED):
        wave = {"type": "anomaly", "happened": "2022-01-01", "what": "a wave",
                "source": ["unsourced"]}  # fmt: skip
        facts.append(("flight/apple", {"id": f"apple/wave-{writer}-{number}", **wave}))
        facts.append((f"flight/{own}", {"id": f"{own}/wave-{number}", **wave}))
        facts.append(("flight/apple", {"id": f"apple/all-{number}", **wave}))
    facts.insert(writer, (f"flight/{own}", docked(own)))
    facts.insert(writer, (f"flight/{own}", launched(own, "ann")))
    return facts


def test_of_two_who_want_a_port_the_second_is_told_and_refused(
    place: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    conflicts: list[VersionConflict] = []
    with open_log(place) as log, open_log(place) as other:
        given(log)
        write = log.record

        def beaten(events: Sequence[Event], **more: Any) -> int:
            if not conflicts:
                assert state(other, "flight/plum", **docked("plum")).refusal == ()
            try:
                return write(events, **more)
            except VersionConflict as conflict:
                conflicts.append(conflict)
                raise

        monkeypatch.setattr(log, "record", beaten)
        outcome = state(log, "flight/apple", **docked("apple"))

        assert len(conflicts) == 1
        assert rules(outcome) == ["port-taken"]
        assert [event.id for _, event in log.read()] == ["pear/registered", "pear/north",
                                                         "plum/docked"]  # fmt: skip


@pytest.mark.parametrize(
    ("theirs", "told", "refused"),
    [
        (("flight/plum", launched("plum", "ann")), 1, ["two-places"]),
        (("flight/plum", launched("plum", "bob")), 0, []),
        (("flight/plum", launched("plum", "ann", happened="2021-01-01")), 1, []),
    ],
    ids=["in two places", "somebody else", "at another time"],
)
def test_of_two_who_launch_somebody_the_second_is_told(
    theirs: tuple[str, dict[str, Any]],
    told: int,
    refused: list[str],
    place: Where,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempts: list[str] = []
    with open_log(place) as log, open_log(place) as other:
        given_people(log)
        write = log.record

        def beaten(events: Sequence[Event], **more: Any) -> int:
            if not attempts:
                stream, entry = theirs
                assert state(other, stream, **entry).refusal == ()
            attempts.append("")
            return write(events, **more)

        monkeypatch.setattr(log, "record", beaten)
        outcome = state(log, "flight/apple", **launched("apple", "ann"))

        assert rules(outcome) == refused
        # Who is refused when deciding anew writes no second time.
        assert len(attempts) == 1 + (told and not refused)


def test_two_at_two_stations_are_not_in_each_others_way(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.sqlite") as log:
        given(log)
        assert state(log, "flight/plum", **docked("plum")).positions == (3,)
        wave = {"id": "plum/wave", "type": "anomaly", "happened": "2022-02-01", "what": "a wave"}
        assert state(log, "flight/plum", source=["unsourced"], **wave).positions == (5,)


@pytest.mark.parametrize(
    ("stream", "entry", "rule"),
    [
        ("station/pear", {"id": "pear/mine", "type": "ports_guarded", "ports": ["north"]},
         "unknown-type"),
        ("station/pear", {"id": "pear/ports-guarded-9", "type": "port_removed", "port": "north",
                          "happened": "2022-01-01"}, "reserved-id"),
        ("station/pear", {"id": "pear/mine", "type": "retracted", "reason": "why not",
                          "target": "pear/ports-guarded-3", "known": "2022-01-01"}, "reserved-id"),
        ("station/pear", {"id": "pear/mine", "type": "retracted", "reason": "why not",
                          "target": "plum/docked", "known": "2022-01-01"}, "wrong-stream"),
    ],
)  # fmt: skip
def test_nobody_states_or_amends_what_the_log_writes(
    tmp_path: Path, stream: str, entry: dict[str, Any], rule: str
) -> None:
    with open_log(tmp_path / "log.sqlite") as log:
        given(log)
        state(log, "flight/plum", **docked("plum"))
        outcome = state(log, stream, source=["unsourced"], **entry)
        assert rules(outcome) == [rule]
        assert log.position == 4


def test_a_fact_whose_amendment_stands_elsewhere_is_refused(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.sqlite") as log:
        given(log)
        early = {"id": "pear/early", "type": "retracted", "reason": "why not",
                 "target": "plum/docked", "known": "2022-01-01"}  # fmt: skip
        outcome = state(log, "station/pear", source=["unsourced"], **early)
        assert [one.rule for one in outcome.notes] == ["target-missing"]
        outcome = state(log, "flight/plum", **docked("plum"))
        assert rules(outcome) == ["wrong-stream"]


def test_eight_writers_at_once(place: Where) -> None:
    with open_log(place) as log:
        given(log)
        given_people(log)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(place), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in WRITERS
    ]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=120)[0].splitlines() for writer in writers]

    assert [writer.returncode for writer in writers] == [0] * len(writers)
    outcomes = [json.loads(line) for lines in said for line in lines]
    assert len(outcomes) == sum(len(facts_of(number)) for number in WRITERS)
    refused = [(key, rules) for key, rules in outcomes if rules]
    assert Counter((key.partition("/")[2], *rules) for key, rules in refused) == {
        ("docked", "port-taken"): len(WRITERS) - 1,
        ("launched", "two-places"): len(WRITERS) - 1,
    }

    stated = {entry["id"] for number in WRITERS for _, entry in facts_of(number)}
    rows = tables(log_of(place))["stored_events"]
    with open_log(place) as log:
        held = Counter(event.id for _, event in log.read())
        apple = [event.originator_version for event in log.stream("flight/apple")]
        assert log.stream("flight/apple")[-1].originator_version == len(apple)
    given_before = {"pear/registered", "pear/north", "person/ann", "person/bob"}
    assert held == Counter((stated | given_before) - {key for key, _ in refused})
    assert sorted(row[0] for row in rows) == [*range(1, len(rows) + 1)]
    versions = defaultdict(list)
    for row in rows:
        versions[row[1]].append(row[2])
    assert all(sorted(found) == [*range(1, len(found) + 1)] for found in versions.values())
    own = [row[0] for row in tables(log_of(place))["event_ids"] if OWN_ID.fullmatch(row[0])]
    assert own == ["pear/ports-guarded-3"]
