"""The order of facts: when they happened, the life of a flight, what is stated; never arrival."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from aboard.events.order import in_order, is_loose
from tests.build import fact

if TYPE_CHECKING:
    from aboard.events.envelope import Event


def said(kind: str) -> dict[str, Any]:
    """Return what a kind of event on a flight's lifeline has to say."""
    return {
        "docked": {"station": "iss"},
        "relocated": {"undocked_at": "2022"},
    }.get(kind, {"crew": []})


def kinds(*facts: Event) -> list[str]:
    """Return what the facts are, in order."""
    return [fact.TOPIC.partition(".")[2] for fact in in_order(facts)]


def test_facts_stand_in_the_order_in_which_they_happened_whatever_their_versions() -> None:
    assert kinds(
        fact("hatch_opened", "2022-09-21T19:34Z", version=1),
        fact("docked", "2022-09-21T17:06:34Z", station="iss", version=2),
        fact("launched", "2022-09-21T13:54:49Z", crew=[], version=3),
    ) == ["launched", "docked", "hatch_opened"]


def test_what_happened_at_one_instant_stands_in_the_order_of_a_flights_life() -> None:
    instant = "2022-09-21T13:54:49Z"
    life = ["launched", "docked", "relocated", "undocked", "landed"]
    assert kinds(*(fact(kind, instant, **said(kind)) for kind in reversed(life))) == life


def test_of_facts_of_one_time_the_one_that_became_known_later_is_the_later() -> None:
    early, late = (
        fact("hatch_opened", "2022-09-21", known, id=f"apple/{name}")
        for name, known in (("zoe", "2022-09-21"), ("ann", "2022-09-25"))
    )
    assert in_order([late, early]) == [early, late]


def opened(name: str, happened: str = "2022-09-21", *supersedes: str) -> Event:
    """Return a fact of a name, after others."""
    others = [f"apple/{other}" for other in supersedes]
    return fact("hatch_opened", happened, id=f"apple/{name}", supersedes=others)


def names(*facts: Event) -> str:
    """Return the names of facts in order, which is the same whatever the order of arrival."""
    found = in_order(facts)
    assert all(in_order(others) == found for others in permutations(facts))
    return " ".join(one.id.removeprefix("apple/") for one in found)


def test_what_supersedes_another_of_its_time_comes_after_it_however_they_are_spelt() -> None:
    assert names(opened("10", "2022-09-21", "9"), opened("9")) == "9 10"
    assert names(opened("9", "2022-09-21", "10"), opened("10")) == "10 9"


def test_what_supersedes_another_stays_behind_it_with_others_around_them() -> None:
    around = opened("b"), opened("e", "2022-09-22")
    assert names(opened("a", "2022-09-21", "c"), *around, opened("c")) == "b c a e"


def test_a_chain_holds_in_every_order() -> None:
    chain = [opened("a", "2022-09-21", "b"), opened("b", "2022-09-21", "c", "d"), opened("c")]
    assert names(*chain, opened("d")) == "c d b a"


def test_a_coarse_time_may_come_after_an_exact_one_that_it_supersedes() -> None:
    month = opened("month", "2022-09", "day")
    assert names(month, opened("day", "2022-09-21")) == "day month"


def test_what_surely_happened_before_another_does_not_come_after_it() -> None:
    assert names(opened("a", "2022-09-20", "b"), opened("b")) == "a b"


def test_a_circle_leaves_facts_where_their_times_put_them() -> None:
    circle = opened("a", "2022-09-21", "c"), opened("b"), opened("c", "2022-09-21", "a")
    assert names(*circle) == "a b c"


def test_the_rank_gives_way_to_what_is_stated() -> None:
    back = fact("docked", "1986-05-05", station="salyut-7", supersedes=["apple/left"])
    left = fact("undocked", "1986-05-05", crew=[], id="apple/left")
    assert kinds(back, left) == ["undocked", "docked"]


def test_a_landing_known_to_the_day_comes_after_the_undocking_of_that_day() -> None:
    assert kinds(
        fact("landed", "2022-09-29", crew=[]),
        fact("undocked", "2022-09-29T07:34Z", crew=[]),
        fact("docked", "2022-03-18", station="iss"),
    ) == ["docked", "undocked", "landed"]


def test_coarse_times_within_one_another_follow_the_life_of_the_flight() -> None:
    assert kinds(
        fact("landed", "2022", crew=[]),
        fact("undocked", "2022-09", crew=[]),
        fact("docked", "2022-09-05T10:00:00Z", station="iss"),
        fact("launched", "2022-09-04", crew=[]),
    ) == ["launched", "docked", "undocked", "landed"]


def test_a_landing_known_to_the_day_stays_before_an_undocking_of_the_next_day() -> None:
    assert kinds(
        fact("landed", "2022-09-29", crew=[]),
        fact("undocked", "2022-09-30T00:00:00Z", crew=[]),
    ) == ["landed", "undocked"]


def test_the_life_of_one_flight_moves_nothing_of_another() -> None:
    assert kinds(
        fact("landed", "2022-09-29", crew=[], stream="flight/pear"),
        fact("undocked", "2022-09-29T07:34Z", crew=[], stream="flight/apple"),
    ) == ["landed", "undocked"]


def test_an_exact_time_is_where_it_was_stated() -> None:
    landed = fact("landed", "2022-09-29T07:34:00Z", crew=[])
    undocked = fact("undocked", "2022-09-29T07:35:00Z", crew=[])
    assert not is_loose(landed)
    assert in_order([undocked, landed]) == [landed, undocked]


def test_what_is_not_on_the_lifeline_stays_at_its_earliest_instant() -> None:
    leak = fact("anomaly", "2022-12-15", what="a leak")
    docked = fact("docked", "2022-12-15T10:00:00Z", station="iss")
    assert not is_loose(leak)
    assert in_order([docked, leak]) == [leak, docked]


TIMES = st.sampled_from(
    ["2022", "2022-09", "2022-09-21", "2022-09-21T13Z", "2022-09-21T13:54:49Z", "2022-09-22"]
)
FACTS = st.lists(
    st.builds(
        lambda kind, when, stream: fact(kind, when, "2023", stream=stream, **said(kind)),
        st.sampled_from(["launched", "docked", "relocated", "undocked", "landed"]),
        TIMES,
        st.sampled_from(["flight/apple", "flight/pear"]),
    ),
    max_size=7,
)


@given(FACTS.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_whatever_the_order_of_arrival_the_order_of_facts_is_the_same(
    orders: tuple[list[Event], list[Event]],
) -> None:
    one, other = orders
    assert in_order(one) == in_order(other)


@given(FACTS)
def test_exact_facts_are_never_moved_past_one_another(facts: list[Event]) -> None:
    exact = [fact for fact in in_order(facts) if fact.happened.exact]
    assert exact == sorted(exact, key=lambda fact: fact.order)
