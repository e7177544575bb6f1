"""Which of the events of an instant made each change, and which changes have no event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.projections.changes.compare import MOVES, THOUGHT_ELSEWHERE, WALKS, Change
from aboard.projections.queries.event_text import listed
from aboard.projections.queries.reader import name_of
from aboard.projections.replay.events import AMENDMENT, before_and_after
from aboard.projections.replay.steps import LAPSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aboard.projections.replay.events import ReplayedEvent
    from aboard.storage.connection import Connection


def share(found: Iterable[Change], here: Sequence[ReplayedEvent]) -> dict[str | None, list[Change]]:
    """Return the changes by the id of the event that made them; under None, those without one."""
    shared: dict[str | None, list[Change]] = {replayed.id: [] for replayed in here}
    shared[None] = []
    for change in found:
        shared[_maker(change, here)].append(change)
    return shared


def _maker(change: Change, here: Sequence[ReplayedEvent]) -> str | None:
    """Return the event that made a change: one that the new answer rests on, or that is about it.

    At the instant at which somebody comes in from a spacewalk elsewhere, the spacewalk's end is not
    what moved them.
    """
    here = [
        one for one in here
        if is_amendment(one) or (change.change in WALKS) is one.type.startswith("spacewalk.")
    ]  # fmt: skip
    makers = (
        [one for one in here if one.id in change.fresh]
        or [one for one in here if is_amendment(one) and one.said["target"] in change.why]
        or [one for one in here if one.id in change.why]
        or [one for one in here if one.subject in change.near]
        or [one for one in here if change.about in one.said.get("crew", ())]
    )
    return makers[-1].id if makers else None


def as_made_by(replayed: ReplayedEvent, found: Iterable[Change]) -> Iterator[Change]:
    """Yield changes under the names that they have for an event of this type."""
    for change in found:
        if is_amendment(replayed) and change.change in MOVES:
            yield change._replace(change=THOUGHT_ELSEWHERE)
        else:
            yield change


def is_amendment(replayed: ReplayedEvent) -> bool:
    """Whether it is a correction or a retraction."""
    return replayed.type.startswith(AMENDMENT)


def amended(db: Connection, replayed: ReplayedEvent) -> Iterator[Change]:
    """Yield what a correction changed in another event."""
    if not is_amendment(replayed):
        return
    was, now = before_and_after(db, replayed)
    yield from differing(replayed.said["target"], was, now)


def differing(
    target: str, was: dict[str, Any] | None, now: dict[str, Any] | None
) -> Iterator[Change]:
    """Yield the fields in which two versions of an event differ."""
    if was is None or now is None:
        if was != now:
            yield Change("reinstated" if now else "retracted", "event", target, None, None)
        return
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            yield Change("corrected", "event", target, was.get(name), now.get(name), name)


def without_event(db: Connection, found: list[Change]) -> str:
    """Return in words what has changed because the target of a plan has passed."""
    lapsed = [
        f"{change.item} of {name_of(db, 'flight', change.about)} planned for {change.was}"
        for change in found
        if change.change == LAPSED
    ]
    if lapsed:
        return f"lapsed: {listed(lapsed)}"
    late = [name_of(db, "person", one.about) for one in found if one.change == "overdue"]
    if late:
        return f"overdue: {listed(late)}"
    return f"follows from {listed(sorted({event for one in found for event in one.why}))}"
