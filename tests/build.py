"""Events for tests, said briefly: `fact("launched", T0, crew=["ann"])`."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from aboard.events.time import Time
from aboard.events.vocabulary import class_of

if TYPE_CHECKING:
    from aboard.events.envelope import Event

_numbers = itertools.count(1)


def _new_id(stream: str, kind: str) -> str:
    name = kind.rpartition(".")[2].replace("_", "-")
    return f"{stream.partition('/')[2]}/{name}-{next(_numbers)}"


def fact(
    kind: str,
    /,
    happened: str,
    known: str | None = None,
    *,
    stream: str = "flight/apple",
    version: int = 1,
    id: str | None = None,  # noqa: A002 - the field's name
    **said: Any,
) -> Event:
    """Return an event: `kind` is its topic, or the part behind the dot for the stream's kind.

    Without `known` it is known when it happened. Without `id` it gets one of its own.
    """
    topic = kind if "." in kind else f"{stream.partition('/')[0]}.{kind}"
    state = {
        "id": id or _new_id(stream, kind),
        "originator_id": stream,
        "originator_version": version,
        "happened": happened,
        "known": known or happened,
        "recorded": "2026-01-01T00:00:00Z",
        "recorded_by": "test",
        "source": ["gcat"],
        **said,
    }
    return class_of(topic).model_validate_json(json.dumps(state))


def seats(*people: str) -> list[dict[str, str]]:
    """Return planned seats for people, without roles."""
    return [{"person": person} for person in people]


def instant(text: str) -> int:
    """Return the first instant of a written time."""
    return Time.parse(text).earliest
