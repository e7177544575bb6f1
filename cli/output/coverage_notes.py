"""What the log claims to hold, in notes beside an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.cli.errors import note
from aboard.events.english import with_the
from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.coverage import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboard.storage.connection import Connection

Coverage = dict[str, Any]
"""A station, and from when to when the log claims to hold all its crewed vehicles, if it does."""


def note_coverage(
    db: Connection,
    stations: Iterable[Coverage],
    instants: Sequence[int],
    *,
    everywhere: bool,
) -> None:
    """Say what the log claims to hold of the stations that an answer rests on, at some instants.

    Of one station it is said where the answer lies outside; of everywhere, in any case.
    """
    claimed, unclaimed = [], []
    for one in stations:
        name = with_the(reader.name_of(db, "station", one["station"]))
        if one["since"] is None:
            unclaimed.append(f"at {name}")
            continue
        claimed.append(name)
        span = one["since"], one["until"]
        told = f"the log covers {name} from {span[0]} to {span[1]}"
        outside = [str(Time.at(instant)) for instant in instants if not within(*span, instant)]
        if outside:
            when = f"at {outside[0]}" if len(instants) == 1 else "outside that time"
            note(f"{told}: {when} this is only what it happens to hold")
        elif everywhere:
            note(told)
    if everywhere:
        *most, last = *unclaimed, "elsewhere" if claimed or unclaimed else "in space"
        where = f"{', '.join(most)} or {last}" if most else last
        note(f"the log makes no claim to hold everyone {where}")
