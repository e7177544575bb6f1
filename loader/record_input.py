"""Events typed on the command line or given as JSON lines, in the form of a ledger file.

They go through the same checks. Findings point at flags or at the lines of the input.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboard.events.envelope import type_registry
from aboard.events.time import Time, TimeError
from aboard.events.vocabulary import type_names
from aboard.loader.finding import Finding
from aboard.loader.ledger import REGISTRATIONS
from aboard.loader.toml_file import TomlFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboard.domain.eventlog.log import Log
    from aboard.events.envelope import Event

STATED = ("id", "type", "stream", "happened", "known", "note")
"""What `aboard show` has of an event, in addition to its fields and its sources."""


class FlagInput(TomlFile):
    """One event that was typed: each flag counts as the line of its field."""

    def __init__(self, entry: dict[str, Any]) -> None:
        super().__init__(Path("record"), "record", {"event": [entry]})
        self._keys_met: list[str] = []

    def line(self, table: str | None, number: int = 0, key: str | None = None) -> int:  # noqa: ARG002
        """Return the number by which `key` finds the flag; 0 for the event as a whole."""
        if key is None:
            return 0
        if key not in self._keys_met:
            self._keys_met.append(key)
        return self._keys_met.index(key) + 1

    def key(self, line: int) -> str:
        """Return the field that a finding is about, or nothing."""
        return self._keys_met[line - 1] if line else ""


class JsonLines(TomlFile):
    """Events that came as JSON, one a line."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        super().__init__(Path("-"), "standard input")
        self._numbers: list[int] = []
        stated: list[dict[str, Any]] = []
        for number, line in enumerate(lines, 1):
            if line.strip() and (entry := self._read(number, line)) is not None:
                self._numbers.append(number)
                stated.append(entry)
        self.content = {"event": stated}

    def line(self, table: str | None, number: int = 0, key: str | None = None) -> int:  # noqa: ARG002
        """Return the line that the `number`-th event came in."""
        return self._numbers[number]

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What was stated, in order."""
        return list(self.content["event"])

    def _read(self, number: int, line: bytes) -> dict[str, Any] | None:
        hint = 'write one event per line: {"type": "docked", "stream": "flight/soyuz-ms-22", ...}'
        try:
            value = json.loads(line.decode("utf-8"), parse_constant=_refuse)
        except UnicodeDecodeError:
            self._tell(number, "not-utf-8", "it is not UTF-8 text", hint)
        except (ValueError, RecursionError) as error:
            self._tell(number, "syntax", f"it is not JSON: {error}", hint)
        else:
            if isinstance(value, dict):
                return _entry(value)
            self._tell(number, "wrong-type", "it is not an object", hint)
        return None

    def _tell(self, number: int, rule: str, message: str, hint: str) -> None:
        self.findings.append(Finding(self.label, number, rule, message, hint))


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _entry(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object as a ledger entry; it may be the output of `aboard show`."""
    entry: dict[str, Any] = _without_null(value)
    if isinstance(entry.get("fields"), dict):
        sources = entry.get("sources", [])
        entry = {key: entry[key] for key in STATED if key in entry} | entry["fields"]
        entry["source"] = [one.get("key") for one in sources if isinstance(one, dict)]
        entry.setdefault("supersedes", [])  # it is complete: nothing is to be filled in
        if value.get("known_assumed"):
            entry.pop("known", None)
        if (cls := type_registry.get(str(entry.get("type")))) and cls.STAMPED:
            if value.get("known_assumed") or not cls.DATED:
                entry.pop("happened", None)
            entry.pop("known", None)
    if isinstance(entry.get("source"), str):
        entry["source"] = [entry["source"]]
    return entry


def _without_null(value: Any) -> Any:
    """Return a value without its null fields, which TOML does not have."""
    if isinstance(value, dict):
        return {key: _without_null(one) for key, one in value.items() if one is not None}
    return [_without_null(one) for one in value] if isinstance(value, list) else value


def class_stated(entry: dict[str, Any]) -> type[Event] | None:
    """Return the class of the event that an entry states, if its stream and type are valid."""
    stream, name = entry.get("stream"), entry.get("type")
    if not isinstance(stream, str) or not isinstance(name, str):
        return None
    types = type_names(stream.partition("/")[0])
    return next((cls for short, cls in types.items() if name in (short, cls.TOPIC)), None)


def completed(entries: Iterable[dict[str, Any]], log: Log, now: int) -> list[dict[str, Any]]:
    """Return entries with the fields that may be left out filled in.

    An event is known from the moment of recording, unless it is recorded already; it gets an unused
    id; and a source cites itself.
    """
    done: list[dict[str, Any]] = []
    taken: set[str] = set()
    for stated in entries:
        entry, cls = dict(stated), class_stated(stated)
        if cls is not None:
            stream, short = str(entry["stream"]), cls.TOPIC.partition(".")[2]
            entry["type"] = short
            kind, _, subject = stream.partition("/")
            registers = kind in REGISTRATIONS and f"{kind}.registered" == cls.TOPIC
            if registers and kind == "source":
                entry.setdefault("source", [subject])
            if "id" not in entry:
                name = stream if registers else f"{subject}/{short.replace('_', '-')}"
                entry["id"] = free_id(name, lambda one: one in taken or _is_recorded(log, one))
            if "known" not in entry and not cls.STAMPED and not _lies_ahead(entry, now):
                known = _recorded_known(log, entry["id"], now)
                entry |= {"known": known} if known else {}
        taken.add(str(entry.get("id")))
        done.append(entry)
    return done


def free_id(name: str, taken: Callable[[str], bool]) -> str:
    """Return an id that is not taken: the name, or the name with a number."""
    found, number = name, 1
    while taken(found):
        number += 1
        found = f"{name}-{number}"
    return found


def _lies_ahead(entry: dict[str, Any], now: int) -> bool:
    """Whether an entry states something in the future, which is refused later."""
    try:
        return Time.of(entry.get("happened")).earliest > now
    except TimeError:
        return False


def _is_recorded(log: Log, event_id: str) -> bool:
    return event_id in log.recorded_ids([event_id])


def _recorded_known(log: Log, event_id: object, now: int) -> str | None:
    """Return since when an event is known: as it is recorded, or now; None if assumed."""
    position = log.recorded_ids([str(event_id)]).get(str(event_id))
    if position is None:
        return str(Time.at(now))
    recorded = next(log.read(position - 1))[1]
    return None if recorded.known_assumed else str(recorded.known)
