"""Amendments as a ledger has them."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from aboard.loader.amend import AmendmentDraft, as_toml, write_beside

if TYPE_CHECKING:
    from pathlib import Path


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


def test_it_is_written_into_the_file_of_its_stream(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text('[[person]]\nid = "ann"\n')
    (tmp_path / "apple.toml").write_text('stream = "flight/apple"\n')
    assert write_beside(tmp_path, "flight/pear", "claim", {"id": "pear/x"}) is None
    assert (
        write_beside(tmp_path, "flight/apple", "gap", {"id": "apple/x"}) == tmp_path / "apple.toml"
    )
    assert (
        write_beside(tmp_path, "person/ann", "retraction", {"id": "ann/x"})
        == tmp_path / "people.toml"
    )
    assert (tmp_path / "apple.toml").read_text() == (
        'stream = "flight/apple"\n\n[[gap]]\nid = "apple/x"\n'
    )
    assert (tmp_path / "people.toml").read_text() == (
        '[[person]]\nid = "ann"\n\n[[retraction]]\nstream = "person/ann"\nid = "ann/x"\n'
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["apple.toml", "people.toml"]
