"""A person, as an answer."""

from __future__ import annotations

from aboard.app.answers.base import CheckedAnswer, Value
from aboard.app.answers.parts import (
    AsOf,
    CitedSource,
    Death,
    Duration,
    EndOfStay,
    Gap,
    Loss,
    Uncertainty,
)
from aboard.events.time import Time


class Whereabouts(Value, frozen=True, kw_only=True):
    """Where a person is, or is planned to be."""

    place: str
    kind: str
    state: str
    launched_on: str | None
    seat_on: str | None
    since: Time | None
    until: EndOfStay | None
    bound_for: str | None = None
    uncertain: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unsourced: bool = False


class FlownInstant(Value, frozen=True, kw_only=True):
    """A lift-off or a landing, happened or planned."""

    at: Time
    precision: str
    planned: bool
    on: str | None = None


class StationStay(Value, frozen=True, kw_only=True):
    """A stay at a station."""

    station: str
    name: str
    since: Time
    since_planned: bool
    until: EndOfStay | None


class FlightOfPerson(Value, frozen=True, kw_only=True):
    """A flight of a person, from lift-off to landing, with the stays at stations."""

    launched_on: str | None
    landed_on: str | None
    state: str
    agency: str | None
    nationality: str | None
    role: str | None
    lift_off: FlownInstant | None
    landing: FlownInstant | None
    height: str
    counts: bool
    died: bool
    lost: Loss | None
    stays: tuple[StationStay, ...]
    time_in_space: Duration
    time_aboard: Duration


class PersonAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """A person: where they are, and their flights.

    `agency` and `nationality` are those of the flight they are on, or else were on last.
    """

    person: str
    name: str
    agency: str | None
    nationality: str | None
    aliases: tuple[str, ...]
    sources: tuple[CitedSource, ...]
    at: Time
    known: Time
    where: Whereabouts | None
    died: Death | None
    boundary: str
    flights: tuple[FlightOfPerson, ...]
    time_in_space: Duration
    time_aboard: Duration
    time_below_boundary: Duration
    expected: bool
    as_of: AsOf
    gaps: tuple[Gap, ...] = ()
    uncertain: Uncertainty | None = None
    amended: str | None = None
    amended_by: tuple[str, ...] = ()
    amended_events: tuple[str, ...] = ()
