"""Notes about what the log claims to hold, and until when it was checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.errors import STALE, UsageError
from aboard.events.english import with_the
from aboard.events.time import Time
from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aboard.cli.output.answer import AnswerForms
    from aboard.storage.connection import Connection

Coverage = dict[str, Any]
"""A station, and from when to when the log claims to hold all its crewed vehicles, if it does."""

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip


def days(text: str) -> str:
    """Refuse what is not a number of days."""
    if text and not re.fullmatch(r"[0-9]{1,6}d", text.strip()):
        raise UsageError(f"--max-age: {text!r} is not an age", "give a number of days, such as 30d")
    return text.strip()


MaxAge = Annotated[
    str,
    typer.Option(
        "--max-age",
        metavar="DAYS",
        callback=days,
        help="End with exit code 4 if the answer may have changed since it was checked, and that "
        "was longer ago than this: 30d.",
    ),
]


def with_age(answer: AnswerForms, age: dict[str, Any], max_age: str = "") -> AnswerForms:
    """Return an answer that notes until when it was checked, where that is before its instant.

    With `max_age`, an answer that is older than that ends the command with exit code 4.
    """
    if age["current"] or as_known_before(age):
        return answer
    too_old = bool(max_age) and age["age_days"] > int(max_age.removesuffix("d"))
    notes = answer.notes

    def aged() -> Iterator[str]:
        yield checked_text(age)
        yield from notes()
        if too_old:
            yield f"stale: the answer is {age['age_days']}d old, and {max_age} are allowed"

    return answer._replace(notes=aged, exit_code=STALE if too_old else answer.exit_code)


def as_known_before(age: dict[str, Any]) -> bool:
    """Whether an answer is as known before it was checked: then no later change belongs in it."""
    if "known" not in age:
        return False
    known, checked = Time.parse(age["known"]), Time.parse(age["checked_until"])
    return known.earliest < checked.earliest


def checked_text(age: dict[str, Any]) -> str:
    """Return until when an answer was checked, and how long ago that was, in words."""
    year, month, day = Time.at(Time.parse(age["checked_until"]).earliest).fields[:3]
    number = age["age_days"]
    ago = f", {number} {'day' if number == 1 else 'days'} ago" if number else ""
    return f"checked to {day} {MONTHS[month - 1]} {year}{ago}: later changes are not in it"


def coverage_notes(
    db: Connection,
    stations: Iterable[Coverage],
    instants: Sequence[int],
    *,
    everywhere: bool,
) -> Iterator[str]:
    """Yield what the log does not claim to hold of the stations that an answer rests on.

    Until when they were checked is said of every answer: see `with_age`.
    """
    claimed, unclaimed = [], []
    for one in stations:
        name = with_the(reader.name_of(db, "station", one["station"]))
        if one["since"] is None:
            unclaimed.append(f"at {name}")
            continue
        claimed.append(name)
        since = Time.parse(one["since"]).earliest
        before = [str(Time.at(instant)) for instant in instants if instant < since]
        if before:
            when = f"at {before[0]}" if len(instants) == 1 else "before that"
            yield f"{coverage_text(db, one)}: {when} the answer may be incomplete"
    if everywhere:
        *most, last = *unclaimed, "elsewhere" if claimed or unclaimed else "in space"
        where = f"{', '.join(most)} or {last}" if most else last
        yield f"the log does not claim to include everyone {where}"


def coverage_text(db: Connection, one: Coverage) -> str:
    """Return from when to when the log covers a station."""
    name = with_the(reader.name_of(db, "station", one["station"]))
    return f"the log covers {name} from {one['since']} to {one['until']}"
