"""What a person is on a flight: their agency, their nationality and their role.

They belong to the seat, and not to the person: a person may fly for one agency and later for
another. Where a seat does not state its agency or its nationality, the person's registration
stands in for it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.storage.connection import Connection


Stated = tuple[str | None, str | None, str | None]
"""The agency, the nationality and the role that are stated of a seat."""


class PersonSeat(NamedTuple):
    """A person's agency, nationality and role on a flight, as far as they are known."""

    agency: str | None = None
    nationality: str | None = None
    role: str | None = None

    def matches(self, wanted: SeatFilter) -> bool:
        """Whether it is of the agency and the nationality that are asked for, if any are."""
        return wanted.agency in (None, self.agency) and wanted.nationality in (
            None,
            self.nationality,
        )


class SeatFilter(NamedTuple):
    """Which seats to count: those of an agency, of a nationality, or both."""

    agency: str | None = None
    nationality: str | None = None

    def __str__(self) -> str:
        return ", ".join(filter(None, self))


EVERYONE = SeatFilter()
"""All seats."""


def with_later(stated: Stated | None, later: Stated) -> Stated:
    """Return what is stated of a seat once a later statement has said all or some of it."""
    agency, nationality, role = stated or (None, None, None)
    return later[0] or agency, later[1] or nationality, later[2] or role


def seat_of(stated: Stated | None, about: dict[str, Any]) -> PersonSeat:
    """Return a seat as it is stated, completed by what the person is registered with."""
    agency, nationality, role = stated or (None, None, None)
    return PersonSeat(agency or about.get("agency"), nationality or about.get("nationality"), role)


def agencies(db: Connection) -> list[str]:
    """Return every agency that somebody has flown for, or is to."""
    return _in_use(db, "agency")


def nationalities(db: Connection) -> list[str]:
    """Return every nationality that somebody on a flight has, or is to have."""
    return _in_use(db, "nationality")


def agencies_of_registered(db: Connection) -> dict[str, set[str]]:
    """Return every agency of a registration, with those that the people so registered fly for."""
    about = _registrations(db)
    found: dict[str, set[str]] = {}
    rows = db.execute("SELECT DISTINCT subject, json_extract(value, '$.seat') FROM presence")
    for person, seat in rows:
        registered = about.get(person, {}).get("agency")
        flown = seat_of(json.loads(seat) if seat else None, about.get(person, {})).agency
        if registered and flown:
            found.setdefault(registered, set()).add(flown)
    return found


def _in_use(db: Connection, field: str) -> list[str]:
    """Return every value of a field of the seats, that of registrations where a seat has none."""
    place, about = PersonSeat._fields.index(field), _registrations(db)
    rows = db.execute("SELECT DISTINCT subject, json_extract(value, '$.seat') FROM presence")
    return _sorted(
        seat_of(json.loads(seat) if seat else None, about.get(person, {}))[place]
        for person, seat in rows
    )


def _registrations(db: Connection) -> dict[str, dict[str, Any]]:
    rows = db.execute("SELECT id, body FROM entity WHERE kind='person'")
    registered = ((person, json.loads(body)) for person, body in rows)
    return {
        person: {key: body.get(key) for key in ("agency", "nationality")}
        for person, body in registered
    }


def _sorted(names: Iterable[str | None]) -> list[str]:
    return sorted({name for name in names if name})
