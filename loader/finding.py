"""What is wrong with a ledger file, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule that a place in a file breaks; `missing` is what does not stop a load."""

    file: str
    line: int
    rule: str
    message: str
    hint: str
    missing: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message} ({self.hint})"
