"""What becomes known later changes no answer of the past, and lengths of time behave as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.events.flight import CraftAdded
from aboard.projections.queries.event_log import Picked, entries
from aboard.projections.queries.person import person
from aboard.projections.queries.station import station
from aboard.projections.queries.who import who
from tests.projections.histories import DAY, PEOPLE, STATIONS, histories, moments
from tests.projections.model import built

if TYPE_CHECKING:
    from aboard.events.envelope import Event

REGISTRY = {"name", "port_name", "as_of"}
"""What is told of the registry, whose names hold at every instant, and of the log."""


def bare(value: Any) -> Any:
    """Return an answer without what is told of the registry and the log."""
    if isinstance(value, dict):
        return {key: bare(part) for key, part in value.items() if key not in REGISTRY}
    return [bare(part) for part in value] if isinstance(value, list) else value


@settings(max_examples=40, deadline=None)
@given(data=st.data(), history=histories())
def test_what_becomes_known_later_changes_no_answer(
    data: st.DataObject, history: list[Event]
) -> None:
    at, known = data.draw(moments(history)), data.draw(moments(history))
    whole = built(history)
    # A correction of a transcription acts as if the slip had never been, whenever it was made. That
    # a name is a craft's and no station's is of the registry, which holds at every instant.
    early = built(
        fact
        for fact in history
        if fact.known_from <= known
        or getattr(fact, "transcription", False)
        or isinstance(fact, CraftAdded)
    )
    for one in PEOPLE:
        assert bare(person(whole, one, at, known)) == bare(person(early, one, at, known))
    for one in STATIONS:
        assert bare(station(whole, one, at, known)) == bare(station(early, one, at, known))
    listed = [event["id"] for event in entries(whole, Picked(clock="known", until=known))]
    assert listed == [fact.id for fact in history if fact.known_from <= known]


@settings(max_examples=40, deadline=None)
@given(data=st.data(), history=histories())
def test_time_in_space_passes_as_time_does(data: st.DataObject, history: list[Event]) -> None:
    db, known = built(history), data.draw(moments(history))
    at = data.draw(moments(history))
    for one in PEOPLE:
        now, tomorrow = (person(db, one, moment, known) for moment in (at, at + DAY))
        for length in ("time_in_space", "time_aboard"):
            least, most = now[length]["min"], now[length]["max"]
            assert most is None or 0 <= least <= most
        if at + DAY <= known:
            passed = tomorrow["time_in_space"]["min"] - now["time_in_space"]["min"]
            assert 0 <= passed <= DAY


@settings(max_examples=40, deadline=None)
@given(data=st.data(), history=histories())
def test_a_person_is_where_who_lists_them(data: st.DataObject, history: list[Event]) -> None:
    db = built(history)
    at, known = data.draw(moments(history)), data.draw(moments(history))
    listed = {one["id"]: one["place"] for one in who(db, None, at, known)["people"]}
    for one in PEOPLE:
        where = person(db, one, at, known)["where"]
        assert (where and where["place"]) == listed.get(one)
