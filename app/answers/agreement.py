"""An agreement, as an answer."""

from __future__ import annotations

from aboard.app.answers.base import CheckedAnswer, Value
from aboard.app.answers.parts import AsOf, CitedSource, ClaimedStatement, Gap
from aboard.events.time import Time


class AgreementStatement(Value, frozen=True, kw_only=True):
    """A step of an agreement's text: its conclusion, an extension, its end."""

    item: str
    since: Time
    events: tuple[str, ...]
    known: Time
    known_assumed: bool
    sources: tuple[CitedSource, ...]
    parties: tuple[str, ...] = ()
    status: str | None = None
    what: str | None = None
    until: Time | None = None
    amended: str | None = None
    amended_by: tuple[str, ...] = ()
    amended_events: tuple[str, ...] = ()


class AgreementSeat(Value, frozen=True, kw_only=True):
    """A seat that is exchanged: whose traveller, on whose vehicle."""

    person: str
    name: str
    flight: str
    flight_name: str
    carrier: str
    traveller_of: str
    state: str
    since: Time
    events: tuple[str, ...]
    known: Time
    known_assumed: bool
    sources: tuple[CitedSource, ...]
    launch: Time | None = None
    amended: str | None = None
    amended_by: tuple[str, ...] = ()
    amended_events: tuple[str, ...] = ()


class SeatCount(Value, frozen=True, kw_only=True):
    """How many seats of one party's travellers on the other's vehicles."""

    traveller_of: str
    carrier: str
    flown: int
    planned: int


class AgreementAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """An agreement: its text, and the seats exchanged under it."""

    agreement: str
    name: str
    at: Time
    known: Time
    state: str | None
    parties: tuple[str, ...] | None
    scope: str | None
    signed: Time | None
    until: Time | None
    text: tuple[AgreementStatement, ...]
    seats: tuple[AgreementSeat, ...]
    counts: tuple[SeatCount, ...]
    next: AgreementSeat | None
    claims: tuple[ClaimedStatement, ...]
    gaps: tuple[Gap, ...]
    as_of: AsOf
