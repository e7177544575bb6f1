"""SQLite's statements in the dialect of PostgreSQL."""

from __future__ import annotations

import re
from functools import lru_cache

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
