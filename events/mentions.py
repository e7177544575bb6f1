"""What an event names and registers, derived from the references declared on its fields.

The declarations are in the models: see :mod:`aboard.events.reference`. The results
are cached by type, because this is needed for every event that is read.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.events.fact import Corrected
from aboard.events.field_kinds import shape_of
from aboard.events.vocabulary import every_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic import JsonValue

    from aboard.events.envelope import Event
    from aboard.events.field_kinds import Shape
    from aboard.events.reference import Reference

    Read = Callable[[Any], tuple[str, ...]]


class NamingField(NamedTuple):
    """A field of an event type that holds ids."""

    name: str
    reference: Reference
    part: str
    """The field of a part that holds the id, such as that of a seat; otherwise empty."""
    ids: Read
    """Returns the ids in an event of the type."""


def people_named(event: Event) -> tuple[str, ...]:
    """Return the ids of the people that an event names."""
    return ids_named(event, "person")


def ids_named(event: Event, kind: str) -> tuple[str, ...]:
    """Return the ids of the things of a kind that an event names."""
    read = _read(type(event), kind)
    return read(event) if read else ()


def flights_named(event: Event) -> tuple[str, ...]:
    """Return the ids of the flights whose stories include an event."""
    read = _read_other_stories(type(event))
    others = read(event) if read else ()
    return (event.subject, *others) if event.originator_id.startswith("flight/") else others


def craft_of(event: Event) -> str:
    """Return the craft that an event of a flight is about: the flight's first, or a further one."""
    named = event.craft if _may_name_craft(type(event)) else None  # type: ignore[attr-defined]
    return named or event.subject


def registered(event: Event) -> Iterator[tuple[str, str]]:
    """Yield what an event registers, as kind and id; a port as ``station/port``."""
    for kind in event.REGISTERS:
        yield kind, event.subject
    for field in _registering_fields(type(event)):
        for key in field.ids(event):
            kind = field.reference.kind
            yield kind, f"{event.subject}/{key}" if kind == "port" else key


@cache
def naming_fields(cls: type[Event]) -> tuple[NamingField, ...]:
    """Return the fields of a type that hold ids, in their order."""
    return tuple(
        NamingField(name, reference, part, _reader(name, part, many=shape.many))
        for name, about in cls.model_fields.items()
        for shape in [shape_of(about.annotation, about.metadata)]
        for part, reference in _references(shape)
    )


@cache
def names_its_subject(cls: type[Event]) -> bool:
    """Whether events of a type name the person whose stream they are on."""
    return cls.TOPIC.startswith("person.") and "person" not in cls.REGISTERS


def _references(shape: Shape) -> Iterator[tuple[str, Reference]]:
    """Yield the references in a value, each with the field of the part that holds it, if any."""
    for part, inner in (("", shape), *shape.parts):
        if inner.reference:
            yield part, inner.reference


def _reader(name: str, part: str, *, many: bool) -> Read:
    """Return a function that returns the ids in a field."""
    get = attrgetter(name)
    if part:
        inside = attrgetter(part)
        if many:
            return lambda event: tuple(filter(None, map(inside, get(event) or ())))
        return lambda event: (inside(one),) if (one := get(event)) and inside(one) else ()
    if many:
        return lambda event: get(event) or ()
    return lambda event: (one,) if (one := get(event)) else ()


@cache
def _read(cls: type[Event], kind: str) -> Read | None:
    """Return the reader of the ids of a kind in events of a type, if they may have any."""
    readers = [field.ids for field in naming_fields(cls) if field.reference.kind == kind]
    if kind == "person" and names_its_subject(cls):
        readers.append(lambda event: (event.subject,))
    if cls is Corrected:
        readers.append(lambda event: tuple(_in_changes(event.changes, kind)))
    return _all_of(readers)


@cache
def _read_other_stories(cls: type[Event]) -> Read | None:
    """Return the reader of the other flights whose stories include events of a type, if any."""
    return _all_of([field.ids for field in naming_fields(cls) if field.reference.in_story])


def _all_of(readers: list[Read]) -> Read | None:
    if len(readers) < 2:
        return readers[0] if readers else None
    return lambda event: tuple(dict.fromkeys(chain.from_iterable(read(event) for read in readers)))


def _in_changes(changes: Mapping[str, JsonValue], kind: str) -> Iterator[str]:
    """Yield the ids of a kind in the new values of a correction, whatever type it corrects."""
    for name, value in changes.items():
        parts = _parts_naming(kind).get(name, ())
        for one in (value if isinstance(value, list) else [value]) if parts else ():
            keys = [one.get(part) for part in parts] if isinstance(one, dict) else [one]
            yield from (key for key in keys if isinstance(key, str))
        if name == "changes" and isinstance(value, dict):  # it corrects a correction
            yield from _in_changes(value, kind)


@cache
def _parts_naming(kind: str) -> dict[str, set[str]]:
    """Return which fields of any type hold ids of a kind, and the field of the part that does."""
    found: dict[str, set[str]] = defaultdict(set)
    for cls in every_type().values():
        for field in naming_fields(cls):
            if field.reference.kind == kind:
                found[field.name].add(field.part)
    return found


@cache
def _registering_fields(cls: type[Event]) -> tuple[NamingField, ...]:
    return tuple(field for field in naming_fields(cls) if field.reference.registers)


@cache
def _may_name_craft(cls: type[Event]) -> bool:
    """Whether events of a type have a field for a further craft."""
    return "craft" in cls.model_fields
