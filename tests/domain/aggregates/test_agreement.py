"""The agreement: announced, signed once, changed, ended, and the seats exchanged under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.domain.aggregates.agreement import AgreementState, loose_ends, stream_of
from aboard.domain.aggregates.registry import AGGREGATES
from tests.build import fact
from tests.domain.given import given

if TYPE_CHECKING:
    from aboard.events.envelope import Event

STREAM = stream_of("cross-flights")


def stated(kind: str, happened: str, known: str | None = None, **said: Any) -> Event:
    return fact(kind, happened, known, stream=STREAM, **said)


def change(status: str, happened: str, supplement: int | None = 1) -> Event:
    number: dict[str, Any] = {} if supplement is None else {"supplement": supplement}
    return stated("amended", happened, what="One more seat.", status=status, **number)


def seat(person: str, flight: str, happened: str = "2022-07-14", **said: Any) -> Event:
    sides = {"traveller_of": "NASA", "carrier": "Roscosmos", **said}
    return stated("seat_exchanged", happened, person=person, flight=flight, **sides)


SIGNED = stated(
    "signed",
    "2022-07-14",
    "2022-07-15",
    name="Cross flights",
    parties=["NASA", "Roscosmos"],
    scope="Seats for seats.",
)
ANNOUNCED = stated("announced", "2022-07-01", what="Nearly there.")
EXTENDED = stated("extended", "2023-12-28", until="2025")
ENDED = stated("ended", "2025-12-31")


def test_an_agreement_stands_on_a_stream_of_its_own() -> None:
    assert STREAM == "agreement/cross-flights"


def test_an_agreement_is_announced_signed_changed_and_ended() -> None:
    given().when(ANNOUNCED).then(ANNOUNCED)
    given(ANNOUNCED).when(SIGNED).then(SIGNED)
    for status in ("announced", "talks approved", "signed"):
        later = change(status, "2023-07-01")
        given(ANNOUNCED, SIGNED).when(later).then(later)
    given(SIGNED).when(EXTENDED).then(EXTENDED)
    given(SIGNED, EXTENDED).when(ENDED).then(ENDED)


def test_facts_come_in_any_order() -> None:
    given(ENDED, EXTENDED, seat("ann", "apple")).when(SIGNED).then(SIGNED)
    given(SIGNED).when(ANNOUNCED).then(ANNOUNCED)


def test_an_agreement_is_signed_once() -> None:
    again = SIGNED.model_copy(update={"id": "cross-flights/signed-again"})
    given(SIGNED).when(again).then_refused("agreement-twice")


def test_an_agreement_ends_once() -> None:
    again = ENDED.model_copy(update={"id": "cross-flights/ended-again"})
    given(SIGNED, ENDED).when(again).then_refused("ended-twice")


def test_a_supplement_is_signed_once_and_may_be_announced_often() -> None:
    first, second = change("signed", "2023-07-01"), change("signed", "2023-12-01")
    given(SIGNED, first).when(second).then_refused("supplement-twice")
    other = change("signed", "2023-12-01", supplement=2)
    given(SIGNED, first).when(other).then(other)
    announced = change("announced", "2023-12-01")
    given(SIGNED, change("announced", "2023-07-01")).when(announced).then(announced)
    unnumbered = change("signed", "2023-12-01", supplement=None)
    given(SIGNED, change("signed", "2023-07-01", supplement=None)).when(unnumbered).then(unnumbered)


def test_a_person_has_one_seat_on_a_flight() -> None:
    one = seat("ann", "apple")
    given(SIGNED, one).when(seat("ann", "apple")).then_refused("seat-twice")
    for other in (seat("ann", "pear"), seat("bob", "apple")):
        given(SIGNED, one).when(other).then(other)


@pytest.mark.parametrize(
    "early",
    [
        stated("ended", "2022-07-13"),
        stated("extended", "2022-07-13", until="2025"),
        change("announced", "2022-07-13"),
    ],
    ids=lambda event: str(event.TOPIC),
)
def test_what_is_not_signed_yet_does_not_change_or_end(early: Event) -> None:
    given(SIGNED).when(early).then_refused("out-of-order")
    given(early).when(SIGNED).then_refused("out-of-order")


@pytest.mark.parametrize(
    "late",
    [
        stated("extended", "2026-01-01", until="2027"),
        change("signed", "2026-01-01"),
        seat("ann", "apple", "2026-01-01"),
    ],
    ids=lambda event: str(event.TOPIC),
)
def test_what_has_ended_does_not_change(late: Event) -> None:
    given(SIGNED, ENDED).when(late, today="2026-02-01").then_refused("out-of-order")
    given(SIGNED, late).when(ENDED).then_refused("out-of-order")


def test_a_coarse_time_contradicts_nothing_that_it_may_agree_with() -> None:
    signed = SIGNED.model_copy(update={"happened": ANNOUNCED.happened})
    month = change("talks approved", "2022-07")
    given(signed).when(month).then(month)


def test_an_intention_to_conclude_comes_before_the_signing() -> None:
    late = stated("announced", "2022-07-15", what="Nearly there.")
    given(SIGNED).when(late).then_refused("plan-after-the-fact")
    given(late).when(SIGNED).then_refused("plan-after-the-fact")
    same_day = stated("announced", "2022-07-14", what="Nearly there.")
    given(SIGNED).when(same_day).then(same_day)


@pytest.mark.parametrize("side", ["traveller_of", "carrier"])
def test_a_seat_is_between_the_parties(side: str) -> None:
    strange = seat("ann", "apple", **{side: "SpaceX"})
    problem = given(SIGNED).when(strange).then_refused("not-a-party")
    assert "the parties are NASA, Roscosmos" in problem.message
    given(strange).when(SIGNED).then_refused("not-a-party")
    given().when(strange).then(strange)


def test_what_is_not_known_yet_cannot_be_recorded() -> None:
    given().when(SIGNED, today="2022-07-14").then_refused("from-the-future")


def test_the_state_holds_the_facts_in_the_order_of_happening() -> None:
    state = AGGREGATES["agreement"].state
    assert state("cross-flights", []) == AgreementState("cross-flights")
    one, two = SIGNED.at_version(1), ANNOUNCED.at_version(2)
    found = state("cross-flights", [one, two])
    assert (found.version, found.facts, found.signed, found.ended) == (2, (two, one), one, None)


def test_a_seat_without_a_signing_is_missing_one() -> None:
    state = AGGREGATES["agreement"].state
    unsigned = seat("ann", "apple")
    (problem,) = loose_ends(state("cross-flights", [ANNOUNCED, unsigned, EXTENDED]))
    assert (problem.rule, problem.event_id) == ("signing-missing", unsigned.id)
    assert problem.missing
    assert list(loose_ends(state("cross-flights", [ANNOUNCED]))) == []
    assert list(loose_ends(state("cross-flights", [SIGNED, unsigned]))) == []
