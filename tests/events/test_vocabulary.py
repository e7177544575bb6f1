"""The whole vocabulary: its types, their names, and what each of them insists on."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from aboard.events.envelope import ANY_STREAM, type_registry
from aboard.events.vocabulary import KINDS, AnyEvent, class_of, type_names
from tests.build import fact, seats
from tests.domain.given import source

DAY = "2022-09-21"


def test_every_event_there_is_has_a_topic_and_every_topic_an_event() -> None:
    assert set(type_registry.values()) == set(get_args(AnyEvent))
    assert all(topic == cls.TOPIC for topic, cls in type_registry.items())


@pytest.mark.parametrize("topic", type_registry)
def test_a_topic_begins_with_the_kind_of_stream_it_stands_on(topic: str) -> None:
    kind, _, name = topic.partition(".")
    assert class_of(topic).__module__.startswith(f"aboard.events.{kind}")
    for stream in KINDS if kind == ANY_STREAM else (kind,):
        stated = type_names(stream).get(name)
        assert stated is (None if class_of(topic).BY_THE_LOG else class_of(topic))


def test_the_types_of_a_kind_go_by_their_short_names() -> None:
    of_any = {"corrected", "retracted", "claimed", "ruled", "gap_stated"}
    assert set(type_names("person")) == {"registered", "died"} | of_any
    assert set(type_names("agreement")) == of_any | {
        "announced", "signed", "amended", "extended", "seat_exchanged", "ended",
    }  # fmt: skip
    assert type_names("planet") == {}


def test_a_topic_of_no_event_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match=r"flight\.evaporated"):
        class_of("flight.evaporated")


def test_the_ranks_follow_the_life_of_a_flight() -> None:
    life = ["planned", "rolled_out", "launched", "docked", "hatch_opened", "relocated"]
    life += ["hatch_closed", "undocked", "landed"]
    ranks = [class_of(f"flight.{name}").RANK for name in life]
    assert ranks == sorted(set(ranks))


def test_only_acts_of_the_logs_keeper_are_stamped() -> None:
    stamped = {topic for topic, cls in type_registry.items() if cls.STAMPED}
    assert stamped == {
        "person.registered",
        "source.registered",
        "station.coverage_stated",
        "station.ports_guarded",
        "fact.ruled",
        "fact.gap_stated",
    }


@pytest.mark.parametrize(
    ("topic", "said", "complaint"),
    [
        ("flight.crew_assigned", {"crew": []}, "at least 1 item"),
        ("flight.crew_assigned", {"crew": [{"person": "ann", "role": "cook"}]}, "Input should be"),
        ("flight.crew_replaced", {}, "a replacement names who is off, who is on, or both"),
        ("flight.homeward_vehicle_assigned", {"people": []}, "at least 1 item"),
        ("flight.return_planned", {"target": "2023", "duration_days": 0}, "greater than 0"),
        ("flight.return_planned", {"target": "2023", "duration_days": 2001}, "less than or equal"),
        ("flight.launched", {}, "crew\n  Field required"),
        ("flight.launched", {"crew": [], "payload_kg": 0}, "greater than 0"),
        ("flight.launch_planned", {}, "target\n  Field required"),
        ("flight.relocated", {"undocked_at": "2022-09-22"}, "undocks before it docks"),
        ("flight.docked", {}, "a docking is with a station or with a craft"),
        ("flight.docked", {"station": "iss", "to_craft": "pear"}, "name one of them"),
        ("flight.docking_failed", {}, "a docking is with a station or with a craft"),
        ("flight.docked", {"to_craft": "pear", "port": "nadir"}, "only a docking with a station"),
        ("flight.docked", {"station": "iss", "mate": "loose"}, "Input should be"),
        ("flight.transferred", {"people": []}, "at least 1 item"),
        ("flight.plan_withdrawn", {"item": "lunch"}, "Input should be"),
        ("flight.launch_aborted", {"height": "high"}, "Input should be"),
        ("spacewalk.began", {"people": ["ann"]}, "leaves a station or a craft"),
        ("spacewalk.began", {"people": ["ann"], "station": "iss", "craft": "pear"}, "name one"),
        ("station.coverage_stated", {"since": "2022", "until": "2021"}, "before it begins"),
        ("station.coverage_stated", {"since": "2022", "until": "2022"}, "before it begins"),
        (
            "agreement.signed",
            {"name": "A", "scope": "Seats.", "parties": ["NASA"]},
            "at least 2 items",
        ),
        ("agreement.amended", {"what": "Seats.", "status": "dreamt of"}, "Input should be"),
        ("agreement.extended", {"until": "NET 2025"}, "only a target can be"),
        (
            "agreement.seat_exchanged",
            {"person": "ann", "flight": "pear", "traveller_of": "NASA", "carrier": "NASA"},
            "NASA cannot exchange a seat with itself",
        ),
        ("station.command_handed_over", {}, "one of them is named"),
        (
            "station.command_handed_over",
            {"from_person": "ann", "to_person": "ann"},
            "from one person to another",
        ),
        ("station.expedition_began", {"number": 0}, "greater than or equal to 1"),
    ],
)
def test_an_event_that_makes_no_sense_is_none(
    topic: str, said: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        fact(topic, DAY, stream=f"{topic.partition('.')[0]}/apple", **said)


@pytest.mark.parametrize(
    ("topic", "said", "complaint"),
    [
        ("fact.claimed", {"says": "no", "values": {"crew": []}}, "`values` needs `about`"),
        (
            "fact.ruled",
            {"holds": "a/a", "against": ["a/b", "a/a"], "reason": "x"},
            "against itself",
        ),
        ("fact.ruled", {"holds": "a/a", "against": [], "reason": "x"}, "at least 1 item"),
        ("fact.gap_stated", {"what": "x", "since": "2022", "until": "2021"}, "before it begins"),
        ("fact.gap_stated", {"what": "x", "people": ["ann", "ann"]}, "named twice"),
    ],
)
def test_a_statement_that_makes_no_sense_is_none(
    topic: str, said: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        fact(topic, DAY, **said)


def test_a_source_is_of_a_kind_that_says_how_far_to_trust_it() -> None:
    with pytest.raises(ValidationError, match="'report', 'statement', 'catalogue' or 'reference'"):
        source("gcat", kind="rumour")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("crew_replaced", {"off": ["ann"]}),
        ("crew_replaced", {"on": seats("bob")}),
        ("relocated", {"undocked_at": DAY}),
        ("relocated", {"undocked_at": "2022-09-21T23Z"}),
        ("relocated", {"undocked_at": "2022-09", "crew": []}),
        ("launched", {"crew": [], "payload_kg": 120, "payload_approximate": True}),
        ("fact.gap_stated", {"what": "x", "since": "2022-09", "until": "2022-09"}),
        ("fact.claimed", {"says": "no", "about": "apple/launched"}),
    ],
)
def test_what_is_not_known_is_left_out(kind: str, said: dict[str, Any]) -> None:
    stated = fact(kind, DAY, **said).model_dump(mode="json", exclude_defaults=True)
    assert {key: stated[key] for key in said} == said
