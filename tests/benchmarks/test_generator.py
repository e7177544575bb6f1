"""What the benchmarks run on: generated logs that could be true, and are the same every time."""

from __future__ import annotations

import tracemalloc
from collections import Counter, defaultdict
from hashlib import sha256
from itertools import pairwise, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import generator
from benchmarks.generated import instant
from benchmarks.generated_station import Station

from aboard.domain.eventlog.log import open_log
from aboard.events.encoding import codec
from aboard.events.vocabulary import class_of, every_type
from aboard.loader.baseline import Baseline
from aboard.loader.checks import examine
from aboard.loader.ledger import REGISTRATIONS
from aboard.loader.parse_entries import Recording
from aboard.loader.toml_file import TomlFile

if TYPE_CHECKING:
    from benchmarks.generated import Fact

NOT_GENERATED = {
    "agreement": "its own subject, and one stream in the whole ledger",
    "flight.craft_added": "flights with two craft went to no station",
    "flight.transferred": "nor does anybody move from craft to craft",
    "flight.condition_met": "one in the whole ledger",
    "station.port_moved": "eight in the whole ledger",
    "station.port_removed": "no station is given up",
    "station.command_handover_planned": "two in the whole ledger",
}
"""What is left out, and why."""


def stated(facts: list[Fact]) -> list[TomlFile]:
    """Return facts as ledger files state them, one a stream, and one of what is registered."""
    events: dict[str, list[dict[str, Any]]] = defaultdict(list)
    registered: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fact in facts:
        said = {"source": list(fact.source), **fact.said}
        if not class_of(fact.topic).STAMPED:
            said |= {"happened": fact.happened, "known": fact.known}
        kind, _, key = fact.stream.partition("/")
        if fact.topic.endswith(".registered") and kind in REGISTRATIONS:
            registered[kind].append({REGISTRATIONS[kind]: key, **said})
        else:
            said |= {"id": fact.id, "type": fact.topic.partition(".")[2]}
            events[fact.stream].append(said)
    return [
        TomlFile(Path("registered.toml"), "registered", dict(registered)),
        *(TomlFile(Path(f"{stream}.toml"), stream, {"stream": stream, "event": said})
          for stream, said in events.items()),
    ]  # fmt: skip


def test_what_is_generated_passes_every_check_of_the_loader() -> None:
    facts = list(generator.facts(2_000))
    later = {fact.stream for fact in list(generator.facts(4_000))[2_000:]}

    examined = examine(stated(facts), Baseline(), Recording(facts[-1].recorded, "test"))

    assert examined.blocking == []
    assert {finding.file for finding in examined.findings} <= later  # recorded late, after the end
    assert len(examined.events) == 2_000


def test_its_bytes_are_those_of_the_codec() -> None:
    seen = set()
    for fact in generator.facts(40_000):
        stored = fact.stored()
        event = codec.decode(fact.topic, stored)
        seen.add(fact.topic)
        assert codec.encode(event) == stored
        assert (event.id, event.originator_id, event.originator_version) == (
            fact.id, fact.stream, fact.version,
        )  # fmt: skip

    missing = {topic for topic in every_type() if topic not in seen}
    assert {topic for topic in missing if not topic.startswith(tuple(NOT_GENERATED))} == set()


def test_it_comes_in_the_order_of_recording_each_stream_without_a_gap() -> None:
    versions: Counter[str] = Counter()
    facts = list(generator.facts(5_000))
    for fact in facts:
        versions[fact.stream] += 1
        assert fact.version == versions[fact.stream]

    assert all(one.recorded <= other.recorded for one, other in pairwise(facts))
    assert len({fact.id for fact in facts}) == 5_000


def digest(facts: int, seed: int) -> str:
    told = sha256()
    for fact in generator.facts(facts, seed):
        told.update(fact.stored())
    return told.hexdigest()


def test_a_seed_gives_the_same_log_every_time_and_another_seed_another() -> None:
    assert digest(3_000, 1) == digest(3_000, 1)
    assert digest(3_000, 1) != digest(3_000, 2)


def test_a_station_has_the_same_course_in_a_log_of_any_size() -> None:
    small = [fact for fact in generator.facts(2_000) if "station-0001" in fact.stream]
    large = [fact for fact in generator.facts(20_000) if "station-0001" in fact.stream]
    both = min(len(small), len(large))

    assert both > 500
    assert small[:both] == large[:both]


def test_a_larger_log_has_more_stations_and_then_more_years() -> None:
    assert [generator.stations(size) for size in (1, 10_000, 1_000_000, 10_000_000)] == [
        1, 10, 1_000, 1_000,
    ]  # fmt: skip


def peak(size: int) -> int:
    """Return the most memory that generating takes, with one station whatever the size."""
    tracemalloc.start()
    try:
        for _ in generator.facts(size):
            pass
        _, most = tracemalloc.get_traced_memory()
        return most
    finally:
        tracemalloc.stop()


def test_a_station_has_a_port_for_every_vehicle_however_long_it_flies() -> None:
    # Its flights of 1997 would find none, if whoever is to move took a second port every time.
    coming = Station(788, generator.SEED).facts()
    end = instant("2050-01-01")
    told = list(takewhile(lambda fact: fact.recorded < end, coming))

    assert sum(fact.topic == "flight.docked" for fact in told) > 400
    assert sum(fact.topic == "flight.relocated" for fact in told) > 60


def test_memory_does_not_grow_with_the_number_of_events() -> None:
    stations, generator.PER_STATION = generator.PER_STATION, 10**9
    try:
        short, long = peak(2_000), peak(20_000)
    finally:
        generator.PER_STATION = stations

    # Python keeps some freed tuples: a few bytes an event, up to its limit. A counter for each
    # stream that ever was would be forty.
    assert long - short < 10 * 18_000


def test_it_happens_as_often_as_in_the_shipped_ledger() -> None:
    told = Counter(fact.topic.partition(".")[2] for fact in generator.facts(30_000))
    flights = told["launched"]
    measured = {
        "launch_planned": 1.85, "return_planned": 2.2, "undocking_planned": 1.1,
        "docking_planned": 0.45, "rolled_out": 0.65, "crew_replaced": 0.5, "hatch_opened": 0.95,
        "hatch_closed": 0.35, "anomaly": 0.3, "relocated": 0.26, "command_handed_over": 0.3,
        "expedition_began": 0.3, "claimed": 0.3, "ruled": 0.17, "gap_stated": 0.06,
        "corrected": 0.3,
    }  # fmt: skip

    assert {
        name: (round(told[name] / flights, 2), often)
        for name, often in measured.items()
        if not 0.75 < told[name] / flights / often < 1.25
    } == {}


def test_it_is_written_as_a_log_that_opens(tmp_path: Path) -> None:
    generator.write(tmp_path / "log.sqlite", 3_000)

    with open_log(tmp_path / "log.sqlite") as log:
        read = [(position, codec.encode(event)) for position, event in log.read()]
        facts = list(generator.facts(3_000))
        with log.snapshot() as snapshot:
            people = snapshot.naming("person", [facts[-1].said.get("crew", ["nobody"])[0]])
        assert read == [(n, fact.stored()) for n, fact in enumerate(facts, 1)]
        assert log.recorded_ids([facts[7].id]) == {facts[7].id: 8}
        assert isinstance(people, set)
