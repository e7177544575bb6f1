"""Dockings at coarse times of everybody who was ever at a station, in the shipped ledger."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from aboard.events.time import FOREVER, Time
from aboard.projections.queries.who import who

if TYPE_CHECKING:
    from aboard.storage.connection import Connection


def test_nobody_is_counted_aboard_from_their_lift_off_nor_at_two_places(db: Connection) -> None:
    rows = db.execute(
        "SELECT subject, place, valid_from, valid_to, value FROM presence WHERE known_to=? "
        "ORDER BY subject, valid_from",
        (FOREVER,),
    ).fetchall()
    people: dict[str, list[tuple[str, int, int]]] = {}
    lift_offs: dict[str, set[int]] = {}
    for person, place, begins, ends, body in rows:
        value = json.loads(body)
        if "tail" in value or value["basis"] == "planned":
            continue
        people.setdefault(person, []).append((place, begins, ends))
        if value["state"] == "in_space" and place == value["launched_on"]:
            lift_offs.setdefault(person, set()).add(Time.parse(value["since"]).earliest)
        else:
            assert begins not in lift_offs.get(person, ()), (person, place)
    assert len(people) > 500
    for person, stays in people.items():
        for (_, _, ended), (place, begins, _) in pairwise(stays):
            assert ended <= begins, (person, place)


def test_minutes_after_its_lift_off_the_crew_of_soyuz_ms_29_are_in_space(db: Connection) -> None:
    at, known = (Time.parse(one).earliest for one in ("2026-07-14T15:00:00Z", "2026-10-01"))
    station = who(db, ("station", "iss"), at, known)
    assert station["count"] == 7
    assert station["uncertain"]["count"] == {"min": 7, "max": 10}
    craft = who(db, ("flight", "soyuz-ms-29"), at, known)
    assert [one["state"] for one in craft["people"]] == ["in_space"] * 3
