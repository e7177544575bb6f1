"""An example of recording an event of a type, made from its model, for the help."""

from __future__ import annotations

import shlex
from itertools import count
from typing import TYPE_CHECKING

from aboard.cli.options.field_options import PREFIX, FieldOption, options_of, stated
from aboard.events.field_kinds import Kind, Shape
from aboard.events.time import Time
from aboard.events.vocabulary import KINDS
from aboard.loader.ledger import LedgerEntry
from aboard.loader.parse_entries import Recording, fact_of
from aboard.loader.record_input import FlagInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.events.envelope import Event

THINGS = {
    "flight": ("soyuz-ms-29", "crew-13"),
    "station": ("iss",),
    "person": ("oleg-kononenko", "anna-kikina", "frank-rubio"),
    "agreement": ("seat-exchange",),
    "source": ("nasa-2026-11-01",),
    "port": ("rassvet-nadir", "poisk-zenith"),
}
"""Ids for examples, by what they name."""

HAPPENED = "2026-10-20T17:06Z"
"""The hour of every example, behind the times in it."""


def example(cls: type[Event]) -> str:
    """Return a command that records an event of a type: with no more options than it needs."""
    options = options_of(cls)
    required = [one for one in options if one.field.required]
    optional = [one for one in options if not one.field.required]
    tried = [required, *([*required, one] for one in optional), options]
    chosen = next((some for some in tried if _is_event(cls, _values(some))), required)
    kind = _kind(cls)
    subject = _subject(kind)
    words = [cls.TOPIC.partition(".")[2], f"{kind}/{subject}"]
    for one, value in _values(chosen).items():
        words += [one.flag] if value is None else [one.flag, value]
    if not (cls.STAMPED or cls.INTENTION):
        words += ["--happened", HAPPENED]
    if kind != "source":
        words += ["--source", THINGS["source"][0]]
    return _folded(words)


def _folded(words: Sequence[str]) -> str:
    """Return a command, on as many lines as it needs."""
    lines = ["aboard record"]
    for word in words:
        if len(lines[-1]) > 50 and word.startswith("--"):
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += f" {shlex.quote(word)}"
    return "\n      ".join(lines)


def _kind(cls: type[Event]) -> str:
    kind = cls.TOPIC.partition(".")[0]
    return kind if kind in KINDS else KINDS[0]


def _subject(kind: str) -> str:
    return THINGS.get(kind, (f"a-{kind}",))[0]


def _is_event(cls: type[Event], values: dict[FieldOption, str | None]) -> bool:
    """Whether values are those of an event of the type, as far as its form goes."""
    given = {f"{PREFIX}{one.field.name}": _given(one, value) for one, value in values.items()}
    entry = {
        "id": "an/example",
        "type": cls.TOPIC.partition(".")[2],
        "stream": f"{_kind(cls)}/{_subject(_kind(cls))}",
        "source": list(THINGS["source"]),
        **({} if cls.STAMPED else {"happened": HAPPENED}),
        **stated(values, given, lambda _flag, _kind, text: text),
    }
    recording = Recording(Time.parse(HAPPENED).latest, "nobody")
    return fact_of(LedgerEntry(FlagInput(entry), "event", 0, entry), recording, []) is not None


def _given(one: FieldOption, value: str | None) -> object:
    """Return a value as a command gets it."""
    if value is None:
        return True
    return [value] if one.takes_many else value


def _values(chosen: Sequence[FieldOption]) -> dict[FieldOption, str | None]:
    """Return a value for each option, none for a switch; no two of a kind are the same."""
    number = count()
    return {
        one: None if one.field.shape.kind is Kind.flag
        else _value(one.field.name, one.field.shape, one.field.refers, next(number))
        for one in chosen
    }  # fmt: skip


def _value(name: str, shape: Shape, refers: str, number: int) -> str:
    match shape.kind:
        case Kind.time:
            return f"2026-10-20T{number:02}:00Z"
        case Kind.whole:
            return "9"
        case Kind.choice:
            return shape.choices[0]
        case Kind.part:
            return _value(*shape.parts[0], refers, number)
        case Kind.pairs:
            return "note=..."
        case Kind.event:
            return f"{THINGS['flight'][0]}/docked"
        case Kind.id:
            things = THINGS.get(refers or name, ("an-id",))
            several = things[: 2 if shape.many else 1]
            return ",".join(several) if shape.many else things[number % len(things)]
        case _:
            return f"{name.replace('_', ' ').capitalize()}..."
