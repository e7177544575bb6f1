"""Finding the rectangles that hold at one point, without looking at those too old to matter.

An interval that began long ago may still hold, or may be long over, and an index by its beginning
does not say which. So each rectangle has a class by its length, and an index has the class before
the beginning: of the intervals of up to two days, those of the last two days are looked at; of
those of up to sixteen days, those of the last sixteen; and so on. However long a history is, what
is looked at is little more than what holds.

A rectangle that is open in valid time is classed by how long it was known instead. Stays without an
end are plenty, as long as no plan says when they end; but each is soon known otherwise.

Class and beginning are expressions on the columns that there are, so that code that
writes a rectangle does not have to set them.
"""

from __future__ import annotations

from functools import cache

from aboard.events.time import FOREVER

DAY = 86_400

VALID = tuple(days * DAY for days in (2, 16, 64, 128, 192, 256, 1_024))
"""The greatest lengths of the classes in valid time, in seconds; one more class has no greatest.

A visit lasts days, and a crew stays for half a year: there the classes lie closer together.
"""

KNOWN = tuple(days * DAY for days in (64, 256, 1_024))
"""The greatest lengths of the classes of what is open in valid time; two more have none.

They are those of what has an end of being known, and of what has not.
"""

_OVER = len(VALID) + 1
"""The first class of what is open in valid time."""


def _case(length: str, limits: tuple[int, ...], first: int) -> str:
    cases = " ".join(f"WHEN {length}<={limit} THEN {n}" for n, limit in enumerate(limits, first))
    return f"CASE {cases} ELSE {first + len(limits)} END"


def _class(of: str) -> str:
    """Return the expression of the class of a rectangle, `of` being what its columns begin with."""
    return (
        f"(CASE WHEN {of}valid_to<{FOREVER} THEN {_case(f'{of}valid_to-{of}valid_from', VALID, 0)} "
        f"WHEN {of}known_to<{FOREVER} THEN {_case(f'{of}known_to-{of}known_from', KNOWN, _OVER)} "
        f"ELSE {_OVER + len(KNOWN) + 1} END)"
    )


def _beginning(of: str) -> str:
    """Return the expression of the beginning of a rectangle in the time that it is classed by."""
    return f"(CASE WHEN {of}valid_to<{FOREVER} THEN {of}valid_from ELSE {of}known_from END)"


def index(fold: str) -> str:
    """Return the statement that makes the index of a fold's rectangles."""
    return (
        f"CREATE INDEX {fold}_at ON {fold} "
        f"(place, {_class('')}, {_beginning('')}, valid_from, valid_to, known_from, known_to)"
    )


def _classes() -> str:
    """Return the classes, each with the earliest and the latest beginning that is looked at."""
    spans = [(f":at-{limit}", ":at") for limit in VALID]
    spans.append((f"-{FOREVER}", ":at"))
    spans += [(f":known-{limit}", ":known") for limit in KNOWN]
    spans += [(f"-{FOREVER}", ":known")] * 2
    return " UNION ALL ".join(
        f"SELECT {n} AS class, {first} AS first, {last} AS last"
        for n, (first, last) in enumerate(spans)
    )


CLASSES = _classes()


@cache
def holding(fold: str) -> str:
    """Return the statement that finds what holds at a ``:place``, ``:at`` and as ``:known``.

    Its rows are subject, value and why. The index is read first and by itself, and then the rows
    that hold, each by its key.
    """
    key = ("subject", "valid_from", "known_from", "n")
    found = ", ".join(f"i.{name}" for name in key)
    same = " AND ".join(f"t.{name}=k.{name}" for name in key)
    return (
        f"SELECT t.subject, t.value, t.why FROM "  # noqa: S608 - our own names
        f"(SELECT {found} FROM ({CLASSES}) AS c CROSS JOIN {fold} AS i "
        f"WHERE i.place=:place AND {_class('i.')}=c.class "
        f"AND {_beginning('i.')} BETWEEN c.first AND c.last "
        "AND i.valid_from<=:at AND i.valid_to>:at AND i.known_from<=:known AND i.known_to>:known"
        f") AS k CROSS JOIN {fold} AS t WHERE {same}"
    )
