"""Deaths and losses: who died and which flights were lost, by an instant, as known at another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.time import Time
from aboard.projections.queries.shown_event import events_by

if TYPE_CHECKING:
    from aboard.storage.connection import Connection


class PersonDeath(NamedTuple):
    """When a person died, and the flight that they were on, if any."""

    at: Time
    flight: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as an answer has it."""
        return {"at": str(self.at), "precision": self.at.precision, "flight": self.flight}


def deaths(db: Connection, at: int, known: int) -> dict[str, PersonDeath]:
    """Return the deaths that had begun to be possible at an instant, by the person's id."""
    return {
        event.stream.partition("/")[2]: PersonDeath(
            Time.parse(event.happened), event.said.get("flight")
        )
        for event in events_by(db, "person.died", at, known)
    }


def losses(db: Connection, at: int, known: int) -> dict[str, dict[str, Any]]:
    """Return the flights that were lost, each with when and why, by the flight's id."""
    return {
        event.stream.partition("/")[2]: {
            "at": event.happened,
            "precision": Time.parse(event.happened).precision,
            "reason": event.said.get("reason"),
        }
        for event in events_by(db, "flight.lost", at, known)
    }
