"""Who was somewhere, as an answer."""

from __future__ import annotations

from aboard.app.answers.base import CheckedAnswer
from aboard.app.answers.parts import (
    AsOf,
    CraftPair,
    DockedVehicle,
    Gap,
    NotCounted,
    PersonAboard,
    PlaceCount,
    Uncertainty,
)
from aboard.events.time import Time


class WhoAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """Who was at a place, or everywhere."""

    at: Time
    known: Time
    count: int
    people: tuple[PersonAboard, ...]
    docked: tuple[DockedVehicle, ...]
    docked_scope: str
    as_of: AsOf
    station: str | None = None
    flight: str | None = None
    craft: str | None = None
    places: tuple[PlaceCount, ...] = ()
    not_counted: NotCounted | None = None
    pairs: tuple[CraftPair, ...] = ()
    commander: str | None = None
    expedition: int | None = None
    uncertain: Uncertainty | None = None
    gaps: tuple[Gap, ...] = ()
