"""Pairs: two craft that are docked with each other, seen from one of them.

The docking is on the stream of the active craft, and either of the two may be the one that undocks.
So each of them reads the streams of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aboard.events.fact import Corrected
from aboard.events.flight import Docked, DockingFailed, Landed, Lost, Transferred, Undocked
from aboard.events.mentions import craft_of, ids_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.events.envelope import Event
    from aboard.events.time import Time

ENDS = frozenset({Undocked, Landed, Lost})
"""The types of facts that end a pair."""

BETWEEN = frozenset({Docked, DockingFailed, Transferred})
"""The types of facts of one craft that may be about another one as well."""


class Pair(Struct, frozen=True, eq=False):
    """Another craft that one is docked with, since when, and the events that say so."""

    other: str
    since: Time
    why: tuple[str, ...]
    mate: str = "hard"


def crafts_met(event: Event) -> tuple[str, ...]:
    """Return the craft that an event says another one has to do with, or may have to."""
    kind = type(event)
    if kind in BETWEEN:
        met = other_craft(event)
        return (met,) if met else ()
    return ids_named(event, "craft") if kind is Corrected else ()


def other_craft(fact: Event) -> str | None:
    """Return the craft that a fact of one craft is about as well, if there is one."""
    if isinstance(fact, Docked | DockingFailed):
        return fact.to_craft
    return fact.from_craft if isinstance(fact, Transferred) else None


def streams_of_pairs(event: Event) -> Iterator[tuple[str, str]]:
    """Yield the craft of an event's flight that is docked, with the stream of the other craft."""
    for other in crafts_met(event):
        for craft in dict.fromkeys((event.subject, craft_of(event))):
            if other != craft:
                yield craft, f"flight/{other}"


def other_of(craft: str, fact: Event) -> str | None:
    """Return what a craft docks with, or what docks with it, by a fact that may not be about it."""
    if not isinstance(fact, Docked) or fact.to_craft is None:
        return None
    active = craft_of(fact)
    if active == craft:
        return fact.to_craft
    return active if fact.to_craft == craft else None


def parted(pairs: tuple[Pair, ...], craft: str, fact: Event) -> tuple[Pair, ...]:
    """Return which pairs of a craft a fact ends: by its own leaving, or that of the other."""
    if not pairs:
        return ()
    if (other := other_of(craft, fact)) is not None:
        return tuple(pair for pair in pairs if pair.other == other)
    if type(fact) not in ENDS:
        return ()
    left = craft_of(fact)
    return pairs if left == craft else tuple(pair for pair in pairs if pair.other == left)


def advanced(pairs: tuple[Pair, ...], craft: str, fact: Event) -> tuple[Pair, ...]:
    """Return the pairs of a craft after one more fact of its stream or that of another.

    They are the same object when the fact changes nothing.
    """
    kind = type(fact)
    if kind is not Docked and not (pairs and kind in ENDS):
        return pairs
    ended = parted(pairs, craft, fact)
    other = other_of(craft, fact)
    if other is None:
        return tuple(pair for pair in pairs if pair not in ended) if ended else pairs
    # A hard mate rests on the soft one before it, too.
    before = tuple(one for pair in ended if pair.mate == "soft" for one in pair.why[:1])
    mate = fact.mate if isinstance(fact, Docked) else "hard"
    new = Pair(other, fact.happened, (*before, fact.id), mate)
    return (*(pair for pair in pairs if pair not in ended), new)
