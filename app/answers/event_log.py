"""The events of the log, what a projection holds, and the state of a log, as answers."""

from __future__ import annotations

from typing import Any

import msgspec

from aboard.app.answers.base import Answer, CheckedAnswer, Value
from aboard.app.answers.parts import AsOf, CitedSource, Gap
from aboard.events.time import Time


class LoggedEvent(Value, frozen=True, kw_only=True):
    """An event of the log, in short."""

    position: int
    id: str
    type: str
    stream: str
    happened: Time
    known: Time
    known_from: Time
    known_assumed: bool
    recorded: Time
    recorded_by: str
    says: str
    sources: tuple[str, ...]
    amended: str | None = None
    amended_by: tuple[str, ...] = ()


class EventsAnswer(Answer, frozen=True, kw_only=True):
    """The events that a question picks out, in the order of recording."""

    clock: str
    since: Time | None
    until: Time | None
    count: int
    events: tuple[LoggedEvent, ...]
    as_of: AsOf
    at: Time | None = None
    known: Time | None = None


class RelatedEvent(Value, frozen=True, kw_only=True):
    """An event about another one: a correction, a retraction, a claim or a ruling."""

    id: str
    type: str
    known: Time
    says: str
    amended: str | None = None
    amended_by: tuple[str, ...] = ()


class EventAsKnown(Value, frozen=True, kw_only=True):
    """What an event said at an instant, as known at another.

    `state` is ``holds``, ``corrected``, ``retracted`` or ``not yet known``.
    """

    at: Time
    known: Time
    state: str
    happened: Time | None = None
    has_happened: bool | None = None
    says: str | None = None
    fields: dict[str, Any] = msgspec.field(default_factory=dict)
    known_since: Time | None = None
    known_assumed: bool | None = None
    sources: tuple[CitedSource, ...] = ()
    note: str | None = None
    amended_by: tuple[str, ...] = ()


class EventAnswer(Answer, frozen=True, kw_only=True):
    """One event in full."""

    id: str
    type: str
    stream: str
    version: int
    position: int
    happened: Time
    happened_precision: str
    happened_from: Time
    known: Time
    known_precision: str
    known_from: Time
    known_assumed: bool
    recorded: Time
    recorded_by: str
    says: str
    fields: dict[str, Any]
    sources: tuple[CitedSource, ...]
    amendments: tuple[RelatedEvent, ...]
    statements: tuple[RelatedEvent, ...]
    as_known: EventAsKnown
    as_of: AsOf
    note: str | None = None
    correlation: str | None = None
    causation: str | None = None


class HeldValue(Value, frozen=True, kw_only=True):
    """What a projection holds about a subject at a place, and the ids of the events it is from."""

    place: str
    subject: str
    value: dict[str, Any]
    why: tuple[str, ...]


class ProjectionAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """What a projection holds."""

    projection: str
    version: int
    place: str | None
    at: Time
    known: Time
    holds: tuple[HeldValue, ...]
    as_of: AsOf
    gaps: tuple[Gap, ...] = ()


class LogStatus(Value, frozen=True, kw_only=True):
    """A log and its last position."""

    path: str
    position: int


class ReadModelStatus(Value, frozen=True, kw_only=True):
    """A read model; `position` is None while it has not been built."""

    path: str
    position: int | None
    recorded: Time | None
    is_level: bool
    parked: int


class ProjectionStatus(Value, frozen=True, kw_only=True):
    """A version of a projection, and how far it is behind the log."""

    name: str
    version: int
    live: bool
    position: int
    parked: int
    skipped: int
    lag_events: int
    lag_seconds: int


class LedgerStatus(Value, frozen=True, kw_only=True):
    """The ledger that came with the program, and how many of its facts are not in the log.

    ``number`` is one number for all facts in the log. It is None if there are none, or if one of
    them cannot be read.
    """

    path: str
    not_yet_recorded: int
    number: str | None


class StatusAnswer(Answer, frozen=True, kw_only=True):
    """The state of a log and its read model."""

    log: LogStatus
    read_model: ReadModelStatus
    projections: tuple[ProjectionStatus, ...]
    holds: dict[str, int]
    covers: dict[str, str]
    ledger: LedgerStatus
