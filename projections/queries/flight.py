"""A flight's story: plan next to actual, its crew and their sources, and every event in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.coverage import age, flight_places
from aboard.projections.queries.event_text import sentence
from aboard.projections.queries.registration import registration
from aboard.projections.queries.seats import PersonSeat, seat_of, with_later
from aboard.projections.queries.shown_event import (
    HAPPENED_FROM,
    KNOWN_FROM,
    select_events,
    shown,
    stored_event,
)
from aboard.projections.queries.statements import claims, gaps
from aboard.projections.tables.milestones import CREW_ITEMS, MILESTONES

if TYPE_CHECKING:
    from aboard.projections.queries.seats import Stated
    from aboard.storage.connection import Connection

FIELDS = ("id", "type", "happened", "known", "known_assumed", "says", "sources")
"""What is shown of each event."""


def story(db: Connection, flight: str, at: int, known: int) -> dict[str, Any]:
    """Return what is planned of a flight and what happened, at an instant as known at another."""
    about, _ = registration(db, "flight", flight, known)
    rows = list(reader.rows_at(db, "flight_plan", flight, at, known))
    by_others = [one for row in rows if "with_craft" in row.value for one in json.loads(row.why)]
    events = _events(db, flight, at, known, by_others)
    by_id = {event["id"]: event for event in events}
    met = _met(db, events, known)
    return {
        "flight": flight,
        **{
            key: about.get(key)
            for key in ("name", "spacecraft", "vehicle", "operator", "destination")
        },
        "at": str(Time.at(at)),
        "known": str(Time.at(known)),
        "milestones": _milestones(rows, by_id, met),
        "crew": _crew(db, rows, by_id, met),
        "story": events,
        "claims": claims(db, f"flight/{flight}", at, known),
        "gaps": gaps(db, at, streams=[f"flight/{flight}"], events=by_id),
        **age(db, flight_places(db, flight, at, known), at, known),
        "as_of": reader.as_of(db),
    }


def _events(
    db: Connection, flight: str, at: int, known: int, by_others: list[str]
) -> list[dict[str, Any]]:
    """Return the events that name a flight, and those of others that are its milestones too."""
    found = select_events(
        db,
        "event.id IN (SELECT mention.event FROM mention WHERE flight=:flight "  # noqa: S608
        f"UNION SELECT value FROM json_each(:more)) AND {KNOWN_FROM}<=:known "
        "AND type NOT IN ('fact.claimed', 'fact.ruled', 'fact.gap_stated') "
        f"AND {HAPPENED_FROM}<=:at",
        {"flight": flight, "at": at, "known": known, "more": json.dumps(by_others)},
        f"{HAPPENED_FROM}, rank, event.id",
    )
    events = []
    for event in list(found):
        answer = shown(db, event, FIELDS, ("url", "published"))
        if event.stream != f"flight/{flight}":
            answer["says"] = sentence(db, event.stream, event.type, event.said, flight)
        if note := event.said.get("note"):
            answer["note"] = note
        events.append(answer)
    return events


def _met(db: Connection, events: list[dict[str, Any]], known: int) -> dict[str, str]:
    """Return the plans whose condition is met, each with the event that says so."""
    ids = [
        event["id"]
        for event in events
        if event["type"] == "flight.condition_met" and event.get("amended") != "retracted"
    ]
    return {stored_event(db, one, known).said["plan"]: one for one in ids}


def _resting_on(ids: list[str], met: dict[str, str]) -> list[str]:
    """Return events with those by which their conditions were met."""
    return list(dict.fromkeys((*ids, *(met[one] for one in ids if one in met))))


def _entry(
    value: dict[str, Any], why: str, by_id: dict[str, Any], met: dict[str, str]
) -> dict[str, Any]:
    """Return what one entry says, with its sources and since when it is known."""
    ids = _resting_on(json.loads(why), met)
    entry = {key: item for key, item in value.items() if key not in ("item", "basis", "seats")}
    if "time" in entry:
        entry["precision"] = Time.parse(entry["time"]).precision
    entry["events"] = ids
    entry["known"] = _known(ids, by_id)
    entry["said_by"] = _publishers(ids, by_id)
    return entry


def _known(ids: list[str], by_id: dict[str, Any]) -> str | None:
    """Return since when something is known that rests on events: since the last of them was."""
    known = [by_id[one]["known"] for one in ids if one in by_id]
    return max(known, key=Time.parse, default=None)


def _publishers(ids: list[str], by_id: dict[str, Any]) -> list[str]:
    return [s["publisher"] for one in ids if one in by_id for s in by_id[one]["sources"]]


def _milestones(
    rows: list[reader.Row], by_id: dict[str, Any], met: dict[str, str]
) -> list[dict[str, Any]]:
    milestones = []
    items = (row.value["item"].removeprefix("conditional ") for row in rows)
    # An item that the table does not have yet is shown all the same, after the others.
    for item in dict.fromkeys((*MILESTONES, *(one for one in items if one not in CREW_ITEMS))):
        mine = [row for row in rows if row.value["item"] == item]
        plans = [_entry(r.value, r.why, by_id, met) for r in mine if r.value["basis"] == "plan"]
        conditional = [
            _entry(row.value, row.why, by_id, met)
            for row in rows
            if row.value["item"] == f"conditional {item}"
        ]
        actuals = sorted(
            (_entry(r.value, r.why, by_id, met) for r in mine if r.value["basis"] == "actual"),
            key=lambda entry: Time.parse(entry["time"]),
        )
        if plans or actuals or conditional:
            planned = plans[-1] if plans else None
            milestone: dict[str, Any] = {"item": item, "planned": planned, "actual": actuals}
            milestones.append(
                {**milestone, "conditional": conditional} if conditional else milestone
            )
    return milestones


def _crew(
    db: Connection, rows: list[reader.Row], by_id: dict[str, Any], met: dict[str, str]
) -> dict[str, Any]:
    crew: dict[str, Any] = {"planned": [], "conditional": []}
    crew |= dict.fromkeys(("homeward", "launched", "landed"))
    planned, launched = _seats(db, rows)
    for row in rows:
        value = row.value
        match value["item"], value["basis"]:
            case "crew", "plan":
                crew["planned"] = [
                    {
                        "seat": number,
                        "id": person,
                        "name": reader.name_of(db, "person", person),
                        **planned[person]._asdict(),
                        "known": _known(_resting_on([by], met), by_id),
                        "said_by": _publishers(_resting_on([by], met), by_id),
                        "event": by,
                    }
                    for number, (person, _, by, *_) in enumerate(value["seats"], 1)
                ]
            case "conditional crew", _:
                crew["conditional"].append(
                    {
                        "says": "; ".join(
                            by_id[one]["says"] for one in json.loads(row.why) if one in by_id
                        ),
                        **_entry({"condition": value["condition"]}, row.why, by_id, met),
                    }
                )
            case "homeward crew", _:
                crew["homeward"] = _named(db, value["people"])
            case "launch", "actual":
                crew["launched"] = [
                    one | launched[one["id"]]._asdict() for one in _named(db, value["crew"])
                ]
            case "return", "actual":
                crew["landed"] = _named(db, value["crew"])
            case _:
                pass
    return crew


def _seats(
    db: Connection, rows: list[reader.Row]
) -> tuple[dict[str, PersonSeat], dict[str, PersonSeat]]:
    """Return what is stated of each seat of a flight when it was assigned, and at the launch."""
    planned: dict[str, Stated] = {}
    launched: dict[str, Stated] = {}
    for value in (row.value for row in rows):
        match value["item"], value["basis"]:
            case "crew", "plan":
                for person, role, _, *said in value["seats"]:
                    agency, nationality = said or (None, None)
                    planned[person] = agency, nationality, role
            case "launch", "actual":
                said = value.get("seats", ())
                later = {person: (agency, country, role) for person, role, agency, country in said}
                launched = dict.fromkeys(value["crew"], (None, None, None)) | later
            case _:
                pass
    registered = {one: reader.entity(db, "person", one) for one in {**planned, **launched}}
    return (
        {one: seat_of(said, registered[one]) for one, said in planned.items()},
        {
            one: seat_of(with_later(planned.get(one), said), registered[one])
            for one, said in launched.items()
        },
    )


def _named(db: Connection, people: list[str]) -> list[dict[str, str]]:
    return [{"id": one, "name": reader.name_of(db, "person", one)} for one in people]
