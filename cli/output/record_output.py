"""The outcome of a recording in text: the events, what they change, and how to undo it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from aboard.cli.output.table import table
from aboard.events.english import with_the
from aboard.projections.changes import wording
from aboard.projections.queries.event_text import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LISTED = 20
"""How many of a batch are listed one by one."""


def outcome_lines(outcome: dict[str, Any], *, is_preview: bool = False) -> Iterator[str]:
    """Yield the outcome of a recording, or of a dry run, in lines of text."""
    # A ledger states the corrections of a preview like this, so the rest is in comments.
    toml = () if outcome["recorded"] else outcome.get("toml", ())
    yield from "\n".join(toml).splitlines()
    for line in _lines(outcome, is_preview=is_preview):
        yield f"# {line}" if toml else line


def _lines(outcome: dict[str, Any], *, is_preview: bool) -> Iterator[str]:
    for event in outcome["events"][:MOST_LISTED]:
        at = "" if event["position"] is None else f" at position {event['position']}"
        yield f"{'recorded' if at else 'would record'} {event['id']}{at}: {event['says']}"
        if after := event.get("supersedes"):
            yield f"  of facts of the same time, it comes after {listed(after)}"
        if held := event.get("held_back"):
            yield f"  it acts only from {held['until']}: {held['why']}"
    yield from _more(outcome["events"])
    for key in outcome["already"][:MOST_LISTED]:
        yield f"{key} is recorded already"
    yield from _more(outcome["already"])
    if outcome["events"]:
        yield from _changes(outcome["changes"], say_if_none=not outcome["undo"])
    for path in outcome.get("ledger", ()):
        yield f"{'would write' if is_preview else 'wrote'} it to {path}"
    if outcome["undo"]:
        yield f"to undo it: {outcome['undo']}"
    elif outcome["events"]:
        yield "nothing was recorded"
    elif not outcome["already"]:
        yield "nothing to record"


def _more(items: list[Any]) -> Iterator[str]:
    if len(items) > MOST_LISTED:
        yield f"... and {len(items) - MOST_LISTED} more: --format json lists them all"


def _changes(changes: dict[str, Any], *, say_if_none: bool) -> Iterator[str]:
    """Yield who is elsewhere, which plans differ and who commands."""
    lines = change_lines(changes)
    if say_if_none and not lines:
        yield "  nobody arrives, leaves, moves or takes command, and no plan of a flight changes"
    for line in lines:
        yield f"  {line}"
    if changes["counts"]:
        rows = [
            (
                one["name"],
                "now" if one["at"] == changes["known"] else one["at"],
                str(one["before"]),
                str(one["after"]),
            )
            for one in changes["counts"]
        ]
        yield from table(("People at", "At", "Before", "After"), rows, "  ")


def change_lines(changes: dict[str, Any]) -> list[str]:
    """Return a line for each change to where people are, to plans, and to command."""
    return [
        *_grouped(changes["people"]),
        *_plans(changes["plans"]),
        *map(_command, changes["command"]),
    ]


def _grouped(changes: list[dict[str, Any]]) -> list[str]:
    """Return a line for each change, which names everybody for whom it is the same."""
    people: dict[tuple[str, str, str], list[str]] = {}
    for change in changes:
        people.setdefault(_person_change(change), []).append(change["name"])
    return [
        f"{listed(names)}{many if len(names) > 1 else one} {rest}"
        for (one, many, rest), names in people.items()
    ]


VERBS = {
    "arrives": ("arrives", "arrive"),
    "moves": ("moves", "move"),
    "expected": ("is expected", "are expected"),
    "leaves": ("leaves", "leave"),
    "is to leave": ("is to leave", "are to leave"),
    "relocates": ("rides", "ride"),
    "does not relocate": ("does not ride", "do not ride"),
    "seat": ("has", "have"),
    "no such seat": ("has", "have"),
    "stays": ("stays", "stay"),
    "is not there": ("is not", "are not"),
}
"""The verb of each change, of one person and of several."""


def _person_change(change: dict[str, Any]) -> tuple[str, str, str]:
    """Return what follows the name of a person, or of several: both verbs, and the rest."""
    word, place = change["change"], with_the(change["place_name"])
    was_planned = change["was_planned"] or not change["was"]
    if word in ("is to leave", "stays") and change["place_kind"] == "station" and was_planned:
        now_on = change.get("on_name", "")
        was_on = change.get("was_on_name", now_on if change["was"] else "")
        said = wording.departure(change["was"], change["at"], was_on, now_on)
        at = f", at {place}:"
        return at, at, said
    one, many = (f" {verb}" for verb in VERBS[word])
    where = f"at {place}" if change["place_kind"] == "station" else f"on {place}"
    match word:
        case "arrives" if change["place_kind"] == "flight":
            one, many, rest = " is in space", " are in space", where
        case "moves":
            rest = f"from {with_the(change['from_name'])} to {place}"
        case "leaves" | "is to leave":
            rest = place + (f" on {change['on_name']}" if "on" in change else "")
        case "relocates" | "does not relocate":
            rest = f"to another port of {place}"
        case "seat" | "no such seat":
            came, goes = (change.get(f"{end}_name", "no known craft") for end in ("from", "to"))
            kept = "" if word == "seat" else "not "
            rest = f"the seat {kept}moved from {came} to {goes}"
        case _:
            rest = where
    if change["at"]:
        rest += f", {change['at']}"
    return one, many, rest + _was(change)


def _was(change: dict[str, Any]) -> str:
    if not change["was"]:
        return ""
    return f" (was {'planned for ' if change['was_planned'] else ''}{change['was']})"


def _plans(changes: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each plan that changed; everybody on or off one crew stands in one."""
    for (name, item, is_crew), group in groupby(
        changes, lambda one: (one["name"], one["item"], "person" in one)
    ):
        if is_crew:
            people: dict[str, list[str]] = {"assigned": [], "off": []}
            for change in group:
                people[change["change"]].append(change["person_name"])
            yield f"{name}: {wording.regrouped(item, people['assigned'], people['off'])}"
        else:
            yield from (f"{name}: {_plan(change)}" for change in group)


def _plan(change: dict[str, Any]) -> str:
    match change["change"]:
        case "conditional" if change["condition"]:
            return f"{change['item']} planned on condition: {change['condition']}"
        case "conditional":
            return f"{change['item']} no longer planned on condition: {change['was_condition']}"
        case "lapsed":
            return f"{change['item']} did not take place as planned ({change['was']})"
        case _:
            return wording.replanned(change["item"], change["was"], change["at"])


def _command(change: dict[str, Any]) -> str:
    station = with_the(change["station_name"])
    if change["item"] == "expedition":
        said = f"Expedition {change['id']} of {station} {change['change']}"
    elif change["id"]:
        said = f"{change['name']} {change['change']} of {station}"
    elif change["at"]:
        said = f"the commander of {station} is not known"
    else:
        said = f"the commander of {station} is known"
    at = f", {change['at']}" if change["at"] else ""
    return said + at + (f" (was {change['was']})" if change["was"] else "")
