"""The words for a change: of a planned date, of the end of a stay, and of a crew."""

from __future__ import annotations

import pytest

from aboard.projections.changes import wording


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (None, "2022-09-01", "launch planned for 2022-09-01"),
        ("2022-09-01", None, "launch date dropped (was 2022-09-01)"),
        ("2022-09", "2022-09-28", "launch now given as 2022-09-28 (was 2022-09)"),
        ("2022-09-28", "2022-09", "launch now given only as 2022-09 (was 2022-09-28)"),
        ("2022-09-01", "2022-09-28", "launch slips by 27 days, from 2022-09-01 to 2022-09-28"),
        ("2022-09-01T23:00Z", "2022-09-02",
         "launch slips by 1 day, from 2022-09-01T23:00Z to 2022-09-02"),
        ("2022-09-01T23:00Z", "2022-09-02T01:05Z",
         "launch slips by 2 hours 5 minutes, from 2022-09-01T23:00Z to 2022-09-02T01:05Z"),
        ("2022-09-01T23:00:00Z", "2022-09-01T23:00:10Z",
         "launch slips, from 2022-09-01T23:00:00Z to 2022-09-01T23:00:10Z"),
        ("2022-09-05T01Z", "2022-09-03T00Z",
         "launch brought forward by 2 days, from 2022-09-05T01Z to 2022-09-03T00Z"),
        ("2022-09", "2022-10", "launch slips, from 2022-09 to 2022-10"),
        ("2023-01-10", "2022-12", "launch brought forward, from 2023-01-10 to 2022-12"),
    ],
)  # fmt: skip
def test_a_planned_date(was: str | None, now: str | None, said: str) -> None:
    assert wording.replanned("launch", was, now) == said


@pytest.mark.parametrize(
    ("was", "now", "was_on", "now_on", "said"),
    [
        (None, "2023-03", "", "MS-22", "departure planned for 2023-03, on MS-22"),
        ("2023-03", None, "MS-22", "", "departure date dropped (was 2023-03)"),
        ("2023-03", "2023-04", "MS-22", "MS-22", "departure slips, from 2023-03 to 2023-04"),
        ("2023-03", "2023-04", "MS-22", "MS-23",
         "departure slips, from 2023-03 to 2023-04, on MS-23 (was on MS-22)"),
        ("2023-03", "2023-03", "MS-22", "MS-23", "departure on MS-23 (was on MS-22), 2023-03"),
        ("2023-03", "2023-03", "MS-22", "",
         "departure on no known craft (was on MS-22), 2023-03"),
    ],
)  # fmt: skip
def test_the_end_of_a_stay(
    was: str | None, now: str | None, was_on: str, now_on: str, said: str
) -> None:
    assert wording.departure(was, now, was_on, now_on) == said


@pytest.mark.parametrize(
    ("added", "removed", "said"),
    [
        (["Ann"], [], "crew: Ann added"),
        (["Ann", "Cid"], ["Bob"], "crew: Ann, Cid added; Bob removed"),
        ([], [], "crew: in another order"),
    ],
)
def test_a_crew(added: list[str], removed: list[str], said: str) -> None:
    assert wording.regrouped("crew", added, removed) == said
