"""A row of the log that cannot be decoded: what is known of it nevertheless."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stored bytes that cannot be read as an event of this program, and why not."""

    originator_id: str
    """The stream."""
    originator_version: int
    """Its place in the stream, from 1."""
    topic: str
    """The type that it was stored as."""
    error: str
    """What is wrong with it, in words."""

    @property
    def id(self) -> str:
        """A substitute for the id that cannot be read: the stream and the place in it."""
        return f"{self.originator_id}@{self.originator_version}"


class UnreadableError(ValueError):
    """A stream has such a row, so the stream as a whole cannot be folded."""
