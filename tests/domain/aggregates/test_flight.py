"""The flight: what it accepts, what it refuses, and what is still missing from it."""

from __future__ import annotations

from functools import reduce
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given as every
from hypothesis import strategies as st

from aboard.domain.aggregates.flight import FlightState, decide, evolve, loose_ends, stream_of
from aboard.domain.aggregates.registry import AGGREGATES
from aboard.domain.problem import Refused
from aboard.events.flight import Docked, Launched
from tests.build import fact, instant, seats
from tests.domain.given import TODAY, given

if TYPE_CHECKING:
    from aboard.events.envelope import Event

PLANNED = fact("planned", "2022-01", name="Apple", spacecraft="Soyuz MS", operator="Roscosmos")
LAUNCHED = fact("launched", "2022-09-21T13:54:49Z", crew=["ann", "bob"])
DOCKED = fact("docked", "2022-09-21T17:06:34Z", station="iss", port="nadir")
OPENED = fact("hatch_opened", "2022-09-21T19:34Z")
RELOCATED = fact("relocated", "2022-12-01T09:22Z", undocked_at="2022-12-01T08:45Z")
CLOSED = fact("hatch_closed", "2023-03-28T06:00Z")
UNDOCKED = fact("undocked", "2023-03-28T09:57:27Z", crew=[])
LANDED = fact("landed", "2023-03-28T11:45:58Z", crew=[])
FLOWN = (PLANNED, LAUNCHED, DOCKED, OPENED, RELOCATED, CLOSED, UNDOCKED, LANDED)


def test_a_flight_stands_on_a_stream_of_its_own() -> None:
    assert stream_of("soyuz-ms-22") == "flight/soyuz-ms-22"


@pytest.mark.parametrize("number", range(len(FLOWN)))
def test_a_flight_goes_its_way_step_by_step(number: int) -> None:
    given(*FLOWN[:number]).when(FLOWN[number]).then(FLOWN[number])


@pytest.mark.parametrize("late", FLOWN)
def test_every_step_may_be_recorded_last(late: Event) -> None:
    given(*(event for event in FLOWN if event is not late)).when(late).then(late)


@pytest.mark.parametrize(
    ("event", "rule"),
    [(PLANNED, "planned-twice"), (LAUNCHED, "launched-twice"), (LANDED, "landed-twice")],
)
def test_a_flight_is_planned_launched_and_landed_once(event: Event, rule: str) -> None:
    again = event.model_copy(update={"id": "apple/again"})
    problem = given(event).when(again).then_refused(rule)
    assert "flight/apple" in problem.message


def test_a_flight_may_dock_undock_and_move_more_than_once() -> None:
    again = fact("docked", "2022-12-02", station="mir")
    given(LAUNCHED, DOCKED, fact("undocked", "2022-12-01", crew=[])).when(again).then(again)


def test_what_lies_in_the_future_has_not_happened() -> None:
    given().when(LAUNCHED, today="2022-09-21").then_refused("from-the-future")
    given().when(LAUNCHED, today="2022-09-22").then(LAUNCHED)


def test_what_nobody_can_know_yet_is_not_known() -> None:
    early = fact("hatch_opened", "2022-09-20", "2022-09-22")
    problem = given().when(early, today="2022-09-21").then_refused("from-the-future")
    assert problem.message == "known 2022-09-22 is later than now, 2022-09-21T00:00:00Z"


def test_this_month_has_begun() -> None:
    this_month = fact("hatch_opened", "2022-09")
    given().when(this_month, today="2022-09-02").then(this_month)


def test_a_plan_may_aim_at_the_future() -> None:
    plan = fact("launch_planned", "2022-09-21", target="NET 2030")
    given().when(plan, today="2022-09-22").then(plan)


AFTER_LAUNCH = [
    fact("docked", "2022-09-20", station="iss"),
    fact("hatch_opened", "2022-09-20"),
    fact("relocated", "2022-09-20", undocked_at="2022-09-20"),
    fact("hatch_closed", "2022-09-20"),
    fact("undocked", "2022-09-20", crew=[]),
    fact("landed", "2022-09-20", crew=[]),
]
BEFORE_LAUNCH = [fact("rolled_out", "2022-09-22"), fact("launch_scrubbed", "2022-09-22")]
BEFORE_LANDING = [
    fact("docked", "2023-03-29", station="iss"),
    fact("hatch_opened", "2023-03-29"),
    fact("relocated", "2023-03-29", undocked_at="2023-03-29"),
    fact("hatch_closed", "2023-03-29"),
    fact("undocked", "2023-03-29", crew=[]),
]
MADE_AFTER_LAUNCH = [fact("launch_planned", "2022-09-22", target="2023")]
MADE_AFTER_LANDING = [
    fact("docking_planned", "2023-03-29", target="2024", station="iss"),
    fact("undocking_planned", "2023-03-29", target="2024"),
    fact("return_planned", "2023-03-29", target="2024"),
]
CONTRADICTIONS = [
    *((one, LAUNCHED, "out-of-order") for one in AFTER_LAUNCH),
    *((one, LAUNCHED, "out-of-order") for one in BEFORE_LAUNCH),
    *((one, LANDED, "out-of-order") for one in BEFORE_LANDING),
    *((plan, LAUNCHED, "plan-after-the-fact") for plan in MADE_AFTER_LAUNCH),
    *((plan, LANDED, "plan-after-the-fact") for plan in MADE_AFTER_LANDING),
]


@pytest.mark.parametrize(("one", "other", "rule"), CONTRADICTIONS)
def test_a_contradiction_is_refused_whichever_of_the_two_comes_last(
    one: Event, other: Event, rule: str
) -> None:
    given(one).when(other).then_refused(rule)
    given(other).when(one).then_refused(rule)


def test_a_refusal_names_both_facts_and_both_times() -> None:
    problem = given(LAUNCHED).when(AFTER_LAUNCH[0]).then_refused("out-of-order")
    assert problem.message == (
        f"docked ({AFTER_LAUNCH[0].id}) of 2022-09-20 is before "
        f"launched ({LAUNCHED.id}) of 2022-09-21T13:54:49Z"
    )
    assert problem.hint == "a flight lifts off first; check the two times"


@pytest.mark.parametrize(
    "coarse",
    [
        fact("docked", "2022-09-21", station="iss"),
        fact("hatch_opened", "2022-09"),
        fact("landed", "2022", crew=[]),
        fact("rolled_out", "2022-09-21"),
        fact("launch_scrubbed", "2022-09"),
        fact("launch_planned", "2022-09-21", target="2022-09-21"),
    ],
)
def test_a_coarse_time_that_leaves_room_for_the_launch_is_no_contradiction(coarse: Event) -> None:
    given(LAUNCHED).when(coarse).then(coarse)
    given(coarse).when(LAUNCHED).then(LAUNCHED)


def test_a_landing_known_to_the_day_follows_the_exact_undocking_of_that_day() -> None:
    landed = fact("landed", "2023-03-28", crew=[])
    given(LAUNCHED, DOCKED, UNDOCKED).when(landed).then(landed)
    given(LAUNCHED, DOCKED, landed).when(UNDOCKED).then(UNDOCKED)
    assert state_of(landed, UNDOCKED, DOCKED, LAUNCHED).facts[-1] == landed


def test_a_plan_of_the_day_of_the_launch_may_have_been_made_before_it() -> None:
    slip = fact("launch_planned", "2022-09-21", target="2022-09-21T13:54Z")
    given(LAUNCHED).when(slip).then(slip)


# any order


def state_of(*events: Event) -> FlightState:
    """Return the state of a flight that accepts facts one after another."""

    def accept(state: FlightState, event: Event) -> FlightState:
        decided = decide(state, event, instant(TODAY))  # type: ignore[arg-type]
        return reduce(evolve, decided, state)

    return reduce(accept, events, FlightState("apple"))


def unnumbered(state: FlightState) -> tuple[Event, ...]:
    """Return the facts of a state without the versions, which tell the order of arrival."""
    return tuple(event.at_version(1) for event in state.facts)


@every(st.permutations(FLOWN))
def test_whatever_the_order_of_arrival_the_flight_is_the_same(order: list[Event]) -> None:
    state = state_of(*order)
    assert state.version == len(FLOWN)
    assert unnumbered(state) == FLOWN


COARSE = st.sampled_from(
    ["2022", "2022-09", "2022-09-21", "2022-09-21T13Z", "2022-09-21T13:54:49Z", "2022-09-22"]
)
HISTORIES = st.lists(
    st.one_of(
        st.builds(lambda when: fact("launched", when, crew=[]), COARSE),
        st.builds(lambda when: fact("docked", when, station="iss"), COARSE),
        st.builds(lambda when: fact("undocked", when, crew=[]), COARSE),
        st.builds(lambda when: fact("landed", when, crew=[]), COARSE),
        st.builds(lambda when: fact("rolled_out", when), COARSE),
        st.builds(lambda when: fact("launch_planned", when, target="2024"), COARSE),
    ),
    min_size=2,
    max_size=4,
)


@every(HISTORIES)
def test_facts_that_go_together_do_so_in_any_order_and_others_in_none(facts: list[Event]) -> None:
    outcomes = set()
    for order in permutations(facts):
        try:
            outcomes.add(unnumbered(state_of(*order)))
        except Refused:
            outcomes.add(())
    assert len(outcomes) == 1


def test_the_aggregate_reads_a_stream_as_its_decisions_left_it() -> None:
    numbered = [event.at_version(n) for n, event in enumerate(FLOWN, 1)]
    assert AGGREGATES["flight"].state("apple", numbered) == state_of(*FLOWN)


def test_the_first_fact_of_a_kind_is_the_earliest_one() -> None:
    later = fact("docked", "2023-01-01", station="iss")
    assert state_of(later, DOCKED).first(Docked) == DOCKED.at_version(2)
    assert state_of(later).first(Launched) is None


# loose ends


def missing(*facts: Event) -> list[tuple[str, str]]:
    """Return the rule and the event of everything that is missing from a flight."""
    problems = list(loose_ends(state_of(*facts)))
    assert all(problem.missing for problem in problems)
    return [(problem.rule, problem.event_id) for problem in problems]


def test_a_whole_flight_has_no_loose_ends() -> None:
    assert missing(*FLOWN) == []
    assert missing() == []


def test_a_flight_without_a_name_is_reported_where_it_begins() -> None:
    assert missing(DOCKED, LAUNCHED) == [("flight-unnamed", LAUNCHED.id)]


def test_a_flight_without_a_launch_is_reported_once() -> None:
    assert missing(PLANNED, DOCKED, OPENED) == [("launch-missing", DOCKED.id)]


def test_a_flight_that_has_not_flown_yet_misses_nothing() -> None:
    assert missing(PLANNED, fact("crew_assigned", "2022-02", crew=seats("ann"))) == []


def test_a_second_docking_without_an_undocking_is_reported() -> None:
    again = fact("docked", "2022-10-01", station="mir")
    assert missing(PLANNED, LAUNCHED, DOCKED, again) == [("undocking-missing", again.id)]


def test_a_landing_without_an_undocking_is_reported() -> None:
    assert missing(PLANNED, LAUNCHED, DOCKED, LANDED) == [("undocking-missing", LANDED.id)]


def test_an_undocking_without_a_docking_is_reported() -> None:
    assert missing(PLANNED, LAUNCHED, UNDOCKED) == [("docking-missing", UNDOCKED.id)]


def test_a_relocation_without_a_docking_is_reported_once() -> None:
    assert missing(PLANNED, LAUNCHED, RELOCATED, UNDOCKED) == [("docking-missing", RELOCATED.id)]


def test_a_relocated_vehicle_that_lands_has_undocked() -> None:
    assert missing(PLANNED, LAUNCHED, RELOCATED, LANDED) == [
        ("docking-missing", RELOCATED.id),
        ("undocking-missing", LANDED.id),
    ]


def test_a_relocation_leaves_the_port_the_vehicle_is_at() -> None:
    docked = fact("docked", "2022-01-02", station="iss", port="north")
    moved = fact(
        "relocated", "2022-02-02", undocked_at="2022-02-02", from_port="south", to_port="up"
    )
    refused = given(fact("launched", "2022-01-01", crew=[]), docked).when(moved)
    refused.then_refused("wrong-port")


# losses, aborts and further craft

LOST = fact("lost", "2023-03-28T11:40Z", crew=["ann"], reason="the heat shield")
ABORTED = fact("launch_aborted", "2022-09-21T13:57Z", height="above 80 km")


def test_a_vehicle_that_is_lost_has_not_landed() -> None:
    given(LAUNCHED, LOST).when(LANDED).then_refused("landed-and-lost")
    given(LAUNCHED, LANDED).when(LOST).then_refused("landed-and-lost")


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        (LOST, "lost-twice"),
        (ABORTED, "launch-aborted-twice"),
        (fact("craft_added", "2022-01", craft="eagle", name="Eagle", spacecraft="LM"),
         "craft-added-twice"),
    ],
)  # fmt: skip
def test_a_flight_is_lost_aborted_and_given_a_craft_once(event: Event, rule: str) -> None:
    given(event).when(event.model_copy(update={"id": "apple/again"})).then_refused(rule)


def test_a_further_craft_is_not_called_as_the_flight_is() -> None:
    own = fact("craft_added", "2022-01", craft="apple", name="Apple", spacecraft="LM")
    given(PLANNED).when(own).then_refused("craft-added-twice")
    two = [fact("craft_added", "2022-01", craft=one, name="A", spacecraft="LM") for one in "ab"]
    given(PLANNED, two[0]).when(two[1]).then(two[1])


@pytest.mark.parametrize("after", BEFORE_LANDING)
def test_nothing_happens_to_a_vehicle_after_it_was_lost(after: Event) -> None:
    given(LAUNCHED, LOST).when(after).then_refused("out-of-order")


@pytest.mark.parametrize("plan", MADE_AFTER_LANDING)
def test_nothing_is_planned_of_a_vehicle_after_it_was_lost(plan: Event) -> None:
    given(LAUNCHED, LOST).when(plan).then_refused("plan-after-the-fact")


def test_an_aborted_launch_lifts_off_first_and_leads_to_no_docking() -> None:
    given(LAUNCHED).when(ABORTED).then(ABORTED)
    problem = given(LAUNCHED, ABORTED).when(DOCKED).then_refused("out-of-order")
    assert problem.hint == "a flight that is aborted never docks; check the two times"
    early = fact("launch_aborted", "2022-09-20")
    given(LAUNCHED).when(early).then_refused("out-of-order")


def test_who_saves_itself_lands() -> None:
    landed = fact("landed", "2022-09-21T14:14Z", crew=["ann", "bob"])
    given(PLANNED, LAUNCHED, ABORTED).when(landed).then(landed)
    assert missing(PLANNED, LAUNCHED, ABORTED, landed) == []
    given(PLANNED, LAUNCHED, landed).when(fact("launch_aborted", "2022-09-22")).then_refused(
        "out-of-order"
    )


OUT = fact("rolled_out", "2022-09-01")
BACK = fact("rolled_back", "2022-09-10")


def test_a_rocket_that_was_rolled_back_is_rolled_out_again() -> None:
    again = fact("rolled_out", "2022-09-18")
    assert missing(PLANNED, OUT, BACK, LAUNCHED) == [("roll-out-missing", LAUNCHED.id)]
    assert missing(PLANNED, OUT, BACK, again, LAUNCHED) == []
    assert missing(PLANNED, OUT, LAUNCHED) == []
    given(LAUNCHED).when(fact("rolled_back", "2022-09-22")).then_refused("out-of-order")


def test_a_condition_is_met_of_a_plan_that_has_one() -> None:
    plan = fact("launch_planned", "2022-02", target="2022-09", condition="a deal", id="apple/if")
    met = fact("condition_met", "2022-03", plan="apple/if")
    assert missing(PLANNED, plan, met) == []
    assert missing(PLANNED, met) == [("plan-missing", met.id)]
    firm = fact("launch_planned", "2022-02", target="2022-09", id="apple/if")
    assert missing(PLANNED, firm, met) == [("plan-missing", met.id)]


# what docks with what

SOFT = fact("docked", "2022-09-21T17:00:00Z", station="iss", mate="soft")
LEFT = fact("undocked", "2022-10-01", crew=["ann"])


def test_a_hard_mate_follows_a_soft_one_without_an_undocking() -> None:
    assert missing(PLANNED, LAUNCHED, SOFT, DOCKED) == []
    elsewhere = fact("docked", "2022-09-22", station="mir")
    assert missing(PLANNED, LAUNCHED, SOFT, elsewhere) == [("undocking-missing", elsewhere.id)]
    soft = fact("docked", "2022-09-22", station="iss", mate="soft")
    assert missing(PLANNED, LAUNCHED, DOCKED, soft) == [("undocking-missing", soft.id)]
    assert missing(PLANNED, LAUNCHED, SOFT, LEFT) == []


def test_a_relocated_vehicle_is_docked_and_no_soft_mate() -> None:
    again = fact("docked", "2023-01-01", station="iss")
    assert missing(PLANNED, LAUNCHED, DOCKED, RELOCATED, again) == [("undocking-missing", again.id)]
    assert missing(PLANNED, LAUNCHED, RELOCATED, again) == [
        ("docking-missing", RELOCATED.id), ("undocking-missing", again.id),
    ]  # fmt: skip


def test_a_docking_that_failed_leaves_it_undocked() -> None:
    failed = fact("docking_failed", "2022-09-21T17:00Z", station="iss")
    assert missing(PLANNED, LAUNCHED, failed, LANDED) == []
    assert missing(PLANNED, LAUNCHED, failed, UNDOCKED) == [("docking-missing", UNDOCKED.id)]


def test_two_craft_of_a_flight_dock_and_either_of_them_leaves() -> None:
    eagle = fact("craft_added", "2022-01", craft="eagle", name="Eagle", spacecraft="LM")
    begun = (PLANNED, eagle, LAUNCHED)
    extracted = fact("docked", "2022-09-22", to_craft="eagle")
    down = fact("undocked", "2022-09-23", craft="eagle", crew=["ann"])
    up = fact("docked", "2022-09-24", craft="eagle", to_craft="apple")
    dropped = fact("undocked", "2022-09-25", craft="eagle", crew=[])
    assert missing(*begun, extracted, down, up, dropped, LANDED) == []
    assert missing(*begun, extracted, up) == [("undocking-missing", up.id)]
    assert missing(*begun, extracted, down, dropped) == [("docking-missing", dropped.id)]
    assert missing(*begun, extracted, down, up, LANDED) == [("undocking-missing", LANDED.id)]
