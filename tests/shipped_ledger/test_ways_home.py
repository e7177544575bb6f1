"""The seats of everybody who was ever at a station, in the shipped ledger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aboard.events.time import FOREVER

if TYPE_CHECKING:
    from aboard.storage.connection import Connection


def test_who_is_known_to_have_left_on_a_craft_has_a_seat_on_one(db: Connection) -> None:
    """At every instant, as known at every other, and of every station."""
    rows = db.execute("SELECT place, subject, valid_from, known_to, value FROM presence").fetchall()
    unknown = []
    stays = set()
    for place, person, since, known_to, text in rows:
        value = json.loads(text)
        if value["state"] == "in_space" or value["until_on"] is None:
            continue
        if value["seat_on"] is None:
            unknown.append((place, person, since))
        if known_to == FOREVER:
            stays.add((place, person, value["since"]))

    assert unknown == []
    assert len(stays) > 700
