"""A skeleton of a ledger file: what there is to say of a flight, a person, a source, to fill in.

It is made from the models. What is known stands in it, what is still needed is a comment that says
TODO, and what may be left out is a comment.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboard.events.field_kinds import Kind, OwnField, Shape, own_fields
from aboard.events.time import Time
from aboard.events.vocabulary import KINDS, type_names
from aboard.loader.amend import as_value
from aboard.loader.field_order import class_of_entry, field_order
from aboard.loader.ledger import REGISTRATIONS, LedgerEntry
from aboard.loader.parse_entries import Recording, fact_of
from aboard.loader.toml_file import TomlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aboard.events.envelope import Event
    from aboard.loader.finding import Finding

LIVES = {
    "flight": (
        "planned", "crew_assigned", "launch_planned", "launched", "docked", "return_planned",
        "undocked", "landed",
    ),
    "station": ("registered", "port_added"),
    "agreement": ("announced", "signed"),
    "person": ("registered",),
    "source": ("registered",),
}  # fmt: skip
"""What can be begun anew, and the types of event that most such files have."""

HOMES = {
    "flight": "flights/{}.toml",
    "station": "stations/{}.toml",
    "agreement": "agreements/{}.toml",
    "person": "people.toml",
    "source": "sources.toml",
}
"""Where it stands in a ledger."""

SAID = {
    "happened": "When it was so, as precisely as the source has it.",
    "known": "Since when it was public. Left out, it is assumed known when it happened.",
    "source": 'Who says so: keys of sources.toml, or ["unsourced"].',
    "note": "What a reader should know besides.",
}
"""What is said of the fields of every event."""

MADE_KNOWN = "Since when it was public, which is when it was made."
"""What is said of the clock of an intention."""

DAY, LATE = date(2000, 1, 1), date(2999, 1, 1)
"""What stands for a time, and for one that is behind the times of anything."""


def template(
    kind: str,
    subject: str,
    types: Iterable[str],
    given: Mapping[str, Any],
    source: Sequence[str] = (),
) -> str:
    """Return the skeleton of a file, or of an entry of one, with what is given filled in."""
    if kind in REGISTRATIONS:
        return _block(f"{kind}/{subject}", "registered", given, source)
    blocks = [_block(f"{kind}/{subject}", name, given, source) for name in types]
    return "\n".join([f'stream = "{kind}/{subject}"\n', *blocks])


def problems(text: str) -> list[Finding]:
    """Return what is wrong with what a skeleton states, whatever is filled in later."""
    from tomllib import loads  # noqa: PLC0415 - nobody else here reads one

    file = TomlFile(Path("new"), "new", loads(text))
    stated: list[tuple[str, dict[str, Any]]] = [
        (table, {"source": ["unsourced"], **data})
        for table in ("event", *REGISTRATIONS)
        for data in file.content.get(table, ())
    ]
    found: list[Finding] = []
    for number, (table, said) in enumerate(stated):
        data = dict(said)
        cls = class_of_entry(table, file.content.get("stream"), data.get("type"))
        if cls is not None:
            own = {one.name: one.shape for one in own_fields(cls)}
            data |= {} if cls.STAMPED else {"happened": LATE, "known": LATE}
            for place, field in enumerate(needed(cls)):
                data.setdefault(field, _example(own[field], place))
        fact_of(LedgerEntry(file, table, number, data), Recording(0, "nobody"), found)
    return found


def needed(cls: type[Event]) -> list[str]:
    """Return the own fields that an event of a type cannot do without.

    Where none is required and yet something has to be said, it is the first that will do.
    """
    own = own_fields(cls)
    required = [one for one in own if one.required]
    tried = [required, *([*required, one] for one in own if not one.required), own]
    chosen = next((some for some in tried if _will_do(cls, some)), required)
    return [one.name for one in chosen]


def _will_do(cls: type[Event], fields: Sequence[OwnField]) -> bool:
    """Whether an event of a type may have these fields alone."""
    kind = cls.TOPIC.partition(".")[0]
    entry = {
        "id": "an/example",
        "stream": f"{kind if kind in KINDS else KINDS[0]}/example",
        "type": cls.TOPIC.partition(".")[2],
        "source": ["example"],
        **({} if cls.STAMPED else {"happened": DAY}),
        **{one.name: _example(one.shape, number) for number, one in enumerate(fields)},
    }
    file = TomlFile(Path("example"), "example")
    latest = Recording(Time.of(DAY).latest, "nobody")
    return fact_of(LedgerEntry(file, "event", 0, entry), latest, []) is not None


def _example(shape: Shape, number: int) -> Any:
    """Return a value that a field can hold; no two numbers have the same."""
    match shape.kind:
        case Kind.time:
            one: Any = str(DAY.replace(day=number + 1))
        case Kind.whole:
            one = 1
        case Kind.flag:
            one = True
        case Kind.choice:
            one = shape.choices[0]
        case Kind.part:
            one = {name: _example(inner, number) for name, inner in shape.parts}
        case Kind.pairs:
            one = {"note": "example"}
        case _:
            one = f"example-{number}"
    return [one] if shape.many else one


def _block(stream: str, name: str, given: Mapping[str, Any], source: Sequence[str]) -> str:
    """Return the lines of an entry."""
    kind, _, subject = stream.partition("/")
    table = kind if kind in REGISTRATIONS else "event"
    cls = type_names(kind)[name]
    fields = {one.name: one for one in own_fields(cls)}
    must = needed(cls)
    lines = [f"[[{table}]]"]
    for field in field_order(table, cls):
        if field == REGISTRATIONS.get(table):
            lines.append(f'{field} = "{subject}"')
        elif field == "id":
            lines.append(f'id = "{subject}/{name.replace("_", "-")}"')
        elif field == "type":
            lines.append(f'type = "{name}"')
        elif field == "source":
            lines += _source(table, source)
        elif field == "note":
            lines.append(_todo("note", '""', SAID["note"]))
        elif field in ("happened", "known"):
            lines += _clock(field, cls)
        elif field in fields:
            shape, about = fields[field].shape, " ".join(fields[field].about.split())
            value = _fitting(given.get(field), shape)
            if value is None:
                empty = _empty(shape)
                lines.append(_todo(field, empty, about, needed=field in must))
            else:
                lines.append(f"{field} = {as_value(value)}")
    return "\n".join([*lines, ""])


def _todo(field: str, value: str, about: str, *, needed: bool = False) -> str:
    """Return a line that is to be filled in, or may be."""
    line = f"# {'TODO ' if needed else ''}{field} = {value}"
    return f"{line}  # {about}" if about else line


def _clock(field: str, cls: type[Event]) -> list[str]:
    if cls.STAMPED:
        return []
    if cls.INTENTION:
        return [_todo("known", '""', MADE_KNOWN, needed=True)] if field == "known" else []
    return [_todo(field, '""', SAID[field], needed=field == "happened")]


def _source(table: str, source: Sequence[str]) -> list[str]:
    if source:
        return [f"source = {as_value(list(source))}"]
    return [] if table == "source" else [_todo("source", '[""]', SAID["source"], needed=True)]


def _fitting(value: Any, shape: Shape) -> Any:
    """Return what is given as a field shape it: a seat where it shape seats, or else a person."""
    if shape.kind is Kind.part or not isinstance(value, list):
        return value
    return [next(iter(one.values())) if isinstance(one, dict) else one for one in value]


def _empty(shape: Shape) -> str:
    """Return what stands for a value that is still to be found; none of it passes a check."""
    match shape.kind:
        case Kind.part:
            inside = ", ".join(f"{name} = {_empty(one)}" for name, one in shape.parts)
            one = f"{{ {inside} }}"
        case Kind.choice:
            one = as_value(" | ".join(shape.choices))
        case Kind.whole:
            one = "-1"
        case Kind.flag:
            one = "true"
        case Kind.pairs:
            one = "{}"
        case _:
            one = '""'
    return f"[{one}]" if shape.many else one
