"""What the fields of event types hold, as the models have it."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from aboard.events import field_kinds as fields
from aboard.events.envelope import Event, EventId, Id, Moment, Part, People, Text
from aboard.events.field_kinds import Holds, Kind, own_fields
from aboard.events.flight import Relocated
from aboard.events.vocabulary import every_type
from aboard.loader.reference_fields import begins, referred


class Pair(Part):
    who: Id
    when: Moment | None = None


@pytest.mark.parametrize(
    ("annotation", "holds"),
    [
        (Text, Holds(Kind.text)),
        (Id | None, Holds(Kind.id)),
        (EventId, Holds(Kind.event)),
        (Moment, Holds(Kind.time)),
        (Annotated[int, Field(gt=0)] | None, Holds(Kind.whole)),
        (bool, Holds(Kind.flag)),
        (Literal["soft", "hard"], Holds(Kind.choice, choices=("soft", "hard"))),
        (Literal[1, 2], Holds(Kind.value)),
        (People, Holds(Kind.id, many=True)),
        (tuple[int, str], Holds(Kind.value)),
        (tuple[Pair, ...], Holds(Kind.part, many=True,
                                 parts=(("who", Holds(Kind.id)), ("when", Holds(Kind.time))))),
        (dict[str, int], Holds(Kind.pairs)),
        (int | str, Holds(Kind.value)),
        (float, Holds(Kind.value)),
    ],
)  # fmt: skip
def test_what_an_annotation_holds(annotation: Any, holds: Holds) -> None:
    assert fields._holds(annotation) == holds


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


def test_what_ids_are_ids_of_is_what_the_references_say() -> None:
    types = every_type()

    docked = referred(types["flight.docked"])
    assert (docked["station"], docked["port"], docked["source"]) == ("station", "port", "source")
    assert referred(types["flight.crew_replaced"]) == {
        "source": "source", "off": "person", "on": "person"}  # fmt: skip
    assert referred(types["flight.seat_moved"])["from_flight"] == "flight"
    assert referred(types["station.command_handed_over"])["to_person"] == "person"


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
