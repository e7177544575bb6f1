"""The versions a read model is built to, known without importing what builds it.

Raise a fold's number when its answers change meaning: the new fold is then built next to the one
that answers, and takes its place when it has caught up. Raise `schema` when the tables change, or
when today's readers could not make sense of the values of an older fold: everything is then built
again.
"""

from __future__ import annotations

SCHEMA = "schema=14"
"""The form of the tables."""

VERSIONS = {
    "presence": 9,
    "berths": 8,
    "flight_plan": 8,
    "agreement_text": 3,
    "agreement_seats": 3,
    "command": 3,
}
"""The folds of this program, each with the number of meanings that it has had."""


def built_to(versions: dict[str, int]) -> str:
    """Return what a read model that answers by some versions says of itself."""
    return ",".join((SCHEMA, *(f"{name}={version}" for name, version in versions.items())))


BUILT_TO = built_to(VERSIONS)
"""What a read model of this program says of itself."""
