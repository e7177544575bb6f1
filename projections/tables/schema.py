"""The tables of the read model, in SQLite.

Each fold has a table of rectangles, clustered by subject and then by the beginning of valid time:
what is new of a subject changes rows that stand together. An index by place finds what holds at one
instant without a look at any row that is too old to matter:
see :mod:`aboard.projections.tables.point_index`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.projections.tables import point_index as reach

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.storage.connection import Connection

TABLES = {
    "meta": "key TEXT PRIMARY KEY, value TEXT NOT NULL",
    "entity": "kind TEXT, id TEXT, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)",
    "alias": "kind TEXT, key TEXT, id TEXT, PRIMARY KEY (kind, key, id)",
    "event": "id TEXT PRIMARY KEY, position INTEGER NOT NULL, stream TEXT NOT NULL, "
    "type TEXT NOT NULL, happened TEXT NOT NULL, happened_from INTEGER NOT NULL, "
    "rank INTEGER NOT NULL, known TEXT NOT NULL, known_from INTEGER NOT NULL, "
    "known_assumed INTEGER NOT NULL, recorded TEXT NOT NULL, recorded_by TEXT NOT NULL, "
    "source TEXT NOT NULL, body TEXT NOT NULL, version INTEGER NOT NULL, "
    "correlation TEXT, causation TEXT",
    "amended": "event TEXT, known_from INTEGER, known_to INTEGER NOT NULL, "
    "happened TEXT NOT NULL, happened_from INTEGER NOT NULL, body TEXT, "
    "shown_known TEXT NOT NULL, shown_known_from INTEGER NOT NULL, "
    "shown_known_assumed INTEGER NOT NULL, shown_source TEXT NOT NULL, shown_note TEXT, "
    "shown_body TEXT NOT NULL, amended_by TEXT NOT NULL, PRIMARY KEY (event, known_from)",
    "amendment": "stream TEXT, target TEXT, PRIMARY KEY (stream, target)",
    "mention": "flight TEXT, event TEXT, PRIMARY KEY (flight, event)",
    "reference": "kind TEXT, id TEXT, event TEXT, PRIMARY KEY (kind, id, event)",
    "coverage": "station TEXT, position INTEGER, since TEXT NOT NULL, until TEXT NOT NULL, "
    "PRIMARY KEY (station, position)",
    "about": "target TEXT, statement TEXT, PRIMARY KEY (target, statement)",
    "gap": "touches TEXT, event TEXT, since INTEGER NOT NULL, until INTEGER NOT NULL, "
    "what TEXT NOT NULL, PRIMARY KEY (touches, event)",
    "link": "fold TEXT, subject TEXT, stream TEXT, PRIMARY KEY (fold, subject, stream)",
    "projection": "name TEXT, version INTEGER, live INTEGER NOT NULL, position INTEGER, "
    "PRIMARY KEY (name, version)",
    "parked": "projection TEXT, subject TEXT, position INTEGER, event TEXT NOT NULL, "
    "error TEXT NOT NULL, since TEXT NOT NULL, PRIMARY KEY (projection, subject, position)",
    "skipped": "projection TEXT, position INTEGER, event TEXT NOT NULL, reason TEXT NOT NULL, "
    "since TEXT NOT NULL, PRIMARY KEY (projection, position)",
}
"""The tables other than those of the folds, all of them clustered by their keys."""

FIRST_TABLES = tuple(f"CREATE TABLE {name} ({TABLES[name]})" for name in ("meta", "projection"))
"""The statements that create the tables which are looked at before anything is built."""

CATALOGUE = "catalogue"
"""An event that is parked under this name is missing among the events and the names."""

INDEXES = {
    "link_stream": "CREATE INDEX link_stream ON link (stream, fold)",
    "event_position": "CREATE UNIQUE INDEX event_position ON event (position)",
    "alias_of": "CREATE INDEX alias_of ON alias (kind, id)",
    "about_by": "CREATE INDEX about_by ON about (statement)",
    "gap_by": "CREATE INDEX gap_by ON gap (event)",
}
"""What makes the indexes of these tables, by their names."""


def create_tables(db: Connection, log: str, folds: Iterable[str]) -> None:
    """Make every table empty, dropping whatever was there, for the log of an identity."""
    db.start_empty()
    for name, columns in TABLES.items():
        db.execute(f"CREATE TABLE {name} ({columns}) WITHOUT ROWID")
    create_indexes(db)
    for fold in folds:
        create_fold_table(db, fold)
    db.executemany(
        "INSERT INTO meta VALUES (?,?)",
        [(key, "0") for key in ("position", "parked", "skipped")]
        + [("built_to", ""), ("log", log), ("recorded", "")],
    )


def create_indexes(db: Connection) -> None:
    """Create the indexes of the tables other than those of the folds."""
    for statement in INDEXES.values():
        db.execute(statement)


def drop_indexes(db: Connection) -> None:
    """Do without them while much is put into those tables."""
    for name in INDEXES:
        db.execute(f"DROP INDEX {name}")


def create_fold_table(db: Connection, name: str) -> None:
    """Make the tables of a fold empty, dropping what was there."""
    drop_fold_table(db, name)
    db.execute(
        f"CREATE TABLE {name} (place TEXT, valid_from INTEGER, subject TEXT, n INTEGER, "
        "valid_to INTEGER NOT NULL, known_from INTEGER NOT NULL, known_to INTEGER NOT NULL, "
        "value TEXT NOT NULL, why TEXT NOT NULL, "
        "PRIMARY KEY (subject, valid_from, known_from, n)) WITHOUT ROWID"
    )
    create_fold_index(db, name)


def create_fold_index(db: Connection, name: str) -> None:
    """Make the index of a fold's table."""
    db.execute(reach.index(name))


def drop_fold_index(db: Connection, name: str) -> None:
    """Do without the index of a fold's table while much is put into it."""
    db.execute(f"DROP INDEX {name}_at")


def drop_fold_table(db: Connection, name: str) -> None:
    """Drop the table of a fold, where there is one."""
    db.execute(f"DROP TABLE IF EXISTS {name}")


def rename_fold_table(db: Connection, name: str, new: str) -> None:
    """Give the table of a fold another name, at once however many rows there are."""
    db.execute(f"ALTER TABLE {name} RENAME TO {new}")
