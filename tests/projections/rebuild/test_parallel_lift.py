"""Lifting in several processes gives what lifting in one does."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from aboard.domain.eventlog.log import open_log
from aboard.projections.folds.registry import FOLDS
from aboard.projections.read_model.read_model import ReadModel
from aboard.projections.rebuild import catalogue_pass as first_pass
from aboard.projections.rebuild import parallel_lift as lifting
from aboard.projections.rebuild import rebuild as bulk
from aboard.projections.rebuild import scan as scanning
from aboard.projections.rebuild.parallel_lift import processes_for
from aboard.projections.tables.schema import create_tables
from aboard.storage.sqlite import open_file
from tests.loader.content import tables
from tests.memory import in_memory
from tests.projections.model import ListLog, built
from tests.projections.model import tables as rows_of
from tests.projections.read_model.test_follow import HISTORY

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.storage.connection import Connection

FORKING = """
import sys
from pathlib import Path
from aboard.domain.eventlog.log import open_log
from aboard.projections.rebuild.parallel_lift import may_fork
from aboard.projections.read_model.read_model import ReadModel, open_to_write

assert may_fork()
with open_log(Path(sys.argv[1])) as log, open_to_write(Path(sys.argv[2])) as db:
    print(ReadModel(db, processes=3).rebuild(log))
"""
"""A program in which nothing else is under way."""


def test_forked_processes_build_the_same(tmp_path: Path) -> None:
    with open_log(tmp_path / "log") as log:
        log.record(HISTORY)
    model = tmp_path / "model"
    done = subprocess.run(
        [sys.executable, "-c", FORKING, tmp_path / "log", model],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, f"{len(HISTORY)}\n"), done.stderr
    with closing(open_file(model, "ro")) as db:
        grown = {name: rows for name, rows in rows_of(db).items() if name != "meta"}
    fresh = {name: rows for name, rows in rows_of(built(HISTORY)).items() if name != "meta"}
    assert grown == fresh
    assert tables(model).keys() == {*grown, "meta"}


def test_no_more_events_are_kept_than_were_meant_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifting, "MAX_CACHED", 3)
    streams = list(dict.fromkeys(event.originator_id for event in HISTORY))
    folds = {fold.name: fold for fold in FOLDS}
    lifter = lifting.Lifter(ListLog(HISTORY), folds, {}, set(), len(HISTORY))
    for stream in (*streams, *streams):
        assert lifter.lift([lifting.LiftTask("presence", "ann", (stream,))]).left == []
        kept = sum(len(told) for told in lifter.kept.values())
        assert kept == lifter.events <= 3
        assert not lifter.kept or next(reversed(lifter.kept)) == stream


@pytest.mark.parametrize("processes", [1, 2])
def test_a_log_of_many_pages_is_built_the_same(
    processes: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its events are read page by page, and its subjects lifted window by window."""
    monkeypatch.setattr(bulk, "PAGE", 4)
    monkeypatch.setattr(bulk, "WINDOW", 3)
    monkeypatch.setattr(scanning, "STRETCH", 2)
    monkeypatch.setattr(first_pass, "LINKS", 5)
    monkeypatch.setattr(lifting, "MAX_CACHED", 4)
    seen: list[tuple[int, int]] = []
    with (
        open_log(tmp_path / "log") as log,
        closing(in_memory()) as db,
    ):
        log.record(HISTORY)
        model = ReadModel(db, processes=processes)
        assert model.rebuild(log, lambda done, total: seen.append((done, total))) == len(HISTORY)
        assert rows_of(db) == rows_of(built(HISTORY))
    assert len(HISTORY) > 4
    assert seen == sorted(seen)
    assert seen[-1] == (2 * len(HISTORY), 2 * len(HISTORY))


@pytest.mark.parametrize("page", [4, 20_000])
def test_what_is_built_has_every_index(page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does without them as long as it is filled."""
    monkeypatch.setattr(bulk, "PAGE", page)
    log = ListLog(HISTORY)
    with (
        closing(in_memory()) as empty,
        closing(in_memory()) as db,
    ):
        create_tables(empty, log.identity, [fold.name for fold in FOLDS])
        ReadModel(db, processes=1).rebuild(log)
        wanted = indexes_of(empty)
        assert wanted > {"CREATE INDEX link_stream ON link (stream, fold)"}
        assert indexes_of(db) == wanted


def indexes_of(db: Connection) -> set[str]:
    """Return what makes each of the indexes that there are."""
    rows = db.execute("SELECT sql FROM sqlite_master WHERE type='index' AND sql IS NOT NULL")
    return {sql for (sql,) in rows}


def test_work_is_shared_when_there_is_enough_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(8)))
    with open_log(tmp_path / "log") as log:
        for forks, few, many in ((True, 1_000, 5_000), (False, 5_000, 100_000)):
            monkeypatch.setattr(lifting, "may_fork", lambda forks=forks: forks)
            assert processes_for(log, FOLDS, few) == 1
            assert processes_for(log, FOLDS, many) == 4
        # Of a fold that the program does not have, a process that starts anew knows nothing.
        assert processes_for(log, [object()], 100_000) == 1  # type: ignore[list-item]
    monkeypatch.setattr(lifting, "may_fork", lambda: True)
    assert processes_for(ListLog(), FOLDS, 100_000) == 1
