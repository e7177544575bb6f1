"""The station: its name, its ports, its expeditions and its commanders, and what is claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.domain.aggregates.registry import AGGREGATES
from aboard.domain.aggregates.station import loose_ends, stream_of
from aboard.events.station import PortAdded
from tests.build import fact
from tests.domain.given import given

if TYPE_CHECKING:
    from aboard.events.envelope import Event

ISS = stream_of("iss")
REGISTERED = fact("registered", "1998-11-20", stream=ISS, name="Station", operators=["NASA"])
NADIR = fact("port_added", "2010-05-18", stream=ISS, port="rassvet-nadir", name="Rassvet nadir")
COVERED = fact("coverage_stated", "2025-12-01", stream=ISS, since="2000-11-02", until="2025")


def test_a_station_stands_on_a_stream_of_its_own() -> None:
    assert ISS == "station/iss"


def test_a_station_is_registered_once() -> None:
    again = fact("registered", "1998-11-21", stream=ISS, name="Alpha", operators=["NASA"])
    given().when(REGISTERED).then(REGISTERED)
    given(NADIR, REGISTERED).when(again).then_refused("station-twice")


def test_a_port_is_added_once() -> None:
    again = fact("port_added", "2010-05-19", stream=ISS, port="rassvet-nadir", name="MRM1")
    given(REGISTERED).when(NADIR).then(NADIR)
    given(REGISTERED, NADIR).when(again).then_refused("port-twice")


def test_another_port_is_another_port() -> None:
    zenith = fact("port_added", "2009-11-12", stream=ISS, port="poisk-zenith", name="Poisk zenith")
    given(REGISTERED, NADIR).when(zenith).then(zenith)


def test_a_port_may_be_recorded_before_its_station() -> None:
    given().when(NADIR).then(NADIR)
    given(NADIR).when(REGISTERED).then(REGISTERED)


def test_coverage_may_be_stated_again_and_again() -> None:
    again = fact("coverage_stated", "2025-12-02", stream=ISS, since="2000-11-02", until="2025-12")
    given(REGISTERED, COVERED).when(again).then(again)


def test_a_port_of_the_future_is_none_yet() -> None:
    given(REGISTERED).when(NADIR, today="2010-01-01").then_refused("from-the-future")


def moved(happened: str, port: str = "rassvet-nadir") -> Event:
    return fact("port_moved", happened, stream=ISS, port=port, place="Harmony zenith")


def removed(happened: str, port: str = "rassvet-nadir") -> Event:
    return fact("port_removed", happened, stream=ISS, port=port)


def began(number: int, happened: str, **said: Any) -> Event:
    return fact("expedition_began", happened, stream=ISS, number=number, **said)


def handed(happened: str, one: str | None, other: str | None) -> Event:
    people = {"from_person": one, "to_person": other}
    named: dict[str, Any] = {name: person for name, person in people.items() if person}
    return fact("command_handed_over", happened, stream=ISS, **named)


def test_a_port_is_moved_and_removed() -> None:
    for change in (moved("2012-01-01"), removed("2012-01-01")):
        given(REGISTERED, NADIR).when(change).then(change)
    again = moved("2013-01-01")
    given(REGISTERED, NADIR, moved("2012-01-01")).when(again).then(again)


def test_a_port_is_removed_once() -> None:
    given(NADIR, removed("2012-01-01")).when(removed("2013-01-01")).then_refused(
        "port-removed-twice"
    )


def test_a_port_changes_between_its_beginning_and_its_end() -> None:
    gone = removed("2012-01-01")
    for early in (moved("2010-05-17"), removed("2010-05-17")):
        given(NADIR).when(early).then_refused("out-of-order")
        given(early).when(NADIR).then_refused("out-of-order")
    given(NADIR, gone).when(moved("2012-01-02")).then_refused("out-of-order")
    same_day = moved("2012-01-01")
    given(NADIR, gone).when(same_day).then(same_day)
    other = moved("2012-01-02", "poisk-zenith")
    given(NADIR, gone).when(other).then(other)


def test_expeditions_begin_once_and_in_their_order() -> None:
    first, second = began(67, "2022-03-30"), began(68, "2022-09-29T07:34:00Z")
    given(first).when(second).then(second)
    given(second).when(first).then(first)
    given(first).when(began(67, "2022-03-31")).then_refused("expedition-twice")
    given(second).when(began(67, "2022-09-30")).then_refused("out-of-order")
    given(began(67, "2022-09-30")).when(second).then_refused("out-of-order")
    same_day = began(67, "2022-09-29")
    given(second).when(same_day).then(same_day)


def missing(*facts: Event) -> list[tuple[str, str]]:
    """Return the rule and the event of everything that is missing from the station."""
    problems = list(loose_ends(AGGREGATES["station"].state("iss", facts)))
    assert all(problem.missing for problem in problems)
    return [(problem.rule, problem.event_id) for problem in problems]


def test_a_port_that_was_never_added_is_missing() -> None:
    gone, away = removed("2012-01-01"), moved("2011-01-01")
    given(REGISTERED).when(gone).then(gone)
    assert missing(gone, away) == [("port-missing", away.id), ("port-missing", gone.id)]
    assert missing(NADIR, gone, away) == []


def test_command_passes_from_who_holds_it_or_a_hand_over_is_missing() -> None:
    one, two = handed("2022-03-29", "ann", "bob"), handed("2022-05-04", "bob", "cat")
    gap = handed("2022-09-28", "dan", "eve")
    given(one, two).when(gap).then(gap)
    assert missing(one, two) == []
    assert missing(one, two, gap) == [("hand-over-missing", gap.id)]
    assert missing(one, handed("2022-05-04", None, "cat")) == []
    assert missing(one, handed("2022-05-04", "bob", None), gap) == []


def test_an_expedition_begins_under_who_holds_command_or_a_hand_over_is_missing() -> None:
    under = handed("2022-09-28", "ann", "bob")
    strange = began(68, "2022-09-29", commander="cat")
    assert missing(under, began(68, "2022-09-29", commander="bob")) == []
    assert missing(under, began(68, "2022-09-29")) == []
    assert missing(under, strange) == [("hand-over-missing", strange.id)]
    assert missing(strange, handed("2022-10-12", "cat", "dan")) == []


def test_the_state_holds_the_facts_in_the_order_of_happening() -> None:
    numbered = [event.at_version(n) for n, event in enumerate([NADIR, REGISTERED, COVERED], 1)]
    state = AGGREGATES["station"].state("iss", numbered)
    assert (state.id, state.version) == ("iss", 3)
    assert state.facts == (numbered[1], numbered[0], numbered[2])
    assert state.has(PortAdded, port="rassvet-nadir")
    assert not state.has(PortAdded, port="poisk-zenith")
