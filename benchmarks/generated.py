"""A fact as it is generated: what it says, and the very bytes that the codec would store of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

DAY, HOUR, MINUTE = 86_400, 3_600, 60

RECORDER = "generator"
"""Who has recorded what is generated."""

VERSIONED = {"station.registered": 2}
"""The versions of the types whose shape has changed: they stand first in the bytes."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Fact:
    """What one event says, and when it is recorded, in Unix seconds.

    `said` has the fields of its own type, those with another value than their default, in the order
    of the model. `happened` and `known` are the written forms of times. `version` is its place in
    its stream, known once it is known what is recorded before it.
    """

    recorded: int
    topic: str
    stream: str
    id: str
    happened: str
    known: str
    source: tuple[str, ...]
    said: dict[str, Any]
    version: int = 0

    def stored(self) -> bytes:
        """Return what is stored of it.

        Going through the models would take several times as long; a test holds the bytes against
        those of the codec.
        """
        shape = VERSIONED.get(self.topic)
        body = {
            **({"class_version": shape} if shape else {}),
            "id": self.id,
            "originator_id": self.stream,
            "originator_version": self.version,
            "happened": self.happened,
            "known": self.known,
            "recorded": second(self.recorded),
            "recorded_by": RECORDER,
            "source": self.source,
            **self.said,
        }
        return _encode(body).encode()


def instant(written: str) -> int:
    """Return the instant at which a minute, or a second, begins."""
    return int(datetime.fromisoformat(written).timestamp())


def second(instant: int) -> str:
    """Return the written form of an instant, to the second."""
    return datetime.fromtimestamp(instant, UTC).isoformat()[:19] + "Z"


def minute(instant: int) -> str:
    """Return the minute of an instant."""
    return datetime.fromtimestamp(instant, UTC).isoformat()[:16] + "Z"


def day(instant: int) -> str:
    """Return the day of an instant."""
    return datetime.fromtimestamp(instant, UTC).isoformat()[:10]


def month(instant: int) -> str:
    """Return the month of an instant."""
    return datetime.fromtimestamp(instant, UTC).isoformat()[:7]
