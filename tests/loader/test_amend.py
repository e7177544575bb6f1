"""Amendments as a ledger has them."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime

from aboard.loader.amend import AmendmentDraft, as_toml


def test_an_entry_reads_back_from_its_toml_as_it_was() -> None:
    entry = {
        "id": "apple/corrected-1",
        "changes": {
            "note": 'He said "no" \\ and\nleft. Прощай',
            "happened": date(2020, 3, 1),
            "at": datetime(2020, 3, 1, 10, tzinfo=UTC),
            "crew": [{"person": "ann"}, "bob"],
            "payload_kg": 5,
            "known_assumed": True,
        },
        "source": ["news", "gcat"],
    }
    assert tomllib.loads(as_toml("correction", entry)) == {"correction": [entry]}


def test_an_id_is_one_that_is_not_taken() -> None:
    amendment = AmendmentDraft(
        "corrected", "apple/docked", "flight/apple", {"reason": "x", "note": None}
    )
    taken = ["apple/docked/corrected-1", "apple/docked/corrected-2"]
    assert amendment.entry(taken.__contains__) == {
        "id": "apple/docked/corrected-3",
        "target": "apple/docked",
        "reason": "x",
    }
