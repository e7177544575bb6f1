"""Notes about what the log claims to hold, where an answer may be incomplete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.events.english import with_the
from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.coverage import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aboard.storage.connection import Connection

Coverage = dict[str, Any]
"""A station, and from when to when the log claims to hold all its crewed vehicles, if it does."""


def coverage_notes(
    db: Connection,
    stations: Iterable[Coverage],
    instants: Sequence[int],
    *,
    everywhere: bool,
) -> Iterator[str]:
    """Yield what the log claims to hold of the stations that an answer at some instants rests on.

    For one station that is said only if the answer lies outside it; for everywhere, in any case.
    """
    claimed, unclaimed = [], []
    for one in stations:
        name = with_the(reader.name_of(db, "station", one["station"]))
        if one["since"] is None:
            unclaimed.append(f"at {name}")
            continue
        claimed.append(name)
        covered = coverage_text(db, one)
        span = one["since"], one["until"]
        outside = [str(Time.at(instant)) for instant in instants if not within(*span, instant)]
        if outside:
            when = f"at {outside[0]}" if len(instants) == 1 else "outside that time"
            yield f"{covered}: {when} the answer may be incomplete"
        elif everywhere:
            yield covered
    if everywhere:
        *most, last = *unclaimed, "elsewhere" if claimed or unclaimed else "in space"
        where = f"{', '.join(most)} or {last}" if most else last
        yield f"the log does not claim to include everyone {where}"


def coverage_text(db: Connection, one: Coverage) -> str:
    """Return from when to when the log covers a station."""
    name = with_the(reader.name_of(db, "station", one["station"]))
    return f"the log covers {name} from {one['since']} to {one['until']}"
