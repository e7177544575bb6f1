"""The contract of a storage adapter: what every `Connection` does, whichever database is behind it.

An adapter for another database is right when it passes these tests: `tests/homes.py` lists the
databases that they run against.
"""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aboard.storage.connection import NOT_CREATED, UNREADABLE, StorageError
from aboard.storage.databases import connect, open_dry_run, open_to_write

if TYPE_CHECKING:
    from aboard.storage.connection import Connection, Location
    from tests.homes import Where


@pytest.fixture
def model(place: Where) -> Location:
    """Where a read model can be; there is none yet."""
    return place.with_name("model.sqlite") if isinstance(place, Path) else place


@pytest.fixture
def fruit(model: Location) -> Location:
    """A read model with one table, in which there is one row."""
    with open_to_write(model) as db, db.transaction():
        db.execute("CREATE TABLE fruit (name TEXT PRIMARY KEY)")
        db.execute("INSERT INTO fruit VALUES ('fig')")
    return model


def names(db: Connection) -> list[str]:
    return [name for (name,) in db.execute("SELECT name FROM fruit ORDER BY name")]


def stored(model: Location) -> list[str]:
    """Return what another process finds."""
    with closing(connect(model)) as db:
        return names(db)


def test_what_is_not_there_is_not_created(model: Location) -> None:
    with pytest.raises(NOT_CREATED):
        stored(model)


def test_a_new_read_model_has_the_first_tables_of_a_server(model: Location) -> None:
    with open_to_write(model, ["CREATE TABLE fruit (name TEXT)"]) as db:
        assert db.table_names() == ([] if isinstance(model, Path) else ["fruit"])


def test_parameters_are_given_by_their_place_or_their_name(fruit: Location) -> None:
    with closing(connect(fruit)) as db:
        assert (
            db.execute("SELECT ?, 'it''s ? :a %' FROM fruit", (7,)).fetchone()[1] == "it's ? :a %"
        )
        found = db.execute("SELECT name FROM fruit WHERE name=:name", {"name": "fig"})
        assert [*found] == [("fig",)]
        assert found.fetchone() is None


def test_texts_are_compared_byte_by_byte(fruit: Location) -> None:
    with open_to_write(fruit) as db:
        db.executemany("INSERT INTO fruit VALUES (?)", [("Zo\u00eb",), ("apple",), ("\u00c4pfel",)])
    assert stored(fruit) == ["Zo\u00eb", "apple", "fig", "\u00c4pfel"]


def test_a_statement_outside_a_transaction_is_committed_by_itself(fruit: Location) -> None:
    with open_to_write(fruit) as db:
        db.execute("INSERT INTO fruit VALUES ('pear')")
        assert stored(fruit) == ["fig", "pear"]


def test_a_transaction_is_seen_by_others_when_it_is_committed(fruit: Location) -> None:
    with open_to_write(fruit) as db:
        with db.transaction():
            db.execute("INSERT INTO fruit VALUES ('pear')")
            assert names(db) == ["fig", "pear"]
            assert stored(fruit) == ["fig"]
        assert stored(fruit) == ["fig", "pear"]


def test_a_writer_waits_for_another_and_sees_what_it_wrote(fruit: Location) -> None:
    seen: list[str] = []
    with open_to_write(fruit) as db:

        def write() -> None:
            with open_to_write(fruit) as other, other.transaction():
                seen.extend(names(other))

        writer = threading.Thread(target=write)
        with db.transaction():
            writer.start()
            db.execute("INSERT INTO fruit VALUES ('pear')")
        writer.join()
    assert seen == ["fig", "pear"]


def test_a_snapshot_does_not_see_what_is_written_later(fruit: Location) -> None:
    with closing(connect(fruit)) as db, db.snapshot():
        with open_to_write(fruit) as other:
            other.execute("INSERT INTO fruit VALUES ('pear')")
        assert names(db) == ["fig"]
    assert stored(fruit) == ["fig", "pear"]


def test_a_dry_run_changes_nothing_that_is_stored(fruit: Location) -> None:
    with open_dry_run(fruit) as db:
        with db.transaction():
            db.execute("INSERT INTO fruit VALUES ('pear')")
        assert names(db) == ["fig", "pear"]
    assert stored(fruit) == ["fig"]


def test_readers_see_the_old_tables_until_the_new_ones_are_committed(fruit: Location) -> None:
    with open_to_write(fruit) as db:
        with suppress(ZeroDivisionError), db.transaction():
            db.start_empty()
            assert db.table_names() == []
            _ = 1 / 0
        assert names(db) == ["fig"]
        with db.transaction():
            db.start_empty()
            db.execute("CREATE TABLE fruit (name TEXT)")
            db.execute("INSERT INTO fruit VALUES ('plum')")
            assert stored(fruit) == ["fig"]
    assert stored(fruit) == ["plum"]


def test_much_can_be_written_with_a_large_cache(fruit: Location) -> None:
    with open_to_write(fruit) as db:
        with db.large_cache(), db.transaction():
            db.executemany("INSERT INTO fruit VALUES (?)", [(f"plum {n}",) for n in range(1_000)])
        assert len(names(db)) == 1_001


@pytest.mark.parametrize("number", [1, 2, 150, 300])
def test_rows_are_changed_and_taken_out(model: Location, number: int) -> None:
    kept = ('it\'s "Zoë" \\ %s ?', 2**62, None, True)
    rows = [(f"fig {n}", -n, f"{n}", n % 2 == 0) for n in range(number)]
    with open_to_write(model) as db, db.transaction():
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


def test_several_statements_are_carried_out_as_one(model: Location) -> None:
    put, drop = "INSERT INTO {} VALUES (?,?)", "DELETE FROM {} WHERE name=?"
    with open_to_write(model) as db:
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


def test_a_table_that_is_made_anew_is_not_taken_for_what_it_was(model: Location) -> None:
    with open_to_write(model) as db:
        for kind, rows in (("INTEGER", [(1,), (2,)]), ("TEXT", [("1a",), ("2b",)])):
            with db.transaction():
                db.start_empty()
                db.execute(f"CREATE TABLE fruit (name {kind})")
                db.executemany("INSERT INTO fruit VALUES (?)", rows)
            assert db.execute("SELECT name FROM fruit ORDER BY 1").fetchall() == rows


def test_rows_are_put_in_and_read(model: Location) -> None:
    with open_to_write(model) as db:
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
    with closing(connect(model)) as reading:
        assert reading.execute("SELECT count(*) FROM fruit").fetchone() == (803,)
        with pytest.raises((*NOT_CREATED, StorageError), match=r"read-?only"):
            reading.execute("DELETE FROM fruit")


def test_what_is_not_finished_is_undone(model: Location) -> None:
    with open_to_write(model) as db:
        with suppress(ZeroDivisionError), db.transaction():
            db.execute("CREATE TABLE fruit (name TEXT)")
            _ = 1 / 0
        assert "fruit" not in db.table_names()
        with pytest.raises(NOT_CREATED, match="fruit"):
            db.execute("SELECT * FROM fruit")


def test_what_goes_wrong_on_the_way_is_raised_and_undone(model: Location) -> None:
    """A server hears of the next statement before it has answered the one that is at fault."""

    def at_fault(db: Connection, *, asks: bool) -> None:
        with db.transaction(durable=False):
            db.execute("INSERT INTO fruit VALUES ('fig')")
            db.executemany("INSERT INTO fruit VALUES (?)", [("pear",), ("pear",)])
            if asks:
                assert db.execute("SELECT count(*) FROM fruit").fetchone() == (0,)

    with open_to_write(model) as db:
        with db.transaction():
            db.execute("CREATE TABLE fruit (name TEXT PRIMARY KEY)")
        for asks in (False, True):
            with pytest.raises(UNREADABLE, match=r"(?i)unique"):
                at_fault(db, asks=asks)
            assert db.execute("SELECT * FROM fruit").fetchall() == []
        with db.transaction():
            db.execute("INSERT INTO fruit VALUES ('plum')")
        assert [*db.execute("SELECT * FROM fruit")] == [("plum",)]
