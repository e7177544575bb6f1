"""The store: one interface, and the same rows behind it in either home."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from aboard.projections.queries import reader
from aboard.projections.read_model.read_model import catch_up, open_dry_run, open_to_write, rebuild
from aboard.storage import databases as store
from aboard.storage.connection import NOT_CREATED, UNREADABLE, StorageError
from aboard.storage.dialect import for_many_rows, table_of, translated
from tests.projections.model import ListLog, built, flight, tables

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.storage.connection import Connection
    from tests.homes import Databases, Where


LAUNCHES = [
    *flight("apple", ("launched", "2020-01-01T00:00:00Z", {"crew": ["ann"]}),
            ("docked", "2020-01-01T06:00:00Z", {"station": "pear", "port": "north"})),
    *flight("plum", ("launched", "2020-02-01T00:00:00Z", {"crew": ["bob"]})),
]  # fmt: skip


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


@pytest.mark.parametrize("number", [1, 2, 150, 300])
def test_rows_are_changed_and_taken_out(place: Where, number: int) -> None:
    where = place if isinstance(place, str) else place.with_name("model.sqlite")
    kept = ('it\'s "Zoë" \\ %s ?', 2**62, None, True)
    rows = [(f"fig {n}", -n, f"{n}", n % 2 == 0) for n in range(number)]
    with open_to_write(where) as db, db.transaction():
        db.execute("CREATE TABLE fruit (name TEXT, n INTEGER, of TEXT, ripe INTEGER)")
        for _ in range(2):  # as often as it takes for a statement to be remembered
            db.executemany("INSERT INTO fruit VALUES (?,?,?,?)", [kept, *rows])
            changed = [(f"was {name}", name, n) for name, n, *_ in rows]
            db.executemany("UPDATE fruit SET of=? WHERE name=? AND n=?", changed)
            found = db.execute("SELECT name, of, ripe FROM fruit ORDER BY n DESC").fetchall()
            assert found[0] == (kept[0], None, 1)
            assert found[1:] == [(name, f"was {name}", int(ripe)) for name, _, _, ripe in rows]
            db.executemany("DELETE FROM fruit WHERE n=? AND name=?",
                           [(n, name) for name, n, *_ in rows])  # fmt: skip
            assert db.execute("SELECT n FROM fruit").fetchall() == [(2**62,)]
            db.executemany("DELETE FROM fruit WHERE name=?", [(kept[0],)])


def test_several_statements_are_carried_out_as_one(place: Where) -> None:
    where = place if isinstance(place, str) else place.with_name("model.sqlite")
    put, drop = "INSERT INTO {} VALUES (?,?)", "DELETE FROM {} WHERE name=?"
    with open_to_write(where) as db:
        with db.transaction():
            for name in ("fruit", "tree"):
                db.execute(f"CREATE TABLE {name} (name TEXT PRIMARY KEY, n INTEGER)")
                db.executemany(put.format(name), [("fig", 1), ("pear", 2), ("plum", 3)])
            db.execute_batches(
                [
                    ("UPDATE fruit SET n=? WHERE name=?", [(4, "fig")]),
                    (drop.format("fruit"), [("pear",), ("none",)]),
                    (put.format("fruit"), [("quince", None), ("apple", True)]),
                    (drop.format("tree"), [("fig",)]),
                    (put.format("tree") + " ON CONFLICT (name) DO NOTHING", [("plum", 7)]),
                    ("INSERT OR IGNORE INTO tree VALUES (?,?)", [("oak", 5), ("pear", 6)]),
                ],
            )
            db.execute_batches([])
            db.execute_batches([(drop.format("tree"), [("pear",)])])
            db.execute_batches([(put.format("tree"), [(f"elm {n}", n) for n in range(300)])])
        asked = "SELECT name, n FROM {} WHERE NOT name LIKE 'elm%' ORDER BY name"
        found = [db.execute(asked.format(name)) for name in ("fruit", "tree")]
        assert found[0].fetchall() == [("apple", 1), ("fig", 4), ("plum", 3), ("quince", None)]
        assert found[1].fetchall() == [("oak", 5), ("plum", 3)]
        assert db.execute("SELECT count(*), sum(n) FROM tree").fetchone() == (302, 44_858)


def test_a_table_that_is_made_anew_is_not_taken_for_what_it_was(databases: Databases) -> None:
    with open_to_write(databases.new()) as db:
        for kind, rows in (("INTEGER", [(1,), (2,)]), ("TEXT", [("1a",), ("2b",)])):
            with db.transaction():
                db.start_empty()
                db.execute(f"CREATE TABLE fruit (name {kind})")
                db.executemany("INSERT INTO fruit VALUES (?)", rows)
            assert db.execute("SELECT name FROM fruit ORDER BY 1").fetchall() == rows


def test_rows_are_put_in_and_read(place: Where) -> None:
    where = place if isinstance(place, str) else place.with_name("model.sqlite")
    with open_to_write(where) as db:
        with db.transaction():
            db.execute("CREATE TABLE fruit (name TEXT PRIMARY KEY, ripe INTEGER) WITHOUT ROWID")
            few = [("pear", True), ("Zoë", 2**62), ("apple", None)]
            db.executemany("INSERT INTO fruit VALUES (?,?)", few)
            many = [(f"plum-{number:03}", number) for number in range(500)]
            db.executemany("INSERT OR IGNORE INTO fruit VALUES (?,?)", [*many, ("pear", 7), *many])
            db.executemany("INSERT INTO fruit VALUES (?,?)", [(f"fig-{n}", n) for n in range(300)])
        rows = db.execute("SELECT name, ripe FROM fruit WHERE NOT name LIKE '%-%' ORDER BY name")
        assert rows.fetchall() == [("Zoë", 2**62), ("apple", None), ("pear", 1)]
        assert "fruit" in db.table_names()
    with closing(store.connect(where)) as reading:
        assert reading.execute("SELECT count(*) FROM fruit").fetchone() == (803,)
        with pytest.raises((*NOT_CREATED, StorageError), match=r"read-?only"):
            reading.execute("DELETE FROM fruit")


def test_what_is_not_finished_is_undone(place: Where) -> None:
    where = place if isinstance(place, str) else place.with_name("model.sqlite")
    with open_to_write(where) as db:
        with suppress(ZeroDivisionError), db.transaction():
            db.execute("CREATE TABLE fruit (name TEXT)")
            _ = 1 / 0
        assert "fruit" not in db.table_names()
        with pytest.raises(NOT_CREATED, match="fruit"):
            db.execute("SELECT * FROM fruit")


def test_what_goes_wrong_on_the_way_is_raised_and_undone(place: Where) -> None:
    """A server hears of the next statement before it has answered the one that is at fault."""
    where = place if isinstance(place, str) else place.with_name("model.sqlite")

    def at_fault(db: Connection, *, asks: bool) -> None:
        with db.transaction(durable=False):
            db.execute("INSERT INTO fruit VALUES ('fig')")
            db.executemany("INSERT INTO fruit VALUES (?)", [("pear",), ("pear",)])
            if asks:
                assert db.execute("SELECT count(*) FROM fruit").fetchone() == (0,)

    with open_to_write(where) as db:
        with db.transaction():
            db.execute("CREATE TABLE fruit (name TEXT PRIMARY KEY)")
        for asks in (False, True):
            with pytest.raises(UNREADABLE, match=r"(?i)unique"):
                at_fault(db, asks=asks)
            assert db.execute("SELECT * FROM fruit").fetchall() == []
        with db.transaction():
            db.execute("INSERT INTO fruit VALUES ('plum')")
        assert [*db.execute("SELECT * FROM fruit")] == [("plum",)]


def test_what_is_supposed_is_undone(place: Where) -> None:
    where = place if isinstance(place, str) else place.with_name("model.sqlite")
    with open_to_write(where) as db:
        catch_up(db, ListLog(LAUNCHES[:1]))
    with open_dry_run(where) as supposed:
        assert catch_up(supposed, ListLog(LAUNCHES)) == len(LAUNCHES)
        assert tables(supposed) == tables(built(LAUNCHES))
    with closing(store.connect(where)) as db:
        assert reader.as_of(db)["position"] == 1
        assert tables(db) == tables(built(LAUNCHES[:1]))


def test_what_stands_still_does_not_see_what_is_written(place: Where) -> None:
    where = place if isinstance(place, str) else place.with_name("model.sqlite")
    with open_to_write(where) as db:
        catch_up(db, ListLog(LAUNCHES[:1]))
        with closing(store.connect(where)) as reading, reading.snapshot():
            assert reader.as_of(reading)["position"] == 1
            catch_up(db, ListLog(LAUNCHES))
            assert reader.as_of(reading)["position"] == 1
        with closing(store.connect(where)) as reading:
            assert reader.as_of(reading)["position"] == len(LAUNCHES)


def test_two_that_build_at_once_build_it_once(place: Where) -> None:
    where = place if isinstance(place, str) else place.with_name("model.sqlite")
    problems = list[Exception]()

    def build(anew: bool) -> None:
        try:
            with open_to_write(where) as db:
                (rebuild if anew else catch_up)(db, ListLog(LAUNCHES))
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=build, args=(number % 2 == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with closing(store.connect(where)) as db:
        assert tables(db) == tables(built(LAUNCHES))


def journal_of(path: Path) -> str:
    """Return how whoever writes to an SQLite file keeps what was there before."""
    with closing(sqlite3.connect(path)) as db:
        return str(db.execute("PRAGMA journal_mode").fetchone()[0])


def test_a_new_file_can_be_read_while_it_is_written_to_once_something_is_in_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "model.sqlite"
    with open_to_write(path) as db:
        with suppress(ZeroDivisionError), db.transaction():
            db.execute("CREATE TABLE fruit (name TEXT)")
            _ = 1 / 0
        assert journal_of(path) != "wal"
        with db.transaction():
            db.execute("CREATE TABLE fruit (name TEXT)")
        assert journal_of(path) == "wal"
        with db.transaction(), closing(store.connect(path)) as reading:
            db.execute("INSERT INTO fruit VALUES ('pear')")
            assert reading.execute("SELECT * FROM fruit").fetchall() == []
        with closing(store.connect(path)) as reading:
            assert reading.execute("SELECT * FROM fruit").fetchall() == [("pear",)]


UNFINISHED = """
import sys, time
from aboard.projections.read_model.read_model import open_to_write

with open_to_write(sys.argv[1]) as db, db.transaction():
    db.execute("PRAGMA cache_size=10")
    db.execute("CREATE TABLE fruit (name TEXT)")
    db.executemany("INSERT INTO fruit VALUES (?)", [("pear" * 900,) for _ in range(900)])
    print("begun", flush=True)
    time.sleep(600)
"""
"""A program that is still at the first things in a file, most of which are there already."""


def test_a_new_file_that_somebody_dies_over_is_built_anew(tmp_path: Path) -> None:
    path = tmp_path / "model.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", UNFINISHED, path], stdout=subprocess.PIPE, text=True
    ) as building:
        assert building.stdout is not None
        assert building.stdout.readline() == "begun\n"
        assert path.stat().st_size > 1_000_000
        began = time.monotonic()
        assert not_made(path)
        assert time.monotonic() - began < 5, "it is waited for"
        building.kill()
    assert path.stat().st_size > 1_000_000
    assert not_made(path)
    with open_to_write(path) as db:
        assert db.table_names() == []
        rebuild(db, ListLog(LAUNCHES))
        assert tables(db) == tables(built(LAUNCHES))
    assert journal_of(path) == "wal"


def not_made(path: Path) -> bool:
    """Whether nothing can be read of a file yet."""
    try:
        with closing(store.connect(path)) as db:
            db.execute("SELECT * FROM fruit")
    except NOT_CREATED:
        return True
    return False
