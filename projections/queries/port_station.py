"""The station whose ports an event means that names ports alone, such as a relocation.

The id of a port is its own only within its station: many stations have a port called `aft`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import FOREVER, Time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aboard.storage.connection import Connection

PORT_FIELDS = ("from_port", "to_port")
"""The fields that name a port where no field names its station."""

_STATED = (
    "SELECT type, coalesce(amended.happened_from, event.happened_from), "
    "coalesce(amended.body, event.body) "
    "FROM event LEFT JOIN amended ON amended.event = event.id AND amended.known_to = :last "
    "WHERE event.id IN (SELECT event FROM mention WHERE flight = :flight) AND stream = :stream "
    "AND type IN ('flight.docked', 'flight.docking_planned', 'flight.planned') "
    "AND (amended.event IS NULL OR amended.body IS NOT NULL) "
    "ORDER BY 2 DESC, event.id"
)


def station_of_ports(db: Connection, flight: str, said: dict[str, Any]) -> str | None:
    """Return the station at which a flight relocates, given the fields of its relocation.

    It is the one that it docked with last before it leaves the port; failing that, the one that it
    is planned to dock with, and then its destination. Events count as amended at last.
    """
    by = Time.parse(said.get("undocked_at") or said["target"]).latest
    asked = {"flight": flight, "stream": f"flight/{flight}", "last": FOREVER}
    stated = [
        (kind, begins, dict(json.loads(body)))
        for kind, begins, body in db.execute(_STATED, asked).fetchall()
    ]
    found = list(_candidates(flight, stated, by))
    if "target" in said:  # a plan may be for a station that it has yet to dock with
        named = [said[field] for field in PORT_FIELDS if said.get(field)]
        return next((one for one in found if _has(db, one, named)), found[0] if found else None)
    return found[0] if found else None


def _candidates(
    flight: str, stated: Sequence[tuple[str, int, dict[str, Any]]], by: int
) -> Iterator[str]:
    """Yield the stations that it can be, the likeliest first."""
    for kind, begins, said in stated:
        if (
            kind == "flight.docked"
            and said.get("station")
            and said.get("craft") in (None, flight)
            and begins <= by
        ):
            yield said["station"]
    for kind, _, said in stated:
        if kind == "flight.docking_planned" and Time.parse(said["target"]).earliest <= by:
            yield said["station"]
    for kind, _, said in stated:
        if kind == "flight.planned" and said.get("destination"):
            yield said["destination"]


def _has(db: Connection, station: str, ports: Sequence[str]) -> bool:
    """Whether a station has some ports."""
    return all(
        db.execute(
            "SELECT 1 FROM entity WHERE kind='port' AND id=?", (f"{station}/{port}",)
        ).fetchone()
        for port in ports
    )
