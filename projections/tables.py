"""The tables of the read model, in SQLite.

Each fold has a table of rectangles, clustered by place and then by the beginning of valid time,
with the longest closed stay of each place beside it and an index of the open ones: a question at
one instant then looks at no row that is too old to matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.projections.fold import FOREVER
from aboard.projections.folds import FOLDS
from aboard.projections.versions import BUILT_TO

if TYPE_CHECKING:
    import sqlite3

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
    "PRIMARY KEY (event, known_from)",
    "mention": "flight TEXT, event TEXT, PRIMARY KEY (flight, event)",
    "person_mention": "person TEXT, event TEXT, PRIMARY KEY (person, event)",
    "coverage": "station TEXT, position INTEGER, since TEXT NOT NULL, until TEXT NOT NULL, "
    "PRIMARY KEY (station, position)",
    "about": "target TEXT, statement TEXT, PRIMARY KEY (target, statement)",
    "gap": "touches TEXT, event TEXT, since INTEGER NOT NULL, until INTEGER NOT NULL, "
    "what TEXT NOT NULL, PRIMARY KEY (touches, event)",
    "link": "fold TEXT, subject TEXT, stream TEXT, PRIMARY KEY (fold, subject, stream)",
}
"""The tables beside the folds' own, all of them clustered by their keys."""

INDEXES = (
    "CREATE INDEX link_stream ON link (stream, fold)",
    "CREATE UNIQUE INDEX event_position ON event (position)",
)


def make(db: sqlite3.Connection, log: str) -> None:
    """Make every table empty, dropping what was there, for the log of an identity."""
    for name, columns in TABLES.items():
        db.execute(f"DROP TABLE IF EXISTS {name}")
        db.execute(f"CREATE TABLE {name} ({columns}) WITHOUT ROWID")
    for statement in INDEXES:
        db.execute(statement)
    for fold in FOLDS:
        _make_fold(db, fold.name)
    db.executemany(
        "INSERT INTO meta VALUES (?,?)",
        [("built_to", BUILT_TO), ("log", log), ("position", "0"), ("recorded", "")],
    )


def _make_fold(db: sqlite3.Connection, name: str) -> None:
    db.execute(f"DROP TABLE IF EXISTS {name}")
    db.execute(f"DROP TABLE IF EXISTS {name}_span")
    db.execute(
        f"CREATE TABLE {name} (place TEXT, valid_from INTEGER, subject TEXT, n INTEGER, "
        "valid_to INTEGER NOT NULL, known_from INTEGER NOT NULL, known_to INTEGER NOT NULL, "
        "value TEXT NOT NULL, why TEXT NOT NULL, "
        "PRIMARY KEY (place, valid_from, subject, known_from, n)) WITHOUT ROWID"
    )
    db.execute(
        f"CREATE INDEX {name}_open ON {name} (place, valid_from, known_from, known_to) "
        f"WHERE valid_to = {FOREVER}"
    )
    db.execute(f"CREATE INDEX {name}_subject ON {name} (subject)")
    db.execute(
        f"CREATE TABLE {name}_span (place TEXT PRIMARY KEY, longest INTEGER NOT NULL) WITHOUT ROWID"
    )
