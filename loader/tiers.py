"""The tiers of the checks, and the tier of each rule."""

from __future__ import annotations

import enum


class Tier(enum.StrEnum):
    """How far the checks go: each includes those before it."""

    form = "form"
    """What a file says can be read, and each entry states something."""
    references = "references"
    """Every id is that of something."""
    physics = "physics"
    """The facts can all be so."""
    sources = "sources"
    """Nothing is left to be found."""

    def includes(self, other: Tier) -> bool:
        """Whether checks that go as far as this tier make those of another."""
        return _PLACES[other] <= _PLACES[self]


_PLACES = {tier: place for place, tier in enumerate(Tier)}


_RULES = {
    Tier.form: """
        unreadable not-utf-8 syntax unknown-key unknown-stream unknown-type unknown-field
        missing-field missing-source wrong-type wrong-date wrong-value duplicate-id reserved-id
        edited-fact deleted-fact changed-fact
        """,
    Tier.references: """
        unknown-person unknown-source unknown-station unknown-port unknown-flight unknown-craft
        unknown-event wrong-stream
        """,
    Tier.sources: "unsourced unruled gap",
}

_TIERS = {rule: tier for tier, rules in _RULES.items() for rule in rules.split()}


def tier_of(rule: str) -> Tier:
    """Return the tier of a rule: what is said of the world is physics."""
    return _TIERS.get(rule, Tier.physics)
