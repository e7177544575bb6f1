"""The fields of the event types: their shapes, and whether they are required.

All of it is read from the models, so that a new type or field needs no change here.
"""

from __future__ import annotations

import ast
import enum
import inspect
import sys
from dataclasses import dataclass, replace
from functools import lru_cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from aboard.events.envelope import Event
from aboard.events.reference import Reference
from aboard.events.time import Time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic.fields import FieldInfo


class Kind(enum.StrEnum):
    """What one value of a field is."""

    text = "text"
    id = "id"
    """The id of a flight, a station, a person, ..."""
    event = "event"
    """The id of an event."""
    time = "time"
    whole = "whole"
    flag = "flag"
    choice = "choice"
    """One of some words."""
    part = "part"
    """Several values that belong together."""
    pairs = "pairs"
    """Any values by name."""
    value = "value"
    """Anything else."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the value of a field looks like: one value of a kind, or `many`."""

    kind: Kind
    many: bool = False
    choices: tuple[str, ...] = ()
    parts: tuple[tuple[str, Shape], ...] = ()
    reference: Reference | None = None
    """What it is the id of."""

    @property
    def refers(self) -> str:
        """The kind of thing that it is the id of; empty for none, or one yet to be registered."""
        return self.reference.kind if self.reference and not self.reference.registers else ""


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field that events of a type have in addition to those of every event.

    `may_be_empty` marks a list that means one thing when empty and another when left out.
    """

    name: str
    shape: Shape
    required: bool
    may_be_empty: bool
    about: str

    @property
    def refers(self) -> str:
        """The kind of thing that an id in it is the id of; empty where there is none."""
        shapes = (self.shape, *(inner for _, inner in self.shape.parts))
        return next((one.refers for one in shapes if one.refers), "")


def own_fields(cls: type[Event]) -> list[OwnField]:
    """Return the fields of a type that not every event has, those that are required first."""
    docs = _field_docs(cls)
    found = [
        OwnField(
            name,
            shape := shape_of(about.annotation, about.metadata),
            about.is_required(),
            shape.many and _may_be_empty(about),
            docs.get(name, ""),
        )
        for name, about in cls.model_fields.items()
        if name not in Event.model_fields
    ]
    return sorted(found, key=lambda one: not one.required)


def shape_of(annotation: Any, more: Iterable[Any] = ()) -> Shape:
    """Return what the values of an annotation look like."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shape_of(arguments[0], arguments[1:])
    if origin in (Union, UnionType):
        said = [one for one in arguments if one is not NoneType]
        return shape_of(said[0], more) if len(said) == 1 else Shape(Kind.value)
    if origin is Literal and all(isinstance(one, str) for one in arguments):
        return Shape(Kind.choice, choices=arguments)
    if origin is tuple and arguments[1:] == (...,):
        return replace(shape_of(arguments[0]), many=True)
    if origin is dict:
        return Shape(Kind.pairs)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        parts = tuple((name, shape_of(about.annotation, about.metadata)) for name, about in fields)
        return Shape(Kind.part, parts=parts)
    if annotation is str:
        more = list(more)
        patterns = [str(getattr(one, "pattern", None) or "") for one in more]
        if not any(patterns):
            return Shape(Kind.text)
        reference = next((one for one in more if isinstance(one, Reference)), None)
        kind = Kind.event if any("/" in one for one in patterns) else Kind.id
        return Shape(kind, reference=reference)
    plain = {Time: Kind.time, int: Kind.whole, bool: Kind.flag}
    return Shape(plain.get(annotation, Kind.value))


def _may_be_empty(about: FieldInfo) -> bool:
    least = [getattr(one, "min_length", None) or 0 for one in about.metadata]
    return about.default in (PydanticUndefined, None) and not any(least)


def _field_docs(cls: type[Event]) -> dict[str, str]:
    """Return the texts under the fields of a class and its bases."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, Event) and base is not Event:
            found |= _docstrings(base.__module__).get(base.__qualname__, {})
    return found


@lru_cache
def _docstrings(module: str) -> dict[str, dict[str, str]]:
    """Return the texts under the fields of each class of a module, read from its source."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except OSError:  # an installation without sources
        return {}
    return {
        node.name: {
            field.target.id: inspect.cleandoc(text.value.value)
            for field, text in zip(node.body, node.body[1:], strict=False)
            if isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        }
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
