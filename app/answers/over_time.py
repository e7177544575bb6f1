"""Answers about a span of time: population, occupation, timeline, records, replay."""

from __future__ import annotations

from typing import Any

import msgspec

from aboard.app.answers.base import CheckedAnswer, Value
from aboard.app.answers.parts import (
    AsOf,
    Death,
    Duration,
    EndOfStay,
    ExactDuration,
    Gap,
    TimeSpan,
    Uncertainty,
)
from aboard.events.time import Time


class PopulationStep(TimeSpan, frozen=True, kw_only=True):
    """A time in which the number of people does not change."""

    count: int
    min: int | None = None
    max: int | None = None


class CountedSpans(Value, frozen=True, kw_only=True):
    """A number of people, and the times at which there were so many."""

    count: int
    spans: tuple[TimeSpan, ...]


class PopulationAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """How many people there were, over time."""

    station: str | None
    agency: str | None
    nationality: str | None
    boundary: str
    strict: bool
    start: Time = msgspec.field(name="from")
    end: Time = msgspec.field(name="to")
    known: Time
    steps: tuple[PopulationStep, ...]
    maximum: CountedSpans
    minimum: CountedSpans
    person_seconds: int
    as_of: AsOf
    gaps: tuple[Gap, ...] = ()


class OccupiedSpan(TimeSpan, frozen=True, kw_only=True):
    """A time in which somebody was aboard throughout."""

    length: ExactDuration


class LongStay(Value, frozen=True, kw_only=True):
    """A person's stay at a station, and how long it was."""

    id: str
    name: str
    launched_on: str | None
    since: Time
    until: EndOfStay | None
    length: Duration


class OccupationAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """How long a station has been occupied, and its longest stays."""

    station: str
    name: str
    at: Time
    known: Time
    strict: bool
    occupied_since: Time | None
    occupied_for: ExactDuration | None
    spans: tuple[OccupiedSpan, ...]
    longest: OccupiedSpan | None
    doubtful: tuple[TimeSpan, ...]
    stays: int
    longest_stays: tuple[LongStay, ...]
    shortest_stays: tuple[LongStay, ...]
    largest_crews: tuple[CountedSpans, ...]
    as_of: AsOf
    gaps: tuple[Gap, ...] = ()


class TimelineBar(TimeSpan, frozen=True, kw_only=True):
    """A stay: of a vehicle with its `port`, of a person with `launched_on` and their seat on it."""

    planned: bool
    launched_on: str | None = None
    agency: str | None = None
    nationality: str | None = None
    role: str | None = None
    port: str | None = None
    why: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unsourced: bool = False


class TimelineEntry(Value, frozen=True, kw_only=True):
    """A person or a vehicle, with their stays."""

    id: str
    name: str
    bars: tuple[TimelineBar, ...]


class TimelineAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """People and vehicles at a station over time."""

    station: str
    name: str
    start: Time = msgspec.field(name="from")
    end: Time = msgspec.field(name="to")
    known: Time
    people: tuple[TimelineEntry, ...]
    vehicles: tuple[TimelineEntry, ...]
    as_of: AsOf
    gaps: tuple[Gap, ...] = ()


class RankedPerson(Value, frozen=True, kw_only=True):
    """A person with their rank and totals."""

    rank: int
    id: str
    name: str
    agency: str | None
    """That of the latest of the flights that count."""
    agencies: tuple[str, ...]
    """Those of all of them."""
    nationality: str | None
    nationalities: tuple[str, ...]
    time_in_space: Duration
    time_aboard: Duration
    longest_flight: Duration
    longest_on: str | None
    flights: int
    spacewalks: int
    died: Death | None
    lost_on: str | None


class TopAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """Who ranks highest by a measure."""

    by: str
    agency: str | None
    nationality: str | None
    at: Time
    known: Time
    people: tuple[RankedPerson, ...]
    as_of: AsOf
    gaps: tuple[Gap, ...] = ()


class PeopleBefore(Value, frozen=True, kw_only=True):
    """Who was there before the first step of a replay."""

    count: int
    people: tuple[str, ...]


class ReplayedStep(Value, frozen=True, kw_only=True):
    """An event that changed something, or the lapse of a plan, and the count after it.

    Each of `changes` is a dictionary; its ``change`` names the kind.
    """

    at: Time
    position: int | None
    id: str | None
    type: str
    stream: str | None
    happened: Time | None
    known: Time | None
    known_assumed: bool
    says: str
    changes: tuple[dict[str, Any], ...]
    count: int
    outside: tuple[str, ...]
    sources: tuple[str, ...]
    uncertain: Uncertainty | None = None
    amended: str | None = None
    amended_by: tuple[str, ...] = ()


class ReplayAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """Each event that changed something, in the order of the clock `by`.

    `start` and `end` are times as texts, or positions by the clock ``recorded``; `start` is None
    where it was not given.
    """

    by: str
    start: str | int | None = msgspec.field(name="from")
    end: str | int | None = msgspec.field(name="to")
    known: Time
    count: int
    steps: tuple[ReplayedStep, ...]
    as_of: AsOf
    gaps: tuple[Gap, ...] = ()
    station: str | None = None
    flight: str | None = None
    before: PeopleBefore | None = None
