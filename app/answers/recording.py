"""What was recorded, or would be, as an answer."""

from __future__ import annotations

from typing import Any

from aboard.app.answers.base import Answer, Value


class RecordedEvent(Value, frozen=True, kw_only=True):
    """An event that was recorded; `position` is None in a preview.

    `supersedes` are the ids of what it comes after, where only that it says so decides.
    """

    id: str
    type: str
    stream: str
    version: int
    says: str
    position: int | None
    supersedes: tuple[str, ...] = ()


class RecordedNote(Value, frozen=True, kw_only=True):
    """A finding that stopped nothing."""

    rule: str
    message: str
    hint: str
    missing: bool


class RecordAnswer(Answer, frozen=True, kw_only=True):
    """What was recorded, or would be, and what that changes."""

    recorded: bool
    events: tuple[RecordedEvent, ...]
    already: tuple[str, ...]
    changes: dict[str, Any]
    findings: tuple[RecordedNote, ...]
    batch: str | None
    position: int
    ledger: tuple[str, ...] = ()


class AmendAnswer(RecordAnswer, frozen=True, kw_only=True):
    """Corrections or retractions that were recorded, or would be, and what they change.

    `ids` are those of `events`; `toml` is how a ledger states them.
    """

    ids: tuple[str, ...]
    toml: tuple[str, ...]
