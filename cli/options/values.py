"""A value that is typed for a field of an event."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any


def toml_value(text: str, field: str = "") -> Any:
    """Return a number, date, list or table as TOML has them, and anything else as a text."""
    try:
        return text if field in _times() else tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


@lru_cache
def _times() -> frozenset[str]:
    """Return the fields that hold a time, which is a text: 2020 is a year there, and no number."""
    from aboard.events.field_kinds import Kind, own_fields  # noqa: PLC0415 - heavy
    from aboard.events.vocabulary import every_type  # noqa: PLC0415

    own = (field for cls in every_type().values() for field in own_fields(cls))
    return frozenset(("happened", *(one.name for one in own if one.shape.kind is Kind.time)))
