"""The envelope that every event shares: what it demands, and what it says of itself."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from aboard.events import envelope, vocabulary
from aboard.events.envelope import Event, Part, Plan, type_registry
from aboard.events.flight_plan import Seat
from aboard.events.time import Time
from tests.build import fact, instant
from tests.domain.given import source

DAY = "2022-09-21"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, type[Event]]:
    """A registry of our own: what a test defines leaves the real one as it was."""
    own = dict(type_registry)
    monkeypatch.setattr(envelope, "type_registry", own)
    monkeypatch.setattr(vocabulary, "type_registry", own)
    return own


def test_an_event_cannot_be_changed() -> None:
    event = fact("launched", DAY, crew=["ann"])
    with pytest.raises(ValidationError, match="frozen"):
        event.note = "otherwise"  # type: ignore[misc]
    assert event.note is None


def test_a_part_of_an_event_cannot_be_changed() -> None:
    seat = Seat(person="ann")
    with pytest.raises(ValidationError, match="frozen"):
        seat.person = "bob"  # type: ignore[misc]
    assert isinstance(seat, Part)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"crew": ["ann"], "colour": "red"}, "Extra inputs are not permitted"),
        ({"crew": ["ann"], "payload_kg": "120"}, "valid integer"),
        ({"crew": ["ann"], "version": "1"}, "valid integer"),
        ({"crew": ["Ann Lee"]}, "should match pattern"),
        ({"crew": ["ann"], "source": []}, "at least 1 item"),
        ({"crew": ["ann"], "source": ["Wikipedia, passim"]}, "should match pattern"),
        ({"crew": ["ann"], "id": "Apple launched"}, "should match pattern"),
        ({"crew": ["ann"], "version": 0}, "greater than or equal to 1"),
        ({"crew": ["ann"], "originator_id": "planet/mars"}, "should match pattern"),
        ({"crew": ["ann"], "note": "  "}, "at least 1 character"),
        ({"crew": ["ann"], "note": "red: \x1b[31m"}, r"control character, U\+001B"),
        ({"crew": ["ann"], "recorded_by": "nul\x00"}, r"control character, U\+0000"),
        ({"crew": ["ann"], "recorded": "2026-01-01T00:00:00"}, "recorded needs a time zone"),
    ],
)
def test_an_event_is_strict_about_what_it_carries(said: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        fact("launched", DAY, **said)


def test_an_event_without_a_source_is_none() -> None:
    stated = fact("hatch_opened", DAY).model_dump(exclude={"source"})
    with pytest.raises(ValidationError, match=r"source\n\s+Field required"):
        vocabulary.class_of("flight.hatch_opened").model_validate(stated)


def test_nobody_knows_what_has_not_happened_yet() -> None:
    with pytest.raises(ValidationError, match="state a plan with a target instead"):
        fact("hatch_opened", "2022-09-21T19:34Z", "2022-09-20")


@pytest.mark.parametrize("known", [DAY, "2022-09", "2022", "2022-09-21T19Z", "2022-09-22"])
def test_what_is_reported_on_its_day_may_have_happened_before_the_report(known: str) -> None:
    assert str(fact("hatch_opened", "2022-09-21T19:34Z", known).known) == known


@pytest.mark.parametrize(
    ("topic", "stream", "said"),
    [
        ("flight.hatch_opened", "flight/apple", {"happened": "NET 2022"}),
        ("flight.hatch_opened", "flight/apple", {"known": "NET 2023"}),
        ("flight.relocated", "flight/apple", {"undocked_at": "NET 2022"}),
        ("station.coverage_stated", "station/iss", {"since": "NET 2022", "until": "2023"}),
        ("station.coverage_stated", "station/iss", {"since": "2022", "until": "NET 2023"}),
    ],
)
def test_only_a_target_can_be_no_earlier_than(
    topic: str, stream: str, said: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="no earlier than"):
        fact(topic, **{"happened": DAY, "stream": stream, **said})


def test_the_day_of_publication_cannot_be_no_earlier_than() -> None:
    with pytest.raises(ValidationError, match="no earlier than"):
        source("gcat", published="NET 2022")


def test_a_target_can_be_no_earlier_than() -> None:
    plan = fact("launch_planned", DAY, target="NET 2022-10")
    assert isinstance(plan, Plan)
    assert plan.target == Time.parse("NET 2022-10")


def test_an_event_says_whose_it_is_when_it_was_known_and_where_it_stands() -> None:
    event = fact("docked", "2022-09-21T17:06:34Z", DAY, id="apple/docked", station="iss")
    docked = instant("2022-09-21T17:06:34Z")
    assert event.subject == "apple"
    assert event.known_from == docked
    assert event.order == (docked, 20, docked, "apple/docked")


def test_an_event_cannot_supersede_itself_nor_another_twice() -> None:
    with pytest.raises(ValidationError, match="cannot supersede itself"):
        fact("hatch_opened", DAY, id="apple/one", supersedes=["apple/one"])
    with pytest.raises(ValidationError, match="named twice"):
        fact("hatch_opened", DAY, id="apple/one", supersedes=["apple/two", "apple/two"])


def test_the_same_event_can_stand_at_another_version() -> None:
    event = fact("hatch_opened", DAY)
    moved = event.at_version(7)
    assert (event.originator_version, moved.originator_version) == (1, 7)
    assert moved.at_version(1) == event


def test_the_content_is_what_was_said_without_what_recording_added() -> None:
    one = fact("hatch_opened", DAY, id="apple/hatch-opened", note="late")
    again = fact(
        "hatch_opened",
        DAY,
        id="apple/hatch-opened",
        note="late",
        version=9,
        recorded="2030-01-01T00:00:00Z",
        recorded_by="someone else",
        correlation_id="load-2",
        causation_id="apple/docked",
    )
    assert one != again
    assert one.content() == again.content()
    assert one.content()["type"] == "flight.hatch_opened"
    assert one.content()["happened"] == DAY


@pytest.mark.parametrize(
    "changed",
    [
        {"note": "early"},
        {"source": ["nasa"]},
        {"known": "2022-09-22"},
        {"happened": "2022-09-20"},
        {"known_assumed": True},
    ],
)
def test_another_content_is_another_statement(changed: dict[str, Any]) -> None:
    said: dict[str, Any] = {"happened": DAY, "known": DAY, "id": "apple/hatch-opened"}
    one, other = fact("hatch_opened", **said), fact("hatch_opened", **{**said, **changed})
    assert one.content() != other.content()


def test_the_clocks_of_an_act_of_the_logs_keeper_are_no_part_of_its_content() -> None:
    said: dict[str, Any] = {"name": "Ann", "family_name": "Lee", "agency": "NASA"}
    one, again = (
        fact("registered", day, stream="person/ann", id="person/ann", **said)
        for day in ("2022-09-21", "2023-09-21")
    )
    assert one.STAMPED
    assert one.content() == again.content()


def test_a_class_is_registered_under_its_topic(registry: dict[str, type[Event]]) -> None:
    class Waved(Event):
        TOPIC: ClassVar[str] = "flight.waved"

    assert registry["flight.waved"] is Waved
    assert "flight.waved" not in type_registry


def test_a_class_needs_a_topic_of_its_own(registry: dict[str, type[Event]]) -> None:
    before = dict(registry)
    with pytest.raises(TypeError, match="Waved needs a TOPIC of its own"):

        class Waved(Event):
            pass

    with pytest.raises(TypeError, match="Reopened needs a TOPIC of its own"):

        class Reopened(vocabulary.class_of("flight.hatch_opened")):  # type: ignore[misc]
            pass

    assert registry == before


def test_a_topic_names_one_class(registry: dict[str, type[Event]]) -> None:
    before = dict(registry)
    with pytest.raises(TypeError, match=r"flight\.launched already names Launched"):

        class Impostor(Event):
            TOPIC: ClassVar[str] = "flight.launched"

    assert registry == before


def test_an_abstract_class_is_not_registered(registry: dict[str, type[Event]]) -> None:
    before = dict(registry)

    class Greeting(Event, abstract=True):
        pass

    assert issubclass(Greeting, Event)
    assert registry == before


def test_an_event_stands_on_the_stream_of_its_own_kind() -> None:
    with pytest.raises(
        ValidationError, match="belongs on the stream of a flight, not of a station"
    ):
        fact("flight.launched", DAY, stream="station/iss", crew=[])


def test_nobody_is_named_twice_in_a_crew() -> None:
    with pytest.raises(ValidationError, match="ann is named twice"):
        fact("launched", DAY, crew=["ann", "bob", "ann"])
