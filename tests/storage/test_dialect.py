"""SQLite's statements in PostgreSQL's dialect, for one row and for many."""

from __future__ import annotations

import pytest

from aboard.storage.dialect import for_many_rows, table_of, translated


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("SELECT a FROM b WHERE c=? AND d LIKE 'x.%'",
         "SELECT a FROM b WHERE c=%s AND d LIKE 'x.%%'"),
        ("SELECT 'it''s ? :a' || :one, c::bigint % 2",
         "SELECT 'it''s ? :a' || %(one)s, c::bigint %% 2"),
        ("INSERT OR IGNORE INTO a VALUES (?,?)",
         "INSERT INTO a VALUES (%s,%s) ON CONFLICT DO NOTHING"),
        ("CREATE TABLE a (b TEXT, c INTEGER) WITHOUT ROWID",
         'CREATE TABLE a (b TEXT COLLATE "C", c BIGINT)'),
        ("SELECT max(rowid) FROM a WHERE b='rowid'",
         "SELECT max(notification_id) FROM a WHERE b='rowid'"),
        ("CREATE TEMPORARY TABLE a (b TEXT)", 'CREATE TEMPORARY TABLE a (b TEXT COLLATE "C")'),
    ],
)  # fmt: skip
def test_a_statement_is_put_into_the_other_dialect(statement: str, says: str) -> None:
    assert translated(statement) == says


TYPES = {"a": "text", "b": "bigint"}


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("INSERT INTO t VALUES (?,?)",
         "INSERT INTO t SELECT (given->>0)::text, (given->>1)::bigint FROM @"),
        ("INSERT OR IGNORE INTO t VALUES (?,?)",
         "INSERT INTO t SELECT (given->>0)::text, (given->>1)::bigint FROM @ DO NOTHING"),
        ("DELETE FROM t WHERE b=? AND a=?",
         "DELETE FROM t USING @ WHERE b=(given->>0)::bigint AND a=(given->>1)::text"),
        ("UPDATE t SET b=? WHERE a=?",
         "UPDATE t SET b=(given->>0)::bigint FROM @ WHERE a=(given->>1)::text"),
    ],
)  # fmt: skip
def test_a_statement_is_said_of_many_rows(statement: str, says: str) -> None:
    assert table_of(statement) == "t"
    says = says.replace(" DO NOTHING", " ON CONFLICT DO NOTHING")
    assert for_many_rows(statement, TYPES) == says.replace(
        "@", "jsonb_array_elements(%s::jsonb) AS given"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES (?,1)",
        "INSERT INTO t VALUES (?,?) ON CONFLICT (a) DO UPDATE SET b=excluded.b",
        "DELETE FROM t WHERE a=? AND b<>?",
        "DELETE FROM t WHERE a=? OR b=?",
        "UPDATE t SET b=b+? WHERE a=?",
        "SELECT a FROM t WHERE b=?",
    ],
)
def test_what_is_said_of_one_row_alone_is_left_as_it_is(statement: str) -> None:
    assert table_of(statement) is None
