"""Questions whose answer takes more than one query, for every way in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.app.errors import NotFound, UsageError
from aboard.app.lookup import find
from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries import status as model_status
from aboard.projections.queries.agreement import agreements
from aboard.projections.queries.citations import UNSOURCED
from aboard.projections.queries.event_log import Picked, is_stream, recorders, topics
from aboard.projections.queries.who import checked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.storage.connection import Connection

STREAM_KINDS = ("flight", "station", "person", "agreement", "spacewalk", "source")


def ask_projection(db: Connection, name: str, place: str, at: int, known: int) -> dict[str, Any]:
    """Return what a projection holds at a place, or everywhere for ``""``."""
    versions = model_status.projections(db)
    live = next((one for one in versions if one["name"] == name and one["live"]), None)
    if live is None:
        names = ", ".join(sorted({one["name"] for one in versions if one["live"]}))
        raise NotFound(f"no projection is called {name!r}", f"there are: {names}; --plugin adds")
    wanted = [place] if place else reader.places(db, name)
    held = [row for one in wanted for row in reader.rows_at(db, name, one, at, known)]
    kind = reader.place_kind(db, place) if place else ""
    age = checked(db, (kind, place) if place else None, at, known)
    return {
        "projection": name,
        "version": live["version"],
        "place": place or None,
        "at": str(Time.at(at)),
        "known": str(Time.at(known)),
        "holds": [
            {"place": row.place, "subject": row.subject, "value": row.value,
             "why": json.loads(row.why)}
            for row in sorted(held, key=lambda row: (row.place, row.subject, row.why))
        ],
        **age,
        "as_of": reader.as_of(db, name) | {"position": live["position"]},
    }  # fmt: skip


def find_agreement(db: Connection, name: str) -> str:
    """Return the id of an agreement; without a name, of the only one there is."""
    if name:
        return find(db, ("agreement",), name)[1]
    keys = agreements(db)
    if not keys:
        raise NotFound("the log holds no agreement", "`aboard load` records ledger files")
    if len(keys) > 1:
        raise UsageError("the log holds more than one agreement", f"name one of {', '.join(keys)}")
    return keys[0]


def pick_events(
    db: Connection,
    *,
    stream: str = "",
    flight: str = "",
    person: str = "",
    station: str = "",
    types: Iterable[str] = (),
    source: str = "",
    by: str = "",
    clock: str = "happened",
    since: int | None = None,
    until: int | None = None,
    at: int | None = None,
    known: int | None = None,
) -> Picked:
    """Return what picks events out of the log, with the ids that the names mean."""
    return Picked(
        stream=_stream(db, stream),
        flight=_named(db, "flight", flight),
        person=_named(db, "person", person),
        station=_named(db, "station", station),
        types=tuple(topic for name in types for topic in _topics(db, name)),
        source=source if source == UNSOURCED else _named(db, "source", source),
        by=_recorder(db, by),
        clock=clock,
        since=since,
        until=until,
        at=at,
        known=known,
    )


def picked_events(db: Connection, picked: Picked, events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the events that were picked, with what picked them."""
    return {
        "clock": picked.clock,
        "since": None if picked.since is None else str(Time.at(picked.since)),
        "until": None if picked.until is None else str(Time.at(picked.until)),
        **(
            {}
            if picked.at is None or picked.known is None
            else {"at": str(Time.at(picked.at)), "known": str(Time.at(picked.known))}
        ),
        "count": len(events),
        "events": events,
        "as_of": reader.as_of(db),
    }


def _named(db: Connection, kind: str, name: str) -> str:
    return find(db, (kind,), name)[1] if name else ""


def _stream(db: Connection, name: str) -> str:
    """Return the stream of that id; the name of what it is about may stand behind the slash."""
    if not name or is_stream(db, name):
        return name
    kind, _, about = name.partition("/")
    if kind not in STREAM_KINDS or not about:
        raise NotFound(
            f"no stream is called {name!r}",
            "a stream is a kind, a slash and an id: flight/soyuz-ms-22",
        )
    return f"{kind}/{_named(db, kind, about)}"


def _topics(db: Connection, name: str) -> tuple[str, ...]:
    """Return the types that a name means, or raise `UsageError` with near ones."""
    if found := topics(db, name):
        return found
    from aboard.events.vocabulary import every_type  # noqa: PLC0415 - heavy, and rarely needed

    whole = set(every_type())
    short = {topic.partition(".")[2] for topic in whole}
    if name in whole | short:
        return (name,)  # a type without any recorded event
    from difflib import get_close_matches  # noqa: PLC0415 - only a miss needs it

    near = get_close_matches(name, sorted(whole if "." in name else short))
    hint = f"did you mean {', '.join(near)}?" if near else "such as docked, or flight.docked"
    raise UsageError(f"no type of event is called {name!r}", hint)


def _recorder(db: Connection, name: str) -> str:
    """Return a recorder's name; raise `NotFound` for one who recorded nothing."""
    there = recorders(db)
    if name and name not in there:
        raise NotFound(f"nothing was recorded by {name!r}", f"there are: {', '.join(there)}")
    return name
