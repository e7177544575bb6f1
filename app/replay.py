"""The span of a replay, for every way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.app.errors import UsageError
from aboard.app.instants import at_instant, last_instant
from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.event_log import positions
from aboard.projections.queries.who import checked
from aboard.projections.replay.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.app.instants import Moment
    from aboard.projections.replay.steps import ReplayQuery, ReplayStep
    from aboard.storage.connection import Connection

BEGINNING = -(2**61)
"""An instant before everything."""


def replay_span(
    db: Connection,
    by: str,
    since: Moment,
    until: Moment,
    *,
    known: int,
    present: int,
    names: tuple[str, str] = ("start", "end"),
) -> tuple[int, int]:
    """Return the first and the last instant of a replay; by the clock ``recorded``, positions.

    Without `since` it starts at the beginning, and without `until` it goes to the known time.
    `names` are what errors call these two.
    """
    if by == "recorded":
        first = _position(since) if since else 1
        to = _position(until) if until else reader.as_of(db)["position"]
        if first is None:
            first = positions(db, at_instant(since, present, names[0]))[0]
        if to is None:
            to = positions(db, last_instant(until, present, names[1]))[1]
    else:
        first = at_instant(since, present, names[0]) if since else BEGINNING
        to = last_instant(until, present, names[1]) if until else known
        if until and at_instant(until, present, names[1]) > known:
            raise UsageError(
                f"{names[1]} {until}: what came later than {Time.at(known)} is not known",
                "`aboard who --at` says what is expected",
                argument=names[1],
            )
        to = min(to, known)
    if first > to:
        raise UsageError(
            f"{names[0]} {since} is after {f'{names[1]} {until}' if until else 'what is known'}",
            "give an earlier one",
            argument=names[0],
        )
    return first, to


def _position(given: Moment) -> int | None:
    """Return a position that is given as one; None for a time of recording."""
    return int(given) if isinstance(given, str) and given.isdecimal() and given.isascii() else None


def replay_answer(
    db: Connection, asked: ReplayQuery, steps: Iterable[ReplayStep]
) -> dict[str, Any]:
    """Return a replay as an answer has it: what was asked, and each step."""
    echo = _echo(asked, steps)
    found = [step.as_dict(db) for step in steps]
    age = checked(db, asked.place, end_of(asked), asked.known)
    return {**echo, "count": len(found), "steps": found, **age, "as_of": reader.as_of(db)}


def end_of(asked: ReplayQuery) -> int:
    """Return the last instant of a replay; by the clock ``recorded``, what is known."""
    return asked.known if asked.clock == "recorded" else asked.until


def _echo(asked: ReplayQuery, steps: Iterable[ReplayStep]) -> dict[str, Any]:
    """Return what was asked, and who was there before the first step."""
    place, by, known, since, until = asked
    recorded = by == "recorded"
    ends = (
        one if recorded else None if one == BEGINNING else str(Time.at(one))
        for one in (since, until)
    )
    echo: dict[str, Any] = {
        "station": place[1] if place and place[0] == "station" else None,
        **({"flight": place[1]} if place and place[0] == "flight" else {}),
        "by": by,
        **dict(zip(("from", "to"), ends, strict=True)),
        "known": str(Time.at(known)),
    }
    if isinstance(steps, Replay):
        echo["before"] = {"count": steps.before.people, "people": steps.people}
    return echo
