"""The stays of a person: the rectangles of presence, as known at one time, joined together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from aboard.storage.connection import Connection


class WholeStay(NamedTuple):
    """A whole stay of a person at a place.

    `seats` are those they had one after another, `moved` when, and `rides` when they rode to
    another port.
    """

    place: str
    planned: bool
    since: str
    until: str | None
    until_planned: bool
    until_on: str | None
    bound_for: str | None
    seats: tuple[str | None, ...]
    moved: tuple[str, ...] = ()
    rides: tuple[str, ...] = ()

    @property
    def moves(self) -> dict[tuple[str, str | None], str | None]:
        """When a seat was moved, and to which craft, with the craft it was on before."""
        return dict(zip(zip(self.moved, self.seats[1:], strict=True), self.seats, strict=False))


def stays(db: Connection, person: str, known: int) -> list[WholeStay]:
    """Return the stays of a person as known at an instant, in the order of time."""
    rows = db.execute(
        "SELECT place, value, why FROM presence WHERE subject=? "
        "AND known_from<=? AND known_to>? ORDER BY valid_from",
        (person, known, known),
    )
    found: dict[tuple[str, str, bool], WholeStay] = {}
    for place, body, why in rows.fetchall():
        value = json.loads(body)
        seat = value["seat_on"]
        key = place, value["since"], value["basis"] == "planned"
        stay = found.get(key)
        if stay is None:
            stay = WholeStay(
                place, key[2], value["since"], value["until"], value["until_planned"],
                value["until_on"], value["bound_for"], (seat,),
            )  # fmt: skip
        last = json.loads(why)[-1]
        if stay.seats[-1] != seat:
            moved = (*stay.moved, _happened(db, last, known))
            stay = stay._replace(seats=(*stay.seats, seat), moved=moved)
        if (
            value["state"] == "relocating"
            and (ride := _happened(db, last, known)) not in stay.rides
        ):
            stay = stay._replace(rides=(*stay.rides, ride))
        found[key] = stay
    return list(found.values())


def _happened(db: Connection, event: str, known: int) -> str:
    """Return when an event happened, as corrected by what is known."""
    row = db.execute(
        "SELECT coalesce(a.happened, e.happened) FROM event e LEFT JOIN amended a "
        "ON a.event=e.id AND a.known_from<=:known AND a.known_to>:known WHERE e.id=:event",
        {"event": event, "known": known},
    ).fetchone()
    return str(row[0])
