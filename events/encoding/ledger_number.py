"""One number for a set of facts: the same wherever and in whatever order they were recorded.

It is a SHA-256 over what the facts state. Each fact is written as JSON in one way only, without
what recording it added, and the facts are sorted by these bytes. So it depends on no position,
database, time zone, locale or file, and any fact that is added, removed or stated otherwise changes
it.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.events.envelope import Event

ADDED = frozenset(
    ("originator_version", "recorded", "recorded_by", "correlation_id", "causation_id")
)
"""The fields that recording adds to a fact."""


def canonical(event: Event) -> bytes:
    """Return what a fact states, in ASCII, on one line, with its keys in order.

    Defaults are left out, so that a new optional field changes no number. The clocks of an
    act of the log's keeper that the ledger does not date follow from the other facts, or from the
    load, and are left out too.
    """
    follows = event.STAMPED and (event.known_assumed or not event.DATED)
    added = ADDED | {"happened", "known", "known_assumed"} if follows else ADDED
    said = event.model_dump(mode="json", exclude=set(added), exclude_defaults=True)
    return json.dumps({**said, "type": event.TOPIC}, sort_keys=True, separators=(",", ":")).encode()


def ledger_number(events: Iterable[Event]) -> str:
    """Return the number of some facts, in 64 hexadecimal digits."""
    digest = sha256()
    for line in sorted(map(canonical, events)):
        digest.update(line + b"\n")
    return digest.hexdigest()
