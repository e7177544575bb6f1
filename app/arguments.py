"""The arguments of the Python interface, checked, as the queries take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from aboard.app.clock import now
from aboard.app.errors import UsageError
from aboard.app.instants import as_time, at_instant, known_instant
from aboard.app.lookup import find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboard.app.instants import Moment
    from aboard.storage.connection import Connection

T = TypeVar("T")


def both_instants(at: Moment | None, known: Moment | None) -> tuple[int, int]:
    """Return the instant asked about and the known time; each is now where it is not given."""
    present = now()
    as_known = known_or_now(known, present)
    return (present if at is None else at_instant(not_empty("at", at), present)), as_known


def known_or_now(known: Moment | None, present: int) -> int:
    """Return the known time; now where it is not given."""
    return present if known is None else known_instant(not_empty("known", known), present)


def not_empty(name: str, value: T) -> T:
    """Return a value that is given; an empty text is not the same as none, and is refused."""
    if value == "":
        raise UsageError(f"{name} is empty", "leave it out, or give a value", argument=name)
    return value


def name_or_empty(name: str, value: str | None) -> str:
    """Return a name; ``""`` where it is not given."""
    return "" if value is None else not_empty(name, value)


def find_given(db: Connection, kinds: tuple[str, ...], name: str) -> tuple[str, str]:
    """Return kind and id of what has a name, which must not be empty."""
    return find(db, kinds, not_empty(kinds[0], name))


def require_one_of(name: str, value: str, allowed: Iterable[str]) -> None:
    """Raise `UsageError` for a value that is not allowed."""
    if value not in allowed:
        raise UsageError(
            f"{name}: {value!r} is not one of {', '.join(allowed)}", "give one of these",
            argument=name,
        )  # fmt: skip


def start_not_before_end() -> UsageError:
    """Return the error for a span whose start is not before its end."""
    return UsageError("start is not before end", "give the first instant, then the last")


def recorded_text(recorded: Moment | int | None) -> str:
    """Return a position or a time as `open_ready` takes it: as a text."""
    if recorded is None:
        return ""
    given = position_text("recorded", recorded)
    return given if isinstance(given, str) else str(as_time(given, "recorded"))


def position_text(name: str, value: Moment | int | None) -> Moment:
    """Return a position as a text of digits, nothing for None, and a time as it is."""
    if value is None:
        return ""
    if isinstance(value, int):
        if value < 0 or isinstance(value, bool):
            raise UsageError(f"{name}: {value!r} is not a position", "give a whole number",
                             argument=name)  # fmt: skip
        return str(value)
    return not_empty(name, value)
