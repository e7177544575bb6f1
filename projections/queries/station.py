"""A station: who is aboard, which ports are taken and which free, who came and who goes next.

Ports are those that were added by the instant asked about, as far as is known. A port is taken by a
crewed vehicle, or free of one: this ledger has no cargo ships.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import FOREVER, Time
from aboard.projections.queries import reader
from aboard.projections.queries.registration import registration
from aboard.projections.queries.shown_event import (
    HAPPENED_FROM,
    KNOWN_FROM,
    NOT_RETRACTED,
    select_events,
)
from aboard.projections.queries.who import berth_state, sift, who

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.projections.queries.who import Found
    from aboard.storage.connection import Connection


class Move(NamedTuple):
    """A docking or an undocking: the flight, when, and whether that is a plan.

    `instant` is where it stands among the others, seen from the instant asked about.
    """

    flight: str
    time: Time
    planned: bool
    port: str | None
    instant: int


def station(db: Connection, key: str, at: int, known: int) -> dict[str, Any]:
    """Return a station at an instant, as known at another. Instants are Unix seconds."""
    about, said_by = registration(db, "station", key, known)
    there = who(db, ("station", key), at, known)
    berths = sift(reader.rows_at(db, "berths", key, at, known), at, known)
    arrivals, departures = _moves(db, key, at, known)
    named = {
        "station": key,
        "name": about["name"],
        "aliases": about.get("aliases", []),
        "operators": about.get("operators", []),
        "since": _since(db, key, known),
        **said_by,
    }
    docked = [
        {**berth, "name": reader.name_of(db, "flight", berth["flight"])}
        for berth in there.pop("docked")
    ]
    there.pop("station")
    return {
        **named,
        **{name: there.pop(name) for name in ("at", "known", "count", "people")},
        "docked": docked,
        "docked_scope": there.pop("docked_scope"),
        "ports": _ports(db, key, at, known, berths),
        "unnamed": [berth["flight"] for berth in docked if berth["port"] is None],
        "arrivals": _next_to(db, key, arrivals, at),
        "departures": _next_to(db, key, departures, at),
        **there,
    }


def _since(db: Connection, key: str, known: int) -> str | None:
    """Return when a station's first element was launched, as far as is known."""
    where = f"stream=:stream AND type='station.registered' AND {KNOWN_FROM}<=:known"
    asked = {"stream": f"station/{key}", "known": known}
    found = select_events(db, f"{where} AND {NOT_RETRACTED}", asked, "position")
    return next((event.happened for event in found), None)


def _ports(db: Connection, key: str, at: int, known: int, berths: Found) -> list[dict[str, Any]]:
    """Return the ports there are, each with the flight at it; those not registered as well.

    A port is `uncertain` where a coarse time leaves open whether somebody is there.
    """
    there: dict[str, dict[str, Any]] = {}
    found = select_events(
        db,
        "stream=:stream AND type IN "
        "('station.port_added', 'station.port_moved', 'station.port_removed') "
        f"AND {HAPPENED_FROM}<=:at AND {KNOWN_FROM}<=:known AND {NOT_RETRACTED}",
        {"stream": f"station/{key}", "at": at, "known": known},
        f"{HAPPENED_FROM}, rank, event.known_from, event.id",
    )
    for event in found:
        said = event.said
        if event.type == "station.port_added":
            there[said["port"]] = {"since": event.happened, "place": None}
        elif event.type == "station.port_removed":
            there.pop(said["port"], None)
        elif said["port"] in there:
            there[said["port"]]["place"] = said["place"]
    rows_at = {row.value["port"]: row for row in berths.counted if row.value["port"]}
    taken = {port: row.subject for port, row in rows_at.items()}
    doubtful = {row.value["port"] for row in berths.doubtful}
    doubtful |= {row.value["port"] for row in berths.counted if row.value.get("maybe")}
    return [
        {
            "port": port,
            "name": reader.name_of(db, "port", f"{key}/{port}").removeprefix(f"{key}/"),
            **there.get(port, {"since": None, "place": None}),
            "flight": taken.get(port),
            "free": port not in taken,
            "state": berth_state(rows_at[port], at, known) if port in taken else None,
            **({"uncertain": True} if port in doubtful else {}),
        }
        for port in dict.fromkeys((*there, *taken))
    ]


def _moves(db: Connection, key: str, at: int, known: int) -> tuple[list[Move], list[Move]]:
    """Return the dockings and the undockings, as known; a relocation is neither."""
    rows = db.execute(
        "SELECT subject, valid_from, valid_to, value, why FROM berths "
        "WHERE place=? AND known_from<=? AND known_to>? ORDER BY valid_from, subject, valid_to",
        (key, known, known),
    )
    visits: dict[tuple[str, str], list[tuple[int, int, dict[str, Any]]]] = {}
    for flight, begins, ends, body, why in rows:
        value, docking = json.loads(body), json.loads(why)[0]
        end = begins if "tail" in value else ends
        visits.setdefault((flight, docking), []).append((begins, end, value))
    arrivals, departures = [], []
    for (flight, _), visit in visits.items():
        (begins, _, first), (_, ends, last) = visit[0], visit[-1]
        planned = first["basis"] == "planned"
        time = Time.parse(first["since"])
        arrivals.append(
            Move(flight, time, planned, first["port"], _stands(begins, time, planned, at, known))
        )
        if ends < FOREVER:
            time, planned = _departure(db, flight, ends, known)
            stands = _stands(ends, time, planned, at, known)
            departures.append(Move(flight, time, planned, last["port"], stands))
    return arrivals, departures


def _stands(instant: int, time: Time, planned: bool, at: int, known: int) -> int:
    """Return where a move stands: one that is planned and has not come yet lies ahead."""
    return max(instant, time.end) if planned and at <= known else instant


def _departure(db: Connection, flight: str, ends: int, known: int) -> tuple[Time, bool]:
    """Return the stated time at which a berth ends, and whether it is a plan."""
    rows = db.execute(
        "SELECT value FROM flight_plan WHERE place=? AND known_from<=? AND known_to>? "
        "ORDER BY valid_from DESC",
        (flight, known, known),
    )
    stated = [
        (value["basis"] == "plan", value["item"] == "return", Time.parse(value["time"]))
        for value in (json.loads(body) for (body,) in rows)
        if value["item"] in ("undocking", "return")
    ]
    for planned, _, time in sorted(stated, key=lambda one: one[:2]):
        if time.earliest <= ends < time.end:
            return time, planned
    return Time.at(ends), False


def _next_to(
    db: Connection, key: str, moves: Iterable[Move], at: int
) -> dict[str, dict[str, Any] | None]:
    """Return the last move up to an instant, and the next one after it."""
    ordered = sorted(moves, key=lambda move: (move.instant, move.flight))
    before = [move for move in ordered if move.instant <= at]
    after = [move for move in ordered if move.instant > at]
    return {
        "last": _shown_move(db, key, before[-1]) if before else None,
        "next": _shown_move(db, key, after[0]) if after else None,
    }


def _shown_move(db: Connection, key: str, move: Move) -> dict[str, Any]:
    port = reader.name_of(db, "port", f"{key}/{move.port}") if move.port else None
    return {
        "flight": move.flight,
        "name": reader.name_of(db, "flight", move.flight),
        "at": str(move.time),
        "precision": move.time.precision,
        "planned": move.planned,
        "port": move.port,
        "port_name": port.removeprefix(f"{key}/") if port else None,
    }
