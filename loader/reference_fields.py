"""What the ids in an event of a type are ids of, found by asking the references about a specimen.

So there is one place that knows it, and a new type needs nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.domain.eventlog.name_index import registered
from aboard.events.field_kinds import Holds, Kind, own_fields
from aboard.events.vocabulary import KINDS
from aboard.loader.references import PEOPLE_FIELDS, WHERE, named

if TYPE_CHECKING:
    from aboard.events.envelope import Event

SUBJECT = "specimen"


class _Any:
    """Stands for a part of an event, such as a seat."""

    def __init__(self, **values: Any) -> None:
        self.__dict__ |= values

    def __repr__(self) -> str:
        return repr(self.__dict__)


def referred(cls: type[Event]) -> dict[str, str]:
    """Return the kind of thing that each field of a type with an id in it names, by the field."""
    return {
        field: kind
        for said, kind, _ in named(_specimen(cls), SUBJECT)
        for field in ((said,) if said else PEOPLE_FIELDS)  # a person's field is not said
        if field in cls.model_fields
    }


def begins(cls: type[Event], kind: str) -> bool:
    """Whether an event of a type may be the first of its stream: it registers what that is about.

    Where nothing needs to be registered, any may.
    """
    return kind not in WHERE or (kind, SUBJECT) in registered(_specimen(cls, kind))


def _specimen(cls: type[Event], kind: str = "") -> Event:
    """Return an event that holds something in each of its fields."""
    values = {field.name: _value(field.name, field.holds) for field in own_fields(cls)}
    stream = f"{kind or _kind(cls)}/{SUBJECT}"
    return cls.model_construct(id=SUBJECT, originator_id=stream, source=(SUBJECT,), **values)


def _kind(cls: type[Event]) -> str:
    kind = cls.TOPIC.partition(".")[0]
    return kind if kind in KINDS else KINDS[0]


def _value(name: str, holds: Holds) -> Any:
    if holds.kind is Kind.part:
        one: Any = _Any(**{part: _value(f"{name}-{part}", inner) for part, inner in holds.parts})
    elif holds.kind is Kind.pairs:
        one = {}
    else:
        one = name
    return (one,) if holds.many else one
