"""The first pass over a long log, by one process and by several."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pytest

from aboard.projections.folds.registry import FOLDS
from aboard.projections.ingest import catalogue
from aboard.projections.ingest.catalogue import EVENT
from aboard.projections.read_model.read_model import ReadModel
from aboard.projections.rebuild import rebuild as bulk
from aboard.projections.rebuild import scan as scanning
from aboard.projections.rebuild.parallel_lift import may_fork
from aboard.projections.rebuild.scan import Scanner, stretches
from aboard.storage.sqlite import open_file
from tests.build import fact
from tests.projections.folding import POISON, with_fragile
from tests.projections.ingest.test_parking import contents, opened, parked, rebuilt, unreadable
from tests.projections.model import ListLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aboard.events.envelope import Event


class OpenLog(ListLog):
    """A log that is a list, which another process has, too."""

    def opener(self) -> Callable[[], OpenLog]:  # type: ignore[override]
        return partial(OpenLog, self.events)


def named(day: int, flight: str, name: str) -> Event:
    return fact(
        "planned", f"2020-01-{day:02}", stream=f"flight/{flight}", version=day,
        id=f"{flight}/planned-{day}", name=name, spacecraft="Cart", operator="orchard",
    )  # fmt: skip


PLAIN = [
    named(1, "apple", "Apple"),
    opened(2),
    named(1, "pear", "Pear"),
    opened(3),
    named(4, "apple", "Russet"),
    opened(2, "pear"),
    opened(1, "plum"),
]
"""Seven events, in stretches of two."""

AMENDED = [
    *PLAIN,
    fact("fact.corrected", "2020-02-01", stream="flight/pear", id="pear/corrected",
         target="pear/planned-1", changes={"name": "Quince"}, reason="misread"),
]  # fmt: skip

STRANGE: Any = opened(5).model_copy(update={"source": (object(),)})

LOGS: dict[str, list[Any]] = {
    "nothing strange": PLAIN,
    "a correction": AMENDED,
    "one that cannot be read": [*PLAIN[:3], unreadable(9), *PLAIN[3:]],
    "a fold that cannot tell whom one is about": [*PLAIN, opened(6, note="nobody's"), opened(7)],
    "a fold that raises": [*PLAIN[:2], opened(6, note=POISON), *PLAIN[2:]],
    "one that the catalogue does not take": [*PLAIN[:4], STRANGE, *PLAIN[4:]],
}


def folds_for(kind: str) -> Any:
    return with_fragile(raises_on="subjects:nobody's") if "whom" in kind else with_fragile()


def build(kind: str, where: Path, processes: int) -> None:
    """Build a read model in a file, from a log that is longer than a page."""
    bulk.PAGE, bulk.WINDOW, scanning.STRETCH = 3, 3, 2
    vars(catalogue)["AT_ONCE"] = 3
    assert may_fork()
    with closing(open_file(where, "rwc")) as db:
        ReadModel(db, folds_for(kind), processes=processes).rebuild(OpenLog(LOGS[kind]))


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("kind", LOGS)
def test_a_long_log_is_built_as_a_short_one(kind: str, processes: int, tmp_path: Path) -> None:
    # In a program of its own, in which nothing else is under way.
    program = get_context("spawn").Process(target=build, args=(kind, tmp_path / "db", processes))
    program.start()
    program.join(60)
    assert program.exitcode == 0
    with closing(open_file(tmp_path / "db", "ro")) as db:
        short = rebuilt(LOGS[kind], folds_for(kind))
        assert contents(db) == contents(short)
        assert dict(db.execute("SELECT * FROM meta")) == dict(short.execute("SELECT * FROM meta"))
        held = {row[2] for row in parked(db)}
        assert len(held) == (0 if kind in ("nothing strange", "a correction") else 1)
        named = dict(db.execute("SELECT id, name FROM entity WHERE kind='flight'"))
    assert named == {"apple": "Russet", "pear": "Quince" if kind == "a correction" else "Pear"}


def test_what_comes_of_a_stretch_is_of_that_stretch_alone() -> None:
    folds = {fold.name: fold for fold in FOLDS}
    scanner = Scanner(ListLog(AMENDED), folds, frozenset({3}))
    found = [scanner.work(stretch) for stretch in stretches(len(AMENDED))]
    assert [stretch for stretch, _ in found] == [(0, len(AMENDED))]
    assert scanner.work((8, 8))[1] == (0, "", {}, {}, {})

    _, plain = scanner.work((2, 5))
    assert plain is not None
    events, recorded, touched, rows, amended = plain
    assert (events, recorded, amended) == (3, PLAIN[4].recorded.isoformat(), {})
    assert touched["berths", "apple", "flight/apple"] == 4, "the first that names it"
    assert [row[1] for row in rows[EVENT]] == [4, 5], "what is skipped is not in the catalogue"
    assert scanner.work((7, 8))[1][4] == {"flight/pear": 8}  # type: ignore[index]


@pytest.mark.parametrize(
    "kind", ["one that cannot be read", "one that the catalogue does not take"]
)
def test_nothing_comes_of_a_stretch_that_has_to_be_looked_into(kind: str) -> None:
    scanner = Scanner(ListLog(LOGS[kind]), {fold.name: fold for fold in FOLDS}, frozenset())
    assert scanner.work((0, 8)) == ((0, 8), None)
    assert scanner.work((0, 2))[1] is not None
