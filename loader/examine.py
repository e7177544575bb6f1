"""Examining ledger files: every check there is, in tiers, and the events that pass.

The tiers are form, references, physics and sources; a later tier looks only at what passed the
earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from aboard.domain.aggregates import AGGREGATES, Deciding
from aboard.domain.amending import by_life, targets_missing
from aboard.domain.consistency import conflicts
from aboard.domain.problem import Problem, Refused
from aboard.events.effective import AT_LAST, amended, corrected
from aboard.events.envelope import UNSOURCED
from aboard.events.fact import Claimed, Corrected, GapStated, Ruled
from aboard.events.flight import Docked
from aboard.loader.facts import Fact, fact_of
from aboard.loader.finding import Finding
from aboard.loader.ledger import entries
from aboard.loader.references import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.loader.facts import Recording
    from aboard.loader.toml_file import TomlFile


@dataclass(slots=True)
class Base:
    """What the files are examined against: recorded events, or those of a ledger around them.

    `recorded` tells which: a recorded event stated again with the same content is no news, and with
    another content it is a changed fact.
    """

    events: list[Event] = field(default_factory=list)
    recorded: bool = False
    origin: Callable[[str], tuple[str, int]] = lambda event_id: (f"log {event_id}", 0)


@dataclass(slots=True)
class Examined:
    """What came of it: findings, and the events to record, each the next of its stream."""

    findings: list[Finding] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    already: int = 0

    @property
    def blocking(self) -> list[Finding]:
        """The findings that stop a load: all but those of something merely missing."""
        return [finding for finding in self.findings if not finding.missing]


def examine(
    files: Iterable[TomlFile], base: Base, recording: Recording, *, strict: bool = False
) -> Examined:
    """Examine files against a base; with `strict`, list gaps and unsourced facts too."""
    result = Examined()
    stated = [
        fact
        for file in files
        for entry in entries(file, result.findings)
        if (fact := fact_of(entry, recording, result.findings))
    ]
    facts = _news(stated, base, result)
    facts = _resolved(facts, base, result)
    # While a fact is unreadable, what seems to be missing may be just that one.
    _physics(facts, base, recording, result, complete=not result.findings)
    if strict:
        result.findings += _wanting(facts, base)
    result.findings = sorted(set(result.findings))
    return result


def _wanting(facts: list[Fact], base: Base) -> Iterator[Finding]:
    """Yield what is stated and leaves something to wish for: the tier of sources."""
    events = [*base.events, *(fact.event for fact in facts)]
    ruled = {claim for event in events if isinstance(event, Ruled) for claim in event.against}
    for fact in facts:
        event, entry = fact.event, fact.entry
        if UNSOURCED in event.source:
            hint = "find a source that can be cited"
            yield entry.finding("source", "unsourced", "it is general knowledge", hint)
        if isinstance(event, GapStated):
            hint = "find it, state it, and retract the gap"
            yield entry.finding("what", "gap", f"not known: {event.what}", hint)
        if isinstance(event, Claimed) and event.about and event.id not in ruled:
            message = f"it disagrees with {event.about}, and nothing is ruled"
            yield entry.finding("about", "unruled", message, "add a ruling that says which holds")


def _news(stated: list[Fact], base: Base, result: Examined) -> list[Fact]:
    """Return the facts that are new; duplicate ids and changed facts become findings."""
    known = {event.id: event for event in base.events}
    first: dict[str, Fact] = {}
    for fact in stated:
        event, entry = fact.event, fact.entry
        if other := first.get(event.id):
            place = other.entry.finding(None, "", "", "")
            message = f"{event.id} is the id of another event, at {place.file}:{place.line}"
            hint = "an id is used once, for ever; take another"
            result.findings.append(entry.finding("id", "duplicate-id", message, hint))
            continue
        first[event.id] = fact
        if (recorded := known.get(event.id)) is None:
            continue
        if not base.recorded:
            file, line = base.origin(event.id)
            message = f"{event.id} is the id of another event, at {file}:{line}"
            hint = "an id is used once, for ever; take another"
            result.findings.append(entry.finding("id", "duplicate-id", message, hint))
        elif recorded.content() == event.content():
            result.already += 1
        else:
            changed = _differences(recorded, event)
            message = f"{event.id} is recorded with another {changed}"
            hint = "a recorded fact is frozen: put it back, and state what is new under a new id"
            result.findings.append(entry.finding("id", "changed-fact", message, hint))
    return [fact for key, fact in first.items() if key not in known]


def _differences(one: Event, other: Event) -> str:
    old, new = one.content(), other.content()
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    if one.known_assumed and other.known_assumed and "happened" in changed:
        changed.remove("known")
    return ", ".join(changed)


def _resolved(facts: list[Fact], base: Base, result: Examined) -> list[Fact]:
    """Return the facts whose ids are all registered; the others become findings."""
    registry = Registry()
    stations: dict[str, str] = {}
    events = {event.id: event for event in (*base.events, *(fact.event for fact in facts))}
    for event in events.values():
        registry.add(event)
        if isinstance(event, Docked) and event.station:
            stations[event.subject] = event.station
    resolved = []
    for fact in facts:
        problems = list(registry.unknown(fact.event, stations.get(fact.event.subject)))
        if isinstance(fact.event, Corrected):
            problems += _unknown_in(fact.event, events, registry, stations)
        for key, rule, message, hint in problems:
            result.findings.append(fact.entry.finding(key, rule, message, hint))
        if not problems:
            resolved.append(fact)
    return resolved


def _unknown_in(
    correction: Corrected,
    events: dict[str, Event],
    registry: Registry,
    stations: dict[str, str],
) -> list[tuple[str, str, str, str]]:
    """Return the ids that nothing is registered under in what an event would say corrected."""
    target = events.get(correction.target)
    if target is None:
        return []
    try:
        version = corrected(target, correction)
    except ValidationError:
        return []  # the decision on it says why
    unknown = registry.unknown(version, stations.get(version.subject))
    return [("changes", *problem[1:]) for problem in unknown if problem[0] in correction.changes]


def _physics(
    facts: list[Fact], base: Base, recording: Recording, result: Examined, *, complete: bool
) -> None:
    """Decide on every fact, then look across streams."""
    streams: dict[str, list[Event]] = {}
    for event in base.events:
        streams.setdefault(event.originator_id, []).append(event)
    deciding = Deciding(lambda stream: streams.get(stream, []), recording.instant)
    by_id = {fact.event.id: fact for fact in facts}
    # The flight's life from launch to landing first: of two facts that contradict each other, it is
    # then the one that hangs on the other that is found wrong.
    for event in by_life(fact.event for fact in facts):
        try:
            deciding.accept(event)
        except Refused as refusal:
            complete = False
            result.findings.append(_at(refusal.problem, by_id, base))
    result.events = deciding.accepted
    before = set(conflicts(amended(base.events, AT_LAST)))
    after = set(conflicts(amended([*base.events, *deciding.accepted], AT_LAST)))
    after |= set(targets_missing([*base.events, *deciding.accepted]))
    touched = {event.originator_id for event in deciding.accepted}
    for stream in touched:
        aggregate = AGGREGATES[stream.partition("/")[0]]
        if aggregate.loose_ends:
            mine = [e for e in deciding.accepted if e.originator_id == stream]
            events = [*streams.get(stream, []), *mine]
            after |= set(aggregate.loose_ends(aggregate.state(stream, events)))
    result.findings += [
        _at(problem, by_id, base) for problem in after - before if complete or not problem.missing
    ]


def _at(problem: Problem, by_id: dict[str, Fact], base: Base) -> Finding:
    """Return a problem as a finding where the event it points at is stated."""
    fact = by_id.get(problem.event_id)
    if fact is None:
        file, line = base.origin(problem.event_id)
        return Finding(file, line, problem.rule, problem.message, problem.hint, problem.missing)
    return fact.entry.finding(
        "happened", problem.rule, problem.message, problem.hint, missing=problem.missing
    )
