"""What facts say once corrections and retractions are applied, as known at an instant.

A correction acts from its own known time, but not before a later one that is stated of its target.
A known time that is only assumed holds no correction back: it follows the happening as corrected,
and a correction of a fact shows that the fact was known by then. A correction of a transcription
acts from its target's known time alone. Corrections can themselves be corrected or retracted. Where
two change the same field, the one made later holds. The order of recording never enters.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args

from pydantic import ValidationError

from aboard.events.fact import Amendment, Corrected
from aboard.events.order import in_order
from aboard.events.time import Time, TimeError, takes_effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import JsonValue

    from aboard.events.envelope import Event

E = TypeVar("E", bound="Event")

Versions = dict[tuple[str, ...], "Event"]
"""Facts as corrected, by their own ids and what the corrections say."""

AT_LAST = 2**61
"""An instant at which everything is known."""

AT_FIRST = -AT_LAST
"""An instant at which nothing is known."""

AMENDMENTS = frozenset(get_args(Amendment))


class HeldVersion(NamedTuple):
    """What a fact said from a known time on: None where it was retracted, and what amended it."""

    since: int
    version: Event | None
    amendments: tuple[Amendment, ...]


class FactVersions:
    """A growing set of facts, and what each says as known at any instant.

    The same version of a fact is always the same object, so that what is folded of it stays valid.
    Sets of facts of one log may share their `versions`, so that each is made once.
    """

    def __init__(self, versions: Versions | None = None) -> None:
        self._facts: dict[str, Event] = {}
        self._amendments: dict[str, list[Amendment]] = defaultdict(list)
        self._versions: Versions = {} if versions is None else versions
        self._settled: dict[str, tuple[int, Event | None]] = {}
        """The final version of facts, each with the instant from which it is known."""

    def add(self, fact: Event) -> None:
        """Add a fact, or an amendment of a fact that may be added later."""
        if isinstance(fact, Amendment):
            self._amendments[fact.target] = in_order((*self._amendments[fact.target], fact))
            self._settled.pop(self.root(fact), None)
        self._facts[fact.id] = fact

    def root(self, fact: Event) -> str:
        """Return the id of the fact that an event amends in the end, or its own."""
        seen, key = set(), fact.id
        one: Event | None = fact
        while isinstance(one, Amendment) and key not in seen:
            seen.add(key)
            key = one.target
            one = self._facts.get(key)
        return key

    def fact(self, key: str) -> Event | None:
        """Return a fact as it was stated; None if it is an amendment, or has not been added."""
        found = self._facts.get(key)
        return None if type(found) in AMENDMENTS else found

    def at(self, known: int) -> list[Event]:
        """Return what holds as known at an instant: facts as amended, without the amendments."""
        found = []
        for fact in self.facts():
            if fact.known_from <= known or fact.id in self._amendments:
                since, version = self.settled(fact)
                if known < since:
                    version = self.version(fact, known)
                if version is not None and version.known_from <= known:
                    found.append(version)
        return found

    def facts(self) -> Iterator[Event]:
        """Yield the facts as they were stated, without the amendments."""
        return (fact for fact in self._facts.values() if type(fact) not in AMENDMENTS)

    def settled(self, fact: Event) -> tuple[int, Event | None]:
        """Return the final version of a fact, and the instant from which it is known."""
        return self._settled.get(fact.id) or self._settle(fact)

    def _settle(self, fact: Event) -> tuple[int, Event | None]:
        """Compute what `settled` returns."""
        chain = list(self._chain(fact.id, set()))
        # A correction of the correction may change when it became known.
        versions = [self.version(one, AT_LAST) for one in chain]
        since = max(one.known_from for one in (fact, *chain, *filter(None, versions)))
        found = self._settled[fact.id] = since, self.version(fact, AT_LAST)
        return found

    def version(self, fact: E, known: int, seen: tuple[str, ...] = ()) -> E | None:
        """Return a fact as amended by what is known at an instant; None if it is retracted."""
        key: tuple[str, ...] = (fact.id,)
        current = fact
        for acting in self.acting(fact, known, seen):
            if not isinstance(acting, Corrected):
                return None
            key += self._signature(acting)
            current = self._versions.get(key) or _corrected(current, acting)  # type: ignore[assignment]
            self._versions[key] = current
        return current

    def acting(self, fact: Event, known: int, seen: tuple[str, ...] = ()) -> Iterator[Amendment]:
        """Yield what amends a fact as known at an instant, in order, as amended itself."""
        for amendment in self._amendments.get(fact.id, ()):
            if amendment.id not in seen:
                acting = self.version(amendment, known, (*seen, fact.id))
                if acting is not None and (acting.transcription or acting.known_from <= known):
                    yield acting

    def versions(self, fact: Event) -> list[HeldVersion]:
        """Return what a fact said from which known time on, and what amended it."""
        found: list[HeldVersion] = []
        for known in sorted(self.instants(fact)):
            version = self.version(fact, known)
            if (
                found
                or fact.known_from <= known
                or (version is not None and version.known_from <= known)
            ):
                held = HeldVersion(known, version, tuple(self.acting(fact, known)))
                if not found or found[-1][1:] != held[1:]:
                    found.append(held)
        return found

    def instants(self, fact: Event, seen: tuple[str, ...] = ()) -> set[int]:
        """Return the known times at which what a fact says, or whether it is known, may change."""
        found = {fact.known_from}
        amendments = [one for one in self._amendments.get(fact.id, ()) if one.id not in seen]
        if not amendments:
            return found
        for amendment in amendments:
            found |= self.instants(amendment, (*seen, fact.id))
        versions = [self.version(fact, known, seen) for known in (AT_FIRST, *found)]
        return found.union(one.known_from for one in versions if one is not None)

    def first(self, event: Event) -> int:
        """Return the first known time at which an event, as amended, can make a difference.

        An amendment of a transcription makes one with its target, whenever it was made.
        """
        instants = self.instants(event)
        if type(event) in AMENDMENTS:
            versions = [event, *(self.version(event, one) for one in (AT_FIRST, *instants))]
            if any(one.transcription for one in versions if one is not None):  # type: ignore[attr-defined]
                return AT_FIRST
        return min(instants)

    def _chain(self, target: str, seen: set[str]) -> Iterator[Amendment]:
        """Yield the amendments of a fact, the amendments of those, and so on."""
        for amendment in self._amendments.get(target, ()):
            if amendment.id not in seen:
                seen.add(amendment.id)
                yield amendment
                yield from self._chain(amendment.id, seen)

    def _signature(self, acting: Corrected) -> tuple[str, ...]:
        changes = json.dumps(acting.changes, sort_keys=True)
        return acting.id, changes, *acting.removes, str(acting.known), str(acting.transcription)


def _corrected(fact: E, correction: Corrected) -> E:
    """Return a fact with new values; unchanged if they do not make a valid event of its type."""
    try:
        return corrected(fact, correction)
    except ValidationError:
        return fact


def corrected(fact: E, correction: Corrected) -> E:
    """Return a fact with new values; raise pydantic's `ValidationError` if they do not fit."""
    state = json.loads(fact.model_dump_json(exclude_defaults=True))
    state |= _todays(type(fact), correction.changes)
    if fact.known_assumed:
        if "happened" in correction.changes:
            state["known"] = state["happened"]  # it is assumed known when it happened
        if not correction.transcription:
            state["known"] = _assumed_known(state, correction)
    for name in correction.removes:
        state.pop(name, None)
    return type(fact).model_validate_json(json.dumps(state))


def _assumed_known(state: dict[str, Any], correction: Corrected) -> str:
    """Return when a fact is assumed to be known, given that it was being corrected by some time."""
    try:
        happened, assumed = Time.of(state["happened"]), Time.of(state["known"])
    except TimeError:
        return str(state["known"])  # which the fact as corrected will be refused for
    is_possible = happened.earliest < correction.known.end
    if is_possible and takes_effect(correction.known, happened) < takes_effect(assumed, happened):
        return str(correction.known)
    return str(state["known"])


def _todays(cls: type[Event], changes: dict[str, JsonValue]) -> dict[str, Any]:
    """Return new values by the current names of the fields.

    A correction does not say which shape it was made for. A name that is not a field today was one
    of an older shape, and is upcast like the facts themselves.
    """
    older = {name: value for name, value in changes.items() if name not in cls.model_fields}
    if older:
        cls.upcast(older)
    return older | {name: value for name, value in changes.items() if name in cls.model_fields}


def amended(facts: Iterable[Event], known: int) -> list[Event]:
    """Return the facts as amended, as known at an instant."""
    world = FactVersions()
    for fact in facts:
        world.add(fact)
    return world.at(known)
