"""What is planned otherwise for a flight, by one read model and by another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import FOREVER, Time
from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.storage.connection import Connection


def replanned(
    before: Connection, after: Connection, flight: str, known: int
) -> Iterator[dict[str, Any]]:
    """Yield what is planned otherwise for a flight: a time aimed at, or who has a seat."""
    old, new = (_planned(db, flight, known) for db in (before, after))
    head = {"flight": flight, "name": reader.name_of(after, "flight", flight)}
    for item in {**old, **new}:
        was, aim = old.get(item), new.get(item)
        if was == aim:
            continue
        if isinstance(was or aim, str):
            word = "planned" if was is None else "withdrawn" if aim is None else _slip(was, aim)
            yield {**head, "item": item, "change": word, "at": aim, "was": was}
        else:
            for word, people in (("off", set(was or ()) - set(aim or ())),
                                 ("assigned", set(aim or ()) - set(was or ()))):  # fmt: skip
                for person in sorted(people):
                    name = reader.name_of(after, "person", person)
                    yield {**head, "item": item, "change": word, "at": None, "was": None,
                           "person": person, "person_name": name}  # fmt: skip


def _slip(was: str, aim: str) -> str:
    one, other = Time.parse(was), Time.parse(aim)
    if other.earliest > one.earliest:
        return "slips"
    return "moves up" if other.earliest < one.earliest else "changes"


def _planned(db: Connection, flight: str, known: int) -> dict[str, Any]:
    """Return what is planned for a flight at last: a time, or people, by item."""
    rows = db.execute(
        "SELECT value FROM flight_plan WHERE subject=? AND valid_to=? "
        "AND known_from<=? AND known_to>?",
        (flight, FOREVER, known, known),
    )
    found: dict[str, Any] = {}
    for (body,) in rows:
        value = json.loads(body)
        if value["basis"] != "plan":
            continue
        seats = [seat[0] for seat in value.get("seats", ())] or value.get("people", [])
        found[value["item"]] = value.get("time") or tuple(seats)
    return found
