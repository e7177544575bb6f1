"""The tiers of the checks, and the table of all rules with the tier of each."""

from __future__ import annotations

import enum


class Tier(enum.StrEnum):
    """How far the checks go: each includes those before it."""

    form = "form"
    """Files can be read, and each entry is a valid event."""
    references = "references"
    """Every id is registered."""
    physics = "physics"
    """The facts do not contradict each other."""
    sources = "sources"
    """Every fact has a source, every claim a ruling, and every seat an agency."""

    def includes(self, other: Tier) -> bool:
        """Whether checks that go as far as this tier make those of another."""
        return _PLACES[other] <= _PLACES[self]


_PLACES = {tier: place for place, tier in enumerate(Tier)}


_BY_TIER = {
    Tier.form: """
        unreadable not-utf-8 syntax unknown-key unknown-stream unknown-type unknown-field
        missing-field missing-source wrong-type wrong-date wrong-value duplicate-id reserved-id
        edited-fact deleted-fact changed-fact
        """,
    Tier.references: """
        unknown-person unknown-source unknown-station unknown-port unknown-flight unknown-craft
        unknown-event wrong-stream
        """,
    Tier.physics: """
        planned-twice launched-twice launch-aborted-twice landed-twice lost-twice craft-added-twice
        station-twice port-twice port-removed-twice expedition-twice person-twice death-twice
        source-twice agreement-twice ended-twice supplement-twice seat-twice spacewalk-began-twice
        spacewalk-ended-twice
        from-the-future out-of-order plan-after-the-fact landed-and-lost not-a-party wrong-port
        no-such-port-yet port-taken port-gone two-places left-behind died-before
        circular wrong-correction which-is-later superseded-later superseded-unrelated
        flight-unnamed spacewalk-unnamed launch-missing landing-missing docking-missing
        undocking-missing roll-out-missing transfer-missing plan-missing port-missing
        hand-over-missing signing-missing target-missing superseded-missing never-went-up
        """,
    Tier.sources: "unsourced unruled gap agency-missing",
}

RULES = {rule: tier for tier, rules in _BY_TIER.items() for rule in rules.split()}
"""Every rule that a finding can name, with its tier."""


def tier_of(rule: str) -> Tier:
    """Return the tier of a rule; raise `KeyError` for an unknown one."""
    return RULES[rule]
