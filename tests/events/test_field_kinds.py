"""What the fields of event types hold, as the models have it."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from aboard.events import field_kinds as fields
from aboard.events.envelope import Event, EventId, Id, Moment, Part, People, Text
from aboard.events.field_kinds import Kind, Shape, own_fields, shape_of
from aboard.events.flight import Relocated
from aboard.events.mentions import naming_fields
from aboard.events.reference import Reference
from aboard.events.vocabulary import every_type
from aboard.loader.references import WHERE, begins


class Pair(Part):
    who: Id
    when: Moment | None = None


@pytest.mark.parametrize(
    ("annotation", "shape"),
    [
        (Text, Shape(Kind.text)),
        (Id | None, Shape(Kind.id)),
        (EventId, Shape(Kind.event)),
        (Moment, Shape(Kind.time)),
        (Annotated[int, Field(gt=0)] | None, Shape(Kind.whole)),
        (bool, Shape(Kind.flag)),
        (Literal["soft", "hard"], Shape(Kind.choice, choices=("soft", "hard"))),
        (Literal[1, 2], Shape(Kind.value)),
        (People, Shape(Kind.id, many=True, reference=Reference("person"))),
        (tuple[int, str], Shape(Kind.value)),
        (tuple[Pair, ...], Shape(Kind.part, many=True,
                                 parts=(("who", Shape(Kind.id)), ("when", Shape(Kind.time))))),
        (dict[str, int], Shape(Kind.pairs)),
        (int | str, Shape(Kind.value)),
        (float, Shape(Kind.value)),
    ],
)  # fmt: skip
def test_what_an_annotation_holds(annotation: Any, shape: Shape) -> None:
    assert shape_of(annotation) == shape


def test_the_fields_of_a_type_are_its_own_and_the_required_ones_are_first() -> None:
    found = own_fields(Relocated)

    assert [one.name for one in found] == ["undocked_at", "from_port", "to_port", "crew"]
    assert [one.required for one in found] == [True, False, False, False]
    assert [one.name for one in found if one.may_be_empty] == ["crew"]
    assert found[-1].about == "Who rides: absent means unknown, empty means nobody."
    assert own_fields(every_type()["flight.launch_planned"])[0].name == "target"


def test_every_field_but_those_of_every_event_is_there() -> None:
    for cls in every_type().values():
        names = [one.name for one in own_fields(cls)]
        assert sorted(names) == sorted(set(cls.model_fields) - set(Event.model_fields))


def test_an_installation_without_sources_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> str:
        raise OSError

    fields._docstrings.cache_clear()
    monkeypatch.setattr(inspect, "getsource", missing)
    assert {one.about for one in own_fields(Relocated)} == {""}
    fields._docstrings.cache_clear()


def test_a_field_says_what_its_ids_are_ids_of() -> None:
    def refers(topic: str) -> dict[str, str]:
        return {one.name: one.refers for one in own_fields(every_type()[topic]) if one.refers}

    assert refers("flight.docked") == {
        "station": "station", "to_craft": "craft", "craft": "craft", "port": "port"}  # fmt: skip
    assert refers("flight.crew_replaced") == {"off": "person", "on": "person"}
    assert refers("flight.seat_moved") == {"person": "person", "from_flight": "flight"}
    assert refers("station.command_handed_over")["to_person"] == "person"
    assert refers("station.port_moved") == {"port": "port"}


def test_an_id_that_is_yet_to_be_registered_refers_to_nothing() -> None:
    types = every_type()
    for topic, name in (("station.port_added", "port"), ("flight.craft_added", "craft")):
        (field,) = (one for one in own_fields(types[topic]) if one.name == name)
        assert (field.shape.kind, field.refers) == (Kind.id, "")


@pytest.mark.parametrize("topic", every_type())
def test_every_id_in_an_event_says_what_it_is_the_id_of(topic: str) -> None:
    for field in own_fields(every_type()[topic]):
        for shape in (field.shape, *(inner for _, inner in field.shape.parts)):
            is_id = shape.kind in (Kind.id, Kind.event)
            assert is_id == (shape.reference is not None), field.name


def test_every_kind_of_thing_that_is_referred_to_can_be_looked_up() -> None:
    kinds = {one.reference.kind for cls in every_type().values() for one in naming_fields(cls)}
    assert kinds == set(WHERE)


def test_a_stream_is_begun_by_what_registers_its_subject() -> None:
    types = every_type()
    firsts = {
        topic for topic, cls in types.items() if begins(cls, topic.partition(".")[0])
    }  # fmt: skip

    assert {"flight.planned", "station.registered", "person.registered", "source.registered"} < (
        firsts
    )
    assert "agreement.announced" in firsts
    assert firsts.isdisjoint({"flight.docked", "station.port_added", "flight.launch_planned"})
    assert not begins(types["fact.corrected"], "flight")
