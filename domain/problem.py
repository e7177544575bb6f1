"""What is wrong with a fact: as a value to report, and as an exception that refuses it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that an event breaks.

    `missing` tells the two families apart: what contradicts recorded facts is refused, what merely
    lacks a fact that may still come is accepted and reported.
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
