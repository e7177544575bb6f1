"""Which of two facts that happened at one time is the later: stated where nothing else decides.

Of two rivals (:mod:`aboard.events.series`) that happened at the same time the rank decides, or else
since when they were known. Where neither does, one of them says that it supersedes the other. The
spelling of their ids is nothing to go by.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

from aboard.domain.aggregates.base import AMENDMENTS
from aboard.domain.problem import Problem
from aboard.events.amendments import AT_LAST, FactVersions
from aboard.events.fact import Corrected
from aboard.events.mentions import people_named
from aboard.events.order import surely_before
from aboard.events.series import (
    OF_PEOPLE,
    are_rivals,
    can_supersede,
    is_after,
    is_linked,
    series_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from aboard.domain.rules.cross_stream import StreamChange, StreamLookup
    from aboard.domain.rules.stream import Stream
    from aboard.events.envelope import Event

Pair = tuple[str, str]
"""The ids of two facts, in the order of their ids."""


def new_problems(
    changed: Collection[StreamChange], around: StreamLookup, new: Collection[Event]
) -> set[Problem]:
    """Return what the changes leave open about which fact is the later, and what cannot be so."""
    after = [fact for _, now in changed for fact in in_series(now)]
    others = [
        fact
        for stream in _others(after, new, {now.name for _, now in changed}, around)
        for fact in in_series(stream)
    ]
    stated = {fact.id: fact for fact in (*others, *after)}

    def find(key: str) -> Event | None:
        events = (event for _, now in changed for event in now.events)
        return next((event for event in events if event.id == key), None) or around.event(key)

    found = set(_impossible(new, stated, find))
    if open_now := dict(_undecided([*others, *after])):
        before = [fact for was, _ in changed for fact in in_series(was)]
        for pair in dict(_undecided([*others, *before])):
            open_now.pop(pair, None)
    return found | set(open_now.values())


def in_series(stream: Stream) -> list[Event]:
    """Return the facts of a stream that can supersede others, as amended, and its corrections."""
    found = [fact for fact in stream.facts if can_supersede(type(fact))]
    if stream.targets:
        world = FactVersions()
        for event in stream.events:
            world.add(event)
        amendments = [event for event in stream.events if type(event) in AMENDMENTS]
        versions = (world.version(one, AT_LAST) for one in amendments)
        found += [one for one in versions if isinstance(one, Corrected)]
    return found


def related(fact: Event, names: Collection[str], lookup: StreamLookup) -> Iterator[Stream]:
    """Yield the other streams that may have rivals of a fact; `names` are those to leave out."""
    if type(fact) in OF_PEOPLE:
        for name in sorted(lookup.naming("person", people_named(fact)) - {*names}):
            yield lookup.stream(name)


def _others(
    facts: Iterable[Event], new: Iterable[Event], names: set[str], lookup: StreamLookup
) -> Iterator[Stream]:
    """Yield the streams that have not changed and may have rivals of new facts, each once."""
    ids = _touched(new)
    seen = set(names)
    for fact in facts:
        if fact.id in ids:
            for stream in related(fact, seen, lookup):
                seen.add(stream.name)
                yield stream


def _undecided(facts: Iterable[Event]) -> Iterator[tuple[Pair, Problem]]:
    """Yield the pairs of rivals that nothing puts in order."""
    stated = {fact.id: fact for fact in facts}
    places: dict[tuple[Any, ...], list[Event]] = defaultdict(list)
    for fact in stated.values():
        places[fact.order[:3]].append(fact)
    for together in places.values():
        if len(together) < 2:
            continue
        series: dict[tuple[str, ...], list[Event]] = defaultdict(list)
        for fact in together:
            for name in dict.fromkeys(one.name for one in series_of(fact, stated)):
                series[name].append(fact)
        for mine in series.values():
            for pair in combinations(sorted(mine, key=lambda fact: fact.id), 2):
                if are_rivals(*pair, stated) and not is_linked(*pair, stated):
                    yield (pair[0].id, pair[1].id), _open(*pair)


def _open(one: Event, other: Event) -> Problem:
    return Problem(
        "which-is-later",
        other.id,
        f"{one.id} and {other.id} both happened on {other.happened}, and nothing says which of "
        "them is the later and holds",
        f'state supersedes = ["{one.id}"] with {other.id}, or the other way round',
    )


def _impossible(
    new: Collection[Event], stated: Mapping[str, Event], find: Callable[[str], Event | None]
) -> Iterator[Problem]:
    """Yield what new facts cannot supersede, and what supersedes new facts and cannot."""
    ids = _touched(new)
    for fact in stated.values():
        for key in fact.supersedes:
            if fact.id in ids or key in ids:
                blamed = fact.id if fact.id in ids else key
                yield from _wrong(fact, stated.get(key) or find(key), key, blamed, stated)
    for fact in new:
        if fact.supersedes and not can_supersede(type(fact)):
            yield _unrelated(fact.id, fact.id, fact.supersedes[0])


def _touched(new: Iterable[Event]) -> set[str]:
    """Return the ids of new facts and of those that they amend."""
    ids = {fact.id for fact in new}
    return ids | {vars(fact)["target"] for fact in new if type(fact) in AMENDMENTS}


def _wrong(
    fact: Event, other: Event | None, key: str, blamed: str, stated: Mapping[str, Event]
) -> Iterator[Problem]:
    if other is None:
        yield Problem(
            "superseded-missing",
            blamed,
            f"no event is called {key!r}, which {fact.id} supersedes",
            "state it, or correct `supersedes`",
            missing=True,
        )
    elif is_after(fact, other.supersedes, stated):
        yield Problem(
            "circular",
            blamed,
            f"{fact.id} and {other.id} supersede each other",
            "leave out `supersedes` where the earlier one has it",
        )
    elif surely_before(fact, other):
        yield Problem(
            "superseded-later",
            blamed,
            f"{fact.id} of {fact.happened} supersedes {other.id}, which happened later, on "
            f"{other.happened}",
            "check the two times, or leave out `supersedes`",
        )
    elif not _share(fact, other, stated):
        yield _unrelated(blamed, fact.id, key)


def _share(fact: Event, other: Event, stated: Mapping[str, Event]) -> bool:
    """Whether two facts say something in the same series."""
    every = {**stated, other.id: other}
    names = {one.name for one in series_of(other, every)}
    return any(one.name in names for one in series_of(fact, every))


def _unrelated(blamed: str, one: str, other: str) -> Problem:
    return Problem(
        "superseded-unrelated",
        blamed,
        f"{one} cannot supersede {other}: they are not about the same thing",
        "only a fact of the same series can be superseded, such as an earlier plan of the launch",
    )
