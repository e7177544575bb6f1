"""A finding: what is wrong with a ledger file, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aboard.loader.tiers import tier_of

if TYPE_CHECKING:
    from aboard.loader.tiers import Tier


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule that a place in a file breaks; one that is `missing` does not stop a load."""

    file: str
    line: int
    rule: str
    message: str
    hint: str
    missing: bool = False

    @property
    def tier(self) -> Tier:
        """The tier of the rule."""
        return tier_of(self.rule)

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        return {
            "file": self.file,
            "line": self.line,
            "rule": self.rule,
            "tier": self.tier.value,
            "message": self.message,
            "hint": self.hint,
            "missing": self.missing,
        }

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message} ({self.hint})"
