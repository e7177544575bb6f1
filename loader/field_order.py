"""The order of the fields of a ledger entry: times, sources, then its own fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.events.envelope import Event, Plan
from aboard.events.vocabulary import KINDS, type_names
from aboard.loader.ledger import REGISTRATIONS, STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = ("stream", "id", "type", "happened", "known")
"""What every event states first."""

OTHERWISE = {"agreement.amended": ("status", "supplement", "what")}
"""The types whose own fields have another order in a ledger than in the model."""


def class_of_entry(table: str, stream: object, name: object) -> type[Event] | None:
    """Return the class of the event that an entry states, if its stream and type are valid."""
    if table in REGISTRATIONS:
        return type_names(table)["registered"]
    if table in STATEMENTS:
        return type_names(KINDS[0])[STATEMENTS[table]]
    if not isinstance(stream, str) or not isinstance(name, str):
        return None
    return type_names(stream.partition("/")[0]).get(name)


def field_order(table: str, cls: type[Event] | None) -> list[str]:
    """Return every field that an entry of a table can have, in order.

    The target of a plan comes with its times. In a registration the sources come after its own
    fields.
    """
    if cls is None:
        return [*HEAD, "source"]
    own = [name for name in cls.model_fields if name not in Event.model_fields]
    own = [*OTHERWISE.get(cls.TOPIC, ()), *own]
    if table in REGISTRATIONS:
        return list(dict.fromkeys((REGISTRATIONS[table], *own, "source", "note")))
    clocks = [*HEAD, "target", "supersedes"] if issubclass(cls, Plan) else [*HEAD, "supersedes"]
    return list(dict.fromkeys((*clocks, "source", *own, "note")))


def in_order(names: Mapping[str, object], order: list[str]) -> list[str]:
    """Return the names in order; those not in `order` come before the note."""
    places = {name: number for number, name in enumerate(order)}
    last = places.get("note", len(order)) - 0.5
    return sorted(names, key=lambda name: places.get(name, last))
