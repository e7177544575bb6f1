"""StepWording: the steps of a replay in words, each in lines as wide as the screen."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.projections.changes import wording
from aboard.projections.changes.compare import MOVES, THOUGHT_ELSEWHERE, WALKS
from aboard.projections.queries import reader
from aboard.projections.replay.attribution import is_amendment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aboard.projections.changes.compare import Change
    from aboard.projections.replay.steps import ReplayStep
    from aboard.storage.connection import Connection

SPOKEN = frozenset({"planned", "conditional", "lapsed", "docked", "undocked", "relocated",
                    "commander", "expedition", "retracted", *WALKS})  # fmt: skip
"""The changes that the sentence of an event says by itself, unless that is a correction."""

NAMED_FIRST = ("flight", "station", "agreement")
"""The kinds of stream whose events do not name in their sentences what they are about."""

TIME_WIDTH, COUNT_WIDTH = 21, 9
"""The widths of an approximate time to the second, and of a count in doubt."""

LEAST, MOST = 60, 120
"""The narrowest and the widest that lines are made."""


def screen_width() -> int:
    """Return how wide lines may be: as the terminal is, or as 100 characters."""
    return max(LEAST, min(shutil.get_terminal_size((100, 24)).columns, MOST))


class Names:
    """The names of people, flights and stations, each looked up once.

    A person goes by the family name, unless another one has it as well.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._people: dict[str, str] = {}
        families: dict[str, list[str]] = {}
        for key in reader.names_of(db, "person"):
            about = reader.entity(db, "person", key)
            self._people[key] = about["name"]
            families.setdefault(about.get("family_name") or about["name"], []).append(key)
        for family, (key, *others) in families.items():
            if not others:
                self._people[key] = family
        self._things = reader.names_of(db, "agreement", "flight", "station")

    def people(self, keys: Sequence[str]) -> str:
        """Return the names of people in a row; nobody for none."""
        return ", ".join(self._people.get(key, key) for key in keys) or "nobody"

    def thing(self, key: str | None) -> str:
        """Return the name of a flight, a station or an agreement."""
        return str(self._things.get(key, key)) if key else ""


class StepWording(NamedTuple):
    """Words for the steps of a replay: for one place, one clock, and with these names."""

    db: Connection
    names: Names
    place: str | None
    clock: str

    def sentence(self, step: ReplayStep) -> str:
        """Return what happened or became known, and of what."""
        replayed = step.event
        if replayed is None:
            return step.says
        named = replayed.subject != self.place and replayed.stream.partition("/")[0] in NAMED_FIRST
        of = f"{self.names.thing(replayed.subject)}: " if named else ""
        said = f"{of}{replayed.as_dict(self.db)['says']}"
        if replayed.amended_by:
            said += f" (corrected: see `aboard show {replayed.id}`)"
        late = self.clock == "known" and replayed.happened != replayed.known
        return f"{said} ({replayed.happened})" if late else said

    def changed(self, step: ReplayStep) -> Iterator[str]:
        """Yield what changed, a phrase for all of whom it is the same."""
        amending = step.event is not None and is_amendment(step.event)
        alike: dict[str, list[Change]] = {}
        for change in step.changes:
            if amending or change.change not in SPOKEN:
                person = change.kind == "person"
                key = repr((change.change, "" if person else change.about, change.item,
                            change.was, change.now))  # fmt: skip
                alike.setdefault(key, []).append(change)
        for same in alike.values():
            if phrase := self._phrase(same[0], self.names.people([one.about for one in same]),
                                      amending=amending):  # fmt: skip
                yield phrase
        if any(change.change in WALKS for change in step.changes):
            first = step.event.said.get("people", ()) if step.event else ()
            out = [one for one in first if one in step.outside]
            out += [one for one in step.outside if one not in first]
            yield f"outside: {self.names.people(out)}"

    def _phrase(self, change: Change, people: str, *, amending: bool) -> str:
        was, now = change.was, change.now
        if change.change in {*MOVES, THOUGHT_ELSEWHERE}:
            return self._moved(change, people, amending=amending)
        if tell := _PHRASES.get(change.change):
            return tell(self, change, people)
        values = f"{_shown(was)} → {_shown(now)}"
        if change.kind == "event":
            return f"{change.item}: {values}" if change.item else ""
        of = change.item or ("berth" if isinstance(was or now, dict) else change.change)
        return f"{of} of {self.names.thing(change.about)}: {values}"

    def _moved(self, change: Change, people: str, *, amending: bool) -> str:
        """Return who arrived and who left, unless the sentence of the event says it already."""
        was, now = change.was, change.now
        if was is None if self.place is None else now == self.place:
            return f"+ {people}"
        if now is None if self.place is None else was == self.place:
            return f"- {people}"
        if amending or change.change == "moved":
            where = [self.names.thing(one) or "not in space" for one in (was, now)]
            return f"{people}: {where[0]} → {where[1]}"
        if self.place is None and change.change == "arrived":
            return f"→ {self.names.thing(now)}: {people}"
        return ""


def _seat(words: StepWording, change: Change, people: str) -> str:
    seat = words.names.thing(change.now)
    return f"→ seat on {seat}: {people}" if seat else f"→ no seat known: {people}"


def _until(words: StepWording, change: Change, people: str) -> str:
    was, now = (end or {"at": None, "on": None} for end in (change.was, change.now))
    craft = (words.names.thing(end["on"]) for end in (was, now))
    return f"→ {wording.departure(was['at'], now['at'], *craft)}: {people}"


def _replanned(_words: StepWording, change: Change, _people: str) -> str:
    return wording.replanned(change.item, change.was, change.now)


def _crew(words: StepWording, change: Change, _people: str) -> str:
    if change.was is None:
        return ""
    return _regrouped(words, change, change.item)


def _crew_changed(words: StepWording, change: Change, _people: str) -> str:
    return _regrouped(words, change, f"{change.item} crew")


def _regrouped(words: StepWording, change: Change, crew: str) -> str:
    was, now = change.was or (), change.now or ()
    added = [words.names.people([one]) for one in now if one not in was]
    removed = [words.names.people([one]) for one in was if one not in now]
    return wording.regrouped(crew, added, removed)


_PHRASES: dict[str, Callable[[StepWording, Change, str], str]] = {
    "seat_moved": _seat,
    "until": _until,
    "went_outside": lambda _words, _change, people: f"→ outside: {people}",
    "came_in": lambda _words, _change, people: f"→ inside: {people}",
    "overdue": lambda _words, change, people: f"overdue, to leave by {change.now}: {people}",
    **dict.fromkeys(("slipped", "brought_forward", "refined", "loosened", "withdrawn"), _replanned),
    "assigned": _crew,
    "crew_changed": _crew_changed,
}


def _shown(value: Any) -> str:
    """Return a value of a field as a phrase has it."""
    match value:
        case None:
            return "not stated"
        case list():
            return ", ".join(map(_shown, value)) or "nobody"
        case dict():
            return " ".join(str(part) for part in value.values() if part is not None)
        case _:
            return str(value)


class Layout(NamedTuple):
    """The columns before the words: position, time and count, and how wide lines are."""

    positions: int
    count_header: str
    width: int

    @property
    def _lead(self) -> int:
        position = self.positions + 2 if self.positions else 0
        return position + TIME_WIDTH + 2 + COUNT_WIDTH + 2

    def header(self) -> str:
        """Return the line above the steps."""
        position = f"{'#':>{self.positions}}  " if self.positions else ""
        return f"{position}{'When':{TIME_WIDTH}}  {self.count_header:{COUNT_WIDTH}}  What"

    def lines(self, words: StepWording, step: ReplayStep, when: str) -> Iterator[str]:
        """Yield the lines of a step: what happened, and indented what it changed."""
        number = step.event.position if step.event else ""
        position = f"{number:>{self.positions}}  " if self.positions else ""
        lead = f"{position}{when:{TIME_WIDTH}}  {counted(step):{COUNT_WIDTH}}  "
        room = self.width - self._lead
        first, *more = textwrap.wrap(words.sentence(step), room) or [""]
        yield f"{lead}{first}".rstrip()
        for phrase in words.changed(step):
            more += textwrap.wrap(phrase, room, subsequent_indent="  ")
        for line in more:
            yield " " * self._lead + line


def counted(step: ReplayStep) -> str:
    """Return the count after a step, with the least and the greatest where it is in doubt."""
    count, least, most = step.tally
    return f"{count:>2}" if least == most else f"{count:>2} ({least}-{most})"
