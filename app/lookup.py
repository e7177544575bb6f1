"""Finding what a name means; what has no such name is an error that offers near ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.app.errors import NotFound, UsageError
from aboard.projections.queries import reader

if TYPE_CHECKING:
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
    """Return an agency as people's registrations spell it, or raise `NotFound`; None for ``""``."""
    if not name:
        return None
    there = reader.agencies(db)
    for one in there:
        if one.casefold() == name.casefold():
            return one
    from difflib import get_close_matches  # noqa: PLC0415 - only a miss needs it

    near = get_close_matches(name, there) or there[:4]
    raise NotFound(f"nobody is of the agency {name!r}", f"there are: {', '.join(near)}")
