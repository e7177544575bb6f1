"""The stored form of events: bytes that will be read for ever, whatever becomes of the classes."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from aboard.events import envelope, vocabulary
from aboard.events.encoding.codec import decode, encode
from aboard.events.envelope import Event, Id, Text, type_registry
from tests.build import fact, seats
from tests.domain.given import source

DAY = "2022-09-21"
ENVELOPE = {
    "recorded_by": "Ann",
    "note": "naïve, Прокопьев",
    "correlation_id": "load-1",
    "causation_id": "apple/docked",
    "known_assumed": True,
    "supersedes": ["apple/another"],
}
SAID: dict[str, dict[str, Any]] = {
    "fact.corrected": {
        "target": "apple/launched",
        "changes": {"crew": ["bob"], "note": "mended"},
        "removes": ["site"],
        "reason": "a slip",
        "transcription": True,
    },
    "fact.retracted": {"target": "apple/launched", "reason": "a slip", "transcription": True},
    "fact.claimed": {
        "says": "it lifted off a day later",
        "about": "apple/launched",
        "values": {"happened": "2022-09-22"},
    },
    "fact.ruled": {
        "holds": "apple/launched",
        "against": ["apple/claimed"],
        "reason": "the report of the day had it right",
    },
    "fact.gap_stated": {
        "what": "who rode",
        "about": "apple/relocated",
        "people": ["ann"],
        "since": "2022-09-21",
        "until": "2022-09",
    },
    "flight.planned": {
        "name": "Soyuz MS-22",
        "aliases": ["MS-22"],
        "spacecraft": "Soyuz MS",
        "vehicle": "Altair",
        "operator": "Roscosmos",
        "destination": "iss",
        "height": "above 100 km",
    },
    "flight.crew_assigned": {"crew": [{"person": "ann", "role": "pilot"}], "condition": "a deal"},
    "flight.crew_replaced": {"off": ["ann"], "on": seats("bob"), "condition": "a deal"},
    "flight.homeward_vehicle_assigned": {"people": ["ann"]},
    "flight.launch_planned": {
        "target": "NET 2022-10~",
        "rocket": "Soyuz-2.1a",
        "site": "Site 31",
        "condition": "a deal",
    },
    "flight.docking_planned": {
        "target": "2022-10",
        "station": "iss",
        "port": "nadir",
        "condition": "a deal",
    },
    "flight.relocation_planned": {
        "target": "2022-10",
        "from_port": "nadir",
        "to_port": "zenith",
        "condition": "a deal",
    },
    "flight.seat_move_planned": {
        "target": "2022-10",
        "person": "ann",
        "from_flight": "pear",
        "condition": "a deal",
    },
    "flight.undocking_planned": {"target": "2022", "condition": "a deal"},
    "flight.return_planned": {
        "target": "2023-03-28",
        "duration_days": 188,
        "crew": [],
        "condition": "a deal",
    },
    "flight.plan_withdrawn": {"item": "seat move", "person": "ann", "reason": "no need"},
    "flight.condition_met": {"plan": "apple/return-planned"},
    "flight.craft_added": {
        "craft": "core",
        "name": "Core",
        "aliases": ["CM"],
        "spacecraft": "Lunar module",
    },
    "flight.launch_scrubbed": {"reason": "wind"},
    "flight.rolled_out": {"rocket": "Soyuz-2.1a", "site": "Site 31"},
    "flight.rolled_back": {"reason": "wind"},
    "flight.launched": {
        "crew": ["ann", "bob"],
        "seats": [
            {"person": "bob", "role": "co-pilot", "agency": "NASA", "nationality": "United States"}
        ],
        "rocket": "Soyuz-2.1a",
        "site": "Site 31",
        "payload_kg": 120,
        "payload_approximate": True,
        "height": "above 80 km",
    },
    "flight.launch_aborted": {"height": "above 80 km", "reason": "a booster struck the core"},
    "flight.docking_failed": {
        "station": "iss",
        "to_craft": None,
        "craft": "core",
        "port": "nadir",
        "reason": "the antenna",
    },
    "flight.docked": {
        "station": "iss",
        "to_craft": None,
        "craft": "core",
        "port": "nadir",
        "mate": "soft",
    },
    "flight.hatch_opened": {},
    "flight.anomaly": {"what": "a leak"},
    "flight.seat_moved": {"person": "ann", "from_flight": "pear"},
    "flight.transferred": {
        "people": ["ann"],
        "from_craft": "pear",
        "craft": "core",
        "by": "spacewalk",
    },
    "flight.relocated": {
        "undocked_at": "2022-09-21",
        "from_port": "nadir",
        "to_port": "zenith",
        "crew": [],
    },
    "flight.hatch_closed": {},
    "flight.undocked": {"crew": ["ann"], "craft": "core"},
    "flight.landed": {"crew": [], "place": "Kazakhstan"},
    "flight.lost": {"crew": ["ann"], "height": "below 80 km", "reason": "the cold"},
    "station.registered": {"name": "Station", "aliases": ["ISS"], "operators": ["NASA", "ESA"]},
    "station.port_added": {"port": "nadir", "name": "Nadir", "aliases": ["bottom"]},
    "station.port_moved": {"port": "nadir", "place": "Harmony zenith"},
    "station.port_removed": {"port": "nadir"},
    "station.command_handover_planned": {
        "target": "2022-10",
        "from_person": "ann",
        "to_person": "bob",
        "condition": "a deal",
    },
    "station.command_handed_over": {"from_person": "ann", "to_person": "bob"},
    "station.expedition_began": {"number": 68, "flight": "pear", "commander": "ann"},
    "station.ports_guarded": {"ports": ["harmony-forward"]},
    "station.coverage_stated": {"since": "2000-11-02", "until": "2022"},
    "person.registered": {
        "name": "Ann",
        "family_name": "Lee",
        "aliases": ["Анна"],
        "agency": "NASA",
        "nationality": "USA",
    },
    "person.died": {"flight": "apple"},
    "spacewalk.began": {"people": ["ann"], "station": "iss", "craft": None, "name": "EVA-81"},
    "spacewalk.ended": {},
    "agreement.signed": {
        "name": "Cross flights",
        "aliases": ["seats"],
        "parties": ["NASA", "Roscosmos"],
        "scope": "Seats for seats.",
    },
    "agreement.announced": {"what": "Close to being signed."},
    "agreement.amended": {"what": "One more seat.", "status": "talks approved", "supplement": 1},
    "agreement.extended": {"until": "2025"},
    "agreement.seat_exchanged": {
        "person": "ann",
        "flight": "pear",
        "traveller_of": "NASA",
        "carrier": "Roscosmos",
    },
    "agreement.ended": {"reason": "It ran out."},
    "source.registered": {
        "kind": "report",
        "publisher": "Reuters",
        "title": "A launch",
        "url": "https://example.org/",
        "published": "2022-09",
        "licence": "CC-BY-4.0",
    },
}
"""Everything that every type of event can say."""

LAUNCHED = (
    b'{"id":"apple/launched","originator_id":"flight/apple","originator_version":3,'
    b'"happened":"2022-09-21T13:54:49Z","known":"2022-09-21",'
    b'"recorded":"2026-01-01T00:00:00Z","recorded_by":"test","source":["gcat"],"crew":["ann"]}'
)
"""A row as it was stored by the first release."""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, type[Event]]:
    """A registry of our own: what a test defines leaves the real one as it was."""
    own = dict(type_registry)
    monkeypatch.setattr(envelope, "type_registry", own)
    monkeypatch.setattr(vocabulary, "type_registry", own)
    return own


def sample(topic: str, **said: Any) -> Event:
    """Return an event of a type."""
    stream = f"{topic.partition('.')[0].replace('fact', 'flight')}/apple"
    if topic == "source.registered":
        return source("apple", DAY, "2022-09-22", **said)
    return fact(topic, DAY, "2022-09-22", stream=stream, **said)


@pytest.mark.parametrize("topic", type_registry)
def test_an_event_with_all_it_can_say_reads_back_as_it_was(topic: str) -> None:
    event = sample(topic, **ENVELOPE, **SAID[topic])
    assert event.model_fields_set == set(type(event).model_fields)
    assert decode(topic, encode(event)) == event


@pytest.mark.parametrize("topic", type_registry)
def test_an_event_with_only_what_it_must_say_reads_back_as_it_was(topic: str) -> None:
    fields = type_registry[topic].model_fields
    must = {name: said for name, said in SAID[topic].items() if fields[name].is_required()}
    if topic == "flight.crew_replaced":
        must = {"off": ["ann"]}
    if topic == "station.command_handed_over":
        must = {"to_person": "ann"}
    if topic == "fact.corrected":
        must |= {"removes": ["note"]}
    if topic in ("flight.docked", "flight.docking_failed"):
        must = {"to_craft": "pear"}
    if topic == "spacewalk.began":
        must |= {"craft": "pear"}
    event = sample(topic, **must)
    assert decode(topic, encode(event)) == event
    assert set(json.loads(encode(event))) - {"class_version"} == event.model_fields_set


def test_the_stored_form_is_the_events_json_without_what_goes_without_saying() -> None:
    event = fact(
        "launched", "2022-09-21T13:54:49Z", DAY, id="apple/launched", version=3, crew=["ann"]
    )
    assert encode(event) == LAUNCHED
    assert decode("flight.launched", LAUNCHED) == event


def test_an_unknown_crew_and_an_empty_one_stay_apart() -> None:
    unknown = sample("flight.relocated", undocked_at=DAY)
    nobody = sample("flight.relocated", undocked_at=DAY, crew=[])
    stored = [encode(event) for event in (unknown, nobody)]
    crews = [getattr(decode("flight.relocated", state), "crew", "?") for state in stored]
    assert crews == [None, ()]


def test_a_class_may_move_and_change_its_name_under_its_topic(
    registry: dict[str, type[Event]],
) -> None:
    del registry["flight.launched"]

    class LiftedOff(Event):
        TOPIC: ClassVar[str] = "flight.launched"

        crew: tuple[Id, ...]

    event = decode("flight.launched", LAUNCHED)
    assert isinstance(event, LiftedOff)
    assert event.crew == ("ann",)
    assert encode(event) == LAUNCHED


def test_an_unknown_topic_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match=r"flight\.evaporated"):
        decode("flight.evaporated", LAUNCHED)


# later shapes

BEGINNING = (
    b'"id":"apple/waved","originator_id":"flight/apple","originator_version":1,'
    b'"happened":"2022-09-21","known":"2022-09-21","recorded":"2026-01-01T00:00:00Z",'
    b'"recorded_by":"test","source":["gcat"]'
)
WAVED_1 = b"{" + BEGINNING + b',"by":"ann"}'
WAVED_2 = b'{"class_version":2,' + BEGINNING + b',"people":["ann"]}'
WAVED_3 = b'{"class_version":3,' + BEGINNING + b',"people":["ann"],"at":"nobody we know of"}'
WAVED_4 = b'{"class_version":4,' + BEGINNING + b',"people":["ann"],"at":"nobody we know of"}'


@pytest.fixture
def waved(registry: dict[str, type[Event]]) -> type[Event]:
    """A type in its third shape: `by` became a list of people, then it was said at whom."""

    class Waved(Event):
        TOPIC: ClassVar[str] = "flight.waved"
        class_version: ClassVar[int] = 3

        people: tuple[Id, ...]
        at: Text

        @classmethod
        def upcast_v1_v2(cls, state: dict[str, Any]) -> None:
            state["people"] = [state.pop("by")]

        @classmethod
        def upcast_v2_v3(cls, state: dict[str, Any]) -> None:
            state["at"] = "nobody we know of"

    return Waved


@pytest.mark.parametrize("stored", [WAVED_1, WAVED_2, WAVED_3])
def test_bytes_of_every_older_shape_are_read_in_todays(waved: type[Event], stored: bytes) -> None:
    event = decode("flight.waved", stored)
    assert type(event) is waved
    assert event.content()["people"] == ["ann"]
    assert event.content()["at"] == "nobody we know of"
    assert encode(event) == WAVED_3


def test_an_event_in_a_later_shape_reads_back_as_it_was(waved: type[Event]) -> None:
    event = sample("flight.waved", people=["ann", "bob"], at="Прокопьев")
    assert decode("flight.waved", encode(event)) == event


def test_bytes_of_a_shape_yet_to_come_are_not_misread(waved: type[Event]) -> None:
    assert waved.class_version == 3
    with pytest.raises(ValueError, match=r"class_version|version 4"):
        decode("flight.waved", WAVED_4)


def test_bytes_of_a_shape_yet_to_come_are_not_misread_as_the_first() -> None:
    with pytest.raises(ValidationError, match="class_version"):
        decode("flight.launched", b'{"class_version":2,' + LAUNCHED[1:])


@pytest.mark.parametrize("stored", [b"", b"{", b"[]", b"\xff"])
@pytest.mark.parametrize("topic", ["flight.launched", "flight.waved"])
def test_bytes_that_are_no_event_are_refused_as_such(
    waved: type[Event], topic: str, stored: bytes
) -> None:
    with pytest.raises(ValidationError):
        decode(topic, stored)
