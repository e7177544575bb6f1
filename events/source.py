"""What happens on a source's stream, `source/<key>`: citations are events like any other."""

from __future__ import annotations

from typing import ClassVar, Literal

from aboard.events.envelope import Event, Moment, Text

SourceKind = Literal["report", "statement", "catalogue", "reference"]
"""A contemporary press report, a party's own statement, a retrospective catalogue, or a work of
reference that is written and rewritten after the fact."""


class SourceRegistered(Event):
    """A source is registered and can be cited by its key; `happened` is the moment of recording."""

    TOPIC: ClassVar[str] = "source.registered"
    STAMPED: ClassVar[bool] = True
    REGISTERS: ClassVar[tuple[str, ...]] = ("source",)

    kind: SourceKind
    """What kind of source it is, and so how near to what happened."""
    publisher: Text
    """Who published it."""
    title: Text | None = None
    """Its title."""
    url: Text | None = None
    """Where it can be read."""
    published: Moment | None = None
    """When it was published; absent for an undated page."""
    licence: Text | None = None
    """Its licence, where one is stated."""


SourceEvent = SourceRegistered
"""Every event that can be on a source's stream."""
