"""The person: registered once, however the name is spelt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.domain.aggregates.person import PersonState, stream_of
from aboard.domain.aggregates.registry import AGGREGATES
from tests.build import fact
from tests.domain.given import given

if TYPE_CHECKING:
    from aboard.events.envelope import Event


def registered(name: str, day: str = "2022-09-21") -> Event:
    """Return the registration of a person under a spelling of the name."""
    return fact(
        "registered", day, stream=stream_of("ann"), name=name, family_name="Lee", agency="NASA"
    )


def test_a_person_stands_on_a_stream_of_their_own() -> None:
    assert stream_of("ann") == "person/ann"


def test_a_person_is_registered() -> None:
    ann = registered("Ann Lee")
    given().when(ann).then(ann)


def test_another_spelling_is_not_another_person() -> None:
    given(registered("Ann Lee")).when(registered("Анна Ли")).then_refused("person-twice")


def test_nobody_is_registered_tomorrow() -> None:
    tomorrow = registered("Ann Lee", "2022-09-22")
    given().when(tomorrow, today="2022-09-21").then_refused("from-the-future")


def test_the_state_holds_that_the_person_is_registered() -> None:
    assert AGGREGATES["person"].state("ann", []) == PersonState("ann")
    assert AGGREGATES["person"].state("ann", [registered("Ann Lee")]) == PersonState("ann", 1, True)


ANN = registered("Ann Lee")
DIED = fact("died", "2023-06-01", stream="person/ann")


def test_a_person_dies_once_registered_or_not() -> None:
    given(ANN).when(DIED).then(DIED)
    given(DIED).when(ANN).then(ANN)
    given(ANN, DIED).when(DIED.model_copy(update={"id": "ann/again"})).then_refused("death-twice")
