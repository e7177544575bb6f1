"""A replay in its forms: a story in lines, JSON, JSON lines and CSV."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from aboard.app.replay import BEGINNING, replay_answer
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.replay_text import Layout, Names, StepWording, screen_width
from aboard.cli.output.table import bold
from aboard.events.time import Time
from aboard.projections.replay.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.projections.replay.steps import ReplayQuery, ReplayStep
    from aboard.storage.connection import Connection

COLUMNS = ("at", "position", "id", "type", "stream", "happened", "known", "known_assumed", "says",
           "changes", "count", "count_min", "count_max", "outside",
           "sources")  # fmt: skip
"""The columns of the CSV form, one row a step."""


def steps_answer(db: Connection, asked: ReplayQuery, steps: Iterable[ReplayStep]) -> AnswerForms:
    """Return the answer that a replay gives; forms that have lines begin with the first step."""
    return AnswerForms(
        data=lambda: replay_answer(db, asked, steps),
        records=lambda: (step.as_dict(db) for step in steps),
        columns=COLUMNS,
        rows=lambda: (_row(step.as_dict(db)) for step in steps),
        text=lambda: _text(db, asked, steps),
    )


def _text(db: Connection, asked: ReplayQuery, steps: Iterable[ReplayStep]) -> Iterator[str]:
    names = Names(db)
    place = asked.place[1] if asked.place else None
    by_record = asked.clock == "recorded"
    room = screen_width()
    title, *before = _title(asked, steps, names)
    yield from map(bold, textwrap.wrap(title, room))
    for line in before:
        yield from textwrap.wrap(line, room, subsequent_indent="  ")
    width = len(str(asked.until)) if by_record else 0
    layout = Layout(width, "In space" if place is None else "Aboard", room)
    words = StepWording(db, names, place, asked.clock)
    yield ""
    found_any = False
    for step in steps:
        if not found_any:
            yield bold(layout.header())
        found_any = True
        yield from layout.lines(words, step, _when(step, asked.clock))
    if not found_any:
        yield "Nothing changed in that period."


def _title(asked: ReplayQuery, steps: Iterable[ReplayStep], names: Names) -> Iterator[str]:
    place, by, known, since, until = asked
    title = names.thing(place[1]) if place else "In space"
    if by == "recorded":
        yield f"{title}: positions {since} to {until} of the log, as known at {Time.at(known)}"
        return
    start = "the beginning" if since == BEGINNING else str(Time.at(since))
    what = "news" if by == "known" else "what happened"
    as_known = "" if by == "known" else f", as known at {Time.at(known)}"
    yield f"{title}: {what} from {start} to {Time.at(until)}{as_known}"
    if since > BEGINNING and isinstance(steps, Replay):
        count = steps.before.people
        people = f"{count} people: " if count > 1 else "1 person: " if count else ""
        yield f"before: {people}{names.people(steps.people)}"


def _when(step: ReplayStep, clock: str) -> str:
    """Return the time of a step as its source states it."""
    if step.event is None:
        return str(Time.at(step.instant))
    return step.event.known if clock == "known" else step.event.happened


def _row(step: dict[str, Any]) -> dict[str, Any]:
    doubt = step.get("uncertain", {}).get("count", {"min": step["count"], "max": step["count"]})
    return {
        **step,
        "changes": json.dumps(step["changes"], ensure_ascii=False),
        "count_min": doubt["min"],
        "count_max": doubt["max"],
        "outside": " ".join(step["outside"]),
        "sources": " ".join(step["sources"]),
    }
