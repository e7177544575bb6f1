"""Parts of several answers."""

from __future__ import annotations

from typing import Any

import msgspec

from aboard.app.answers.base import Value
from aboard.events.time import Time


class HeldSubject(Value, frozen=True, kw_only=True):
    """A subject that is answered for as before an event that is parked, at position `before`."""

    projection: str
    subject: str
    before: int


class AsOf(Value, frozen=True, kw_only=True):
    """The position of the log that an answer includes, and when that was recorded."""

    position: int
    recorded: Time | None
    held: tuple[HeldSubject, ...] = ()


class CountRange(Value, frozen=True, kw_only=True):
    """The least and the greatest that a count can be, where times are coarse."""

    min: int
    max: int


class Death(Value, frozen=True, kw_only=True):
    """When a person died, and on which flight, if on one."""

    at: Time
    precision: str
    flight: str | None


class Loss(Value, frozen=True, kw_only=True):
    """When a flight was lost, and why."""

    at: Time
    precision: str
    reason: str | None


class NotCounted(Value, frozen=True, kw_only=True):
    """People who are there and are not counted: the dead, and those below the boundary of space."""

    dead: tuple[str, ...] = ()
    below_boundary: tuple[str, ...] = ()


class Duration(Value, frozen=True, kw_only=True):
    """A length of time in seconds, between `min` and `max`, and in words."""

    min: int
    max: int
    text: str


class ExactDuration(Value, frozen=True, kw_only=True):
    """A length of time in seconds, and in words."""

    seconds: int
    text: str


class TimeSpan(Value, frozen=True, kw_only=True):
    """A time from `start` up to, and without, `end`."""

    start: Time = msgspec.field(name="from")
    end: Time = msgspec.field(name="to")


class OutsideCoverage(Value, frozen=True, kw_only=True):
    """A station, and from when to when the log claims to hold everything about it."""

    station: str
    since: Time | None
    until: Time | None


class Uncertainty(Value, frozen=True, kw_only=True):
    """What is in doubt: the count, who commands, or whether everything is in the log."""

    count: CountRange | None = None
    coverage: tuple[OutsideCoverage, ...] = ()
    commander: tuple[str | None, ...] = ()
    expedition: tuple[int | None, ...] = ()


class Gap(Value, frozen=True, kw_only=True):
    """Something that is stated not to be known."""

    id: str
    what: str


class CitedSource(Value, frozen=True, kw_only=True):
    """A source that an event cites."""

    key: str
    publisher: str
    kind: str | None = None
    url: str | None = None
    published: str | None = None
    title: str | None = None
    licence: str | None = None


class Ruling(Value, frozen=True, kw_only=True):
    """Which of several statements holds, and why."""

    id: str
    holds: str | None
    reason: str


class ClaimedStatement(Value, frozen=True, kw_only=True):
    """A statement that a source makes and the log does not accept as fact."""

    id: str
    happened: Time
    known: Time
    known_assumed: bool
    says: str
    about: str | None
    values: dict[str, Any]
    sources: tuple[CitedSource, ...]
    ruling: Ruling | None
    amended: str | None = None
    amended_by: tuple[str, ...] = ()


class NamedPerson(Value, frozen=True, kw_only=True):
    """A person by id and name."""

    id: str
    name: str


class EndOfStay(Value, frozen=True, kw_only=True):
    """When a stay ends, or is planned to end, and on which flight."""

    at: Time | None
    precision: str | None
    planned: bool
    on: str | None = None


class PersonAboard(Value, frozen=True, kw_only=True):
    """A person in an answer to who was somewhere.

    `agency`, `nationality` and `role` are those of the flight that they went up on.
    `state` is ``aboard``, ``relocating``, ``spacewalk``, ``in_space``, ``planned`` or ``overdue``.
    `place` is given where the question was not about one place. `uncertain` names what is in doubt.
    `why` are the ids of the events that this rests on, and `sources` the keys of their sources; it
    is `unsourced` if no event has a source that can be cited.
    """

    id: str
    name: str
    agency: str | None
    nationality: str | None
    role: str | None
    state: str
    launched_on: str | None
    seat_on: str | None
    since: Time | None
    until: EndOfStay | None
    place: str | None = None
    bound_for: str | None = None
    uncertain: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unsourced: bool = False


class PlaceCount(Value, frozen=True, kw_only=True):
    """A place and how many people were there."""

    id: str
    kind: str
    name: str
    count: int


class CraftPair(Value, frozen=True, kw_only=True):
    """Two craft that are docked with each other; `state` as of a vehicle that is docked."""

    craft: tuple[str, ...]
    since: Time
    state: str
    mate: str | None = None
    uncertain: bool = False
    why: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unsourced: bool = False


class DockedVehicle(Value, frozen=True, kw_only=True):
    """A vehicle that is docked, and at which port as far as that is known.

    `state` is ``docked``, ``planned`` or ``overdue``; `since_planned` says that `since` is an aim.
    """

    flight: str
    port: str | None
    since: Time | None
    state: str
    since_planned: bool
    uncertain: bool = False
    name: str | None = None
    station: str | None = None
    mate: str | None = None
    why: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unsourced: bool = False
