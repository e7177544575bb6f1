"""All checks of ledger files, in tiers, and the events that pass them.

The tiers are form, references, physics and sources; a later tier looks only at what passed the
earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

from aboard.domain.eventlog.name_index import names
from aboard.domain.rules.amendments import targets_missing
from aboard.domain.rules.cross_stream import new_conflicts
from aboard.domain.rules.decisions import Decisions
from aboard.domain.rules.port_guards import OWN_ID
from aboard.domain.rules.succession import new_problems
from aboard.events.amendments import AT_LAST, amended
from aboard.events.envelope import UNSOURCED
from aboard.events.fact import Claimed, GapStated
from aboard.loader.finding import Finding
from aboard.loader.keeper_clocks import with_clocks
from aboard.loader.ledger import entries
from aboard.loader.parse_entries import Fact, fact_of
from aboard.loader.references import Registry
from aboard.loader.seats_without_agency import seats_without_agency
from aboard.loader.tiers import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.domain.problem import Problem
    from aboard.events.envelope import Event
    from aboard.events.station import PortsGuarded
    from aboard.loader.baseline import Baseline, LogBaseline
    from aboard.loader.parse_entries import Recording
    from aboard.loader.toml_file import TomlFile


@dataclass(slots=True)
class CheckResult:
    """The findings, and the events to record, each with its version in its stream."""

    findings: list[Finding] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    guards: list[PortsGuarded] = field(default_factory=list)
    """The log's own events, recorded with them."""
    people: frozenset[str] = frozenset()
    """The people whose itineraries they change."""
    already: int = 0

    @property
    def blocking(self) -> list[Finding]:
        """The findings that stop a load: all but those of something merely missing."""
        return [finding for finding in self.findings if not finding.missing]


def examine(
    files: Iterable[TomlFile],
    base: Baseline | LogBaseline,
    recording: Recording,
    *,
    tier: Tier = Tier.physics,
) -> CheckResult:
    """Check files against a base, up to a tier; do not record below the tier of physics."""
    result = CheckResult()
    stated = [
        fact
        for file in files
        for entry in entries(file, result.findings)
        if (fact := fact_of(entry, recording, result.findings))
    ]
    facts = _news(with_clocks(stated, recording.instant), base, result)
    if tier.includes(Tier.references):
        facts = _resolved(facts, base, result)
    if tier.includes(Tier.physics):
        # While a fact is unreadable, what seems to be missing may be just that one.
        _physics(facts, base, recording, result, complete=not result.findings)
    if tier.includes(Tier.sources):
        result.findings += _wanting(facts, base)
    result.findings = sorted(set(result.findings))
    return result


def _wanting(facts: list[Fact], base: Baseline | LogBaseline) -> Iterator[Finding]:
    """Yield what still lacks a source, a ruling or an agency: the tier of sources."""
    events = amended([fact.event for fact in facts], AT_LAST)
    amended_events = {event.id: event for event in events}
    ruled = {name for event in events for name in names(event)}
    yield from seats_without_agency(facts, amended_events, base)
    for fact in facts:
        event, entry = amended_events.get(fact.event.id, fact.event), fact.entry
        if UNSOURCED in event.source:
            hint = "find a source that can be cited"
            yield entry.finding(
                "source", "unsourced", "it is general knowledge, without a source", hint
            )
        if event.id not in amended_events:
            continue  # an amendment, or taken back
        if isinstance(event, GapStated):
            hint = "find it, state it, and retract the gap"
            yield entry.finding("what", "gap", f"not known: {event.what}", hint)
        if isinstance(event, Claimed) and event.about and ("ruled", event.id) not in ruled:
            if base.naming("ruled", [event.id]):
                continue
            message = f"it disagrees with {event.about}, and there is no ruling"
            yield entry.finding("about", "unruled", message, "add a ruling that says which holds")


def _news(stated: list[Fact], base: Baseline | LogBaseline, result: CheckResult) -> list[Fact]:
    """Return the facts that are new; duplicate ids and changed facts become findings."""
    first: dict[str, Fact] = {}
    news = []
    for fact in stated:
        event, entry = fact.event, fact.entry
        if other := first.get(event.id):
            file, line = other.entry.place
            message = f"{event.id} is already the id of another event, at {file}:{line}"
            hint = "ids are never reused; choose another"
            result.findings.append(entry.finding("id", "duplicate-id", message, hint))
            continue
        first[event.id] = fact
        if OWN_ID.fullmatch(event.id):
            message = f"{event.id} is an id reserved for the log's own events"
            result.findings.append(entry.finding("id", "reserved-id", message, "choose another"))
        elif (recorded := base.event(event.id)) is None:
            news.append(fact)
        elif not base.recorded:
            file, line = base.origin(event.id)
            message = f"{event.id} is already the id of another event, at {file}:{line}"
            hint = "ids are never reused; choose another"
            result.findings.append(entry.finding("id", "duplicate-id", message, hint))
        elif recorded.content() == event.content():
            result.already += 1
        else:
            changed = _differences(recorded, event)
            message = f"{event.id} is already recorded, and differs in {changed}"
            hint = "a recorded fact never changes: restore it, and state what is new under a new id"
            result.findings.append(entry.finding("id", "changed-fact", message, hint))
    return news


def _differences(one: Event, other: Event) -> str:
    old, new = one.content(), other.content()
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    if one.known_assumed and other.known_assumed and "happened" in changed:
        changed.remove("known")
    return ", ".join(changed)


def _resolved(facts: list[Fact], base: Baseline | LogBaseline, result: CheckResult) -> list[Fact]:
    """Return the facts whose ids are all registered; the others become findings."""
    registry = Registry(base, [fact.event for fact in facts])
    resolved = []
    for fact in facts:
        problems = list(registry.problems(fact.event))
        for key, rule, message, hint in problems:
            result.findings.append(fact.entry.finding(key, rule, message, hint))
        if not problems:
            resolved.append(fact)
    return resolved


def _physics(
    facts: list[Fact],
    base: Baseline | LogBaseline,
    recording: Recording,
    result: CheckResult,
    *,
    complete: bool,
) -> None:
    """Decide on every fact, then look across streams."""
    deciding = Decisions(base.stream, recording.instant)
    by_id = {fact.event.id: fact for fact in facts}
    for refusal in deciding.accept_all(fact.event for fact in facts):
        complete = False
        result.findings.append(_at(refusal.problem, by_id, base))
    result.events = as_news(deciding.accepted)
    result.guards = deciding.guards()
    result.people = deciding.people()
    changed = deciding.changed().values()
    problems = new_conflicts(changed, base) | new_problems(changed, base, deciding.accepted)
    for _, stream in changed:
        if stream.targets:
            problems |= set(targets_missing(stream.events))
        if stream.aggregate.loose_ends:
            problems |= set(stream.aggregate.loose_ends(stream.state))
    result.findings += [
        _at(problem, by_id, base) for problem in problems if complete or not problem.missing
    ]


_AS_KNOWN = attrgetter("known_from", "order")


def as_news(events: list[Event]) -> list[Event]:
    """Return events that are recorded together in the order in which they became known.

    Registrations come first, because other events name what they register. Versions follow that
    order within each stream.
    """
    if len(events) == 1:
        return events
    registering = [event for event in events if event.TOPIC.endswith(".registered")]
    others = [event for event in events if not event.TOPIC.endswith(".registered")]
    ordered = sorted(registering, key=_AS_KNOWN) + sorted(others, key=_AS_KNOWN)
    following: dict[str, int] = {}
    for event in events:  # each after those before it on its stream
        following.setdefault(event.originator_id, event.originator_version)
    numbered = []
    for event in ordered:
        version = following[event.originator_id]
        following[event.originator_id] += 1
        numbered.append(event.at_version(version))
    return numbered


def _at(problem: Problem, by_id: dict[str, Fact], base: Baseline | LogBaseline) -> Finding:
    """Return a problem as a finding at the place where its event is stated."""
    fact = by_id.get(problem.event_id)
    if fact is None:
        file, line = base.origin(problem.event_id)
        return Finding(file, line, problem.rule, problem.message, problem.hint, problem.missing)
    key = "supersedes" if "supersedes" in fact.entry.data else "happened"
    return fact.entry.finding(
        key if problem.rule.startswith("superseded-") else "happened",
        problem.rule,
        problem.message,
        problem.hint,
        missing=problem.missing,
    )
