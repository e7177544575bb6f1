"""What the author of a projection writes: a pure fold of one subject's facts on one time axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from aboard.events.time import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event

__all__ = ["FOREVER", "Fold", "Interval", "links"]

S = TypeVar("S")


class Interval(msgspec.Struct, frozen=True, cache_hash=True):
    """Something that holds in `[start, end)`, and the ids of the events that say so.

    `place` is what it is indexed by: a station, a craft, or the subject itself.
    """

    start: int
    end: int
    place: str
    value: tuple[tuple[str, Any], ...]
    why: tuple[str, ...]


class Fold(Protocol[S]):
    """One question: facts of one subject, in the order of happening, to intervals.

    All three steps are pure; `step` returns a new state and leaves the old one as it was.

    A subject reads the streams of the events that name it. Where facts that matter are on another
    stream, which does not name it, the fold also has a function `streams`: from an event to pairs
    of a subject and a further stream that the subject reads from then on.

    A fold that knows which plans still stand has a function `aims`: from a state to the ends of the
    targets of those plans. `finish` is then called again at those alone. A fold that does not look
    at targets returns none.

    A fold whose state most types of facts leave as it is has `heeds`: the types that may change it.
    It is given no others.
    """

    name: str
    version: int
    """Raised when the answers change their meaning: the fold is then built again."""

    def subjects(self, event: Event) -> Iterable[str]:
        """Return the subjects that an event names."""
        ...

    def start(self, subject: str) -> S:
        """Return the state of a subject before its first fact."""
        ...

    def step(self, state: S, fact: Event) -> S:
        """Return the state after one more fact."""
        ...

    def finish(self, state: S, now: int) -> Iterable[Interval]:
        """Return the intervals that the facts amount to.

        `now` is compared with the targets of plans, to see which have lapsed, and with nothing
        else.
        """
        ...


def links(fold: Fold[Any], event: Event) -> Iterator[tuple[str, str]]:
    """Yield each subject that an event touches, with a stream that the subject has to read."""
    for subject in fold.subjects(event):
        yield subject, event.originator_id
    if further := getattr(fold, "streams", None):
        yield from further(event)
