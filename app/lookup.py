"""Finding what a name means; what has no such name is an error that offers near ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.app.errors import NotFound, UsageError
from aboard.projections.queries import reader, seats
from aboard.projections.queries.seats import SeatFilter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.storage.connection import Connection


def find(db: Connection, kinds: tuple[str, ...], name: str) -> tuple[str, str]:
    """Return kind and id of what has a name; raise `NotFound`, or `UsageError` for several."""
    try:
        return reader.resolve(db, kinds, name)
    except reader.UnknownName as miss:
        raise NotFound(str(miss), miss.hint) from miss
    except reader.AmbiguousName as miss:
        raise UsageError(str(miss), miss.hint) from miss


def find_agency(db: Connection, name: str) -> str | None:
    """Return an agency as the seats of flights spell it, or raise `NotFound`; None for ``""``.

    A name that only a registration has is that of the one agency for which its people fly.
    """
    if not name:
        return None
    there = seats.agencies(db)
    if found := _same(name, there):
        return found
    registered = seats.agencies_of_registered(db)
    flown = registered.get(_same(name, registered) or "", set())
    if len(flown) == 1:
        return next(iter(flown))
    raise _nobody("of the agency", name, there)


def find_nationality(db: Connection, name: str) -> str | None:
    """Return a nationality as seats spell it, or raise `NotFound`; None for ``""``."""
    if not name:
        return None
    there = seats.nationalities(db)
    if found := _same(name, there):
        return found
    raise _nobody("of the nationality", name, there)


def find_seats(db: Connection, agency: str, nationality: str) -> SeatFilter:
    """Return the seats of an agency and a nationality, either of which may be empty."""
    return SeatFilter(find_agency(db, agency), find_nationality(db, nationality))


def _same(name: str, there: Iterable[str]) -> str | None:
    """Return the name among some that differs from a name in upper and lower case at most."""
    return next((one for one in there if one.casefold() == name.casefold()), None)


def _nobody(what: str, name: str, there: list[str]) -> NotFound:
    from difflib import get_close_matches  # noqa: PLC0415 - only a miss needs it

    near = get_close_matches(name, there) or there[:4]
    return NotFound(f"nobody is {what} {name!r}", f"there are: {', '.join(near)}")
