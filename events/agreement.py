"""What happens on an agreement's stream, `agreement/<id>`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from aboard.events.envelope import Event, FlightId, Moment, PersonId, Text

Status = Literal["announced", "talks approved", "signed"]
"""How far a change of the text has come, in its order."""


class AgreementAnnounced(Event):
    """An intention to conclude the agreement is made public, or how far that has come."""

    TOPIC: ClassVar[str] = "agreement.announced"
    RANK: ClassVar[int] = -1  # before a signing of the same instant
    INTENTION: ClassVar[bool] = True

    what: Text
    """What is announced, in a sentence."""


class AgreementSigned(Event):
    """The parties sign."""

    TOPIC: ClassVar[str] = "agreement.signed"

    name: Text
    """What it is called."""
    aliases: tuple[Text, ...] = ()
    """What else it is called."""
    parties: tuple[Text, ...] = Field(min_length=2)
    """Who signs."""
    scope: Text
    """What it is about, in a sentence."""


class AgreementAmended(Event):
    """A change of the text is announced, cleared for talks, or signed."""

    TOPIC: ClassVar[str] = "agreement.amended"
    RANK: ClassVar[int] = 1

    what: Text
    """What changes, in a sentence."""
    status: Status
    """How far the change has come."""
    supplement: Annotated[int, Field(ge=1, le=99)] | None = None
    """Which supplement it is, counted from 1; absent where it is none, or not said."""


class AgreementExtended(Event):
    """The agreement is to run to the end of `until`."""

    TOPIC: ClassVar[str] = "agreement.extended"
    RANK: ClassVar[int] = 2

    until: Moment
    """The time by whose end it ends."""


class SeatExchanged(Event):
    """A seat is given under the agreement: a traveller of one party on a flight of another.

    It is planned until the flight lifts off with that person, and flown from then on.
    """

    TOPIC: ClassVar[str] = "agreement.seat_exchanged"
    RANK: ClassVar[int] = 3
    INTENTION: ClassVar[bool] = True

    person: PersonId
    """The id of the traveller."""
    flight: FlightId
    """The id of the flight with the seat."""
    traveller_of: Text
    """The party that the traveller belongs to, as named in the agreement's `parties`."""
    carrier: Text
    """The party that carries them: the other side, even if somebody else operates the vehicle."""

    @model_validator(mode="after")
    def _is_between_two(self) -> Self:
        if self.traveller_of == self.carrier:
            raise ValueError(f"{self.carrier} cannot exchange a seat with itself")
        return self


class AgreementEnded(Event):
    """The agreement no longer holds."""

    TOPIC: ClassVar[str] = "agreement.ended"
    RANK: ClassVar[int] = 9

    reason: Text | None = None
    """Why, in words."""


AgreementEvent = (
    AgreementAnnounced
    | AgreementSigned
    | AgreementAmended
    | AgreementExtended
    | SeatExchanged
    | AgreementEnded
)
"""Every event that can be on an agreement's stream."""
