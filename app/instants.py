"""The instants of a question: what is given as the time asked about, or as the known time.

A date is the start of that day as the time asked about and its end as the known time; a month and
a year likewise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.app.errors import UsageError
from aboard.events.time import Time, TimeError

if TYPE_CHECKING:
    from datetime import datetime

    Moment = str | Time | datetime
    """A time as it is given: a text, a time, or a datetime with a time zone."""


def at_instant(given: Moment, present: int, name: str = "at") -> int:
    """Return the instant that is meant as the one asked about."""
    return present if given in ("", "now") else given_time(given, name).earliest


def last_instant(given: Moment, present: int, name: str) -> int:
    """Return the last instant that is meant: of a date, the end of that day."""
    return present if given == "now" else given_time(given, name).latest


def known_instant(given: Moment, present: int) -> int:
    """Return the instant that is meant as the known time; refuse one that is yet to come."""
    if given in ("", "now"):
        return present
    stated = given_time(given, "known")
    if stated.earliest > present:
        raise UsageError(
            f"known {given}: nothing is known from the future; it is {Time.at(present)}",
            "ask about the future with --at",
            argument="known",
        )
    return min(stated.latest, present)


def given_time(given: Moment, name: str) -> Time:
    """Return a time that is given for a question: one instant, or a day, a month or a year."""
    stated = as_time(given, name)
    if stated.no_earlier_than or stated.approximate:
        raise UsageError(
            f"{name} {given}: a question is about one instant", "leave out NET and ~", argument=name
        )
    return stated


def as_time(given: Moment, name: str) -> Time:
    """Return what is given as a time; raise `UsageError` for what is not one."""
    hint = "all times are UTC: 2022-12-25T13:00Z"
    if isinstance(given, Time):
        return given
    if isinstance(given, str):
        try:
            return Time.parse(given)
        except TimeError as error:
            raise UsageError(f"{name}: {error}", hint, argument=name) from error
    return Time.at(_unix_seconds(given, name))


def _unix_seconds(given: datetime, name: str) -> int:
    from datetime import datetime  # noqa: PLC0415 - the command line gives texts

    if not isinstance(given, datetime):
        raise UsageError(
            f"{name}: {given!r} is not a time",
            "give a text, an aboard.Time, or a datetime with a time zone",
            argument=name,
        )
    if given.tzinfo is None or given.utcoffset() is None:
        raise UsageError(
            f"{name}: {given!r} has no time zone",
            "give it one: datetime(2022, 12, 25, 13, tzinfo=timezone.utc)",
            argument=name,
        )
    return int(given.timestamp() // 1)
