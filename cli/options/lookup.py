"""Finding what a name on the command line means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.cli.errors import NOT_FOUND, USAGE, fail
from aboard.projections.queries import reader

if TYPE_CHECKING:
    from aboard.storage.connection import Connection


def find(db: Connection, kinds: tuple[str, ...], name: str) -> tuple[str, str]:
    """Return kind and id of what is called so, or end the command with near names."""
    try:
        return reader.resolve(db, kinds, name)
    except reader.NotFound as miss:
        fail(str(miss), miss.hint, NOT_FOUND)
    except reader.Ambiguous as miss:
        fail(str(miss), miss.hint, USAGE)


def find_agency(db: Connection, name: str) -> str | None:
    """Return an agency as people's registrations have it; end the command for one that is none."""
    if not name:
        return None
    there = reader.agencies(db)
    for one in there:
        if one.casefold() == name.casefold():
            return one
    from difflib import get_close_matches  # noqa: PLC0415 - only a miss needs it

    near = get_close_matches(name, there) or there[:4]
    return fail(f"nobody is of the agency {name!r}", f"there are: {', '.join(near)}", NOT_FOUND)
