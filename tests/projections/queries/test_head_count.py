"""Counting people: the number, and the least and the most it can be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aboard.projections.queries.head_count import HeadCount, Tally, tally

ROWS = st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans())


def test_somebody_in_doubt_may_or_may_not_be_there() -> None:
    assert tally({"ann", "bob"}, {"ann", "bob"}, set()) == Tally(2, 2, 2)
    assert tally({"ann", "bob"}, {"ann"}, {"cid"}) == Tally(2, 1, 3)


def test_somebody_counted_and_in_doubt_is_certainly_in_one_of_the_two_places() -> None:
    assert tally({"ann"}, set(), {"ann"}) == Tally(1, 1, 1)


def test_a_person_with_two_rows_is_one() -> None:
    count = HeadCount()
    for _ in range(2):
        count.add("ann", counted=True, certain=True)
    assert count.tally == Tally(1, 1, 1)
    count.add("ann", counted=True, certain=True, sign=-1)
    assert count.tally == Tally(1, 1, 1)
    count.add("ann", counted=True, certain=True, sign=-1)
    assert count.tally == Tally()


@given(st.lists(ROWS), st.lists(ROWS))
def test_rows_that_went_leave_nothing_behind(
    stay: list[tuple[str, bool, bool]], gone: list[tuple[str, bool, bool]]
) -> None:
    count, direct = HeadCount(), HeadCount()
    for rows, sign in ((stay, 1), (gone, 1), (gone, -1)):
        for person, counted, certain in rows:
            count.add(person, counted=counted, certain=certain, sign=sign)
    for person, counted, certain in stay:
        direct.add(person, counted=counted, certain=certain)
    assert count.tally == direct.tally
