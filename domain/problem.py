"""What is wrong with a fact: as a value to report, and as an exception that refuses it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that an event breaks.

    With `missing`, the event merely lacks another that may still be recorded: it is accepted, and
    the problem is reported. Otherwise it contradicts recorded facts, and is refused.
    """

    rule: str
    event_id: str
    message: str
    hint: str
    missing: bool = False


class Refused(Exception):  # noqa: N818 - the past tense is the domain's word
    """A fact that cannot be recorded; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.rule}: {problem.message} ({problem.hint})")
        self.problem = problem
