"""Guards: who changes who is at a station's ports writes on the station's stream too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.domain.problem import Refused
from aboard.domain.rules.decisions import Decisions
from aboard.domain.rules.stream import Stream
from aboard.events.envelope import UNSOURCED
from tests.build import fact, instant

if TYPE_CHECKING:
    from aboard.events.envelope import Event
    from aboard.events.station import PortsGuarded

NOW = instant("2030-01-01")
LAUNCHED = fact("launched", "2022-09-01", id="apple/launched", crew=[])
DOCKED = fact("docked", "2022-09-02", id="apple/docked", station="pear", port="north")
RELOCATED = fact("relocated", "2022-10-02", id="apple/relocated", undocked_at="2022-10-01",
                 from_port="north", to_port="south")  # fmt: skip
UNDOCKED = fact("undocked", "2022-11-02", id="apple/undocked", crew=[])
LANDED = fact("landed", "2022-11-03", id="apple/landed", crew=[])
LIFE = (LAUNCHED, DOCKED, RELOCATED, UNDOCKED, LANDED)


def guards(recorded: tuple[Event, ...], *new: Event) -> list[PortsGuarded]:
    """Return the guards that are recorded with new facts of a flight."""

    def read(stream: str) -> Stream:
        return Stream(stream, [event for event in recorded if event.originator_id == stream])

    deciding = Decisions(read, NOW)
    for event in new:
        deciding.accept(event)
    return deciding.guards()


@pytest.mark.parametrize(
    ("number", "ports"),
    [(0, []), (1, ["north"]), (2, ["north", "south"]), (3, ["south"]), (4, [])],
    ids=["launched", "docked", "relocated", "undocked", "landed"],
)
def test_what_changes_who_is_at_a_port_is_guarded(number: int, ports: list[str]) -> None:
    found = guards(LIFE[:number], LIFE[number])
    assert [(guard.subject, list(guard.ports)) for guard in found] == (
        [("pear", ports)] if ports else []
    )


def test_a_landing_that_ends_a_stay_is_guarded() -> None:
    assert [guard.ports for guard in guards(LIFE[:2], LANDED)] == [("north",)]


def test_a_recording_has_one_guard_for_each_station() -> None:
    other: dict[str, Any] = {"stream": "flight/plum", "id": "plum/docked"}
    (guard,) = guards(
        (), *LIFE[:2], fact("docked", "2022-09-02", station="pear", port="west", **other)
    )
    assert guard.ports == ("north", "west")
    away: dict[str, Any] = {
        "stream": "flight/plum",
        "id": "plum/docked",
        "station": "quince",
        "port": "west",
    }
    found = guards((), *LIFE[:2], fact("docked", "2022-09-02", **away))
    assert [guard.subject for guard in found] == ["pear", "quince"]


def test_a_guard_is_the_next_event_of_its_station() -> None:
    recorded = (
        fact("registered", "2020", stream="station/pear", name="Pear", operators=["Orchard"]),
        fact("port_added", "2020", stream="station/pear", version=2, port="north", name="North"),
    )
    south = fact("port_added", "2020", stream="station/pear", port="south", name="South")
    (guard,) = guards(recorded, LAUNCHED, south, DOCKED)
    assert (guard.id, guard.originator_id) == ("pear/ports-guarded-4", "station/pear")
    assert guard.originator_version == 4
    assert (guard.causation_id, guard.source) == ("apple/launched", LAUNCHED.source)
    assert (guard.recorded, guard.recorded_by) == (LAUNCHED.recorded, "test")


def test_a_port_that_is_not_named_is_not_guarded() -> None:
    assert guards((), fact("docked", "2022-09-02", station="pear")) == []


def amended(kind: str, target: str, **said: Any) -> Event:
    stream = said.pop("stream", "flight/apple")
    return fact(f"fact.{kind}", "2023", id=f"{target}/{kind}", target=target, stream=stream,
                reason="it was wrong", **said)  # fmt: skip


@pytest.mark.parametrize(
    ("amendment", "ports"),
    [
        (amended("corrected", "apple/docked", changes={"port": "west"}), ("north", "west")),
        (amended("corrected", "apple/docked", changes={"happened": "2022-09-01"}), ("north",)),
        (amended("corrected", "apple/docked", changes={"note": "mended"}), ()),
        (amended("corrected", "apple/launched", changes={"rocket": "Soyuz"}), ()),
        (amended("retracted", "apple/docked"), ("north",)),
    ],
)
def test_an_amendment_is_guarded_as_what_it_changes(
    amendment: Event, ports: tuple[str, ...]
) -> None:
    found = guards((LAUNCHED, DOCKED), amendment)
    assert [guard.ports for guard in found] == ([ports] if ports else [])


def test_a_guard_cannot_be_amended() -> None:
    wrong = amended("retracted", "pear/ports-guarded-4", stream="station/pear")
    with pytest.raises(Refused) as refusal:
        guards((), wrong)
    assert refusal.value.problem.rule == "reserved-id"


def test_a_guard_cites_what_it_guards() -> None:
    unsourced = fact("docked", "2022", station="pear", port="north", source=[UNSOURCED])
    (guard,) = guards((), unsourced)
    assert guard.source == (UNSOURCED,)
