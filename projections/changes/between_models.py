"""The difference between two read models: people, command and plans.

Both are asked as known at one instant, over all times. So it shows what an event changes, whether
that is a docking, a late fact or a correction of one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.projections.changes.command_changes import command_changes
from aboard.projections.changes.plan_changes import plan_changes
from aboard.projections.changes.stays import WholeStay, stays
from aboard.projections.queries import reader
from aboard.projections.queries.who import who

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aboard.storage.connection import Connection

Change = dict[str, Any]
"""A difference: `change` names it, `at` says when, and `was` what was said before."""


def difference(
    before: Connection, after: Connection, streams: Sequence[str], known: int
) -> dict[str, Any]:
    """Return what new events on some streams change, as known at an instant.

    `people` lists whose place changes, in the order of time, `plans` the changes to plans,
    `command` who takes command of a station and which expeditions begin, and `counts` the number
    of people at the places concerned, then and now.
    """
    people = [
        change
        for person in _people(after, streams)
        for change in _moves(before, after, person, known)
    ]
    plans = [
        change
        for stream in streams
        if stream.startswith("flight/")
        for change in plan_changes(before, after, stream.partition("/")[2], known)
    ]
    command = [
        change
        for stream in streams
        if stream.startswith("station/")
        for change in command_changes(before, after, stream.partition("/")[2], known)
    ]
    people.sort(key=lambda change: _instant(change["at"] or change["was"]))
    counts = list(_counts(before, after, people, known))
    return {
        "people": people,
        "plans": plans,
        "command": command,
        "counts": counts,
        "known": str(Time.at(known)),
    }


def _people(db: Connection, streams: Iterable[str]) -> list[str]:
    """Return everyone whose presence depends on a stream."""
    rows = db.execute(
        "SELECT DISTINCT subject FROM link WHERE fold='presence' "
        "AND stream IN (SELECT value FROM json_each(?)) ORDER BY subject",
        (json.dumps(list(streams)),),
    )
    return [subject for (subject,) in rows]


def _instant(time: str | None) -> int:
    return Time.parse(time).earliest if time else 0


def _moves(before: Connection, after: Connection, person: str, known: int) -> Iterator[Change]:
    gone, pairs = _paired(stays(before, person, known), stays(after, person, known))
    changes = [
        _change("is not there", stay.place, None, stay.since, was_planned=stay.planned)
        for stay in gone
    ]
    changes += [change for old, new in pairs for change in _of_stay(old, new)]
    for change in _joined(changes):
        kind = reader.place_kind(after, change["place"])
        names = {"name": reader.name_of(after, "person", person), "place_kind": kind}
        for key in ("place", "from", "to", "on", "was_on"):
            if change.get(key):
                place = reader.place_kind(after, change[key])
                names[f"{key}_name"] = reader.name_of(after, place, change[key])
        yield {"person": person, **change, **names}


def _paired(
    old: list[WholeStay], new: list[WholeStay]
) -> tuple[list[WholeStay], list[tuple[WholeStay | None, WholeStay]]]:
    """Return the stays that are gone, and each new one with the old one that it corresponds to.

    That is the one that begins at the same time, or else the next one at the same place.
    """
    left = list(old)
    pairs: dict[int, WholeStay | None] = {}
    for same in (lambda stay: (stay.place, stay.since), lambda stay: stay.place):
        for number, stay in enumerate(new):
            if pairs.get(number) is None:
                pairs[number] = next((one for one in left if same(one) == same(stay)), None)
                left = [one for one in left if one is not pairs[number]]
    return left, [(pairs[number], stay) for number, stay in enumerate(new)]


def _of_stay(old: WholeStay | None, new: WholeStay) -> Iterator[Change]:
    """Yield how a stay differs: its beginning, its relocations, its seats, its end."""
    begins = old is None or (old.since, old.planned) != (new.since, new.planned)
    if begins:
        was = old.since if old else None
        word = "expected" if new.planned else "arrives"
        planned = old is not None and old.planned
        yield _change(word, new.place, new.since, was, was_planned=planned, bound_for=new.bound_for)
    yield from _on_the_way(old or new._replace(moved=(), seats=new.seats[:1], rides=()), new)
    yield from _end(old, new)


def _end(old: WholeStay | None, new: WholeStay) -> Iterator[Change]:
    """Yield how the end of a stay differs: its time, and if it is planned also the craft."""
    was, was_planned = (old.until, old.until_planned) if old else (None, False)
    on, was_on = (stay and stay.until_on != stay.place and stay.until_on for stay in (new, old))
    if new.until is None:
        if was:
            yield _change("stays", new.place, None, was, was_planned=was_planned)
        return
    is_other_craft = was_planned and new.until_planned and on != was_on
    if (was, was_planned) != (new.until, new.until_planned) or is_other_craft:
        word = "is to leave" if new.until_planned else "leaves"
        earlier = was_on if is_other_craft else None
        yield _change(word, new.place, new.until, was, was_planned=was_planned, on=on or None,
                      was_on=earlier or None)  # fmt: skip


def _on_the_way(old: WholeStay, new: WholeStay) -> Iterator[Change]:
    """Yield how the seats and the relocations of a stay differ."""
    for ride in sorted({*old.rides, *new.rides}):
        if ride not in old.rides:
            yield _change("relocates", new.place, ride, None)
        elif ride not in new.rides:
            yield _change("does not relocate", new.place, None, ride)
    for (at, to), came in {**old.moves, **new.moves}.items():
        if (at, to) not in old.moves:
            yield _change("seat", new.place, at, None, _from=came, to=to)
        elif (at, to) not in new.moves:
            yield _change("no such seat", new.place, None, at, _from=came, to=to)


def _change(
    word: str,
    place: str,
    at: str | None,
    was: str | None,
    *,
    was_planned: bool = False,
    **more: str | None,
) -> Change:
    said = {key.strip("_"): value for key, value in more.items() if value}
    was_planned = was_planned and was is not None
    return {
        "change": word,
        "place": place,
        "at": at,
        "was": was,
        "was_planned": was_planned,
        **said,
    }


def _joined(changes: list[Change]) -> Iterator[Change]:
    """Yield changes, with a departure and an arrival at the same instant joined to one move."""
    left = [change for change in changes if change["change"] == "leaves"]
    arrived = [change for change in changes if change["change"] == "arrives"]
    moved = {
        id(one): other
        for one in arrived
        for other in left
        if other["at"] == one["at"] and other["place"] != one["place"]
    }
    joined = {id(other) for other in moved.values()}
    for change in changes:
        if id(change) in moved:
            yield {**change, "change": "moves", "from": moved[id(change)]["place"]}
        elif id(change) not in joined:
            yield change


def _counts(
    before: Connection,
    after: Connection,
    changes: Sequence[Change],
    known: int,
) -> Iterator[Change]:
    """Yield how many people are at a place before and after, when that changes and now.

    A place where the number never changes is left out.
    """
    asked: dict[tuple[str, int], None] = {}
    for change in changes:
        if change["change"] not in ("seat", "no such seat"):
            for place in filter(None, (change.get("from"), change["place"])):
                at = _instant(change["at"] or change["was"])
                asked |= {(place, one): None for one in (at, known) if one <= known}
    found = []
    for place, at in sorted(asked):
        kind = reader.place_kind(after, place)
        was, now = (who(db, (kind, place), at, known)["count"] for db in (before, after))
        found.append(
            {"place": place, "kind": kind, "name": reader.name_of(after, kind, place),
             "at": str(Time.at(at)), "before": was, "after": now}
        )  # fmt: skip
    changed = {count["place"] for count in found if count["before"] != count["after"]}
    now_at = str(Time.at(known))
    for count in found:
        if count["before"] != count["after"] or (
            count["at"] == now_at and count["place"] in changed
        ):
            yield count
