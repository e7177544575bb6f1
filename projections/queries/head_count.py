"""Counting people: how many there are, and the least and the most there can be.

A row of presence counts a person for certain, or only by one reading of a coarse time, or leaves it
in doubt. This is the only place where those rows become numbers, for one instant or for many.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


class Tally(NamedTuple):
    """How many people count, and the least and the greatest number there can be."""

    people: int = 0
    least: int = 0
    most: int = 0


class HeadCount:
    """The people counted, as rows come and go: a person with two rows is one."""

    __slots__ = ("_certain", "_counted", "_doubtful")

    def __init__(self) -> None:
        self._counted: Counter[str] = Counter()
        self._certain: Counter[str] = Counter()
        self._doubtful: Counter[str] = Counter()

    def add(self, person: str, *, counted: bool, certain: bool, sign: int = 1) -> None:
        """Add a row of a person, or with a `sign` of -1 remove one.

        One that is not counted is in doubt; a counted one may be certain or not.
        """
        if not counted:
            _change(self._doubtful, person, sign)
            return
        _change(self._counted, person, sign)
        if certain:
            _change(self._certain, person, sign)

    @property
    def tally(self) -> Tally:
        """The numbers as they stand."""
        return tally(self._counted.keys(), self._certain.keys(), self._doubtful.keys())


def tally(
    counted: AbstractSet[str], certain: AbstractSet[str], doubtful: AbstractSet[str]
) -> Tally:
    """Return how many people some sets of them amount to.

    Somebody whose arrival is in doubt, and who is still in the place they came from if they are not
    here, is certainly in one of the two.
    """
    if not doubtful:
        return Tally(len(counted), len(certain), len(counted))
    return Tally(len(counted), len(certain | (counted & doubtful)), len(counted | doubtful))


def _change(people: Counter[str], person: str, sign: int) -> None:
    people[person] += sign
    if not people[person]:
        del people[person]
