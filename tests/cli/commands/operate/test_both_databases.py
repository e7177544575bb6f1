"""What a keeper's commands tell is the same of a log in a file and of one on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.homes import Where

QUESTIONS = (
    ("replay", "iss", "--from", "2022-11-14", "--to", "2022-11-18", "-f", "csv"),
    ("replay", "iss", "--by", "known", "--from", "2022-11-14", "--to", "2022-11-18"),
    ("replay", "--from", "1969-01-16", "--to", "1969-01-16"),
    ("agreement", "--known", "2023-12-28", "-f", "json"),
    ("flight", "crew-5", "--at", "2022-09-28"),
    ("show", "crew-5/condition-met-kikina", "-f", "csv"),
    ("who", "--at", "2022-12-25"),
    ("population", "--from", "2022", "-f", "csv"),
    ("occupation", "iss", "--at", "1998-01-01"),
    ("record", "command_handed_over", "iss", "--from-person", "rubio", "--happened", "2026-10-01",
     "--source", "gcat", "--dry-run"),
)  # fmt: skip


@pytest.mark.usefixtures("clock")
def test_the_answers_are_the_same_in_both_homes(
    answering_anywhere: Where, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [run(*question) for question in QUESTIONS]
    monkeypatch.setenv("ABOARD_DATABASE", str(database))
    here = [run(*question) for question in QUESTIONS]

    for question, one, other in zip(QUESTIONS, there, here, strict=True):
        assert one.code == 0, (question, one.stderr)
        assert one.stdout
        if question[0] == "show":  # which tells when and by which load it was recorded
            assert one.stdout.partition("2022-07-15")[0] == other.stdout.partition("2022-07-15")[0]
        else:
            assert one == other, question
