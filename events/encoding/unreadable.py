"""A row of the log that no event can be made of: what is known of it all the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stored bytes that are no event of this program's vocabulary, and why not."""

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
        """What stands for the id that cannot be read: the stream and the place in it."""
        return f"{self.originator_id}@{self.originator_version}"


class UnreadableError(ValueError):
    """A stream has such a row, so that nothing can be folded of all of it."""
