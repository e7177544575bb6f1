"""What an answer of the Python interface is: typed, immutable, made from what a query returns.

A field has the name that it has in the JSON of the command line, except that ``from`` and ``to``
are `start` and `end`. Times are :class:`aboard.events.time.Time`: ``str()`` writes one with its own
precision, and its `earliest` and `latest` are Unix seconds. What does not apply is None or empty.
"""

from __future__ import annotations

import copy
from typing import Any, TypeVar

import msgspec

from aboard.events.time import Time


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an answer."""


class Answer(Value, frozen=True, kw_only=True, dict=True):
    """An answer as a whole."""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as ``--format json`` prints it."""
        data: dict[str, Any] = copy.deepcopy(self.__dict__["data"])
        return data

    def __reduce__(self) -> tuple[Any, ...]:
        return answer_of, (type(self), self.__dict__["data"])


class CheckedAnswer(Answer, frozen=True, kw_only=True):
    """An answer that says until when what it rests on was checked.

    `age_days` is the number of whole days from then to `known`; `current` is false where the
    instant asked about is later than `checked_until`.
    """

    checked_until: Time
    age_days: int
    current: bool


A = TypeVar("A", bound=Answer)


def answer_of(kind: type[A], data: dict[str, Any]) -> A:
    """Return what a query returned as an answer of a kind."""
    answer = msgspec.convert(data, kind, dec_hook=_time)
    answer.__dict__["data"] = data
    return answer


def _time(kind: type, value: object) -> object:
    if kind is Time and isinstance(value, str):
        return Time.parse(value)
    raise NotImplementedError(kind)
