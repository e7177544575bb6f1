"""The whole vocabulary: every event type, and the streams it may be on.

Importing this module is what fills the registry of types.
"""

from __future__ import annotations

from aboard.events.agreement import AgreementEvent
from aboard.events.envelope import ANY_STREAM, Event, type_registry
from aboard.events.fact import Amendment, Statement
from aboard.events.flight import FlightEvent
from aboard.events.person import PersonEvent
from aboard.events.source import SourceEvent
from aboard.events.spacewalk import SpacewalkEvent
from aboard.events.station import StationEvent

AnyEvent = (
    FlightEvent
    | StationEvent
    | PersonEvent
    | AgreementEvent
    | SpacewalkEvent
    | SourceEvent
    | Amendment
    | Statement
)
"""Every event there is."""

KINDS = ("flight", "station", "person", "agreement", "spacewalk", "source")
"""The kinds of stream, each the first word of its streams' ids and of its topics."""


def class_of(topic: str) -> type[Event]:
    """Return the event class stored under `topic`, or raise `KeyError`."""
    return type_registry[topic]


def every_type() -> dict[str, type[Event]]:
    """Return every event class that may be stated, by its topic."""
    return {topic: cls for topic, cls in type_registry.items() if not cls.BY_THE_LOG}


def topics() -> tuple[str, ...]:
    """Return the topics of all types."""
    return tuple(type_registry)


def type_names(kind: str) -> dict[str, type[Event]]:
    """Return the types that may be stated on a stream of `kind`, by short name, its own first."""
    return {
        topic.partition(".")[2]: cls
        for first in ((kind, ANY_STREAM) if kind in KINDS else ())
        for topic, cls in type_registry.items()
        if topic.partition(".")[0] == first and not cls.BY_THE_LOG
    }
