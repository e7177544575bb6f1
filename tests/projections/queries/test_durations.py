"""Spans: lengths between times that may be coarse."""

from __future__ import annotations

import pytest

from aboard.events.time import Time
from aboard.projections.queries.durations import Edge, Span, as_dict, edges, in_words, span, total
from tests.build import instant

LATER = instant("2030-01-01")


def between(start: str, end: str | None, at: int = LATER) -> Span:
    """Return the length between two written times, the second of which may be open."""
    bounds = edges([Time.parse(text) for text in (start, end) if text])
    return span(bounds[0], bounds[1] if end else None, at)


@pytest.mark.parametrize(
    ("start", "end", "least", "most"),
    [
        ("2020-03-01T10:00:00Z", "2020-03-01T10:00:30Z", 30, 30),
        ("2020-03-01T10:00:00Z", "2020-03-01T10:01Z", 60, 119),
        ("2020-03-01", "2020-03-03", 86_401, 259_199),
        ("2020-03-01T10:00:00Z", "2020-03-01", 0, 50_399),
        ("2020-03-01", "2020-03-01T10:00:00Z", 0, 36_000),
        ("2020-03", "2020-03", 0, 31 * 86_400 - 1),
    ],
)
def test_a_length_is_a_range_where_an_end_is_coarse(
    start: str, end: str, least: int, most: int
) -> None:
    assert between(start, end) == (least, most)


@pytest.mark.parametrize(
    ("at", "least", "most"),
    [
        ("2020-02-29T23:59:59Z", 0, 0),
        ("2020-03-01T00:00:00Z", 0, 0),
        ("2020-03-01T12:00:00Z", 0, 43_200),
        ("2020-03-02T00:00:00Z", 1, 86_400),
        ("2020-03-03T12:00:00Z", 86_401, 216_000),
        ("2020-03-04T00:00:00Z", 86_401, 259_199),
    ],
)
def test_it_runs_up_to_the_instant_asked_about(at: str, least: int, most: int) -> None:
    assert between("2020-03-01", "2020-03-03", instant(at)) == (least, most)


def test_what_is_open_runs_on() -> None:
    at = instant("2020-03-02T00:00:00Z")
    assert between("2020-03-01T00:00:00Z", None, at) == (86_400, 86_400)
    assert between("2020-03-03T00:00:00Z", None, at) == (0, 0)


def test_times_that_follow_one_another_narrow_each_other() -> None:
    day, noon = Time.parse("2020-03-01"), Time.parse("2020-03-01T12:00:00Z")
    start, end = instant("2020-03-01T00:00:00Z"), instant("2020-03-01T12:00:00Z")
    assert edges([day, noon]) == [Edge(start, end), Edge(end, end)]
    assert edges([noon, day]) == [Edge(end, end), Edge(end, day.latest)]
    assert edges([]) == []


def test_a_sum_adds_what_is_least_and_what_is_most() -> None:
    assert total([Span(1, 2), Span(10, 20)]) == (11, 22)
    assert total([]) == (0, 0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 m"),
        (59, "0 m"),
        (3_599, "59 m"),
        (3_600, "1 h 0 m"),
        (86_400, "1 d 0 h 0 m"),
        (370 * 86_400 + 21 * 3_600 + 22 * 60 + 59, "370 d 21 h 22 m"),
    ],
)
def test_seconds_in_words(seconds: int, words: str) -> None:
    assert in_words(seconds) == words


def test_a_length_is_told_once_where_the_words_do_not_differ() -> None:
    assert as_dict(Span(60, 119)) == {"min": 60, "max": 119, "text": "1 m"}
    assert as_dict(Span(60, 120)) == {"min": 60, "max": 120, "text": "1 m to 2 m"}
    assert as_dict(Span(60, 120), at_least=True) == {"min": 60, "max": None, "text": "at least 1 m"}
