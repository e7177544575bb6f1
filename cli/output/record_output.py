"""What came of a recording, told to a person: the events, what they change, and how to undo it."""

from __future__ import annotations

from typing import Any

from aboard.cli.errors import note
from aboard.cli.output.render import print_table, say
from aboard.events.english import with_the
from aboard.events.time import Time
from aboard.projections.queries.event_text import listed

MOST_LISTED = 20
"""How many of a batch are listed one by one."""


def print_outcome(told: dict[str, Any]) -> None:
    """Print the outcome of a recording, or of a dry run."""
    for finding in told["findings"]:
        at = f"{finding['place']}: " if finding["place"] else ""
        note(f"{at}{finding['rule']}: {finding['message']} ({finding['hint']})")
    for event in told["events"][:MOST_LISTED]:
        at = "" if event["position"] is None else f" at position {event['position']}"
        say(f"{'recorded' if at else 'would record'} {event['id']}{at}: {event['says']}")
    _more(told["events"])
    for key in told["already"][:MOST_LISTED]:
        say(f"{key} is recorded already")
    _more(told["already"])
    if told["events"]:
        _print_changes(told["changes"], told=not told["undo"])
    if told["undo"]:
        say(f"to undo it: {told['undo']}")
    elif told["events"]:
        say("nothing was recorded")
    elif not told["already"]:
        say("there was nothing to record")


def _more(listed_: list[Any]) -> None:
    if len(listed_) > MOST_LISTED:
        say(f"... and {len(listed_) - MOST_LISTED} more: --format json has them all")


def _print_changes(changes: dict[str, Any], *, told: bool) -> None:
    """Print who is elsewhere, what is planned otherwise, who commands; or nothing, if `told`."""
    lines = [
        *_grouped(changes["people"]),
        *map(_plan, changes["plans"]),
        *map(_command, changes["command"]),
    ]
    if told and not lines:
        say("  nobody arrives, leaves, moves or takes command, and no plan of a flight changes")
    for line in lines:
        say(f"  {line}")
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
        print_table(("People at", "At", "Before", "After"), rows, indent="  ")


def _grouped(changes: list[dict[str, Any]]) -> list[str]:
    """Return a line for each change, in which those of whom the same is told stand together."""
    people: dict[tuple[str, str, str], list[str]] = {}
    for change in changes:
        people.setdefault(_said(change), []).append(change["name"])
    return [
        f"{listed(names)} {many if len(names) > 1 else one} {rest}"
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


def _said(change: dict[str, Any]) -> tuple[str, str, str]:
    """Return what is told of a person, or of several: both verbs, and what follows."""
    word, place = change["change"], with_the(change["place_name"])
    one, many = VERBS[word]
    where = f"at {place}" if change["place_kind"] == "station" else f"on {place}"
    match word:
        case "arrives" if change["place_kind"] == "flight":
            one, many, rest = "is in space", "are in space", where
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


def _plan(change: dict[str, Any]) -> str:
    if change["change"] == "assigned":
        return f"{change['person_name']} has a seat on {change['name']} ({change['item']})"
    if change["change"] == "off":
        return f"{change['person_name']} has no seat on {change['name']} now ({change['item']})"
    head = f"{change['item']} of {change['name']}"
    match change["change"]:
        case "planned":
            return f"{head} is planned for {change['at']}"
        case "withdrawn":
            return f"{head} is planned no more (was {change['was']})"
        case word:
            days = Time.parse(change["at"]).earliest - Time.parse(change["was"]).earliest
            by = f" by {abs(days) // 86_400} days" if abs(days) >= 2 * 86_400 else ""
            return f"{head} {word} from {change['was']} to {change['at']}{by}"


def _command(change: dict[str, Any]) -> str:
    station = with_the(change["station_name"])
    if change["item"] == "expedition":
        said = f"Expedition {change['id']} of {station} {change['change']}"
    elif change["id"]:
        said = f"{change['name']} {change['change']} of {station}"
    elif change["at"]:
        said = f"who commands {station} is not known"
    else:
        said = f"it is not unknown who commands {station}"
    at = f", {change['at']}" if change["at"] else ""
    return said + at + (f" (was {change['was']})" if change["was"] else "")
