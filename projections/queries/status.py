"""How a read model stands: its projections, how far each has come, and what is parked.

It needs the standard library alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aboard.storage.connection import Connection


def projections(db: Connection) -> list[dict[str, Any]]:
    """Return every version of every projection, with the position that it has reached.

    Each has its ``name`` and ``version``, whether it is ``live``, and so answers, its ``position``,
    and how many events are ``parked`` and ``skipped`` in it.
    """
    (position,) = db.execute("SELECT value FROM meta WHERE key='position'").fetchone()
    parked = _count(db, "parked")
    skipped = _count(db, "skipped")
    rows = db.execute(
        "SELECT name, version, live, position FROM projection ORDER BY name, live DESC, version"
    )
    return [
        {
            "name": name,
            "version": version,
            "live": bool(live),
            "position": int(position) if own is None else own,
            "parked": parked.get(name if live else f"{name}_v{version}", 0),
            "skipped": skipped.get(name, 0),
        }
        for name, version, live, own in rows.fetchall()
    ]


def registered(db: Connection) -> dict[str, int]:
    """Return how many things of each kind are registered."""
    rows = db.execute("SELECT kind, count(*) FROM entity GROUP BY kind ORDER BY kind")
    return dict(rows.fetchall())


def _count(db: Connection, table: str) -> dict[str, int]:
    """Return how many events of each projection stand in a table."""
    rows = db.execute(
        f"SELECT projection, count(DISTINCT position) FROM {table} GROUP BY projection"  # noqa: S608
    )
    return dict(rows.fetchall())


def parked(db: Connection) -> list[dict[str, Any]]:
    """Return what is parked, in the order of positions: one row for each subject affected."""
    columns = ("position", "event", "projection", "subject", "error", "since")
    rows = db.execute(
        f"SELECT {', '.join(columns)} FROM parked ORDER BY position, projection, subject"  # noqa: S608
    )
    return [dict(zip(columns, row, strict=True)) for row in rows.fetchall()]
