"""Which facts can supersede one another: those that say different things in one series.

A series is one question with one answer at a time: when a flight is to lift off, where a craft is
docked, on what a person would leave, who commands a station. A fact says something in one or more
series. Two facts that say different things in the same one, about the same people, are rivals: the
later one holds. Where neither their times, nor their ranks, nor since when they were known say
which is the later, one of them has to say that it supersedes the other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events import flight as facts
from aboard.events import flight_plan as plans
from aboard.events.agreement import AgreementAmended, AgreementAnnounced, AgreementExtended
from aboard.events.envelope import Event
from aboard.events.fact import Corrected, Ruled
from aboard.events.mentions import craft_of
from aboard.events.order import surely_before
from aboard.events.spacewalk import SpacewalkBegan
from aboard.events.station import (
    CommandHandedOver,
    CommandHandoverPlanned,
    CoverageStated,
    ExpeditionBegan,
    PortMoved,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LIFE = 8
"""From this rank on, the rank of a fact is its place in the life of a flight, or of a spacewalk.

Of two such facts of one time the rank says which came first, in whichever order they are stated.
"""

NOTHING = None
"""What is said by a fact that only ends what held before it."""

CONDITIONAL = "conditional"
"""What is said by a plan that has a condition, which supersedes nothing until that is met."""


class Series(NamedTuple):
    """What a fact says in one series: a `value`, about some people or about everyone there is."""

    name: tuple[str, ...]
    value: Any
    people: frozenset[str] | None = None
    but: frozenset[str] = frozenset()
    """The people whom it is not about, where it is about everyone else."""

    def rivals(self, other: Series) -> bool:
        """Whether another fact that says this would be a rival."""
        return self.name == other.name and self.value != other.value and self._meets(other)

    def _meets(self, other: Series) -> bool:
        if self.people is not None and other.people is not None:
            return not self.people.isdisjoint(other.people)
        named = self.people if self.people is not None else other.people
        return named is None or bool(named - self.but - other.but)


def series_of(fact: Event, stated: Mapping[str, Event]) -> tuple[Series, ...]:
    """Return what a fact says in each of its series; `stated` has other facts by their ids."""
    if type(fact) is plans.ConditionMet:
        plan = stated.get(fact.plan)
        if plan is None or type(plan) is plans.ConditionMet:
            return ()
        return tuple(one._replace(value=fact.id) for one in series_of(plan, stated))
    said = _SERIES.get(type(fact))
    found = tuple(said(fact)) if said else ()
    if found and vars(fact).get("condition") is not None:
        return tuple(one._replace(value=CONDITIONAL) for one in found)
    return found


def can_supersede(kind: type[Event]) -> bool:
    """Whether events of a type can supersede others."""
    return kind in _SERIES or kind is plans.ConditionMet


def are_rivals(one: Event, other: Event, stated: Mapping[str, Event]) -> bool:
    """Whether two facts say different things in one series, so that one supersedes the other."""
    others = series_of(other, stated)
    return any(mine.rivals(theirs) for mine in series_of(one, stated) for theirs in others)


def may_follow(fact: Event, other: Event) -> bool:
    """Whether a fact may be later than another only because it says so.

    Their times overlap, and neither the life of a flight nor since when they were known says that
    it is the earlier one.
    """
    if surely_before(fact, other) or surely_before(other, fact):
        return False
    if fact.RANK != other.RANK and min(fact.RANK, other.RANK) >= LIFE:
        return False
    return other.known_from <= fact.known_from


def is_after(fact: Event, others: Iterable[str], stated: Mapping[str, Event]) -> bool:
    """Whether one of some facts, given by their ids, is a fact, or supersedes it through others."""
    waiting, seen = list(others), set()
    while waiting:
        key = waiting.pop()
        if key == fact.id:
            return True
        if key not in seen:
            seen.add(key)
            waiting += stated[key].supersedes if key in stated else ()
    return False


def is_linked(one: Event, other: Event, stated: Mapping[str, Event]) -> bool:
    """Whether one of two facts supersedes the other, itself or through others."""
    return is_after(one, other.supersedes, stated) or is_after(other, one.supersedes, stated)


def _says(fact: Event) -> str:
    """Return what the own fields of a fact say, to be compared."""
    return fact.model_dump_json(include=set(type(fact).model_fields) - _ENVELOPE)


def _plan(item: str) -> Callable[[Any], list[Series]]:
    return lambda fact: [Series((item, fact.subject), _says(fact))]


def _seat_move(fact: plans.SeatMovePlanned) -> list[Series]:
    return [Series(("seat move", fact.subject), _says(fact), frozenset((fact.person,)))]


def _return(fact: plans.ReturnPlanned) -> list[Series]:
    found = _plan("return")(fact)
    if fact.crew is not None:
        crew = frozenset(fact.crew)
        found.append(Series(("homeward",), fact.subject, crew))
        found.append(Series(("homeward vehicle", fact.subject), NOTHING, but=crew))
    return found


def _homeward(fact: plans.HomewardVehicleAssigned) -> list[Series]:
    people = frozenset(fact.people)
    return [
        Series(("homeward",), fact.subject, people),
        Series(("homeward vehicle", fact.subject), "assigned", people),
    ]


def _withdrawn(fact: plans.PlanWithdrawn) -> list[Series]:
    people = frozenset((fact.person,)) if fact.person else None
    return [Series((fact.item, fact.subject), NOTHING, people)]


def _moved(fact: facts.SeatMoved) -> list[Series]:
    return [Series(("seat",), fact.subject, frozenset((fact.person,)))]


def _docked(fact: facts.Docked) -> list[Series]:
    craft = craft_of(fact)
    found = [Series(("berth", craft), (fact.station, fact.to_craft, fact.port, fact.mate))]
    return [*found, Series(("berth", fact.to_craft), craft)] if fact.to_craft else found


def _relocated(fact: facts.Relocated) -> list[Series]:
    return [Series(("berth", craft_of(fact)), (fact.to_port, *(fact.crew or ())))]


def _undocked(fact: facts.Undocked) -> list[Series]:
    return [Series(("berth", craft_of(fact)), NOTHING)]


def _transferred(fact: facts.Transferred) -> list[Series]:
    return [Series(("craft",), craft_of(fact), frozenset(fact.people))]


def _commanded(fact: CommandHandedOver) -> list[Series]:
    return [Series(("command", fact.subject), fact.to_person)]


def _expedition(fact: ExpeditionBegan) -> list[Series]:
    found = [Series(("expedition", fact.subject), fact.number)]
    return [*found, Series(("command", fact.subject), fact.commander)] if fact.commander else found


def _amended(fact: AgreementAmended) -> list[Series]:
    # A change that has come further is not superseded by one that has not.
    return [Series(("change", fact.subject, str(fact.supplement), fact.status), fact.what)]


def _corrected(fact: Corrected) -> list[Series]:
    new = {**fact.changes, **dict.fromkeys(fact.removes, NOTHING)}
    return [
        Series(("correction", fact.target, field), json.dumps(value, sort_keys=True))
        for field, value in new.items()
    ]


_ENVELOPE = set(Event.model_fields)

_SERIES: dict[type[Event], Callable[[Any], list[Series]]] = {
    plans.LaunchPlanned: _plan("launch"),
    plans.DockingPlanned: _plan("docking"),
    plans.RelocationPlanned: _plan("relocation"),
    plans.UndockingPlanned: _plan("undocking"),
    plans.ReturnPlanned: _return,
    plans.SeatMovePlanned: _seat_move,
    plans.CrewAssigned: _plan("crew"),
    plans.CrewReplaced: _plan("crew"),
    plans.HomewardVehicleAssigned: _homeward,
    plans.PlanWithdrawn: _withdrawn,
    facts.LaunchScrubbed: lambda fact: [Series(("launch", fact.subject), NOTHING)],
    facts.RolledOut: lambda fact: [Series(("pad", fact.subject), fact.site or "")],
    facts.RolledBack: lambda fact: [Series(("pad", fact.subject), NOTHING)],
    facts.Docked: _docked,
    facts.HatchOpened: lambda fact: [Series(("hatch", fact.subject), "open")],
    facts.SeatMoved: _moved,
    facts.Transferred: _transferred,
    facts.Relocated: _relocated,
    facts.HatchClosed: lambda fact: [Series(("hatch", fact.subject), NOTHING)],
    facts.Undocked: _undocked,
    CommandHandoverPlanned: _plan("hand-over"),
    CommandHandedOver: _commanded,
    ExpeditionBegan: _expedition,
    PortMoved: lambda fact: [Series(("port", fact.subject, fact.port), fact.place)],
    CoverageStated: lambda fact: [Series(("coverage", fact.subject), _says(fact))],
    AgreementAnnounced: lambda fact: [Series(("conclusion", fact.subject), fact.what)],
    AgreementAmended: _amended,
    AgreementExtended: lambda fact: [Series(("until", fact.subject), str(fact.until))],
    SpacewalkBegan: lambda fact: [Series(("outside",), fact.originator_id, frozenset(fact.people))],
    Corrected: _corrected,
    Ruled: lambda fact: [Series(("ruling", claim), fact.holds) for claim in fact.against],
}
"""What facts of each type say in their series; the others can supersede nothing."""

OF_PEOPLE = frozenset(
    {
        plans.HomewardVehicleAssigned,
        plans.ReturnPlanned,
        facts.SeatMoved,
        facts.Transferred,
        SpacewalkBegan,
    }
)
"""The types in the series of people, which facts of several streams may be in together."""
