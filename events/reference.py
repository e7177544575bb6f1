"""What an id in an event is the id of: a person, a flight, a port, ...

It is declared on the field, in its annotation, and nowhere else. Everything that depends on
what an event names derives it from there: see :mod:`aboard.events.mentions`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """Marks an id as that of a thing of a `kind`."""

    kind: str
    registers: bool = False
    """Whether the event registers the thing: until then there is none with this id."""
    own: bool = False
    """Whether it belongs to the event's own stream, whose rules say whether it exists."""
    in_story: bool = False
    """Whether the event is part of the story of that flight, too."""
