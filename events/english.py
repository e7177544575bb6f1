"""Wording: the article, and the word of place, that go before a name as it is spoken."""

from __future__ import annotations

import re

SPELT_WITH_AN = frozenset("AEFHILMNORSX")
"""The letters whose names begin with a vowel: an M, an S, but a U."""

LONGEST_SPELT = 3
"""An abbreviation of more letters is read as a word where it can be: an STS, but a NASA."""

_VOWEL = re.compile(r"[aeiou]|hour|honest|honour|heir", re.IGNORECASE)
_CONSONANT_ALL_THE_SAME = re.compile(r"uni(?![dmn])|us[ae]|ut[ei]|eu|ew|one\b|once", re.IGNORECASE)
_SPOKEN_AN = re.compile(r"8|1[18](?!\d)")
"""Numbers that begin as eight, eleven and eighteen do."""


_TAKES_THE = re.compile(r" (Station$|Ocean\b|Sea\b)")


def with_article(name: str) -> str:
    """Return a name with *a* or *an* before it: a Soyuz, an Apollo, an X-15, an 8-day flight."""
    return f"{'an' if _is_spoken_with_a_vowel(name) else 'a'} {name}"


def _is_spoken_with_a_vowel(name: str) -> bool:
    found = re.match(r"[A-Z]+(?![a-z])", name)
    letters = found[0] if found else ""
    if letters and (len(letters) <= LONGEST_SPELT or not re.search("[AEIOUY]", letters)):
        return letters[0] in SPELT_WITH_AN
    if _SPOKEN_AN.match(name):
        return True
    return bool(_VOWEL.match(name)) and not _CONSONANT_ALL_THE_SAME.match(name)


def with_the(name: str) -> str:
    """Return a name as a sentence has it: Mir, but the International Space Station."""
    return f"the {name}" if _TAKES_THE.search(name) else name


def where(place: str) -> str:
    """Return a place and what goes before it: at 47.0°N 69.3°E, in Kazakhstan."""
    exact = not place[:1].isupper() or "runway" in place
    head, comma, rest = place.partition(",")
    return f"{'at' if exact else 'in'} {head if exact else with_the(head)}{comma}{rest}"
