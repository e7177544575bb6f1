"""The text of an agreement: announced, signed, changed, extended, ended. Subject: an agreement.

Each *item* (its conclusion, each supplement, how long it runs, its end) is a series of statements,
and the latest holds. For a supplement, it is the latest of those that say it has come furthest. An
announcement after the signing concludes nothing any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from msgspec import Struct
from msgspec.structs import replace

from aboard.events.agreement import (
    AgreementAmended,
    AgreementAnnounced,
    AgreementEnded,
    AgreementExtended,
    AgreementSigned,
    Status,
)
from aboard.events.time import FOREVER
from aboard.projections.fold import Interval
from aboard.projections.tables.fold_versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.events.envelope import Event
    from aboard.projections.folds.segments import Value

name = "agreement_text"
version = VERSIONS[name]

heeds = frozenset(
    {AgreementAnnounced, AgreementSigned, AgreementAmended, AgreementExtended, AgreementEnded}
)
"""The types of facts that it is about."""

STATUSES = get_args(Status)
"""How far a change can come, the least first."""


class Text(Struct, frozen=True, eq=False):
    """The statements that hold, and those that another has followed, as intervals."""

    agreement: str
    current: tuple[Interval, ...] = ()
    over: tuple[Interval, ...] = ()
    signed: bool = False


def subjects(event: Event) -> Iterable[str]:
    """Return the agreement whose stream it is."""
    return (event.subject,) if event.originator_id.startswith("agreement/") else ()


def start(subject: str) -> Text:
    """Return an agreement without facts."""
    return Text(subject)


def step(state: Text, fact: Event) -> Text:
    """Return the state after one more fact of the agreement."""
    match fact:
        case AgreementAnnounced() if not state.signed:
            return _stated(state, fact, "conclusion", status="announced", what=fact.what)
        case AgreementSigned():
            said = {"parties": fact.parties, "status": "signed", "what": fact.scope}
            return replace(_stated(state, fact, "conclusion", **said), signed=True)
        case AgreementAmended():
            item = "change" if fact.supplement is None else f"supplement {fact.supplement}"
            if _further(state, item, fact.status):
                return state
            return _stated(state, fact, item, status=fact.status, what=fact.what)
        case AgreementExtended():
            return _stated(state, fact, "until", until=str(fact.until))
        case AgreementEnded():
            return _stated(state, fact, "end", status="ended", what=fact.reason)
        case _:
            return state


def aims(state: Text) -> tuple[int, ...]:  # noqa: ARG001 - as every fold is asked
    """Return nothing: no target is looked at."""
    return ()


def finish(state: Text, now: int) -> Iterator[Interval]:  # noqa: ARG001 - nothing here lapses
    """Yield every statement as an interval."""
    yield from state.over
    yield from state.current


def _further(state: Text, item: str, status: str) -> bool:
    """Whether a change has come further than a status already."""
    said = (dict(one.value) for one in state.current)
    come = [STATUSES.index(one["status"]) for one in said if one["item"] == item]
    return any(one > STATUSES.index(status) for one in come)


def _stated(state: Text, fact: Event, item: str, **said: object) -> Text:
    """Return the state with a newer statement in its series."""
    at = fact.happened.earliest
    value: Value = (*sorted({**said, "item": item, "since": str(fact.happened)}.items()),)
    kept, over = [], list(state.over)
    for one in state.current:
        if dict(one.value)["item"] != item:
            kept.append(one)
        elif one.start < at:
            over.append(replace(one, end=at))
    kept.append(Interval(at, FOREVER, state.agreement, value, (fact.id,)))
    return replace(state, current=tuple(kept), over=tuple(over))
