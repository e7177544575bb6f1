"""The agreement: its text from announcement to end, and the seats exchanged under it.

Facts arrive in any order, so the state keeps them in the order of happening, and a decision
considers all of them, including the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboard.domain.aggregates.base import FactsState, in_line, refuse_a_second, refuse_the_future
from aboard.domain.problem import Problem, Refused
from aboard.events.agreement import (
    AgreementAmended,
    AgreementAnnounced,
    AgreementEnded,
    AgreementExtended,
    AgreementSigned,
    SeatExchanged,
)
from aboard.events.order import surely_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.events.agreement import AgreementEvent
    from aboard.events.envelope import Event


# stream


def stream_of(agreement: str) -> str:
    """Return the stream id of an agreement."""
    return f"agreement/{agreement}"


# state


@dataclass(frozen=True, slots=True)
class AgreementState(FactsState):
    """What is recorded of an agreement, `facts` in the order of happening."""

    facts: tuple[AgreementEvent, ...] = ()

    @property
    def signed(self) -> AgreementSigned | None:
        """The signing, or None."""
        return self.first(AgreementSigned)

    @property
    def ended(self) -> AgreementEnded | None:
        """The end, or None."""
        return self.first(AgreementEnded)


# evolve


def evolve(state: AgreementState, event: AgreementEvent) -> AgreementState:
    """Return the state with one more event of the stream in it."""
    return AgreementState(state.id, event.originator_version, in_line(state.facts, event))


# decide


def decide(state: AgreementState, fact: AgreementEvent, now: int) -> tuple[AgreementEvent, ...]:
    """Return the events to record for `fact`, or raise `Refused`."""
    refuse_the_future(fact, now)
    match fact:
        case AgreementSigned() if state.signed:
            raise refuse_a_second("agreement", fact)
        case AgreementEnded() if state.ended:
            raise refuse_a_second("ended", fact)
        case AgreementAmended() if _signs(fact) and _signs(fact) in map(_signs, state.facts):
            raise refuse_a_second("supplement", fact)
        case SeatExchanged() if _seat(fact) in map(_seat, state.facts):
            raise refuse_a_second("seat", fact)
        case _:
            pass
    for problem in _contradictions(evolve(state, fact), fact):
        raise Refused(problem)
    return (fact.at_version(state.version + 1),)


def _signs(fact: Event) -> int | None:
    """Return the number of the supplement that a fact signs."""
    if isinstance(fact, AgreementAmended) and fact.status == "signed":
        return fact.supplement
    return None


def _seat(fact: Event) -> tuple[str, str] | None:
    return (fact.person, fact.flight) if isinstance(fact, SeatExchanged) else None


def _contradictions(state: AgreementState, fact: AgreementEvent) -> Iterator[Problem]:
    signed, ended = state.signed, state.ended
    for other in state.facts:
        match other:
            case AgreementAnnounced() if signed and surely_before(signed, other):
                yield Problem(
                    "plan-after-the-fact",
                    fact.id,
                    f"{other.id} was made on {other.happened}, after {signed.id} of "
                    f"{signed.happened}",
                    "what is announced after the signing is an amendment; check the two times",
                )
            case AgreementAmended() | AgreementExtended() | AgreementEnded() if (
                signed and surely_before(other, signed)
            ):
                yield _out_of_order(fact, other, "before", signed)
            case _ if ended and surely_before(ended, other):
                yield _out_of_order(fact, other, "after", ended)
            case SeatExchanged() if signed and not {other.traveller_of, other.carrier} <= {
                *signed.parties
            }:
                yield Problem(
                    "not-a-party",
                    fact.id,
                    f"{other.id} is between {other.traveller_of} and {other.carrier}, but the "
                    f"parties are {', '.join(signed.parties)}",
                    "spell both as the signing does",
                )
            case _:
                pass


def _out_of_order(fact: Event, other: Event, word: str, anchor: Event) -> Problem:
    return Problem(
        "out-of-order",
        fact.id,
        f"{other.id} of {other.happened} is {word} {anchor.id} of {anchor.happened}",
        "an agreement is signed, changed and used, and ends; check the two times",
    )


def loose_ends(state: AgreementState) -> Iterator[Problem]:
    """Yield what is merely missing: an agreement that is used or changed without a signing."""
    first = next((f for f in state.facts if not isinstance(f, AgreementAnnounced)), None)
    if first and state.signed is None:
        yield Problem(
            "signing-missing",
            first.id,
            f"no signing of {state.id} is recorded",
            "add the signed event",
            missing=True,
        )
