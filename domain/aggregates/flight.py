"""The flight: one vehicle's way from plan to landing.

Facts arrive in any order, so the state keeps what happened in the order of happening, and a
decision considers all of it with the new fact included. Times have precision: two facts contradict
each other only if no instants within the two times would be consistent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboard.domain.aggregates.base import FactsState, in_line, refuse_a_second, refuse_the_future
from aboard.domain.problem import Problem, Refused
from aboard.events.envelope import Event  # noqa: TC001 - a table below needs it
from aboard.events.flight import (
    CraftAdded,
    Docked,
    DockingFailed,
    HatchClosed,
    HatchOpened,
    Landed,
    LaunchAborted,
    Launched,
    LaunchScrubbed,
    Lost,
    Relocated,
    RolledBack,
    RolledOut,
    Transferred,
    Undocked,
)
from aboard.events.flight_plan import (
    ConditionMet,
    DockingPlanned,
    FlightPlanned,
    LaunchPlanned,
    RelocationPlanned,
    ReturnPlanned,
    SeatMovePlanned,
    UndockingPlanned,
)
from aboard.events.mentions import craft_of
from aboard.events.order import surely_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.events.flight import FlightEvent


# stream


def stream_of(flight: str) -> str:
    """Return the stream id of a flight."""
    return f"flight/{flight}"


# state


@dataclass(frozen=True, slots=True)
class FlightState(FactsState):
    """What is recorded of a flight, `facts` in the order of happening."""

    facts: tuple[Event, ...] = ()


# evolve


def evolve(state: FlightState, event: FlightEvent) -> FlightState:
    """Return the state with one more event of the stream in it."""
    return FlightState(state.id, event.originator_version, in_line(state.facts, event))


# decide

ONCE: frozenset[type[Event]] = frozenset((FlightPlanned, Launched, LaunchAborted, Landed, Lost))
BEFORE_LAUNCH = frozenset((RolledOut, RolledBack, LaunchScrubbed))
IN_FLIGHT = frozenset(
    (DockingFailed, Docked, HatchOpened, Transferred, Relocated, HatchClosed, Undocked)
)
ENDS = frozenset((Landed, Lost))
AFTER_LAUNCH = IN_FLIGHT | ENDS
FOLLOWS_LAUNCH = AFTER_LAUNCH | {LaunchAborted}
BEFORE_THE_END = IN_FLIGHT | {LaunchAborted}
NOT_AFTER_AN_ABORT = frozenset((DockingFailed, Docked, Relocated, Undocked))
PLANNED_IN_FLIGHT = frozenset(
    (DockingPlanned, RelocationPlanned, SeatMovePlanned, UndockingPlanned, ReturnPlanned)
)


def decide(state: FlightState, fact: FlightEvent, now: int) -> tuple[FlightEvent, ...]:
    """Return the events to record for `fact`, or raise `Refused`.

    `now` is the instant of recording.
    """
    refuse_the_future(fact, now)
    if type(fact) in ONCE and state.first(type(fact)):
        raise refuse_a_second(type(fact).TOPIC.partition(".")[2].replace("_", "-"), fact)
    for problem in _contradictions(evolve(state, fact), fact):
        raise Refused(problem)
    return (fact.at_version(state.version + 1),)


def _contradictions(state: FlightState, fact: Event) -> Iterator[Problem]:
    first = {type(one): one for one in reversed(state.facts)}
    launched, ended = first.get(Launched), first.get(Landed) or first.get(Lost)
    aborted = first.get(LaunchAborted)
    if Relocated in first:
        yield from _wrong_ports(state, fact)
    if type(fact) in ENDS and Landed in first and Lost in first:
        yield Problem(
            "landed-and-lost",
            fact.id,
            f"{state.id} would be both landed and lost",
            "a vehicle that is lost does not land; retract whichever is wrong",
        )
    if isinstance(fact, CraftAdded):
        added = [one for one in state.facts if isinstance(one, CraftAdded)]
        if fact.craft == state.id or sum(one.craft == fact.craft for one in added) > 1:
            raise refuse_a_second("craft-added", fact)
    if not (launched or ended or aborted):
        return
    for other in state.facts:
        kind = type(other)
        if launched and kind in FOLLOWS_LAUNCH and surely_before(other, launched):
            yield _out_of_order(fact, other, "before", launched, "lifts off first")
        if launched and kind in BEFORE_LAUNCH and surely_before(launched, other):
            yield _out_of_order(fact, other, "after", launched, "does this before it lifts off")
        if ended and kind in BEFORE_THE_END and surely_before(ended, other):
            yield _out_of_order(fact, other, "after", ended, "has ended by then")
        if aborted and kind in NOT_AFTER_AN_ABORT and surely_before(aborted, other):
            yield _out_of_order(fact, other, "after", aborted, "that is aborted never docks")
        done: Event | None = launched if kind is LaunchPlanned else None
        done = ended if kind in PLANNED_IN_FLIGHT else done
        if done and surely_before(done, other):
            yield Problem(
                "plan-after-the-fact",
                fact.id,
                f"{other.id} was made on {other.happened}, after {done.id} of {done.happened}",
                "a plan is made before what it plans; check the two times",
            )


def _wrong_ports(state: FlightState, fact: Event) -> Iterator[Problem]:
    port: str | None = None
    for other in state.facts:
        match other:
            case Docked() if other.station and craft_of(other) == state.id:
                port = other.port
            case Relocated():
                if port and other.from_port and other.from_port != port:
                    yield Problem(
                        "wrong-port",
                        fact.id,
                        f"{_name(other)} of {other.happened} leaves {other.from_port}, but the "
                        f"vehicle is at {port}",
                        "check the ports of the docking and of each relocation",
                    )
                port = other.to_port
            case _:
                pass


def _out_of_order(fact: Event, other: Event, word: str, anchor: Event, why: str) -> Problem:
    return Problem(
        "out-of-order",
        fact.id,
        f"{_name(other)} of {other.happened} is {word} {_name(anchor)} of {anchor.happened}",
        f"a flight {why}; check the two times",
    )


def _name(event: Event) -> str:
    return f"{type(event).TOPIC.partition('.')[2].replace('_', ' ')} ({event.id})"


def loose_ends(state: FlightState) -> Iterator[Problem]:
    """Yield what is merely missing: facts that must have preceded recorded ones."""
    launched = state.first(Launched)
    if state.facts and not state.first(FlightPlanned):
        yield _missing(
            "flight-unnamed", state.facts[0], "the flight has no planned event", "planned"
        )
    if not launched and (first := next((f for f in state.facts if type(f) in AFTER_LAUNCH), None)):
        yield _missing("launch-missing", first, "no launch of this flight is recorded", "launched")
    yield from _dockings_missing(state)
    yield from _roll_out_missing(state)
    plans = {fact.id for fact in state.facts if vars(fact).get("condition")}
    for fact in state.facts:
        if type(fact) is ConditionMet and fact.plan not in plans:
            what = f"no conditional plan of this flight is called {fact.plan}"
            yield _missing("plan-missing", fact, what, "planned or assigned")


def _dockings_missing(state: FlightState) -> Iterator[Problem]:
    docked: dict[str, Event] = {}
    for fact in state.facts:
        if type(fact) not in OF_DOCKING:
            continue
        craft = craft_of(fact)
        match fact:
            case Docked():
                if craft in docked and not _hardens(fact, docked[craft]):
                    yield _missing("undocking-missing", fact, "it was docked already", "undocked")
                # Two craft of a flight that are docked are so until either of them leaves.
                docked |= dict.fromkeys((craft, *filter(None, (fact.to_craft,))), fact)
            case Relocated() if craft not in docked:
                yield _missing("docking-missing", fact, "it was not docked", "docked")
                docked[craft] = fact
            case Undocked() if craft not in docked:
                yield _missing("docking-missing", fact, "it was not docked", "docked")
            case Undocked():
                gone = docked[craft]
                docked = {one: by for one, by in docked.items() if by is not gone}
            case Landed() if craft in docked:
                yield _missing("undocking-missing", fact, "it is still docked", "undocked")
            case _:
                pass


OF_DOCKING = frozenset((Docked, Relocated, Undocked, Landed))


def _hardens(fact: Docked, before: Event) -> bool:
    """Whether it is the hard mate that follows a soft one of the same craft and target."""
    return (
        isinstance(before, Docked)
        and (before.mate, fact.mate) == ("soft", "hard")
        and (before.craft, before.station, before.to_craft)
        == (fact.craft, fact.station, fact.to_craft)
    )


def _roll_out_missing(state: FlightState) -> Iterator[Problem]:
    """Yield a lift-off after the rocket was taken off the pad and not brought back."""
    on_pad = True
    if not state.first(RolledBack):
        return
    for fact in state.facts:
        match fact:
            case RolledOut() | RolledBack():
                on_pad = isinstance(fact, RolledOut)
            case Launched() if not on_pad:
                what = "the rocket was rolled back and not rolled out again"
                yield _missing("roll-out-missing", fact, what, "rolled_out")
            case _:
                pass


def _missing(rule: str, fact: Event, what: str, type_name: str) -> Problem:
    return Problem(
        rule, fact.id, f"{_name(fact)}: {what}", f"add the {type_name} event", missing=True
    )
