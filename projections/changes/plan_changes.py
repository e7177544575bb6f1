"""How the plans of a flight differ between two read models, compared as a replay does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import FOREVER
from aboard.projections.changes.compare import changes, key_of
from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.projections.changes.compare import AnswerKey, Change
    from aboard.storage.connection import Connection


def plan_changes(
    before: Connection, after: Connection, flight: str, known: int
) -> Iterator[dict[str, Any]]:
    """Yield the changes to a flight's plans: a date, a condition, or who is to fly."""
    old, new = (_latest_plans(db, flight, known) for db in (before, after))
    head = {"flight": flight, "name": reader.name_of(after, "flight", flight)}
    for key in {**old, **new}:
        for change in changes(key, old.get(key), new.get(key), frozenset()):
            for entry in _entries(after, change):
                yield {**head, **entry}


def _entries(db: Connection, change: Change) -> Iterator[dict[str, Any]]:
    """Yield a change as an answer shows it; a crew has an entry for each person on or off it."""
    dates: dict[str, str | None] = {"at": None, "was": None}
    match change.change:
        case "assigned" | "crew_changed":
            was, now = set(change.was or ()), set(change.now or ())
            item = change.item if change.change == "assigned" else f"{change.item} crew"
            for word, people in (("off", was - now), ("assigned", now - was)):
                for person in sorted(people):
                    name = reader.name_of(db, "person", person)
                    yield {"item": item, "change": word, **dates, "person": person,
                           "person_name": name}  # fmt: skip
        case "conditional":
            yield {"item": change.item, "change": change.change, **dates, "condition": change.now,
                   "was_condition": change.was}  # fmt: skip
        case _:
            dates = {"at": change.now, "was": change.was}
            yield {"item": change.item, "change": change.change, **dates}


def _latest_plans(db: Connection, flight: str, known: int) -> dict[AnswerKey, reader.Row]:
    """Return the plans of a flight that nothing has superseded, as known at an instant."""
    rows = db.execute(
        "SELECT place, value, why FROM flight_plan WHERE subject=? AND valid_to=? "
        "AND known_from<=? AND known_to>?",
        (flight, FOREVER, known, known),
    )
    found = {}
    for place, body, why in rows:
        row = reader.Row(place, flight, json.loads(body), why)
        if key := key_of("flight_plan", row):
            found[key] = row
    return found
