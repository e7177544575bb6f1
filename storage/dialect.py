"""SQLite's statements in the dialect of PostgreSQL.

A statement for many rows is one for all of them there, which is asked with one text: the rows as
JSON. It takes half the time that as many statements take, and less of the sender's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FUNCTIONS = """
CREATE FUNCTION json_extract(body text, path text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN body::jsonb ->> substr(path, 3);
CREATE FUNCTION json_each(list text) RETURNS TABLE (value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT one FROM jsonb_array_elements_text(list::jsonb) AS one $$;
CREATE FUNCTION strftime(form text, moment text) RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN floor(extract(epoch FROM moment::timestamptz))::bigint;
CREATE FUNCTION max(bigint, bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN greatest($1, $2);
CREATE FUNCTION max(bigint, bigint, bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN greatest($1, $2, $3);
CREATE FUNCTION min(bigint, bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN least($1, $2);
"""
"""What the statements use of SQLite's functions, on arguments such as theirs.

A path is that of one field, and a form asks for seconds since 1970.
"""

TOKEN = re.compile(r"'(?:[^']|'')*'|\?|(?<!:):([a-z_]+)|%")
TYPES = {"TEXT": 'TEXT COLLATE "C"', "INTEGER": "BIGINT", " WITHOUT ROWID": ""}


_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"INSERT (OR IGNORE )?INTO (?P<table>\w+) VALUES \([?,]+\)",
        r"DELETE FROM (?P<table>\w+) WHERE (\w+=\?(?: AND \w+=\?)*)",
        r"UPDATE (?P<table>\w+) SET (\w+)=\? WHERE (\w+=\?(?: AND \w+=\?)*)",
    )
)
"""The statements that many rows may be asked of together."""


class Insertion(NamedTuple):
    """A statement that puts whole rows into a table, those that are not there or all of them."""

    table: str
    ignoring: bool


@lru_cache(maxsize=1_000)
def insertion(statement: str) -> Insertion | None:
    """Return what a statement puts whole rows into; None where it does something else."""
    found = _SHAPES[0].fullmatch(statement)
    return Insertion(found["table"], bool(found[1])) if found else None


def table_of(statement: str) -> str | None:
    """Return the table of a statement that can be asked with many rows together."""
    matches = (shape.fullmatch(statement) for shape in _SHAPES)
    return next((found["table"] for found in matches if found), None)


def together(statement: str, types: Mapping[str, str]) -> str:
    """Return what does for many rows what a statement does for one; see `table_of`.

    It is asked with a JSON array of rows. `types` are those of the table's columns, in their order.
    """
    insertion, deletion, update = (shape.fullmatch(statement) for shape in _SHAPES)
    rows = "jsonb_array_elements(%s::jsonb) AS asked"
    if insertion:
        table, ending = insertion["table"], " ON CONFLICT DO NOTHING" if insertion[1] else ""
        asked = ", ".join(_asked(types.values()))
        return f"INSERT INTO {table} SELECT {asked} FROM {rows}{ending}"  # noqa: S608
    if deletion:
        return f"DELETE FROM {deletion['table']} USING {rows} WHERE {_same(deletion[2], types)}"  # noqa: S608
    assert update, "it has no table"  # noqa: S101
    (value,) = _asked([types[update[2]]])
    condition = _same(update[3], types, 1)
    return f"UPDATE {update['table']} SET {update[2]}={value} FROM {rows} WHERE {condition}"  # noqa: S608


def as_one(statements: Sequence[str]) -> str:
    """Return one statement that does what several do to different rows, asked with what they are.

    Each is what `together` has made of one.
    """
    *first, last = statements
    if not first:
        return last
    parts = ", ".join(f"part_{number} AS ({one})" for number, one in enumerate(first))
    return f"WITH {parts} {last}"


def _asked(types: Iterable[str], first: int = 0) -> list[str]:
    """Return what a row asks with, each place of it as a value of a type."""
    return [f"(asked->>{number})::{kind}" for number, kind in enumerate(types, first)]


def _same(key: str, types: Mapping[str, str], first: int = 0) -> str:
    """Return that columns are as the rest of a row asks."""
    columns = re.findall(r"\w+", key.replace(" AND ", " "))
    asked = _asked((types[column] for column in columns), first)
    return " AND ".join(f"{one}={value}" for one, value in zip(columns, asked, strict=True))


@lru_cache(maxsize=1_000)
def translated(statement: str) -> str:
    """Return a statement of SQLite's in PostgreSQL's dialect, with psycopg's marks."""
    ignoring = statement.startswith("INSERT OR IGNORE ")
    if ignoring:
        statement = statement.replace(" OR IGNORE", "", 1) + " ON CONFLICT DO NOTHING"
    if statement.startswith(("CREATE TABLE", "CREATE TEMPORARY TABLE")):
        statement = re.sub("TEXT|INTEGER| WITHOUT ROWID", lambda one: TYPES[one[0]], statement)
    return TOKEN.sub(_marked, statement)


def _marked(token: re.Match[str]) -> str:
    if token[1]:
        return f"%({token[1]})s"
    return "%s" if token[0] == "?" else token[0].replace("%", "%%")
