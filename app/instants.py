"""The instants of a question: what a text means as the time asked about, or as the known time.

A date is the start of that day as the time asked about and its end as the known time; a month and
a year likewise.
"""

from __future__ import annotations

from aboard.app.errors import UsageError
from aboard.events.time import Time, TimeError


def at_instant(text: str, present: int, name: str = "at") -> int:
    """Return the instant `text` means as the one asked about."""
    return present if text in ("", "now") else _time(text, name).earliest


def last_instant(text: str, present: int, name: str) -> int:
    """Return the last instant `text` means: of a date, the end of that day."""
    return present if text == "now" else _time(text, name).latest


def known_instant(text: str, present: int) -> int:
    """Return the instant `text` means as the known time; refuse one that is yet to come."""
    if text in ("", "now"):
        return present
    stated = _time(text, "known")
    if stated.earliest > present:
        raise UsageError(
            f"known {text}: nothing is known from the future; it is {Time.at(present)}",
            "ask about the future with --at",
            argument="known",
        )
    return min(stated.latest, present)


def _time(text: str, name: str) -> Time:
    try:
        stated = Time.parse(text)
    except TimeError as error:
        hint = "all times are UTC: 2022-12-25T13:00Z"
        raise UsageError(f"{name}: {error}", hint, argument=name) from error
    if stated.no_earlier_than or stated.approximate:
        raise UsageError(
            f"{name} {text}: a question is about one instant", "leave out NET and ~", argument=name
        )
    return stated
