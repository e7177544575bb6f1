"""How far each projection has come: its versions, where each of them stands, and which answers.

The version that answers has its rectangles in the table of the projection's name. A version that is
built next to it has a table of its own, and takes its place when it has caught up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.projections.tables import schema as tables
from aboard.projections.tables.fold_versions import SCHEMA, VERSIONS, built_to
from aboard.storage.connection import NOT_CREATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboard.projections.fold import Fold
    from aboard.projections.ingest.batches import EventLog
    from aboard.storage.connection import Connection, Cursor


class VersionState(NamedTuple):
    """A version of a projection in a read model."""

    name: str
    version: int
    live: bool
    """Whether it is the one that answers."""
    position: int | None
    """The position it has reached; None for that of the read model."""

    @property
    def table(self) -> str:
        """The table that its rectangles are in."""
        return self.name if self.live else f"{self.name}_v{self.version}"


@dataclass(slots=True)
class ReadModelState:
    """What a read model says of itself."""

    meta: dict[str, str]
    standings: dict[tuple[str, int], VersionState]
    """The versions that there are, by name and number."""

    @property
    def position(self) -> int:
        """The position that answers are as of."""
        return int(self.meta["position"])

    def of(self, fold: Fold[Any]) -> VersionState | None:
        """Return where this version of a fold stands; None where nothing of it is built."""
        return self.standings.get((fold.name, fold.version))


def current_state(db: Connection, log: EventLog) -> ReadModelState | None:
    """Return what a read model says of itself; None when it must be built from scratch.

    That is when there is none, or it is of another program or another log, or ahead of it.
    """
    state = read_state(db, log)
    return None if state is None or state.position > log.position else state


def read_state(db: Connection, log: EventLog) -> ReadModelState | None:
    """Return the same, without a look at how far the log goes."""
    return receive_state(request_state(db), log)


PendingState = tuple["Cursor", "Cursor"]
"""What a read model has been asked of itself."""


def request_state(db: Connection) -> PendingState | None:
    """Ask a read model what it says of itself; a server works on the answer meanwhile."""
    try:
        return (
            db.execute("SELECT key, value FROM meta"),
            db.execute(
                "SELECT name, version, live, position FROM projection ORDER BY name, version"
            ),
        )
    except NOT_CREATED:
        return None


def receive_state(asked: PendingState | None, log: EventLog) -> ReadModelState | None:
    """Return what a read model has said; None when it is of another program or another log."""
    if asked is None:
        return None
    try:
        meta, rows = dict(asked[0].fetchall()), asked[1].fetchall()
    except NOT_CREATED:
        return None
    schema = meta.get("built_to", "").partition(",")[0]
    if (schema, meta.get("log")) != (SCHEMA, log.identity):
        return None
    standings = {one[:2]: VersionState(one[0], one[1], bool(one[2]), one[3]) for one in rows}
    return ReadModelState(meta, standings)


class Overtaken(Exception):  # noqa: N818 - it is how things stand
    """A program with a newer version of a fold has taken the read model over."""


def give_way(state: ReadModelState, fold: Fold[Any]) -> None:
    """Raise `Overtaken` where a newer version of a fold answers."""
    for one in state.standings.values():
        if one.live and one.name == fold.name and one.version > fold.version:
            raise Overtaken(
                f"{fold.name} is answered by version {one.version}, and this program has "
                f"{fold.version}"
            )


def create(db: Connection, log: EventLog, folds: Sequence[Fold[Any]]) -> ReadModelState:
    """Make every table of a read model empty, dropping what was there, with all folds live."""
    tables.create_tables(db, log.identity, [fold.name for fold in folds])
    db.executemany(
        "INSERT INTO projection VALUES (?,?,1,NULL)", [(fold.name, fold.version) for fold in folds]
    )
    _store_live_versions(db)
    found = read_state(db, log)
    assert found is not None, "it has just been made"  # noqa: S101
    return found


def start_version(db: Connection, fold: Fold[Any]) -> VersionState:
    """Create the empty tables of a version that is to be built next to the one that answers."""
    standing = VersionState(fold.name, fold.version, live=False, position=0)
    tables.create_fold_table(db, standing.table)
    db.execute("DELETE FROM link WHERE fold=?", (standing.table,))
    db.execute("DELETE FROM parked WHERE projection=?", (standing.table,))
    db.execute("INSERT INTO projection VALUES (?,?,0,0)", (fold.name, fold.version))
    return standing


def set_position(db: Connection, standing: VersionState, position: int | None) -> None:
    """Write down how far a version has come."""
    db.execute(
        "UPDATE projection SET position=? WHERE name=? AND version=?",
        (position, standing.name, standing.version),
    )


def take_over(db: Connection, state: ReadModelState, standing: VersionState) -> None:
    """Let a version that is up to date take the place of the one that has answered so far."""
    name = standing.name
    for other in state.standings.values():
        if other.name == name and other.version != standing.version:
            tables.drop_fold_table(db, other.table)
            db.execute("DELETE FROM link WHERE fold=?", (other.table,))
            db.execute("DELETE FROM parked WHERE projection=?", (other.table,))
    db.execute("DELETE FROM projection WHERE name=? AND version<>?", (name, standing.version))
    tables.rename_fold_table(db, standing.table, name)
    db.execute("UPDATE link SET fold=? WHERE fold=?", (name, standing.table))
    db.execute("UPDATE parked SET projection=? WHERE projection=?", (name, standing.table))
    db.execute("UPDATE projection SET live=1, position=NULL WHERE name=?", (name,))
    _store_live_versions(db)


def _store_live_versions(db: Connection) -> None:
    """Store in `meta` which versions answer, where readers find it at once."""
    live = dict(db.execute("SELECT name, version FROM projection WHERE live=1").fetchall())
    versions = {name: live[name] for name in VERSIONS if name in live}
    db.execute("UPDATE meta SET value=? WHERE key='built_to'", (built_to(versions),))


class Target(NamedTuple):
    """A fold, its number among those of this process, and the table that its rectangles are in."""

    number: int
    fold: Fold[Any]
    table: str


class OwnFolds:
    """The folds of a process, each found by the version that it is."""

    def __init__(self, folds: Iterable[Fold[Any]]) -> None:
        self._by_version = {
            (fold.name, fold.version): (number, fold) for number, fold in enumerate(folds)
        }

    def target(self, standing: VersionState) -> Target | None:
        """Return the fold of a version, and its table; None where this process does not have it."""
        found = self._by_version.get(standing[:2])
        return Target(*found, standing.table) if found else None
