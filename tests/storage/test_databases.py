"""Opening databases by their location: the same read model in either, and files that are new."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from aboard.projections.queries import reader
from aboard.projections.read_model.read_model import catch_up, open_dry_run, open_to_write, rebuild
from aboard.storage import databases as store
from aboard.storage import sqlite
from aboard.storage.connection import NOT_CREATED
from tests.projections.model import ListLog, built, flight, tables

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.homes import Where


LAUNCHES = [
    *flight("apple", ("launched", "2020-01-01T00:00:00Z", {"crew": ["ann"]}),
            ("docked", "2020-01-01T06:00:00Z", {"station": "pear", "port": "north"})),
    *flight("plum", ("launched", "2020-02-01T00:00:00Z", {"crew": ["bob"]})),
]  # fmt: skip


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


def test_a_new_file_that_somebody_dies_over_is_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", UNFINISHED, path], stdout=subprocess.PIPE, text=True
    ) as building:
        assert building.stdout is not None
        assert building.stdout.readline() == "begun\n"
        assert path.stat().st_size > 1_000_000
        with monkeypatch.context() as patch:
            patch.setattr(sqlite, "LOCK_TIMEOUT", None)  # with which no file can be opened
            assert not_made(path)
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
