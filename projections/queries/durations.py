"""Spans: how long something lasted, between times that may be coarse, up to an instant.

A boundary is some instant within its stated time, and not before the one it follows. So a length is
a range: its least and its greatest number of seconds, equal where both ends are exact.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboard.events.time import Time


class Edge(NamedTuple):
    """The first and the last instant that a boundary can be, in Unix seconds."""

    earliest: int
    latest: int


class Span(NamedTuple):
    """The least and the greatest length, in seconds."""

    least: int = 0
    most: int = 0


def edges(times: Sequence[Time]) -> list[Edge]:
    """Return what times that follow one another can mean, given that they do."""
    earliest = accumulate((time.earliest for time in times), max)
    latest = [*accumulate((time.latest for time in reversed(times)), min)][::-1]
    return [Edge(low, max(low, high)) for low, high in zip(earliest, latest, strict=True)]


def span(start: Edge, end: Edge | None, at: int) -> Span:
    """Return the length from a beginning to an end, or to the instant `at` if that is earlier."""
    end = end or Edge(at, at)
    least = min(at, end.earliest) - min(at, start.latest)
    most = min(at, end.latest) - min(at, start.earliest)
    return Span(max(least, 0), max(most, 0))


def total(spans: Iterable[Span]) -> Span:
    """Return the sum of lengths."""
    summed = Span()
    for one in spans:
        summed = Span(summed.least + one.least, summed.most + one.most)
    return summed


def as_dict(length: Span, *, at_least: bool = False) -> dict[str, Any]:
    """Return a length as an answer has it: ``min`` and ``max`` in seconds, and a text.

    `at_least` marks one whose beginning is not known: it has no ``max``.
    """
    texts = dict.fromkeys(map(in_words, length))
    if at_least:
        return {"min": length.least, "max": None, "text": f"at least {in_words(length.least)}"}
    return {"min": length.least, "max": length.most, "text": " to ".join(texts)}


def in_words(seconds: int) -> str:
    """Return a number of seconds as days, hours and minutes, what is left over dropped."""
    minutes = seconds // 60
    days, hours, minutes = minutes // 1_440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h {minutes} m"
    return f"{hours} h {minutes} m" if hours else f"{minutes} m"
