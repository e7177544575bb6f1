"""Encoding events to the bytes that are stored, and decoding them straight into models.

Bytes of today's shape are read without the model's own validator, which has seen them when they
were recorded; where they are not what it made, it says why.

The bytes are the event's JSON, its envelope included, so that one row can be read without any
other column. A class at version 1 stores no version; a later shape stores ``class_version`` as its
first key, and bytes of an older shape pass through ``upcast_v1_v2`` and its successors: class
methods that take the decoded object and change it in place.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from aboard.events.encoding import fast_decode as lean
from aboard.events.vocabulary import class_of

if TYPE_CHECKING:
    from aboard.events.envelope import Event


def encode(event: Event) -> bytes:
    """Return the bytes to store for `event`."""
    cls = type(event)
    # Like `model_dump_json`, without making a string of the bytes first.
    body = cls.__pydantic_serializer__.to_json(event, exclude_defaults=True)
    version = cls.class_version
    return body if version == 1 else b'{"class_version":%d,' % version + body[1:]


def decode(topic: str, stored: bytes) -> Event:
    """Return the event stored under `topic` as `stored`.

    Raises `KeyError` for a topic that names no type, pydantic's `ValidationError` for bytes not of
    its shape, and another `ValueError` for the shape of a newer program.
    """
    cls = class_of(topic)
    current = cls.class_version
    if current == 1:
        try:
            return lean.read(cls, stored)
        except (msgspec.MsgspecError, ValueError):
            return cls.model_validate_json(stored)  # which says what is wrong with it
    try:
        state: dict[str, Any] = json.loads(stored)
        stored_version = state.pop("class_version", 1)
    except (ValueError, TypeError, AttributeError):
        return cls.model_validate_json(stored)  # which says what is wrong with it
    if stored_version > current:
        raise ValueError(
            f"{topic} is stored with class_version {stored_version}, and this program knows "
            f"{current}: use a newer one"
        )
    cls.upcast(state, stored_version)
    return cls.model_validate_json(json.dumps(state))
