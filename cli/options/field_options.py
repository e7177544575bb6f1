"""Options for the fields of an event type, made from its model, and what was given for them."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import Parameter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboard.app.errors import UsageError
from aboard.cli.options.values import toml_value
from aboard.events.field_kinds import Kind, OwnField, Shape, own_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboard.events.envelope import Event

    Meant = Callable[[str, str, str], str]
    """Returns the id that is meant by a text, given the option and the kind of thing."""

PREFIX = "own_"
"""What the parameters for the fields of a type begin with: any field may have any name."""

TAKEN = frozenset(("stream", "id", "by", "dry_run", "format", "database", "help"))
"""The options of the command itself: a field with such a name has its type's before it."""

WORDS = {
    Kind.text: "TEXT",
    Kind.id: "ID",
    Kind.event: "EVENT",
    Kind.time: "TIME",
    Kind.whole: "N",
    Kind.pairs: "FIELD=VALUE",
    Kind.value: "VALUE",
}
"""What stands for a value in the help."""


@dataclass(frozen=True, slots=True)
class FieldOption:
    """A field that is asked for with an option."""

    field: OwnField
    of: str = ""
    """The type, where the field has the name of an option of the command itself."""

    @property
    def flag(self) -> str:
        """The option, such as ``--from-port``."""
        return "--" + "_".join(filter(None, (self.of, self.field.name))).replace("_", "-")

    @property
    def none_flag(self) -> str:
        """The option that says that a list is empty."""
        return f"--no-{self.flag[2:]}"

    @property
    def takes_many(self) -> bool:
        """Whether the option may be repeated."""
        return self.field.shape.many or self.field.shape.kind is Kind.pairs

    @property
    def metavar(self) -> str:
        """What stands for its value in the help."""
        return _word(self.field.shape, self.field.refers)

    def parameters(self) -> list[Parameter]:
        """Return the parameters of a command that take it."""
        name, field = PREFIX + self.field.name, self.field
        about = " ".join(filter(None, (_sentence(field.about), self._form(), self._required())))
        if field.shape.kind is Kind.flag:
            flag = typer.Option(f"{self.flag}/{self.none_flag}", help=about)
            return [_parameter(name, Annotated[bool | None, flag])]
        option = typer.Option(self.flag, metavar=self.metavar, help=about)
        wanted: Any = list[str] | None if self.takes_many else str | None
        found = [_parameter(name, Annotated[wanted, option])]
        if field.may_be_empty:
            nobody = "Nobody." if self.field.refers == "person" else "None."
            empty = typer.Option(self.none_flag, help=nobody)
            found.append(_parameter(f"{name}_none", Annotated[bool, empty], default=False))
        return found

    def _required(self) -> str:
        return "[required]" if self.field.required else ""

    def _form(self) -> str:
        shape = self.field.shape
        several = ""
        if shape.kind is Kind.pairs or (shape.many and shape.kind is Kind.text):
            several = "May be repeated."
        elif shape.many:
            several = "May be repeated, or with commas."
        words = [
            f"{name.upper()}: {', '.join(part.choices)}."
            for name, part in shape.parts
            if part.choices
        ]
        return " ".join(filter(None, (several, *words)))

    def value(self, given: Any, meant: Meant) -> Any:
        """Return what was given as a ledger has it; `meant` returns the id that a name means."""
        shape = self.field.shape
        if shape.kind is Kind.flag:
            return given
        if shape.kind is Kind.pairs:
            return dict(self._pair(one) for one in given)
        if not shape.many:
            return self._one(shape, given, meant)
        # A name of a thing may have a comma in it, an id or a seat has none.
        parts = [
            part.strip()
            for one in given
            for part in ([one] if shape.kind is Kind.text else one.split(","))
        ]
        return [self._one(shape, part, meant) for part in parts]

    def _one(self, shape: Shape, text: str, meant: Meant) -> Any:
        match shape.kind:
            case Kind.id:
                return meant(self.flag, shape.refers, text)
            case Kind.part:
                said = text.split(":", len(shape.parts) - 1)
                return {
                    name: self._one(inner, one.strip(), meant)
                    for (name, inner), one in zip(shape.parts, said, strict=False)
                    if one.strip()
                }
            case Kind.whole | Kind.value:
                return toml_value(text)
            case _:
                return text

    def _pair(self, text: str) -> tuple[str, Any]:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"{self.flag}: {text!r} is not a pair", "write FIELD=VALUE")
        return name, toml_value(value, name)


def options_of(cls: type[Event]) -> list[FieldOption]:
    """Return what is asked for an event of a type."""
    short = cls.TOPIC.partition(".")[2]
    return [FieldOption(field, short if field.name in TAKEN else "") for field in own_fields(cls)]


def stated(options: Iterable[FieldOption], given: dict[str, Any], meant: Meant) -> dict[str, Any]:
    """Return what was given for the fields of a type; what was not given is left out."""
    said: dict[str, Any] = {}
    for one in options:
        value = given.get(PREFIX + one.field.name)
        nothing = given.get(f"{PREFIX}{one.field.name}_none")
        if value is not None and value != [] and nothing:
            raise UsageError(f"{one.flag} and {one.none_flag} contradict each other", "give one")
        if nothing:
            said[one.field.name] = []
        elif value is not None and value != []:
            said[one.field.name] = one.value(value, meant)
    return said


def _parameter(name: str, annotation: Any, default: Any = None) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _word(shape: Shape, refers: str) -> str:
    if shape.kind is Kind.choice:
        return "|".join(f"'{one}'" if " " in one else one for one in shape.choices)
    if shape.kind is Kind.part:
        first, *others = (name.upper() for name, _ in shape.parts)
        return first + "".join(f"[:{name}]" for name in others)
    return refers.upper() or WORDS.get(shape.kind, "")
