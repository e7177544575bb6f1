"""What a test of an aggregate is written with: `given(...).when(...).then(...)`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from aboard.domain.aggregates.registry import AGGREGATES
from aboard.domain.problem import Refused
from aboard.events.source import SourceRegistered
from tests.build import fact, instant

if TYPE_CHECKING:
    from aboard.domain.problem import Problem
    from aboard.events.envelope import Event

TODAY = "2026-01-01"
"""When the facts of these tests are recorded."""


@dataclass(frozen=True)
class Given:
    """A stream with what is recorded on it."""

    recorded: tuple[Event, ...]

    def when(self, fact: Event, today: str = TODAY) -> When:
        """Have a fact decided on, as of a day."""
        return When(self.recorded, fact, instant(today))


@dataclass(frozen=True)
class When:
    """A fact that is to be decided on."""

    recorded: tuple[Event, ...]
    fact: Event
    now: int

    def decide(self) -> tuple[Event, ...]:
        """Return what the stream's aggregate decides."""
        kind, _, subject = self.fact.originator_id.partition("/")
        aggregate = AGGREGATES[kind]
        numbered = (event.at_version(n) for n, event in enumerate(self.recorded, 1))
        decided: tuple[Event, ...] = aggregate.decide(
            aggregate.state(subject, numbered), self.fact, self.now
        )
        return decided

    def then(self, *events: Event) -> None:
        """Assert that these events are recorded, as the next of the stream."""
        after = len(self.recorded) + 1
        assert self.decide() == tuple(event.at_version(n) for n, event in enumerate(events, after))

    def then_refused(self, rule: str) -> Problem:
        """Assert that the fact is refused by a rule; return the problem, to look at."""
        with pytest.raises(Refused) as refusal:
            self.decide()
        problem = refusal.value.problem
        assert (problem.rule, problem.event_id) == (rule, self.fact.id)
        assert not problem.missing
        return problem


def given(*recorded: Event) -> Given:
    """Return a stream on which these events are recorded."""
    return Given(recorded)


def source(key: str, happened: str = TODAY, known: str | None = None, **said: Any) -> Event:
    """Return a source: `fact` cannot, as a source says its own `kind`."""
    envelope = fact("hatch_opened", happened, known, stream=f"flight/{key}").model_dump(
        mode="json", exclude_defaults=True
    )
    state = {
        **envelope,
        "originator_id": f"source/{key}",
        "kind": "report",
        "publisher": "Reuters",
        **said,
    }
    return SourceRegistered.model_validate_json(json.dumps(state))
