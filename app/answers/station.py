"""A station, as an answer."""

from __future__ import annotations

from aboard.app.answers.base import CheckedAnswer, Value
from aboard.app.answers.parts import (
    AsOf,
    CitedSource,
    DockedVehicle,
    Gap,
    PersonAboard,
    Uncertainty,
)
from aboard.events.time import Time


class StationPort(Value, frozen=True, kw_only=True):
    """A port of a station, and what is docked there."""

    port: str
    name: str
    since: Time | None
    place: str | None
    flight: str | None
    free: bool
    state: str | None


class PortCall(Value, frozen=True, kw_only=True):
    """An arrival or a departure."""

    flight: str
    name: str
    at: Time | None
    precision: str | None
    planned: bool
    port: str | None
    port_name: str | None


class LastAndNext(Value, frozen=True, kw_only=True):
    """The last arrival or departure, and the next."""

    last: PortCall | None
    next: PortCall | None


class StationAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """A station: who is aboard, its ports, arrivals and departures."""

    station: str
    name: str
    aliases: tuple[str, ...]
    operators: tuple[str, ...]
    since: Time | None
    sources: tuple[CitedSource, ...]
    at: Time
    known: Time
    count: int
    people: tuple[PersonAboard, ...]
    docked: tuple[DockedVehicle, ...]
    docked_scope: str
    ports: tuple[StationPort, ...]
    unnamed: tuple[str, ...]
    arrivals: LastAndNext
    departures: LastAndNext
    commander: str | None
    expedition: int | None
    as_of: AsOf
    uncertain: Uncertainty | None = None
    gaps: tuple[Gap, ...] = ()
    amended: str | None = None
    amended_by: tuple[str, ...] = ()
    amended_events: tuple[str, ...] = ()
