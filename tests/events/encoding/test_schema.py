"""The JSON Schemas of the types: what the models say, and what the stored events are like."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from aboard.events.encoding.codec import encode
from aboard.events.encoding.schema import schema_of, write
from aboard.events.encoding.schema_files import file_of, read, versions
from aboard.events.envelope import type_registry
from aboard.events.time import PRECISIONS, Time, TimeError, json_schema
from aboard.events.vocabulary import class_of
from tests.build import fact

if TYPE_CHECKING:
    from pathlib import Path

FROZEN = {
    ("station.registered", 1): "ca7dde30009114207b2bb9fcbe52ae800ffce79c8c2129c6cb3f2e1c6e0691a2",
}
"""The shapes that types once had, each with the digest that its file has for ever."""

SHAPES = [(topic, version) for topic, found in versions().items() for version in found]


def validator(topic: str, version: int) -> Any:
    return Draft202012Validator(read(topic, version))


def stored(topic: str, happened: str = "2022-09-21", **said: Any) -> dict[str, Any]:
    """Return an event as it is stored."""
    kind = topic.partition(".")[0].replace("fact", "flight")
    found: dict[str, Any] = json.loads(encode(fact(topic, happened, stream=f"{kind}/a", **said)))
    return found


# the files


@pytest.mark.parametrize("topic", type_registry)
def test_the_file_of_todays_shape_is_what_the_model_gives(topic: str) -> None:
    cls = class_of(topic)
    assert read(topic, cls.class_version) == schema_of(cls), (
        'make it anew: python -c "from aboard.events.encoding.schema import write; write()"'
    )


def test_every_shape_has_a_file_and_every_file_a_shape() -> None:
    assert versions() == {
        topic: list(range(1, cls.class_version + 1)) for topic, cls in sorted(type_registry.items())
    }


def test_the_files_of_older_shapes_are_as_they_were() -> None:
    older = [shape for shape in SHAPES if shape[1] < class_of(shape[0]).class_version]
    files = {shape: file_of(*shape).read_bytes() for shape in older}
    assert {shape: hashlib.sha256(raw).hexdigest() for shape, raw in files.items()} == FROZEN


def test_writing_makes_what_is_missing_and_leaves_what_is_so(tmp_path: Path) -> None:
    old = file_of("flight.docked", 7, tmp_path)
    old.write_text("kept")
    made = write(tmp_path)
    assert {file.name for file in made} == {
        f"{topic}.v{cls.class_version}.json" for topic, cls in type_registry.items()
    }
    assert [file.read_bytes() for file in made] == [
        file_of(topic, cls.class_version).read_bytes() for topic, cls in type_registry.items()
    ]
    made[0].write_text("{}")
    assert write(tmp_path) == made[:1]
    assert old.read_text() == "kept"


def test_a_file_that_is_no_schema_is_passed_over(tmp_path: Path) -> None:
    for name in ("flight.docked.v2.json", "flight.docked.v10.json", "flight.docked.json", "a.txt"):
        (tmp_path / name).touch()
    assert versions(tmp_path) == {"flight.docked": [2, 10]}
    with pytest.raises(FileNotFoundError):
        read("flight.docked", 99)


@pytest.mark.parametrize(("topic", "version"), SHAPES)
def test_each_is_a_schema_that_says_what_it_is_of(topic: str, version: int) -> None:
    schema = read(topic, version)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert (schema["$id"], schema["title"]) == (f"urn:aboard:{topic}:{version}", topic)
    assert schema["description"].endswith(".")
    assert "\n" not in schema["description"].replace("\n\n", "")
    parts = [part for part in schema["$defs"].values() if "properties" in part]
    for about in (schema, *parts):
        mute = [name for name, said in about["properties"].items() if "description" not in said]
        assert mute == []


# what they accept and what not


def test_every_event_of_the_ledger_is_stored_as_its_schema_says(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        rows = db.execute("SELECT topic, state FROM stored_events").fetchall()
    assert len(rows) > 500
    validators: dict[tuple[str, int], Any] = {}
    for topic, state in rows:
        event = json.loads(state)
        shape = topic, event.get("class_version", 1)
        validators.setdefault(shape, validator(*shape)).validate(event)
    assert len(validators) > 25


LAUNCHED = stored("flight.launched", "2022-09-21T13:54:49Z", crew=["ann", "bob"])

BAD = {
    "no crew": {"crew": None},
    "somebody twice": {"crew": ["ann", "ann"]},
    "a name for an id": {"crew": ["Ann Lee"]},
    "the stream of a person": {"originator_id": "person/a"},
    "no source": {"source": []},
    "no zone": {"happened": "2022-09-21T13:54:49"},
    "month 13": {"happened": "2022-13"},
    "no earlier than": {"happened": "NET 2022-09-21"},
    "a number for a time": {"known": 2022},
    "a text for a number": {"payload_kg": "120"},
    "no weight": {"payload_kg": 0},
    "a height of our own": {"height": "quite high"},
    "a field of another type": {"station": "iss"},
    "a version, which the first shape has not": {"class_version": 1},
    "version 0 of the stream": {"originator_version": 0},
}


def test_the_event_that_they_are_made_of_is_a_good_one() -> None:
    assert validator("flight.launched", 1).is_valid(LAUNCHED)


@pytest.mark.parametrize("said", BAD.values(), ids=BAD)
def test_what_is_no_such_event_is_not_accepted(said: dict[str, Any]) -> None:
    assert not validator("flight.launched", 1).is_valid(LAUNCHED | said)


def test_what_an_event_must_say_is_required() -> None:
    for name in ("id", "happened", "known", "recorded", "source", "crew"):
        less = {key: value for key, value in LAUNCHED.items() if key != name}
        assert not validator("flight.launched", 1).is_valid(less), name


def test_a_part_of_an_event_has_its_form_too() -> None:
    assigned = stored("flight.crew_assigned", crew=[{"person": "ann", "role": "pilot"}])
    assert validator("flight.crew_assigned", 1).is_valid(assigned)
    assigned["crew"][0]["role"] = "stowaway"
    assert not validator("flight.crew_assigned", 1).is_valid(assigned)


def test_an_event_of_a_later_shape_says_which_it_has() -> None:
    station = stored("station.registered", name="Station", operators=["ESA"])
    assert station["class_version"] == 2
    assert validator("station.registered", 2).is_valid(station)
    for wrong in ({"class_version": 1}, {"class_version": 3}, {"operator": "ESA"}):
        assert not validator("station.registered", 2).is_valid(station | wrong)
    del station["class_version"]
    for version in (1, 2):
        assert not validator("station.registered", version).is_valid(station)


def test_a_target_alone_may_be_no_earlier_than_a_time() -> None:
    planned = stored("flight.launch_planned", target="NET 2022-10~")
    assert validator("flight.launch_planned", 1).is_valid(planned)
    planned["known"] = "NET 2022-10"
    assert not validator("flight.launch_planned", 1).is_valid(planned)


def test_what_is_said_of_any_stream_may_stand_on_each() -> None:
    corrected = stored("fact.corrected", target="a/b", reason="a slip", changes={"crew": [1, {}]})
    for kind in ("flight", "station", "source"):
        event = corrected | {"originator_id": f"{kind}/a"}
        assert validator("fact.corrected", 1).is_valid(event)
    assert not validator("fact.corrected", 1).is_valid(corrected | {"originator_id": "planet/a"})


# times

TIME = json_schema("Time", bound="(NET )?")["pattern"]

times = st.builds(
    lambda instant, precision, *flags: Time(Time.at(instant).fields[:precision], *flags),
    st.integers(Time((1900,)).earliest, Time((2999,)).latest),
    st.integers(1, len(PRECISIONS)),
    st.booleans(),
    st.booleans(),
)


@given(times)
def test_every_time_is_written_as_the_schema_says(time: Time) -> None:
    assert re.search(TIME, str(time))
    moment = json_schema("Moment")["pattern"]
    assert bool(re.search(moment, str(time))) is not time.no_earlier_than


@given(st.from_regex(TIME, fullmatch=True).filter(lambda text: not text.endswith("\n")))
def test_what_is_written_so_is_a_time_if_there_is_such_a_day(text: str) -> None:
    try:
        assert str(Time.parse(text)) == text
    except TimeError as error:
        assert "day" in str(error)  # noqa: PT017 - 30 February alone is left to the calendar


def test_the_examples_of_times_are_times() -> None:
    for title, bound in (("Time", "(NET )?"), ("Moment", "")):
        schema = json_schema(title, bound=bound)
        for example in schema["examples"]:
            assert str(Time.parse(example)) == example
            assert re.search(schema["pattern"], example)
