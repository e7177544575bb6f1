"""The clocks that an option can choose from."""

from __future__ import annotations

import enum


class Clock(enum.StrEnum):
    """One of the three clocks of an event."""

    happened = "happened"
    known = "known"
    recorded = "recorded"
