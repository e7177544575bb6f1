"""The envelope of every event: its identity, its three clocks and its source.

An event is a frozen model. It belongs to one stream (`originator_id`, such as
``flight/soyuz-ms-22``) at one version of it (`originator_version`, 1 for the first). The two names
are the ones that the eventsourcing library reads.

The three clocks:

- `happened`: when it happened in the world; for a plan, when the plan was made (the time aimed at
  is a field of its own, `target`);
- `known`: since when that was public; `known_assumed` marks a fact found only in a retrospective
  catalogue, which is assumed known when it happened;
- `recorded`: when it was written into this log. The log's position is stored with it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from aboard.events.english import with_article
from aboard.events.reference import Reference
from aboard.events.time import Time, json_schema, takes_effect

if TYPE_CHECKING:
    from collections.abc import Mapping

UNSOURCED = "unsourced"
"""The source key of general knowledge that has no citable source yet."""

ANY_STREAM = "fact"
"""The first word of the topics that any stream may have."""

type_registry: dict[str, type[Event]] = {}
"""Every event class by its topic. Filled as the classes are made."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
"""What names a flight, station, port, person, agreement or source: lower-case words and hyphens."""

EventId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+([-/][a-z0-9]+)*$", min_length=3, max_length=160)
]
"""The id of an event: stable for ever, such as ``soyuz-ms-22/launched``."""

PersonId = Annotated[Id, Reference("person")]
FlightId = Annotated[Id, Reference("flight")]
CraftId = Annotated[Id, Reference("craft")]
"""The id of a flight, for its first craft, or of a further craft of one."""
StationId = Annotated[Id, Reference("station")]
PortId = Annotated[Id, Reference("port")]
"""The id of a port: of the station the event names, or else of the one the flight is docked to."""
SourceKey = Annotated[Id, Reference("source")]
EventRef = Annotated[EventId, Reference("event")]
"""The id of another event."""
OwnEventRef = Annotated[EventId, Reference("event", own=True)]
"""The id of another event on the same stream."""

StreamId = Annotated[
    str,
    StringConstraints(
        pattern=r"^(flight|station|person|agreement|spacewalk|source)/[a-z0-9]+(-[a-z0-9]+)*$"
    ),
]
"""The id of a stream: the kind of aggregate, a slash, and its own id."""

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""The control characters, except line feed and tab, that no text may contain.

They would control the terminal that shows the text, and PostgreSQL cannot store U+0000.
"""


def _printable(text: str) -> str:
    if found := UNPRINTABLE.search(text):
        code = f"U+{ord(found[0]):04X}"
        raise PydanticCustomError(
            "control_character", "it contains a control character, {code}", {"code": code}
        )
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000),
    AfterValidator(_printable),
]
"""A text that is not empty."""


def _stated(time: Time) -> Time:
    if time.no_earlier_than:
        raise ValueError("only a target can be 'no earlier than'")
    return time


Moment = Annotated[Time, AfterValidator(_stated), WithJsonSchema(json_schema("Moment"))]
"""A time at which something happened or was so, not a lower bound."""


def _in_utc(recorded: datetime) -> datetime:
    if recorded.tzinfo is None:
        raise ValueError("recorded needs a time zone")
    return recorded.astimezone(UTC)


def _distinct(ids: tuple[str, ...]) -> tuple[str, ...]:
    twice = [one for number, one in enumerate(ids) if one in ids[:number]]
    if twice:
        raise ValueError(f"{twice[0]} is named twice")
    return ids


People = Annotated[
    tuple[PersonId, ...], AfterValidator(_distinct), Field(json_schema_extra={"uniqueItems": True})
]
"""The ids of people, each once."""


class Part(BaseModel):
    """A value inside an event."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Event(BaseModel):
    """What every event carries, whatever it says.

    Subclasses set `TOPIC`, the name under which they are stored for ever: the stored name does not
    change when a class or a module moves. `class_version` counts the shapes a type has had, and
    `RANK` orders events of the same instant along the life of a flight.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    TOPIC: ClassVar[str]
    RANK: ClassVar[int] = 0
    STAMPED: ClassVar[bool] = False
    """An act of the log's keeper and not of the world: no source says when it happened."""
    DATED: ClassVar[bool] = False
    """An act of the log's keeper that a ledger may date."""
    INTENTION: ClassVar[bool] = False
    """An intention: made when it becomes known, unless a source says otherwise."""
    BY_THE_LOG: ClassVar[bool] = False
    """Written by the log for its own use: it is never stated, and no answer shows it."""
    REGISTERS: ClassVar[tuple[str, ...]] = ()
    """The kinds of thing as which it registers what its stream is about."""
    class_version: ClassVar[int] = 1

    id: EventId
    """The event's own id, for ever."""
    originator_id: StreamId
    """The stream it is on."""
    originator_version: int = Field(ge=1)
    """Its place in the stream, counted from 1."""
    happened: Moment
    """When it happened in the world; for a plan, when the plan was made."""
    known: Moment
    """Since when that was public."""
    known_assumed: bool = False
    """Whether no source says since when: then it is assumed known when it happened."""
    recorded: Annotated[datetime, AfterValidator(_in_utc)]
    """When it was written into this log, in UTC."""
    recorded_by: Text
    """Who, or what, recorded it."""
    source: tuple[SourceKey, ...] = Field(min_length=1)
    """The keys of its sources; `unsourced` for general knowledge."""
    note: Text | None = None
    """A remark."""
    supersedes: Annotated[tuple[EventId, ...], AfterValidator(_distinct)] = Field(
        default=(), json_schema_extra={"uniqueItems": True}
    )
    """The ids of the facts that it comes after, where their times leave open which is the later."""
    correlation_id: Text | None = None
    """What was recorded together has the same."""
    causation_id: EventId | None = None
    """The id of the event that this one was recorded because of."""

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(cls, *, abstract: bool = False, **_kwargs: Any) -> None:
        """Register the class under its topic; refuse a class without its own."""
        if abstract:
            return
        topic = cls.__dict__.get("TOPIC")
        if topic is None:
            raise TypeError(f"{cls.__qualname__} needs a TOPIC of its own")
        if topic in type_registry:
            raise TypeError(f"topic {topic} already names {type_registry[topic].__qualname__}")
        type_registry[topic] = cls

    @model_validator(mode="after")
    def _stands_on_its_own_kind_of_stream(self) -> Self:
        kind, wanted = self.originator_id.partition("/")[0], self.TOPIC.partition(".")[0]
        if wanted not in (kind, ANY_STREAM):
            raise ValueError(
                f"{self.TOPIC} belongs on the stream of {with_article(wanted)}, "
                f"not of {with_article(kind)}"
            )
        return self

    @model_validator(mode="after")
    def _supersedes_others(self) -> Self:
        if self.id in self.supersedes:
            raise ValueError("an event cannot supersede itself")
        return self

    @model_validator(mode="after")
    def _clocks_are_consistent(self) -> Self:
        if self.known.end <= self.happened.earliest:
            raise ValueError(
                f"known {self.known} is before it happened, {self.happened}: "
                "nothing is known before it happens; state a plan with a target instead"
            )
        return self

    @cached_property
    def subject(self) -> str:
        """The id of the aggregate the stream belongs to: `soyuz-ms-22` of `flight/soyuz-ms-22`."""
        return self.originator_id.partition("/")[2]

    @cached_property
    def known_from(self) -> int:
        """The instant from which this counts as known."""
        return takes_effect(self.known, self.happened)

    @cached_property
    def order(self) -> tuple[int, int, int, str]:
        """Its place among the facts: happening, then rank, then since when it was known.

        Never the log position. The id makes the order complete, and decides nothing: of two facts
        of which one must hold, the later one says that it supersedes the other.
        """
        return self.happened.earliest, self.RANK, self.known_from, self.id

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed, without values cached from the old ones."""
        copied = super().model_copy(update=update, deep=deep)
        for name in ("subject", "known_from", "order"):
            copied.__dict__.pop(name, None)
        return copied

    @classmethod
    def upcast(cls, state: dict[str, Any], since: int = 1) -> None:
        """Convert the content of an event of an older shape to the current shape, in place.

        The content may be incomplete: an upcast converts the fields that are present.
        """
        for version in range(since, cls.class_version):
            getattr(cls, f"upcast_v{version}_v{version + 1}")(state)

    def at_version(self, version: int) -> Self:
        """Return the same event as the given version of its stream."""
        if version == self.originator_version:
            return self
        # No cached value depends on the version, and a load numbers thousands of events.
        # The version was set before, so the set of fields that were set is the same.
        copied, put = type(self).__new__(type(self)), object.__setattr__
        put(copied, "__dict__", {**vars(self), "originator_version": version})
        put(copied, "__pydantic_fields_set__", self.__pydantic_fields_set__)
        put(copied, "__pydantic_extra__", None)
        put(copied, "__pydantic_private__", None)
        return copied

    def content(self) -> dict[str, Any]:
        """The content of the event, without what recording it added."""
        added = {
            "originator_version",
            "recorded",
            "recorded_by",
            "correlation_id",
            "causation_id",
            *(("happened", "known", "known_assumed") if self.STAMPED else ()),
        }
        return {"type": self.TOPIC, **self.model_dump(mode="json", exclude=added)}


class Plan(Event, abstract=True):
    """An event that states an aim: made at `happened`, aimed at `target`."""

    INTENTION: ClassVar[bool] = True
    RANK: ClassVar[int] = 3

    target: Time
    """The time aimed at."""
    condition: Text | None = None
    """What must come true first. A conditional plan supersedes nothing until it has."""
