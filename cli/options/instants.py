"""The two instants of a question: `--at` and `--known`.

A date is the start of that day for ``--at`` and its end for ``--known``; a month and a year
likewise.
"""

from __future__ import annotations

import time
from typing import Annotated

import typer

from aboard import RELEASED
from aboard.cli.errors import USAGE, fail
from aboard.events.time import Time, TimeError

At = Annotated[
    str,
    typer.Option(
        "--at",
        metavar="TIME",
        help="The instant asked about: 2022-12-25, 2022-12-25T13:00Z, ... [default: now]",
    ),
]
Known = Annotated[
    str,
    typer.Option(
        "--known",
        metavar="TIME",
        help="Answer as known then; a date means the end of that day. [default: now]",
    ),
]


Recorded = Annotated[
    str,
    typer.Option(
        "--recorded",
        metavar="POSITION|TIME",
        help="Ask the log as it stood at a position, or at a time. [default: all of it]",
    ),
]


def now() -> int:
    """Return the present instant, in Unix seconds.

    A clock that is behind the release of this program is wrong, and the shipped ledger holds facts
    that would lie in its future: the present is then the release.
    """
    return max(int(time.time()), RELEASED)


def at_instant(text: str, present: int, flag: str = "--at") -> int:
    """Return the instant `text` means as the one asked about."""
    return present if text in ("", "now") else _time(text, flag).earliest


def last_instant(text: str, present: int, flag: str) -> int:
    """Return the last instant `text` means: of a date, the end of that day."""
    return present if text == "now" else _time(text, flag).latest


def known_instant(text: str, present: int) -> int:
    """Return the instant `text` means as the one of knowledge; refuse one that is yet to come."""
    if text in ("", "now"):
        return present
    stated = _time(text, "--known")
    if stated.earliest > present:
        fail(
            f"--known {text}: nothing is known from the future; it is {Time.at(present)}",
            "ask about the future with --at",
            USAGE,
        )
    return min(stated.latest, present)


def _time(text: str, flag: str) -> Time:
    try:
        stated = Time.parse(text)
    except TimeError as error:
        fail(f"{flag}: {error}", "all times are UTC: 2022-12-25T13:00Z", USAGE)
    if stated.no_earlier_than or stated.approximate:
        fail(f"{flag} {text}: a question is about one instant", "leave out NET and ~", USAGE)
    return stated
