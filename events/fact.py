"""Events about other events: corrections, retractions, claims, rulings and gaps.

They may be on any stream; an amendment is on the stream of the event it amends. Nothing is ever
edited or deleted: a correction names the event it corrects, a retraction the event it takes back,
and what was recorded stays unchanged.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, JsonValue, model_validator

from aboard.events.envelope import Event, EventRef, Moment, OwnEventRef, People, Text

UNCORRECTABLE = frozenset(
    ("id", "originator_id", "originator_version", "type", "known", "known_assumed", "recorded",
     "recorded_by", "correlation_id", "causation_id", "class_version")
)  # fmt: skip
"""What cannot be corrected: retract the event, and state another."""


class _Amendment(Event, abstract=True):
    INTENTION: ClassVar[bool] = True

    target: OwnEventRef
    """The id of the event it is about; that may itself be a correction or a retraction."""
    reason: Text
    """What was wrong, in words."""
    transcription: bool = False
    """Whether the mistake was made in writing the fact down, and not by the source."""

    @model_validator(mode="after")
    def _is_about_another(self) -> Self:
        if self.target == self.id:
            raise ValueError("an event cannot amend itself")
        return self


class Corrected(_Amendment):
    """An event said something wrong: these of its fields say this instead.

    A correction of the world's knowledge is known from its own source, so that as known before it
    the wrong value is still the answer. A correction of a transcription, a mistake in writing the
    fact down, acts as if the mistake had never been made.
    """

    TOPIC: ClassVar[str] = "fact.corrected"

    changes: dict[str, JsonValue] = Field(default_factory=dict)
    """New values by the fields' names."""
    removes: tuple[Text, ...] = ()
    """Fields that should have no value."""

    @model_validator(mode="after")
    def _changes_what_can_be_changed(self) -> Self:
        if not self.changes and not self.removes:
            raise ValueError("a correction changes a field or removes one")
        if wrong := sorted(UNCORRECTABLE & {*self.changes, *self.removes}):
            raise ValueError(f"{wrong[0]} cannot be corrected: retract the event and state another")
        return self


class Retracted(_Amendment):
    """An event should never have been stated: it is taken back."""

    TOPIC: ClassVar[str] = "fact.retracted"


Amendment = Corrected | Retracted
"""What changes what another event says."""


class Claimed(Event):
    """A source says something that this log does not accept as fact.

    It disagrees with a fact, or is too vague to be one, such as an undated plan. A claim is kept
    and shown, but never changes an answer.
    """

    TOPIC: ClassVar[str] = "fact.claimed"
    INTENTION: ClassVar[bool] = True
    RANK: ClassVar[int] = 60

    says: Text
    """What the source says, in a sentence."""
    about: EventRef | None = None
    """The event it disagrees with, where there is one."""
    values: dict[str, JsonValue] = Field(default_factory=dict)
    """What that event would say if the claim were true: values by the names of its fields."""

    @model_validator(mode="after")
    def _differs_from_something(self) -> Self:
        if self.values and self.about is None:
            raise ValueError("`values` needs `about`, the event that they are values of")
        return self


class Ruled(Event):
    """Where sources disagree: which statement holds in this log, and why."""

    TOPIC: ClassVar[str] = "fact.ruled"
    STAMPED: ClassVar[bool] = True
    DATED: ClassVar[bool] = True
    RANK: ClassVar[int] = 61

    holds: EventRef
    """The id of the event that holds."""
    against: Annotated[tuple[EventRef, ...], Field(min_length=1)]
    """The ids of the claims that do not."""
    reason: Text
    """Why, in words."""

    @model_validator(mode="after")
    def _is_between_two(self) -> Self:
        if self.holds in self.against:
            raise ValueError(f"{self.holds} cannot be ruled against itself")
        return self


class GapStated(Event):
    """What is not known, and what is known about it; nothing is invented to fill it.

    It touches the answers about its stream and about the people it names, from `since` to `until`,
    and those that rest on the event it is about.
    """

    TOPIC: ClassVar[str] = "fact.gap_stated"
    STAMPED: ClassVar[bool] = True
    DATED: ClassVar[bool] = True
    RANK: ClassVar[int] = 62

    what: Text
    """What is not known, and what is known about it, in words."""
    about: EventRef | None = None
    """The event whose answers it touches, where there is one."""
    people: People = ()
    """The ids of the people it is about."""
    since: Moment | None = None
    """From when on; absent, from the beginning."""
    until: Moment | None = None
    """Up to when; absent, for ever."""

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.since and self.until and self.since.earliest > self.until.latest:
            raise ValueError(f"the gap ends, {self.until}, before it begins, {self.since}")
        return self


Statement = Claimed | Ruled | GapStated
"""Statements about facts, which do not change the answers."""
