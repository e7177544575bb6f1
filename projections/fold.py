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

    A subject reads the streams of the events that name it. Where that is not enough, because what
    it asks about is told on another stream that does not name it, a fold has a function `streams`
    besides: an event to pairs of a subject and a further stream that it is to read from then on.

    A fold that knows which aims still stand has a function `aims`: a state to the ends of the
    targets of those plans. At the others nothing is asked of it. A fold that looks at no target has
    none of them.

    A fold that leaves its state as it is for every fact of most types has `heeds`: the types of
    facts that it does not. The others it is not given.
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
