"""The station: its name, its ports, and what the log claims to hold of it."""

from __future__ import annotations

from aboard.domain.aggregates import AGGREGATES
from aboard.domain.station import stream_of
from tests.build import fact
from tests.domain.given import given

ISS = stream_of("iss")
REGISTERED = fact("registered", "1998-11-20", stream=ISS, name="Station", operator="NASA")
NADIR = fact("port_added", "2010-05-18", stream=ISS, port="rassvet-nadir", name="Rassvet nadir")
COVERED = fact("coverage_stated", "2025-12-01", stream=ISS, since="2000-11-02", until="2025")


def test_a_station_stands_on_a_stream_of_its_own() -> None:
    assert ISS == "station/iss"


def test_a_station_is_registered_once() -> None:
    again = fact("registered", "1998-11-21", stream=ISS, name="Alpha", operator="NASA")
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


def test_the_state_holds_the_name_and_the_ports() -> None:
    numbered = [event.at_version(n) for n, event in enumerate([REGISTERED, NADIR, COVERED], 1)]
    state = AGGREGATES["station"].state("iss", numbered)
    assert (state.id, state.version) == ("iss", 3)
    assert (state.registered, state.ports) == (True, {"rassvet-nadir"})
