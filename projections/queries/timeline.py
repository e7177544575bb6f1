"""A station's timeline: who was aboard and what was docked, as bars over time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import FOREVER, Time
from aboard.projections.queries import reader
from aboard.projections.queries.citations import UNSOURCED, mark_sources
from aboard.projections.queries.seats import PersonSeat, seat_of
from aboard.projections.queries.who import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.storage.connection import Connection


class Bar(NamedTuple):
    """A span on a line of the timeline, cut to what is shown; instants in Unix seconds."""

    start: int
    end: int
    planned: bool
    label: str | None
    """The port of a vehicle; the vehicle a person came with."""
    seat: PersonSeat | None = None
    """What a person was on that vehicle."""
    why: tuple[str, ...] = ()
    """The ids of the events that it rests on."""
    sources: tuple[str, ...] = ()
    """The keys of the sources of those events."""

    @property
    def is_unsourced(self) -> bool:
        """Whether none of those events has a source that can be cited."""
        return self.sources == (UNSOURCED,)


class TimelineRow(NamedTuple):
    """One line: a person or a vehicle, and its bars in their order."""

    key: str
    name: str
    bars: tuple[Bar, ...]


class Timeline(NamedTuple):
    """People and vehicles at a station between two instants, as known at a third."""

    station: str
    name: str
    since: int
    until: int
    known: int
    people: tuple[TimelineRow, ...]
    vehicles: tuple[TimelineRow, ...]


def timeline(db: Connection, station: str, since: int, until: int, known: int) -> Timeline:
    """Return the timeline of a station; what lies behind `known` in it is planned."""
    window = (since, until, known)
    return Timeline(
        station,
        reader.name_of(db, "station", station),
        *window,
        people=_lines(db, "presence", "person", station, window),
        vehicles=_lines(db, "berths", "flight", station, window),
    )


def _lines(
    db: Connection, fold: str, kind: str, station: str, window: tuple[int, int, int]
) -> tuple[TimelineRow, ...]:
    bars: dict[str, list[Bar]] = {}
    for subject, bar in _bars(db, fold, station, window):
        mine = bars.setdefault(subject, [])
        if mine and mine[-1].end >= bar.start and mine[-1][2:5] == bar[2:5]:
            why = tuple(dict.fromkeys((*mine[-1].why, *bar.why)))
            mine[-1] = mine[-1]._replace(end=max(mine[-1].end, bar.end), why=why)
        else:
            mine.append(bar)
    whole: dict[str, list[Bar]] = {subject: [] for subject in bars}
    rows = [
        (subject, bar, {"why": list(bar.why)}) for subject, mine in bars.items() for bar in mine
    ]
    mark_sources(db, (row for *_, row in rows), window[-1])
    for subject, bar, row in rows:
        whole[subject].append(bar._replace(sources=tuple(row.get("sources", ()))))
    lines = [
        TimelineRow(subject, reader.name_of(db, kind, subject), tuple(mine))
        for subject, mine in whole.items()
    ]
    return tuple(sorted(lines, key=lambda line: (line.bars[0].start, line.bars[0].end, line.name)))


def _bars(
    db: Connection, fold: str, station: str, window: tuple[int, int, int]
) -> Iterator[tuple[str, Bar]]:
    since, until, known = window
    registered: dict[str, dict[str, Any]] = {}
    rows = db.execute(
        f"SELECT subject, valid_from, valid_to, value, why FROM {fold} "  # noqa: S608 - our own name
        "WHERE place=? AND valid_from<? AND valid_to>? AND known_from<=? AND known_to>? "
        "ORDER BY valid_from, n",
        (station, until, since, known, known),
    )
    for subject, start, end, body, why in rows:
        value, events = json.loads(body), tuple(json.loads(why))
        tail = value.get("tail")
        if tail in ("ended", "begun") or value.get("state") == "dead":
            continue
        label = value["port"] if fold == "berths" else value["launched_on"]
        planned = value["basis"] == "planned"
        seat = None
        if fold == "presence":
            if subject not in registered:
                registered[subject] = reader.entity(db, "person", subject)
            seat = seat_of(value.get("seat"), registered[subject])
        begun = max(start, since, known + 1 if planned else since)
        # What is there now is there until something says otherwise; beyond that it is expected.
        for left, right, ahead in ((begun, known + 1, planned), (max(begun, known + 1), end, True)):
            right = min(right, end, until)  # noqa: PLW2901 - cut to what is shown
            if left < right and not (ahead and tail == "due"):
                yield subject, Bar(left, right, ahead, label, seat, events)


def timeline_answer(db: Connection, drawn: Timeline) -> dict[str, Any]:
    """Return a timeline as an answer, with until when it was checked."""
    return {
        **as_dict(drawn),
        **checked(db, ("station", drawn.station), drawn.until, drawn.known),
        "as_of": reader.as_of(db),
    }


def as_dict(drawn: Timeline) -> dict[str, Any]:
    """Return a timeline as an answer has it; a bar that is open within it has its end there."""
    return {
        "station": drawn.station,
        "name": drawn.name,
        "from": str(Time.at(drawn.since)),
        "to": str(Time.at(drawn.until)),
        "known": str(Time.at(drawn.known)),
        "people": [_line(line, "launched_on") for line in drawn.people],
        "vehicles": [_line(line, "port") for line in drawn.vehicles],
    }


def _line(line: TimelineRow, label: str) -> dict[str, Any]:
    bars = [
        {
            "from": str(Time.at(bar.start)),
            "to": str(Time.at(min(bar.end, FOREVER))),
            "planned": bar.planned,
            label: bar.label,
            **(bar.seat._asdict() if bar.seat else {}),
            "why": list(bar.why),
            "sources": list(bar.sources),
            **({"unsourced": True} if bar.is_unsourced else {}),
        }
        for bar in line.bars
    ]
    return {"id": line.key, "name": line.name, "bars": bars}
