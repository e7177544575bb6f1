"""An agreement: how far its text has come, who says so, and the seats exchanged under it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.projections.queries import reader
from aboard.projections.queries.coverage import age
from aboard.projections.queries.shown_event import resting_on
from aboard.projections.queries.statements import claims, gaps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.projections.queries.coverage import Place
    from aboard.storage.connection import Connection

Answer = dict[str, Any]


def agreements(db: Connection) -> list[str]:
    """Return the ids of the agreements there are."""
    found = db.execute("SELECT id FROM entity WHERE kind='agreement' ORDER BY id")
    return [key for (key,) in found]


def agreed(db: Connection, key: str, at: int, known: int) -> Answer:
    """Return what is so of an agreement at an instant, as known at another; Unix seconds."""
    rows = reader.rows_at(db, "agreement_text", key, at, known)
    statements = sorted((_statement(db, row, known) for row in rows), key=_chronologically)
    text = {one["item"]: one for one in statements}
    signed = text["conclusion"] if _status(text, "conclusion") == "signed" else {}
    seats = _seats(db, key, at, known)
    planned = [seat for seat in seats if seat["state"] == "planned"]
    return {
        "agreement": key,
        "name": reader.name_of(db, "agreement", key),
        "at": str(Time.at(at)),
        "known": str(Time.at(known)),
        "state": _status(text, "end") or _status(text, "conclusion"),
        "parties": signed.get("parties"),
        "scope": signed.get("what"),
        "signed": signed.get("since"),
        "until": text["until"]["until"] if "until" in text else None,
        "text": statements,
        "seats": seats,
        "counts": _counts(seats, signed.get("parties", ())),
        "next": planned[0] if planned else None,
        "claims": claims(db, f"agreement/{key}", at, known),
        "gaps": gaps(
            db,
            at,
            streams=[f"agreement/{key}"],
            events=[event for one in (*statements, *seats) for event in one["events"]],
        ),
        **age(db, _places(db, seats, ended=bool(_status(text, "end"))), at, known),
        "as_of": reader.as_of(db),
    }


def _places(db: Connection, seats: Sequence[Answer], *, ended: bool) -> list[Place]:
    """Return what an agreement rests on while it is open: where the flights of its seats go."""
    if ended:
        return []
    flights = dict.fromkeys(seat["flight"] for seat in seats)
    found = (reader.entity(db, "flight", flight).get("destination") for flight in flights)
    return [("station", one) for one in dict.fromkeys(found) if one] or [("log", "")]


def _chronologically(one: Answer) -> tuple[Time, str]:
    return Time.parse(one["since"]), one["item"]


def _status(text: dict[str, Answer], item: str) -> str | None:
    return text[item]["status"] if item in text else None


def _statement(db: Connection, row: reader.Row, known: int) -> Answer:
    """Return what a rectangle says, with the events it rests on and whom they cite."""
    events = json.loads(row.why)
    return {**row.value, "events": events, **resting_on(db, events, known)}


def _seats(db: Connection, key: str, at: int, known: int) -> list[Answer]:
    """Return the seats: those flown in the order of their launches, then those planned.

    A planned seat carries the launch that is planned for its flight; where none is, it comes last.
    """
    seats = []
    for row in reader.rows_at(db, "agreement_seats", key, at, known):
        seat = _statement(db, row, known)
        if seat["state"] == "planned":
            seat["launch"] = _launch(db, seat["flight"], at, known)
        seats.append(
            {
                **seat,
                "name": reader.name_of(db, "person", seat["person"]),
                "flight_name": reader.name_of(db, "flight", seat["flight"]),
            }
        )
    return sorted(seats, key=_order)


def _order(seat: Answer) -> tuple[Any, ...]:
    planned = seat["state"] == "planned"
    when = seat["launch"] if planned else seat["since"]
    return planned, when is None, Time.parse(when or seat["since"]), seat["flight"], seat["person"]


def _launch(db: Connection, flight: str, at: int, known: int) -> str | None:
    """Return the time that a flight's launch is planned for."""
    for row in reader.rows_at(db, "flight_plan", flight, at, known):
        if (row.value["item"], row.value["basis"]) == ("launch", "plan"):
            return str(row.value["time"])
    return None


def _counts(seats: Sequence[Answer], parties: Sequence[str]) -> list[Answer]:
    """Return how many travellers of each side have flown on the other's vehicles, or are to."""
    sides = [(one, other) for one in parties for other in parties if one != other]
    sides += [(seat["traveller_of"], seat["carrier"]) for seat in seats]
    counts = {side: {"flown": 0, "planned": 0} for side in sides}
    for seat in seats:
        counts[seat["traveller_of"], seat["carrier"]][seat["state"]] += 1
    return [{"traveller_of": one, "carrier": other, **n} for (one, other), n in counts.items()]
