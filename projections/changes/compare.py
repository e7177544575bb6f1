"""Changes: what is different between two answers, one by one.

An answer is a row of a fold; what it is about is its key. What a change of one fold's row means
stands in a table, so that whatever an event was, what it changed is found by comparing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import Time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aboard.projections.queries.reader import Row


MOVES = frozenset({"entered_space", "arrived", "left", "moved", "left_space"})
"""The changes of where somebody is, named by where they were and where they are."""

OUTSIDE = "spacewalk"
"""The state of somebody who is outside."""

THOUGHT_ELSEWHERE = "place_corrected"
"""A change of place where nobody moved, and only what is known has changed."""


WALKS = frozenset({"went_outside", "came_in"})
"""The changes by which a spacewalk begins for somebody, and ends."""


class AnswerKey(NamedTuple):
    """What a row is about: its fold, its subject, and which item of that.

    `person` is set where an item has a plan for each person.
    """

    fold: str
    subject: str
    item: str = ""
    person: str = ""


class Change(NamedTuple):
    """One difference about a person, a flight or a station: from what to what."""

    change: str
    kind: str
    about: str
    was: Any
    now: Any
    item: str = ""
    why: frozenset[str] = frozenset()
    """The events that one of the two answers rests on."""
    fresh: frozenset[str] = frozenset()
    """The events that only the new answer rests on."""
    near: frozenset[str] = frozenset()
    """The places, craft and people that the two answers name."""

    def as_dict(self) -> dict[str, Any]:
        """Return the change as an answer shows it."""
        item = {"item": self.item} if self.item else {}
        return {"change": self.change, self.kind: self.about, **item, "from": self.was,
                "to": self.now}  # fmt: skip


def key_of(fold: str, row: Row) -> AnswerKey | None:
    """Return what a row is about; None for a row that is not an answer of its own.

    An event itself says what happened to a flight, so that only plans are compared; it says as well
    which two craft are docked with each other.
    """
    if fold == "berths" and "pair" in row.value:
        return None
    if fold != "flight_plan":
        return AnswerKey(fold, row.subject, row.value.get("item", ""))
    if row.value["basis"] == "actual":
        return None
    if row.value["basis"] == "conditional":
        return AnswerKey(fold, row.subject, f"conditional {row.why}")
    return AnswerKey(fold, row.subject, row.value["item"], row.value.get("person", ""))


def changes(
    key: AnswerKey, before: Row | None, after: Row | None, stations: frozenset[str]
) -> Iterator[Change]:
    """Yield the differences of one key; `stations` are the places that are not craft."""
    was, now = (frozenset(json.loads(row.why)) if row else frozenset() for row in (before, after))
    named = [(key.subject, row.place, *row.value.values()) for row in (before, after) if row]
    near = frozenset(one for names in named for one in names if isinstance(one, str))
    for change in _DIFFERENCES[key.fold](key, before, after, stations):
        yield change._replace(why=was | now, fresh=now - was, near=near)


def _presence(
    key: AnswerKey, before: Row | None, after: Row | None, stations: frozenset[str]
) -> Iterator[Change]:
    was, now = (row.place if row else None for row in (before, after))
    if was != now:
        yield Change(_move(was, now, stations), "person", key.subject, was, now)
    if before is None or after is None:
        return
    if before.value["seat_on"] != after.value["seat_on"] and was == now:
        seats = before.value["seat_on"], after.value["seat_on"]
        yield Change("seat_moved", "person", key.subject, *seats)
    states = before.value["state"], after.value["state"]
    if states[0] == OUTSIDE != states[1]:
        yield Change("came_in", "person", key.subject, None, now)
    elif states[1] == OUTSIDE != states[0]:
        yield Change("went_outside", "person", key.subject, was, None)
    elif states[1] == "overdue" != states[0]:
        yield Change("overdue", "person", key.subject, None, after.value["until"])
    elif was == now in stations and _end(before) != _end(after):
        yield Change("until", "person", key.subject, _end(before), _end(after))


def _move(was: str | None, now: str | None, stations: frozenset[str]) -> str:
    """Return the name of a change from one place to another."""
    if now in stations:
        return "arrived"
    if was in stations:
        return "left"
    if was and now:
        return "moved"
    return "left_space" if was else "entered_space"


def _end(row: Row) -> dict[str, Any] | None:
    """Return the planned end of a stay; None while no time for it is known."""
    value = row.value
    return {"at": value["until"], "on": value["until_on"]} if value["until"] else None


def _berths(
    key: AnswerKey, before: Row | None, after: Row | None, _stations: frozenset[str]
) -> Iterator[Change]:
    was, now = (_berth(row) if row else None for row in (before, after))
    if was == now:
        return
    moved = was and now and was["station"] == now["station"]
    word = "relocated" if moved else "docked" if now else "undocked"
    yield Change(word, "flight", key.subject, was, now)


def _berth(row: Row) -> dict[str, Any]:
    return {"station": row.place, "port": row.value["port"]}


def _flight_plan(
    key: AnswerKey, before: Row | None, after: Row | None, _stations: frozenset[str]
) -> Iterator[Change]:
    of_item = _ITEMS.get(key.item, _target)
    was, now = (row.value if row else {} for row in (before, after))
    if key.item.startswith("conditional"):
        condition = (was.get("condition"), now.get("condition"))
        item = (was or now)["item"].removeprefix("conditional ")
        yield Change("conditional", "flight", key.subject, *condition, item)
        return
    for change in of_item(key, was, now):
        yield change._replace(item=key.item)


def _crew(key: AnswerKey, was: dict[str, Any], now: dict[str, Any]) -> Iterator[Change]:
    seats = [[seat[0] for seat in value.get("seats", ())] for value in (was, now)]
    if seats[0] != seats[1]:
        yield Change("assigned", "flight", key.subject, seats[0] or None, seats[1] or None)


def _homeward(key: AnswerKey, was: dict[str, Any], now: dict[str, Any]) -> Iterator[Change]:
    people = was.get("people"), now.get("people")
    if people[0] != people[1]:
        yield Change("assigned", "flight", key.subject, *people)


def _target(key: AnswerKey, was: dict[str, Any], now: dict[str, Any]) -> Iterator[Change]:
    targets = was.get("time"), now.get("time")
    if targets[0] != targets[1]:
        yield Change(replanning(*targets), "flight", key.subject, *targets)
    if "crew" in now and "crew" in was and was["crew"] != now["crew"]:
        yield Change("crew_changed", "flight", key.subject, was["crew"], now["crew"])
    if targets[0] == targets[1] and now.get("lapsed") and not was.get("lapsed"):
        yield Change("lapsed", "flight", key.subject, targets[0], None)


def replanning(was: str | None, now: str | None) -> str:
    """Return what kind of change it is to plan for another date than before, or for none."""
    if was is None or now is None:
        return "planned" if now else "withdrawn"
    old, new = Time.parse(was), Time.parse(now)
    if old.earliest <= new.earliest and new.end <= old.end:
        return "refined"
    if new.earliest <= old.earliest and old.end <= new.end:
        return "loosened"
    return "slipped" if new.earliest >= old.earliest else "brought_forward"


def _command(
    key: AnswerKey, before: Row | None, after: Row | None, _stations: frozenset[str]
) -> Iterator[Change]:
    was, now = (row.value["id"] if row else None for row in (before, after))
    if was != now:
        yield Change(key.item, "station", key.subject, was, now)


_ITEMS: dict[str, Callable[[AnswerKey, dict[str, Any], dict[str, Any]], Iterator[Change]]] = {
    "crew": _crew,
    "homeward crew": _homeward,
}
_DIFFERENCES: dict[
    str, Callable[[AnswerKey, Row | None, Row | None, frozenset[str]], Iterator[Change]]
] = {
    "presence": _presence,
    "berths": _berths,
    "flight_plan": _flight_plan,
    "command": _command,
}
