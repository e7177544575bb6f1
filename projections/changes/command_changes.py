"""What two read models say differently about the command of a station."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aboard.storage.connection import Connection

TAKEN = {"commander": "takes command", "expedition": "begins"}
"""The change by which a commander, or an expedition, follows another."""

NOT_TAKEN = {"commander": "does not take command", "expedition": "does not begin"}


class Term(NamedTuple):
    """A commander or an expedition, and since when; the id of an unknown commander is None."""

    item: str
    id: str | int | None
    since: str


def command_changes(
    before: Connection, after: Connection, station: str, known: int
) -> Iterator[dict[str, Any]]:
    """Yield the changes to who takes command of a station, and to which expeditions begin."""
    old, new = (_terms(db, station, known) for db in (before, after))
    gone = [term for term in old if term not in new]
    for term in new:
        if term not in old:
            was = next((one for one in gone if one[:2] == term[:2]), None)
            gone = [one for one in gone if one is not was]
            yield _entry(after, station, term, was=was.since if was else None)
    for term in gone:
        yield _entry(after, station, term, was=term.since, taken=False)


def _terms(db: Connection, station: str, known: int) -> Sequence[Term]:
    """Return the terms at a station in their order, each once even if its beginning is coarse."""
    rows = db.execute(
        "SELECT value FROM command WHERE subject=? AND known_from<=? AND known_to>? "
        "ORDER BY valid_from, json_extract(value, '$.item')",
        (station, known, known),
    )
    values = [json.loads(body) for (body,) in rows]
    return list(dict.fromkeys(Term(one["item"], one["id"], one["since"]) for one in values))


def _entry(
    db: Connection, station: str, term: Term, *, was: str | None, taken: bool = True
) -> dict[str, Any]:
    commander = term.item == "commander" and isinstance(term.id, str)
    return {
        "station": station,
        "station_name": reader.name_of(db, "station", station),
        "item": term.item,
        "change": (TAKEN if taken else NOT_TAKEN)[term.item],
        "at": term.since if taken else None,
        "was": was,
        "id": term.id,
        "name": reader.name_of(db, "person", str(term.id)) if commander else None,
    }
