"""The agreement: signed once."""

from __future__ import annotations

from aboard.domain.aggregates import AGGREGATES
from aboard.domain.agreement import Agreement, stream_of
from tests.build import fact
from tests.domain.given import given

STREAM = stream_of("cross-flights")
SIGNED = fact(
    "signed",
    "2022-07-14",
    "2022-07-15",
    stream=STREAM,
    name="Cross flights",
    parties=["NASA", "Roscosmos"],
    scope="Seats for seats.",
)


def test_an_agreement_stands_on_a_stream_of_its_own() -> None:
    assert STREAM == "agreement/cross-flights"


def test_an_agreement_is_signed() -> None:
    given().when(SIGNED).then(SIGNED)


def test_an_agreement_is_signed_once() -> None:
    again = SIGNED.model_copy(update={"id": "cross-flights/signed-again"})
    given(SIGNED).when(again).then_refused("agreement-twice")


def test_what_is_not_known_yet_cannot_be_recorded() -> None:
    given().when(SIGNED, today="2022-07-14").then_refused("from-the-future")


def test_the_state_holds_that_the_agreement_is_signed() -> None:
    assert AGGREGATES["agreement"].state("cross-flights", []) == Agreement("cross-flights")
    signed = Agreement("cross-flights", 1, signed=True)
    assert AGGREGATES["agreement"].state("cross-flights", [SIGNED]) == signed
