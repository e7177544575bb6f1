"""Templates of ledger files: the fields of a flight, a person or a source, to fill in.

They are made from the models. Known values are filled in, fields that are still needed are comments
marked TODO, and optional fields are comments.
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
"""The kinds of file there are templates for, with the types of event most of them have."""

HOMES = {
    "flight": "flights/{}.toml",
    "station": "stations/{}.toml",
    "agreement": "agreements/{}.toml",
    "person": "people.toml",
    "source": "sources.toml",
}
"""The file of each in a ledger."""

SAID = {
    "happened": "When it happened, as precisely as the source says.",
    "known": "Since when it was public. Left out, it is assumed known when it happened.",
    "source": 'Its sources: keys of sources.toml, or ["unsourced"].',
    "note": "Anything else a reader should know.",
}
"""The texts for the fields of every event."""

MADE_KNOWN = "Since when it was public, which is when it was made."
"""The text for the time of an intention."""

DAY, LATE = date(2000, 1, 1), date(2999, 1, 1)
"""A placeholder for a time, and one that is later than any real time."""


def template(
    kind: str,
    subject: str,
    types: Iterable[str],
    given: Mapping[str, Any],
    source: Sequence[str] = (),
) -> str:
    """Return the template of a file, or of an entry, with given values filled in."""
    if kind in REGISTRATIONS:
        return _block(f"{kind}/{subject}", "registered", given, source)
    blocks = [_block(f"{kind}/{subject}", name, given, source) for name in types]
    return "\n".join([f'stream = "{kind}/{subject}"\n', *blocks])


def problems(text: str) -> list[Finding]:
    """Return what is wrong with a template, whatever is filled in later."""
    from tomllib import loads  # noqa: PLC0415 - only used here

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
    """Return the own fields that an event of a type needs.

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
    """Return a value that a field accepts, a different one for each number."""
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
    """Return a commented line to be filled in."""
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
    """Return a given value in the shape of a field: seats if it has seats, otherwise people."""
    if shape.kind is Kind.part or not isinstance(value, list):
        return value
    return [next(iter(one.values())) if isinstance(one, dict) else one for one in value]


def _empty(shape: Shape) -> str:
    """Return a placeholder for a value that is still to be found; no check accepts it."""
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
