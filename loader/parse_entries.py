"""From entries to events: the form of a fact, checked by the models of the events."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from pydantic import ValidationError

from aboard.events.english import with_article
from aboard.events.time import FIRST_YEAR, LAST_YEAR, Time, TimeError
from aboard.events.vocabulary import KINDS, type_names
from aboard.loader.ledger import REGISTRATIONS, STATEMENTS, LedgerEntry

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from aboard.events.envelope import Event
    from aboard.loader.finding import Finding

HINTS = {
    "missing": "every event of this type needs it",
    "bool_type": "write true or false",
    "int_type": "write a whole number without quotes",
    "string_type": "write a string in quotes",
    "tuple_type": "write a list in brackets",
    "control_character": "remove it",
}

WRITTEN_BY_THE_LOG = frozenset(
    ("originator_id", "originator_version", "recorded", "recorded_by", "known_assumed",
     "correlation_id", "causation_id")
)  # fmt: skip
"""Fields of an event that a ledger does not state."""


@lru_cache
def _types(kind: str) -> dict[str, type[Event]]:
    """Return the types that may be on a kind of stream, by short name."""
    return type_names(kind)


@dataclass(frozen=True)
class Recording:
    """What recording adds to a fact: when, by whom, and in which batch."""

    instant: int
    by: str
    correlation_id: str | None = None

    @cached_property
    def stamp(self) -> dict[str, str]:
        """The fields that are the same for all that is recorded with it."""
        together = (
            {"correlation_id": self.correlation_id} if self.correlation_id is not None else {}
        )
        return {
            "recorded": datetime.fromtimestamp(self.instant, UTC).isoformat(),
            "recorded_by": self.by,
            **together,
        }

    @cached_property
    def moment(self) -> str:
        """The written form of its instant, for what happens when it is recorded."""
        return str(Time.at(self.instant))


class Fact(NamedTuple):
    """An event that an entry states."""

    entry: LedgerEntry
    event: Event


def fact_of(entry: LedgerEntry, recording: Recording, findings: list[Finding]) -> Fact | None:
    """Return the fact an entry states, or None, adding the reasons to `findings`."""
    before = len(findings)
    data = dict(entry.data)
    if entry.table in REGISTRATIONS:
        stream, cls = _registration(entry, data, findings)
    else:
        stream = data.pop("stream", entry.file.content.get("stream"))
        cls = _class(entry, stream, data, findings)
    if cls is None:
        return None
    if not WRITTEN_BY_THE_LOG.isdisjoint(data):
        for name in sorted(WRITTEN_BY_THE_LOG & data.keys()):
            message = f"`{name}` is set by the log"
            findings.append(entry.finding(name, "unknown-field", message, "remove it"))
            del data[name]
    state = {
        key: value if type(value) in PLAIN else _plain(entry, key, value, findings)
        for key, value in data.items()
    }
    if not data.get("source"):
        findings.append(_missing_source(entry))
        state["source"] = ["missing"]
    filled = _clocks(entry, cls, state, recording, findings)
    if len(findings) > before and "happened" not in state:
        return None
    state |= {
        "originator_id": stream,
        "originator_version": 1,
        **recording.stamp,
    }
    try:
        event = cls.model_validate_json(_as_json(state))
    except ValidationError as error:
        details = error.errors(include_url=False)
        reported = {key for key, value in state.items() if value is None} | filled
        for detail in details:
            if str(detail["loc"][0] if detail["loc"] else "") in reported or _follows(
                detail, details
            ):
                continue
            findings.append(_explained(entry, cls, detail))
        return None
    return Fact(entry, event) if len(findings) == before else None


def _as_json(state: dict[str, Any]) -> bytes | str:
    """Return the content as JSON, where possible three times as fast as the standard library.

    msgspec writes NaN and infinity as null, and refuses numbers that are too long.
    """
    try:
        written = msgspec.json.encode(state)
    except (msgspec.MsgspecError, OverflowError, ValueError):
        return json.dumps(state)
    return json.dumps(state) if b"null" in written else written


def _follows(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Whether an error of pydantic only follows from another.

    A list is too short because an item in it is wrong, or a field is missing because it is
    misspelt.
    """
    place = detail["loc"]
    if detail["type"] == "missing":
        return any(
            other["type"] == "extra_forbidden"
            and other["loc"][:-1] == place[:-1]
            and difflib.get_close_matches(str(other["loc"][-1]), [str(place[-1])], cutoff=0.8)
            for other in details
        )
    return detail["type"] == "too_short" and any(
        other["loc"][: len(place)] == place and other is not detail for other in details
    )


def _registration(
    entry: LedgerEntry, data: dict[str, Any], findings: list[Finding]
) -> tuple[str, type[Event] | None]:
    """Return stream and class of a `[[person]]` or `[[source]]`, which names its own stream."""
    name = REGISTRATIONS[entry.table]
    key = data.pop(name, None)
    if not isinstance(key, str):
        hint = f'add {name} = "..."'
        findings.append(entry.finding(name, "missing-field", f"`{name}` is missing", hint))
        return "", None
    data["id"] = f"{entry.table}/{key}"
    if entry.table == "source":
        data.setdefault("source", [key])
    return f"{entry.table}/{key}", _types(entry.table)["registered"]


def _class(
    entry: LedgerEntry,
    stream: object,
    data: dict[str, Any],
    findings: list[Finding],
) -> type[Event] | None:
    """Return the class of an `[[event]]` or a statement, by its stream's kind and its type."""
    if not isinstance(stream, str) or not stream:
        hint = 'put stream = "flight/soyuz-ms-22" at the top of the file'
        findings.append(entry.finding("stream", "missing-field", "`stream` is missing", hint))
        return None
    kind, _, subject = stream.partition("/")
    if kind not in KINDS or not subject:
        hint = f"a stream is one of {', '.join(KINDS)}, a slash, and an id"
        findings.append(
            entry.finding("stream", "unknown-stream", f"{stream!r} is not a stream", hint)
        )
        return None
    types = _types(kind)
    if entry.table in STATEMENTS:
        if "type" in data:
            message = f"a {entry.table} cannot have a `type`"
            findings.append(entry.finding("type", "unknown-field", message, "remove it"))
            del data["type"]
        return types[STATEMENTS[entry.table]]
    name = data.pop("type", None)
    if not isinstance(name, str):
        hint = f"one of {', '.join(types)}"
        findings.append(entry.finding("type", "missing-field", "`type` is missing", hint))
        return None
    if name not in types:
        near = difflib.get_close_matches(name, types) or list(types)
        hint = (
            f"did you mean {' or '.join(near)}?" if len(near) < 4 else f"one of {', '.join(near)}"
        )
        message = f"{name!r} is not an event type of {with_article(kind)}"
        findings.append(entry.finding("type", "unknown-type", message, hint))
        return None
    return types[name]


PLAIN = frozenset((str, int, bool, float))


def _plain(entry: LedgerEntry, key: str, value: object, findings: list[Finding]) -> Any:
    """Return a TOML value as JSON has it; dates become the written form of a time."""
    if isinstance(value, list):
        return [one if type(one) in PLAIN else _plain(entry, key, one, findings) for one in value]
    if isinstance(value, date):  # a date-time is one too
        if (text := _written(value)) is not None:
            return text
        try:
            return str(Time.of(value))
        except TimeError as error:
            findings.append(entry.finding(key, "wrong-date", f"{key}: {error}", _TIME_HINT))
            return None  # which the model refuses; it is not reported twice
    if isinstance(value, dict):
        return {name: _plain(entry, key, one, findings) for name, one in value.items()}
    return value if isinstance(value, str | int | float | bool) else str(value)


def _written(value: datetime | date) -> str | None:
    """Return the written form of a plain date, or of a time to the second in UTC; else None."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        return None
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.tzinfo is not UTC or value.microsecond:
        return None
    return f"{value.isoformat()[:19]}Z"


_TIME_HINT = (
    "write an exact time without quotes, and a coarser one in quotes: 2022-09-21T13:54:49Z, "
    '"2022-09-21T13:54Z", "2022-09"'
)


def _clocks(
    entry: LedgerEntry,
    cls: type[Event],
    state: dict[str, Any],
    recording: Recording,
    findings: list[Finding],
) -> set[str]:
    """Fill in the time that a ledger may leave out; return the name of the field.

    A plan was made when it became known, unless it says otherwise. A fact from a catalogue is
    assumed known when it happened. An act of the keeper that is not dated happens when it is
    recorded, unless what is stated with it says more: see :mod:`aboard.loader.keeper_clocks`.
    """
    if cls.DATED and "happened" in state and "known" not in state:
        state["known"] = state["happened"]
        return {"known"}
    if cls.STAMPED:
        for name in ("happened", "known"):
            if name in state:
                message = f"`{name}` follows from the rest of the ledger"
                findings.append(entry.finding(name, "unknown-field", message, "remove it"))
            state[name] = recording.moment
        state["known_assumed"] = True
    elif "happened" not in state and "known" in state and cls.INTENTION:
        state["happened"] = state["known"]
        return {"happened"}
    elif "happened" not in state:
        hint = "give the time, as precisely as the source does"
        findings.append(entry.finding("happened", "missing-field", "`happened` is missing", hint))
    elif "known" not in state:
        state["known"], state["known_assumed"] = state["happened"], True
        return {"known"}
    return set()


def _missing_source(entry: LedgerEntry) -> Finding:
    hint = 'source = ["key"], of a source in sources.toml, or ["unsourced"] for general knowledge'
    return entry.finding("source", "missing-source", "no source is cited", hint)


def _explained(entry: LedgerEntry, cls: type[Event], detail: ErrorDetails) -> Finding:
    """Turn what pydantic says of a field into a finding at its line."""
    path = [str(part) for part in detail["loc"]]
    path = ["stream" if part == "originator_id" else part for part in path]
    key, where = (path[0] if path else None), ".".join(path)
    kind, message = detail["type"], detail["msg"].removeprefix("Value error, ")
    match kind:
        case "missing" if key == "source":
            return _missing_source(entry)
        case "missing":
            return entry.finding(key, "missing-field", f"`{where}` is missing", HINTS["missing"])
        case "extra_forbidden":
            near = difflib.get_close_matches(path[-1], cls.model_fields)
            hint = f"did you mean {' or '.join(near)}?" if near else "remove it"
            name = cls.TOPIC.partition(".")[2]
            return entry.finding(key, "unknown-field", f"{name} has no field {where!r}", hint)
        case "value_error" if key in ("happened", "known", "target", "undocked_at", "since",
                                      "until", "published"):  # fmt: skip
            return entry.finding(key, "wrong-date", f"{where}: {message}", _TIME_HINT)
        case "value_error":
            key = key or ("known" if message.startswith("known") else None)
            return entry.finding(key, "wrong-value", message, "check whether the values agree")
        case _ if kind.endswith("_type"):
            hint = HINTS.get(kind, "see docs/ledger.md")
            return entry.finding(key, "wrong-type", f"{where}: {_lowered(message)}", hint)
        case "string_pattern_mismatch":
            hint = "use lower-case letters, digits and hyphens"
            return entry.finding(
                key, "wrong-value", f"{where}: {detail['input']!r} is not a valid id", hint
            )
        case _:
            hint = HINTS.get(kind, "see docs/ledger.md")
            return entry.finding(key, "wrong-value", f"{where}: {_lowered(message)}", hint)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
