"""Phrases that several answers share: counts, times, people, ports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.events.english import with_the
from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.storage.connection import Connection

NOT_RECORDED = "not recorded"
"""What a cell shows of something that the log does not hold."""


def as_asked(answer: dict[str, Any]) -> str:
    """Return the two instants of an answer: at one, as known at the other."""
    return f"at {answer['at']}, as known at {answer['known']}"


def plural(count: int, singular: str, plural_form: str = "") -> str:
    """Return a count and what is counted: 1 event, 2 events."""
    return f"{count} {singular if count == 1 else plural_form or f'{singular}s'}"


def with_range(count: str, doubt: dict[str, int] | None) -> str:
    """Return a count, followed by the least and the most it can be if that is in doubt."""
    return f"{count} ({doubt['min']} to {doubt['max']})" if doubt else count


def people_count(answer: dict[str, Any]) -> str:
    """Return how many people an answer holds: 7 people (6 to 7)."""
    people = plural(answer["count"], "person", "people")
    return with_range(people, answer.get("uncertain", {}).get("count"))


def expedition_and_commander(db: Connection, answer: dict[str, Any]) -> str:
    """Return the expedition and its commander, as far as they are known."""
    words, doubt = [], answer.get("uncertain", {})
    numbers = doubt.get("expedition", [answer.get("expedition")])
    if any(numbers):
        words.append(f"Expedition {' or '.join(map(str, numbers))}")
    people = doubt.get("commander", [answer.get("commander")])
    if any(people):
        names = [reader.name_of(db, "person", one) or "an unknown person" for one in people]
        words.append(f"commander {' or '.join(names)}")
    return ", ".join(words)


def planned(text: str, *, is_planned: bool) -> str:
    """Return a time, marked if it is that of a plan."""
    return f"{text} (planned)" if is_planned else text


def until(db: Connection, end: dict[str, Any] | None) -> str:
    """Return when something ends, and on which craft; open if no end is known."""
    if not end:
        return "open"
    text = str(end.get("at") or "open")
    if end.get("on"):
        text += f" on {place_name(db, end['on'])}"
    if end.get("lapsed"):
        return f"{text} (lapsed)"
    return planned(text, is_planned=bool(end.get("planned")))


def place_name(db: Connection, key: str | None) -> str:
    """Return the name of a station, a flight or another craft of one; an empty text for none."""
    return reader.name_of(db, reader.place_kind(db, key), key) if key else ""


def port_name(db: Connection, station: str | None, port: str | None) -> str:
    """Return the name of a port of a station."""
    return reader.name_of(db, "port", f"{station}/{port}") if port else NOT_RECORDED


def marked(name: str, row: dict[str, Any]) -> str:
    """Return the name of a row, marked if no event that it rests on has a source."""
    return f"{name} (unsourced)" if row.get("unsourced") else name


def with_sources(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    cited: Sequence[dict[str, Any] | None] | None,
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Return the header and the rows of a table, with the sources as a last column if wanted.

    `cited` has what each row shows; None if the sources are not wanted.
    """
    if cited is None:
        return header, rows
    keys = [", ".join(one.get("sources", ())) if one else "" for one in cited]
    return (*header, "Sources"), [(*row, one) for row, one in zip(rows, keys, strict=True)]


BERTH_HEADER = ("State", "Since")
"""The header of `berth_cells`."""


def berth_cells(berth: dict[str, Any]) -> tuple[str, str]:
    """Return the cells with the state of what is docked, and since when it is."""
    state = berth["state"] + (" (uncertain)" if berth.get("uncertain") else "")
    return state, planned(berth["since"], is_planned=berth.get("since_planned", False))


def flight_name(db: Connection, flight: str | None) -> str:
    """Return the name of a flight."""
    return (reader.name_of(db, "flight", flight) if flight else "") or NOT_RECORDED


PERSON_HEADER = ("Person", "Agency", "State", "Since", "Until")
"""The header of `person_cells`."""


def person_cells(db: Connection, person: dict[str, Any]) -> tuple[str, str, str, str, str]:
    """Return the cells that describe a person who is somewhere."""
    state = person["state"].replace("_", " ")
    if person.get("bound_for"):
        state += f", bound for {with_the(reader.name_of(db, 'station', person['bound_for']))}"
    if "presence" in person.get("uncertain", ()):
        state += " (uncertain)"
    return (
        marked(person["name"], person),
        person["agency"] or "",
        state,
        person["since"],
        until(db, person["until"]),
    )


def known_since(one: dict[str, Any]) -> str:
    """Return since when something is known, whether that is assumed, and whether it is amended."""
    amended = f", {one['amended']}" if one.get("amended") else ""
    return f"{one['known']}{' assumed' if one['known_assumed'] else ''}{amended}"


def said_by(one: dict[str, Any]) -> str:
    """Return the publishers of the sources of a statement, each once."""
    return "; ".join(dict.fromkeys(source["publisher"] for source in one["sources"]))
